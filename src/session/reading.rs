//! Reading a text: the word pointed at, what the black box answers without it, the classes compared, the user's own text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::by_hand::ByHand;
use super::command::Info;
use super::notices::Level;
use super::undo::Step;
use super::{Chord, Command, Lane, Purpose, Request, Run, Session, slots};
use crate::data::text::Unknown;
use crate::data::text::fit::UNKNOWN;
use crate::data::{Dataset, Fit, Modality, Shape, Unit};
use crate::explain::Fill;
use crate::figure::layout::ExplainedText;
use crate::jobs::{Explained, Lens, MethodResult, Task, Without, reading};
use crate::model::BoxCard;
use crate::work::{Notice, Priority, Slot};

/// Answers without some units that are kept; all are forgotten when there are more.
const MOST_KEPT: usize = 4096;
/// Longest text of the user's own, in bytes.
pub const MOST_OWN_BYTES: usize = 1_000_000;
/// What stands in place of a text that may offend.
pub const NOT_SHOWN: &str = "(offensive text, not shown)";
/// Words selected at first in a text.
const FIRST_WORDS: usize = 10;
/// The same of pixels, as in the papers on digits.
const FIRST_PIXELS: usize = 25;
/// The same of steps and patches where it is not known how many there are.
const FIRST_STEPS: usize = 10;

/// What the answer without some units depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WithoutKey {
    /// Hash of the data.
    pub data: String,
    /// Item.
    pub item: usize,
    /// Key of the black box, see [`BoxCard::key`].
    pub black_box: String,
    /// Kind of unit.
    pub unit: Unit,
    /// The units that are taken away, in order.
    pub out: Vec<usize>,
    /// What they become.
    pub fill: Fill,
    /// Seed of noise.
    pub seed: u64,
}

/// What reading a text remembers.
#[derive(Default)]
pub struct Reading {
    /// Unit under the pointer, in the text or in the list of words.
    pub pointed: Option<usize>,
    /// Unit that the user clicked.
    pub chosen: Option<usize>,
    /// Counts up with each choice, so that text and list scroll to it once.
    pub choices: u64,
    /// Class that the class in focus is contrasted with.
    pub against: Option<usize>,
    /// Whether texts that may offend are shown.
    pub shows_offensive: bool,
    /// Units that the user took out by hand, of the item that they were taken out of.
    pub by_hand: Option<ByHand>,
    /// The user's own text, while it is in view.
    pub own: Option<Own>,
    /// The user's own row, while it is in view.
    pub own_row: Option<super::own_row::OwnRow>,
    /// The own text that was closed last, so that it can be taken up again.
    last_own: String,
    without: HashMap<Arc<WithoutKey>, Vec<f32>>,
}

/// A text that the user typed or pasted, as a data set of one item.
#[derive(Clone, Debug)]
pub struct Own {
    /// As typed.
    pub text: String,
    /// The same as data.
    pub data: Arc<Dataset>,
}

impl Own {
    fn new(text: String) -> Self {
        Self { data: Arc::new(Dataset::of_text("Your own text", &text)), text }
    }
}

impl Reading {
    /// The own text, in view or closed last, and whether it is in view: what a project keeps.
    pub(super) fn kept_own(&self) -> (&str, bool) {
        match &self.own {
            Some(own) => (own.text.as_str(), true),
            None => (self.last_own.as_str(), false),
        }
    }

    /// Takes up what a project kept. A text that is longer than could be typed was written by somebody else.
    pub(super) fn take_up_own(&mut self, text: String, is_shown: bool) {
        let text = if text.len() <= MOST_OWN_BYTES { text } else { String::new() };
        self.own = is_shown.then(|| Own::new(text.clone()));
        self.last_own = text;
    }
}

/// Something done while reading.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The pointer is over a unit, or over none.
    Point(Option<usize>),
    /// Choose a unit: text and list scroll to it.
    Choose(Option<usize>),
    /// Take a unit out of the input by hand, or put it back; `None`: the one under the pointer, or the chosen one.
    TakeOut(Option<usize>),
    /// Put everything back that was taken out by hand.
    PutBack,
    /// What is taken out by hand is now this: what taking a change back does.
    SetByHand(Option<ByHand>),
    /// Contrast the class in focus with this one.
    Against(Option<usize>),
    /// Show texts that may offend, or blur them.
    ShowOffensive(bool),
    /// Explain a text of the user's own, or go back to the item.
    OpenOwn(bool),
    /// The own text is now this.
    EditOwn(String),
    /// The same from the clipboard: what it takes the place of can be had back.
    PasteOwn(String),
    /// The own text was this when it was closed.
    RememberOwn(String),
    /// Give a column of the row in view, by its place in the table, another value; `None` for a missing one.
    ChangeCell(usize, Option<f64>),
    /// Take all changes of the row back.
    BackToRow,
}

impl Action {
    /// Title, tooltip and keys.
    pub fn info(&self) -> Info {
        let (title, tip) = match self {
            Self::Point(_) => ("Point at a unit", "Show its score and rank, and the answer without it."),
            Self::Choose(_) => ("Choose a unit", "Text and list scroll to it."),
            Self::TakeOut(_) => (
                "Take a word out, or put it back",
                "The word under the pointer, or the chosen one: see what the black box answers without it.",
            ),
            Self::PutBack => ("Put all words back", "Nothing is taken out by hand any more."),
            Self::SetByHand(_) => ("Change what is taken out by hand", "See what the black box answers without it."),
            Self::Against(None) => ("No contrast", "Show the scores of the class in focus alone."),
            Self::Against(Some(_)) => ("Contrast with this class", "Why the class in focus rather than this one."),
            Self::ShowOffensive(true) => ("Show offensive texts", "Show texts of this data set that may offend."),
            Self::OpenOwn(true) => ("Your own text", "Type or paste a text; prediction and explanation follow."),
            Self::OpenOwn(false) => ("Back to the item", "Close your own text."),
            Self::EditOwn(_) => ("Change your own text", "Prediction and explanation follow."),
            Self::PasteOwn(_) => ("Paste your own text", "Prediction and explanation follow."),
            Self::RememberOwn(_) => ("Remember your own text", "It can be taken up again."),
            Self::ChangeCell(..) => ("Change a value of the row", "Prediction and explanation follow; the item stays."),
            Self::BackToRow => ("Back to the item", "Take all changes of the row back."),
            Self::ShowOffensive(false) => ("Blur offensive texts", "Hide texts of this data set, which may offend."),
        };
        let keys: &'static [Chord] = match self {
            Self::OpenOwn(true) => &[Chord::CtrlShift('V')],
            Self::TakeOut(None) => &[Chord::Letter('W')],
            _ => &[],
        };
        Info { title: title.into(), tip, keys }
    }

    /// Whether it can be done now.
    pub fn availability(&self, session: &Session) -> super::Availability {
        match self {
            Self::OpenOwn(true) | Self::PasteOwn(_) => match session.active_box() {
                Some(active) if active.card.modality() == Modality::Text => Ok(()),
                Some(_) => Err("The black box in use does not read texts".into()),
                None => Err("Train or open a black box that reads texts first".into()),
            },
            Self::TakeOut(unit) => session.can_take_out(*unit).map(|_| ()),
            Self::PutBack if session.taken_out().is_empty() => Err("Nothing is taken out by hand".into()),
            Self::ChangeCell(..) => session.row_can_change(),
            Self::BackToRow if session.own_row().is_none() => Err("No value of the row is changed".into()),
            _ => Ok(()),
        }
    }
}

impl Session {
    /// Does something while reading.
    pub(super) fn read(&mut self, action: Action) -> Vec<Request> {
        let reading = &mut self.explore.reading;
        match action {
            Action::Point(unit) => {
                reading.pointed = unit;
                return self.ask_without();
            }
            Action::Choose(unit) => {
                reading.chosen = unit;
                reading.choices += 1;
                return self.ask_without();
            }
            Action::TakeOut(unit) => return self.take_out(unit),
            Action::PutBack => return self.put_back(),
            Action::SetByHand(by_hand) => return self.set_by_hand(by_hand),
            Action::Against(class) => {
                reading.against = class;
                self.last_action = match class {
                    Some(class) => format!("Contrasting with class {}", self.class_name(class)),
                    None => "No contrast".to_owned(),
                };
                // The answers to what speaks for one rather than the other are part of an explanation.
                return self.runs(Self::refresh_explanation);
            }
            Action::OpenOwn(true) => {
                if reading.own.is_none() {
                    reading.own = Some(Own::new(reading.last_own.clone()));
                    self.last_action = "Your own text is in view".to_owned();
                }
                return self.explain_own();
            }
            Action::OpenOwn(false) => {
                self.close_own();
                let done = if self.data.is_some() { "Back to the item" } else { "Your own text is closed" };
                self.last_action = done.to_owned();
                return self.refresh();
            }
            Action::EditOwn(text) => {
                if self.replace_own(text) {
                    return self.explain_own();
                }
            }
            Action::PasteOwn(text) => return self.take_own(text, "Pasted as your own text".to_owned()),
            Action::RememberOwn(text) => {
                if text.len() <= MOST_OWN_BYTES {
                    reading.last_own = text;
                }
            }
            Action::ChangeCell(column, value) => return self.change_cell(column, value),
            Action::BackToRow => return self.back_to_row(),
            Action::ShowOffensive(shown) => {
                reading.shows_offensive = shown;
                self.last_action =
                    if shown { "Offensive texts are shown" } else { "Offensive texts are blurred" }.to_owned();
            }
        }
        Vec::new()
    }

    /// The text of an explanation; `None` where the item is no text.
    pub fn text_of(&self, explained: &Explained) -> Option<ExplainedText> {
        reading::text_of(&self.active_box()?.card, explained)
    }

    /// For each word of a text, whether the black box does not know it.
    pub fn unknown_words(&self, text: &ExplainedText) -> Vec<bool> {
        let fit = self.active_box().and_then(|active| active.card.text.as_ref());
        // One that is told apart reaches the model as it is written.
        let fit = fit.filter(|fit| fit.spec().unknown != Unknown::Apart);
        let is_unknown = |word: &str| fit.is_some_and(|fit| fit.id(word) == UNKNOWN);
        text.spans.iter().map(|span| is_unknown(&span.word)).collect()
    }

    /// Whether the black box leaves out the words that it does not know, rather than reading a common sign for them.
    pub fn drops_unknown(&self) -> bool {
        let fit = self.active_box().and_then(|active| active.card.text.as_ref());
        fit.is_some_and(|fit| fit.spec().unknown == Unknown::Drop)
    }

    /// The own text, if it is in view: then nothing is about the item of the list.
    pub fn own_text(&self) -> Option<&Own> {
        self.explore.reading.own.as_ref()
    }

    /// A text from elsewhere becomes the own text, which is `said`: what it takes the place of can be had back.
    pub(super) fn take_own(&mut self, text: String, said: String) -> Vec<Request> {
        let reading = &self.explore.reading;
        let before = reading.own.as_ref().map_or(&reading.last_own, |own| &own.text).clone();
        if !self.replace_own(text.clone()) {
            return Vec::new();
        }
        self.last_action = said;
        if !before.is_empty() && before != text {
            let [back, forward] = [before, text].map(|text| Command::Reading(Action::EditOwn(text)));
            let title = self.last_action.clone();
            self.undo.push(Step { back, forward, title, place: self.place });
        }
        self.explain_own()
    }

    /// Brings `text` into view as the own text; `false`, with a notice, where it is too long.
    fn replace_own(&mut self, text: String) -> bool {
        if text.len() > MOST_OWN_BYTES {
            let words = format!(
                "Your own text: expected at most {} kB, found {} kB; save it as a .txt file and open that",
                MOST_OWN_BYTES / 1000,
                text.len() / 1000
            );
            self.notify(Level::Error, Notice::new("own-text", words), None);
            return false;
        }
        self.explore.reading.own = Some(Own::new(text));
        true
    }

    /// Asks for the explanation of the own text. Where no data are open, the methods that need no training are made ready for it first.
    fn explain_own(&mut self) -> Vec<Request> {
        let mut requests = if self.data.is_none() { self.make_untrained() } else { Vec::new() };
        requests.extend(self.refresh());
        requests
    }

    pub(super) fn close_own(&mut self) {
        let reading = &mut self.explore.reading;
        if let Some(own) = reading.own.take() {
            reading.last_own = own.text;
        }
    }

    /// Data and item in view: the own text or row, else the item of the list.
    pub fn in_view(&self) -> Option<(&Arc<Dataset>, usize)> {
        let own = self.own_text().map(|own| &own.data).or(self.own_row().map(|own| &own.data));
        match own {
            Some(data) => Some((data, 0)),
            None => self.data.as_ref().zip(self.explore.item),
        }
    }

    /// Whether an explanation is one of the item in view: an older one stays on screen while the next is computed.
    pub fn is_in_view(&self, explained: &Explained) -> bool {
        self.in_view().is_some_and(|(data, item)| explained.item == item && explained.data == data.hash)
    }

    /// Whether the text in view may offend and is not shown until the user asks for it; the user's own text is.
    pub fn hides_text(&self) -> bool {
        self.own_text().is_none() && self.is_blurred()
    }

    /// Whether the open data may offend and is not shown, in lists or on its own, until the user asks for it.
    pub fn is_blurred(&self) -> bool {
        let offends = self.data.as_ref().is_some_and(|data| {
            let path = data.spec.path.to_string_lossy();
            let is_named = [data.spec.kind.name(), data.name.as_str(), &path]
                .iter()
                .any(|name| name.to_ascii_lowercase().contains("hatexplain"));
            // A copy under another name is known by its classes.
            let is_of_hate = data.classes.iter().any(|class| class.to_ascii_lowercase().starts_with("hate"));
            is_named || is_of_hate
        });
        offends && !self.explore.reading.shows_offensive
    }

    // --- classes -------------------------------------------------------------------------------------------------------

    /// How the scores of a result are looked at: as the class in focus has them, for methods that tell classes apart.
    pub fn lens(&self, result: &MethodResult) -> Option<Lens> {
        lens_of(result, self.explore.class_focus, self.explore.reading.against)
    }

    /// How the columns are looked at: the lens of the first method that tells classes apart.
    pub fn lens_in_view(&self) -> Option<Lens> {
        self.explore.explained()?.methods.iter().flatten().find_map(|result| self.lens(result))
    }

    /// A result as it is looked at: through the class in focus where the method tells classes apart.
    pub fn seen<'a>(&self, result: &'a MethodResult) -> Cow<'a, MethodResult> {
        self.lens(result).and_then(|lens| result.through(lens)).map_or(Cow::Borrowed(result), Cow::Owned)
    }

    /// Whether what is shown for a class are the very units that the method selects by itself: then the answers to both are the same.
    pub fn shows_own_selection(&self, result: &MethodResult, lens: Lens) -> bool {
        let Some(scores) = result.scores_through(lens) else { return false };
        // Without sorting, since windows ask in every frame.
        let (mut least, mut most) = (f32::INFINITY, 0.0_f32);
        for (unit, score) in scores.into_iter().enumerate() {
            if result.is_selected(unit, self.explore.k) {
                least = least.min(score);
            } else {
                most = most.max(score);
            }
        }
        least.is_finite() && least > most
    }

    /// "class spam", "spam rather than ham".
    pub fn lens_words(&self, lens: Lens) -> String {
        lens.words(self.active_box().map_or(&[], |active| &active.card.classes))
    }

    /// Name of a method with the class that its scores are looked at for.
    pub(super) fn name_through_lens(&self, name: String, result: &MethodResult) -> String {
        match self.lens(result) {
            Some(lens) => format!("{name}, {}", self.lens_words(lens)),
            None => name,
        }
    }

    // --- without some units --------------------------------------------------------------------------------------------

    fn without_key(&self, out: &[usize]) -> Option<WithoutKey> {
        let (explained, active) = (self.explore.explained()?, self.active_box()?);
        Some(WithoutKey {
            data: self.in_view()?.0.hash.clone(),
            item: explained.item,
            black_box: active.card.key(),
            unit: explained.units.unit,
            out: out.to_vec(),
            fill: explained.fill,
            seed: explained.seed,
        })
    }

    /// The black box's answer without the unit, if it is known.
    pub fn without(&self, at: usize) -> Option<&[f32]> {
        self.without_all(&[at])
    }

    /// The black box's answer without these units, which are in order, if it is known.
    pub fn without_all(&self, out: &[usize]) -> Option<&[f32]> {
        let key = self.without_key(out)?;
        self.explore.reading.without.get(&key).map(Vec::as_slice)
    }

    /// Asks for the answer without the unit that is told of, where it is not known yet.
    fn ask_without(&self) -> Vec<Request> {
        self.without_run().map(|run| Request::Run(Box::new(run))).into_iter().collect()
    }

    /// The question for the answer without the unit under the pointer, or the chosen one, for texts; a newer question
    /// takes the place of an older one. `None` where the answer is known, or has to wait for the explanation.
    pub(super) fn without_run(&self) -> Option<Run> {
        let reading = &self.explore.reading;
        let n_units = self.explore.explained()?.units.count();
        let at = reading.pointed.or(reading.chosen).filter(|at| *at < n_units)?;
        self.run_without(&[at], 0, "Asking without one unit")
    }

    /// The question for the answer without these units, which are in order. A newer question of `number` takes the place of an older one.
    pub(super) fn run_without(&self, out: &[usize], number: u32, title: &str) -> Option<Run> {
        let key = self.without_key(out)?;
        // What is drawn may still be another item, while this one is computed.
        if !key.unit.is_text() || !self.explore.is_current() || self.explore.reading.without.contains_key(&key) {
            return None;
        }
        let task = Task::Without(Box::new(Without {
            black_box: self.active_box()?.clone(),
            data: self.in_view()?.0.clone(),
            item: key.item,
            fit: Fit::default(),
            unit: key.unit,
            out: key.out.clone(),
            fill: key.fill,
            seed: key.seed,
        }));
        Some(Run {
            lane: Lane::Interactive,
            slot: Slot::new(slots::WITHOUT, number),
            priority: Priority::Interactive,
            purpose: Purpose::Without(Arc::new(key)),
            title: title.to_owned(),
            task,
        })
    }

    /// Files an answer without some units.
    pub(super) fn put_without(&mut self, key: Arc<WithoutKey>, probs: Vec<f32>) {
        let known = &mut self.explore.reading.without;
        if known.len() >= MOST_KEPT {
            known.clear();
        }
        known.insert(key, probs);
    }

    // --- units ---------------------------------------------------------------------------------------------------------

    /// Units that the black box's input can be divided into, in the order of the menu.
    pub fn offered_units(card: &BoxCard) -> Vec<Unit> {
        Self::units_of(card.modality(), card.shape)
    }

    /// Units that items of this kind and shape can be divided into, in the order of the menu.
    pub fn units_of(modality: Modality, shape: Shape) -> Vec<Unit> {
        match modality {
            Modality::Text if shape.height > 1 => vec![Unit::Sentence],
            Modality::Text => vec![Unit::Word],
            Modality::Series => {
                let segments = [2, 4, 8, 16, 32].into_iter().filter(|steps| steps * 2 <= shape.width);
                let segments = segments.map(|steps| Unit::Segment { steps });
                let values = (shape.channels > 1).then_some(Unit::ChannelStep);
                [Unit::Step].into_iter().chain(segments).chain(values).collect()
            }
            Modality::Table => vec![Unit::Column],
            _ => {
                let sides = [2, 4, 7, 8, 16].into_iter().filter(|side| side * 2 <= shape.height.min(shape.width));
                [Unit::Pixel].into_iter().chain(sides.map(|side| Unit::Patch { rows: side, cols: side })).collect()
            }
        }
    }

    /// Why words or sentences of a text are all that can be selected; `None` where there is a choice.
    pub fn why_one_unit(card: &BoxCard) -> Option<&'static str> {
        match card.modality() {
            Modality::Text if card.shape.height > 1 => Some(
                "This black box reads a text sentence by sentence, so sentences are selected. For words, train one that reads words, such as \
                 L2X's word CNN.",
            ),
            Modality::Text => Some(
                "This black box reads a text as one row of words, so words are selected. For sentences, train one that reads a text sentence by \
                 sentence: L2X's hierarchical LSTM.",
            ),
            _ => None,
        }
    }

    /// What kind of items the black box in use reads, else what the open data holds.
    pub fn modality(&self) -> Modality {
        let of_data = || self.data.as_ref().map_or(Modality::Image, |data| data.modality);
        self.active_box().map_or_else(of_data, |active| active.card.modality())
    }

    /// Takes a unit that the black box's input has, where the one in use belongs to another kind of input.
    pub(super) fn adopt_unit(&mut self, card: &BoxCard) {
        let modality = card.modality();
        let explore = &mut self.explore;
        let before = explore.unit;
        if modality == Modality::Table {
            if explore.unit != Unit::Column {
                (explore.unit, explore.k) = (Unit::Column, first_k(Unit::Column, Some(card.shape.width)));
            }
        } else if modality == Modality::Series && explore.unit.modality() != modality {
            explore.unit = Unit::Step;
            explore.k = first_k(Unit::Step, Some(card.shape.width));
        } else if modality == Modality::Series {
            // Any unit of a series fits.
        } else if modality == Modality::Text {
            let offered = Self::offered_units(card);
            if !offered.contains(&explore.unit)
                && let Some(&unit) = offered.first()
            {
                explore.unit = unit;
                explore.k = first_k(unit, None);
            }
        } else if explore.unit.modality() != Modality::Image {
            (explore.unit, explore.k) = (Unit::Pixel, first_k(Unit::Pixel, None));
        }
        // So many of another unit mean nothing.
        explore.k_is_set &= explore.unit == before;
        if !fills_for(modality).contains(&explore.fill) {
            explore.fill = Fill::Zero;
        }
    }
}

/// How many units are selected at first, of `most` where that is known. A number that takes everything says nothing: of few units it is a third.
pub fn first_k(unit: Unit, most: Option<usize>) -> usize {
    let of = most.unwrap_or(usize::MAX);
    let first = match unit {
        Unit::Pixel => FIRST_PIXELS,
        Unit::Word => FIRST_WORDS,
        Unit::Sentence => 1,
        // Half of the columns, at most four, as in the synthetic tables.
        Unit::Column => (of / 2).clamp(1, 4),
        Unit::Patch { .. } | Unit::Step | Unit::Segment { .. } | Unit::ChannelStep => {
            most.map_or(FIRST_STEPS, |most| most / 10).max(1)
        }
    };
    if first < of { first } else { of.div_ceil(3).max(1) }
}

/// How the scores of a result are looked at while `class` is in focus, `against` another where there is one; `None` for a method that does not tell classes
/// apart.
pub(super) fn lens_of(result: &MethodResult, class: Option<usize>, against: Option<usize>) -> Option<Lens> {
    let classes = result.by_class.as_ref()?.classes;
    let class = class.filter(|class| *class < classes)?;
    Some(match against {
        Some(other) if other < classes && other != class => Lens::Contrast(class, other),
        _ => Lens::Class(class),
    })
}

/// Fills that make sense for items of `modality`: the mean of word numbers is no word.
pub fn fills_for(modality: Modality) -> &'static [Fill] {
    match modality {
        Modality::Text => &[Fill::Zero, Fill::Noise],
        Modality::Table => &[Fill::Zero, Fill::Mean, Fill::Noise, Fill::Uniform],
        Modality::Image | Modality::Series => &Fill::ALL,
    }
}

/// What a fill is called for items of `modality`.
pub const fn fill_words_for(fill: Fill, modality: Modality) -> &'static str {
    match (modality, fill) {
        (Modality::Text, Fill::Zero) => "padding",
        (Modality::Text, Fill::Noise) => "other words",
        (Modality::Table, Fill::Zero) => "the mean, no category",
        (Modality::Table, Fill::Mean) => "mean, usual category",
        (Modality::Table, Fill::Noise) => "other rows",
        _ => super::describe::fill_words(fill),
    }
}

impl Session {
    /// What a fill is called for what the black box in use reads: one that reads no categories has none to say anything of.
    pub fn fill_words(&self, fill: Fill) -> &'static str {
        match self.active_box().and_then(|active| active.card.table.as_ref()) {
            Some(fit) if !fit.has_categories() => crate::jobs::picture::number_fill_words(fill),
            _ => fill_words_for(fill, self.modality()),
        }
    }
}

/// The start of a text on one line, for lists: at most `most` signs.
pub fn start_of(data: &Dataset, item: usize, most: usize) -> String {
    let Some(text) = data.text(item) else { return String::new() };
    // A tag may be cut at the end: enough signs are taken first.
    let end = text.char_indices().nth(most * 2 + 200).map_or(text.len(), |(end, _)| end);
    on_one_line(&crate::data::text::readable(&text[..end]), most)
}

/// A text without HTML around its byte `at` on one line: from some signs before it, at most `most` signs in all.
pub fn around(text: &str, at: usize, most: usize) -> String {
    let before = text[..at].char_indices().rev().nth(SIGNS_BEFORE).map_or(0, |(start, _)| start);
    if before == 0 {
        return on_one_line(text, most);
    }
    // From a whole word on.
    let start = text[before..at].find(char::is_whitespace).map_or(before, |blank| before + blank);
    format!("…{}", on_one_line(&text[start..], most))
}

/// Signs that are shown before what was found.
const SIGNS_BEFORE: usize = 40;

fn on_one_line(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    // A control sign has no letter of its own: it parts words as a blank does.
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let n = word.chars().count();
        if count > 0 && count + n + 1 > most {
            out.push('…');
            return out;
        }
        if count > 0 {
            out.push(' ');
        }
        out.extend(word.chars().take(most));
        count += n + 1;
    }
    out
}

impl From<Action> for Command {
    fn from(action: Action) -> Self {
        Self::Reading(action)
    }
}
