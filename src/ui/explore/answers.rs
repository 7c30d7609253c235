//! What stands under a picture: what is shown, and what the model answers to it. Lines wrap, and the room they need is known before the picture
//! is drawn, so that none is ever cut off.

use egui::{Align2, FontId, FontSelection, Label, RichText, Sense, TextStyle, TextWrapMode, Ui, WidgetText, vec2};
use egui_material_icons::icons;

use super::super::theme::{DIMMED, space, text, tokens};
use crate::explain::learn::run::honesty;
use crate::figure::color::Range;
use crate::figure::layout::{BY_POSITION, View, is_by_position};
use crate::jobs::{Explained, Lens, MethodResult};
use crate::model::argmax;
use crate::session::Session;
use crate::session::command::VIEWS;
use crate::session::describe::{self, Verdict};

/// Columns narrower than this say less.
const NARROW: f32 = 280.0;
/// Distance of lines.
const GAP: f32 = 1.0;
/// Least height of a line with a mark.
const LINE: f32 = 18.0;
/// Room of a mark.
const MARK: f32 = 16.0;

/// The lines under one picture.
pub struct Answers {
    /// What is shown.
    what: String,
    /// Height of the longest that it can be in any view: a view must not move the picture.
    what_height: f32,
    lines: Vec<Line>,
    /// Why the answers to the selected part prove little for this method, where its training found that.
    doubt: Option<String>,
    /// Whether the answers are those of another k.
    is_stale: bool,
}

struct Line {
    /// Right or wrong; `None` for a line that is no verdict.
    mark: Option<bool>,
    words: String,
    is_small: bool,
}

impl Line {
    fn plain(words: String) -> Self {
        Self { mark: None, words, is_small: false }
    }

    fn label(&self, ui: &Ui) -> RichText {
        let label = RichText::new(&self.words);
        match (self.is_small, self.mark) {
            (true, None) => label.small().color(tokens(ui).muted),
            (true, Some(_)) => label.small(),
            (false, _) => label,
        }
    }
}

fn height_of(ui: &Ui, label: RichText, width: f32) -> f32 {
    let galley = WidgetText::from(label).into_galley(ui, Some(TextWrapMode::Wrap), width, FontSelection::Default);
    galley.size().y
}

impl Answers {
    /// What is to be said in a column of `width`. `range` is that of the colours, where scores are coloured.
    pub fn new(
        ui: &Ui,
        session: &Session,
        explained: &Explained,
        result: &MethodResult,
        range: Option<Range>,
        width: f32,
    ) -> Self {
        let view = session.explore.view;
        let small = |words: String| height_of(ui, RichText::new(words).small(), width);
        let selected = n_selected(session, result);
        let what_of = |view: View, range: Option<Range>| what(session, explained, (result, selected), view, range);
        // Scores of any size take about as much room.
        let some = Some(Range { low: -1e-4, high: 1e-4, below: false, above: false });
        let ranges = |view: View| if view == View::Heat { range.or(some) } else { None };
        let heights = VIEWS.into_iter().map(|view| small(what_of(view, ranges(view))));
        Self {
            what_height: heights.fold(0.0, f32::max),
            what: if session.explore.peek { "Full input".to_owned() } else { what_of(view, range) },
            lines: lines(session, explained, result, width < NARROW),
            doubt: doubt(session, result),
            is_stale: explained.k != session.explore.k,
        }
    }

    /// Height of all lines.
    pub fn height(&self, ui: &Ui, width: f32) -> f32 {
        let line = |line: &Line| {
            let room = if line.mark.is_some() { width - MARK - space::XS } else { width };
            let height = height_of(ui, line.label(ui), room);
            GAP + if line.mark.is_some() { height.max(LINE) } else { height }
        };
        let doubt = self.doubt.as_ref().map_or(0.0, |_| GAP + height_of(ui, doubt_label(ui), width));
        self.what_height + self.lines.iter().map(line).sum::<f32>() + doubt
    }

    /// Draws them.
    pub fn show(&self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.y = GAP;
        ui.spacing_mut().interact_size.y = LINE;
        let t = tokens(ui);
        let top = ui.cursor().top();
        ui.add(Label::new(RichText::new(&self.what).small().color(t.muted)).wrap());
        ui.add_space((top + self.what_height + GAP - ui.cursor().top()).max(0.0));
        if self.is_stale {
            // The mask follows the slider at once, the answers a moment later.
            ui.multiply_opacity(DIMMED);
        }
        for line in &self.lines {
            let label = line.label(ui);
            let Some(mark) = line.mark else {
                ui.add(Label::new(label).wrap());
                continue;
            };
            let style = if line.is_small { TextStyle::Small } else { TextStyle::Body };
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                let (icon, color) = if mark { (icons::ICON_CHECK, t.text) } else { (icons::ICON_CLOSE, t.error) };
                // Beside the first row of the words.
                let size = vec2(MARK, ui.text_style_height(&style));
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                let font = FontId::new(text::BODY, icon.font_family());
                ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, icon.codepoint, font, color);
                ui.add(Label::new(label).wrap());
            });
        }
        if let Some(reason) = &self.doubt {
            ui.add(Label::new(doubt_label(ui)).wrap()).on_hover_text(reason);
        }
    }
}

/// What is said for short of a method whose masks tell the class.
const DOUBT: &str = "Proves little: the mask alone tells the class";

fn doubt_label(ui: &Ui) -> RichText {
    RichText::new(DOUBT).small().color(tokens(ui).warning)
}

/// Why the black box's answers to what a method selects prove little, by what was found at the end of its training.
fn doubt(session: &Session, result: &MethodResult) -> Option<String> {
    let card = &session.explainers.iter().find(|known| known.card.hash == result.explainer)?.card;
    let found = honesty(&card.validation, card.unit).into_iter().next().filter(|_| result.selectable() > 0)?;
    Some(format!("{found} Measured on validation items, {} {} selected.", card.k, card.unit.noun(card.k)))
}

/// How many units are shown as selected: of those that speak for a class that is looked at, or k.
fn n_selected(session: &Session, result: &MethodResult) -> usize {
    let k = session.explore.k.min(result.selectable());
    session.lens(result).map_or(k, |lens| result.n_speaking(lens, k))
}

fn what(
    session: &Session,
    explained: &Explained,
    (result, selected): (&MethodResult, usize),
    view: View,
    range: Option<Range>,
) -> String {
    let shown = match view {
        View::Overlay => "Overlay",
        View::Selected => "Selected only",
        View::Unselected => "Unselected only",
        View::Side => "Selected and unselected",
        View::Heat => "Scores",
    };
    let shown = match range {
        Some(range) => format!("{shown} from {} to {}", describe::score(range.low), describe::score(range.high)),
        None => shown.to_owned(),
    };
    let n = result.selectable();
    let count = if view == View::Unselected { n - selected } else { selected };
    let noun = explained.units.unit.noun(n);
    let k = session.explore.k.min(result.selectable());
    let remark = match is_by_position(&result.scores, &|unit| result.is_selected(unit, k)) {
        true => format!(" · {BY_POSITION}"),
        false => String::new(),
    };
    format!("{shown} · {count} of {n} {noun} · fill: {}{remark}", session.fill_words(explained.fill))
}

/// A class with its probability.
pub fn with_probability(session: &Session, probs: &[f32], class: usize) -> String {
    let p = describe::probability(probs.get(class).copied().unwrap_or(f32::NAN));
    format!("{} ({p})", session.class_name(class))
}

/// The probability of the class that is followed, where another is answered.
fn followed(session: &Session, probs: &[f32]) -> String {
    let class = session.explore.class_focus.filter(|class| *class < probs.len() && *class != argmax(probs));
    class.map_or_else(String::new, |class| {
        let name = session.class_name(class);
        // Two numbers beside each other would be read as one.
        let name = if name.starts_with(|c: char| c.is_ascii_digit()) { format!("class {name}:") } else { name };
        format!(" · {name} {}", describe::probability(probs[class]))
    })
}

fn lines(session: &Session, explained: &Explained, result: &MethodResult, is_narrow: bool) -> Vec<Line> {
    let mut out = Vec::new();
    let (noun, n) = (&explained.units.unit.noun(2), result.selectable());
    if explained.probs_full.is_empty() {
        return out;
    }
    let full = &explained.probs_full;
    let lens = session.lens(result);
    if session.explore.peek || session.explore.class_focus.is_some() || lens.is_some() || n == 0 {
        let answer = with_probability(session, full, argmax(full));
        out.push(Line::plain(format!("Full input: {answer}{}", followed(session, full))));
    }
    if n == 0 {
        out.push(Line::plain(format!("There is nothing to select: the black box gets no {noun}.")));
    } else if let Some(lens) = lens {
        out.extend(through(session, result, lens, (noun, n)));
        // Where the method selects the same by itself, all is said.
        let is_told = !result.only_through(lens).is_empty() && session.shows_own_selection(result, lens);
        let own = if is_told { Vec::new() } else { verdicts(session, full, result, n, (true, is_narrow)) };
        let words: Vec<String> = own.into_iter().map(|line| line.words).collect();
        if !words.is_empty() {
            let words = format!("The method's own {noun}. {}", words.join(". "));
            out.push(Line { mark: None, words, is_small: true });
        }
    } else {
        out.extend(verdicts(session, full, result, n, (is_narrow, is_narrow)));
    }
    if let Some(hits) = session.hits(explained, &session.seen(result)).filter(|_| n > 0) {
        out.push(Line { mark: None, words: hits.words(), is_small: true });
    }
    if is_narrow {
        out.iter_mut().for_each(|line| line.is_small |= line.mark.is_some());
    }
    out
}

/// What the black box answers to the units of the class in focus alone and to all others, or why the colours are as they are.
fn through(session: &Session, result: &MethodResult, lens: Lens, (noun, n): (&str, usize)) -> Vec<Line> {
    let (only, rest) = (result.only_through(lens), result.rest_through(lens));
    let why = Line::plain(format!("Colours: why {}", session.lens_words(lens)));
    let shown = n_selected(session, result);
    if shown == 0 {
        // The answer to nothing is no answer to the class's units, whatever it is.
        let what = match lens {
            Lens::Class(class) => session.class_name(class),
            Lens::Contrast(..) => session.lens_words(lens),
        };
        return vec![Line::plain(format!("Nothing speaks for {what}: no {noun} are shown for it"))];
    }
    if only.is_empty() || rest.is_empty() {
        return vec![why];
    }
    let (class, name) = match lens {
        Lens::Class(class) => (class, format!("the {noun} of {}", session.class_name(class))),
        Lens::Contrast(class, _) => (class, format!("these {noun}")),
    };
    let line = |part: String, probs: &[f32], mark: Option<bool>| {
        let answer = with_probability(session, probs, argmax(probs));
        Line { mark, words: format!("{part}: {answer}{}", followed(session, probs)), is_small: false }
    };
    let only = line(format!("Only {name}"), only, Some(argmax(only) == class));
    let hidden = if shown < n {
        // No verdict: the full input need not have this class, and then the rest cannot lose it.
        line(format!("Without {name}"), rest, None)
    } else {
        Line::plain("Without them: nothing is left, all is shown".to_owned())
    };
    let why = matches!(lens, Lens::Contrast(..)).then_some(why);
    why.into_iter().chain([only, hidden]).collect()
}

/// Whether the selected and the unselected part alone keep the class.
fn verdicts(
    session: &Session,
    full: &[f32],
    result: &MethodResult,
    n: usize,
    (is_named_short, is_short): (bool, bool),
) -> Vec<Line> {
    let Some(verdict) = Verdict::new(full, result) else { return Vec::new() };
    let line = |part: &str, stays: bool, probs: &[f32]| {
        let word = match (stays, is_short) {
            (true, false) => "same class",
            (true, true) => "same",
            (false, false) => "other class",
            (false, true) => "other",
        };
        let part = if is_named_short { part.trim_end_matches(" only") } else { part };
        let answer = with_probability(session, probs, argmax(probs));
        let words = format!("{part}: {answer}, {word}{}", followed(session, probs));
        Line { mark: Some(stays), words, is_small: false }
    };
    let selected = line("Selected only", verdict.selected_stays(), &result.probs_selected);
    let unselected = if session.explore.k < n {
        line("Unselected only", verdict.unselected_stays(), &result.probs_unselected)
    } else {
        // An answer to nothing at all is no verdict on the method.
        let part = if is_named_short { "Unselected" } else { "Unselected only" };
        Line::plain(format!("{part}: nothing is left, all is selected"))
    };
    vec![selected, unselected]
}
