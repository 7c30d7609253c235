//! What figures say in words: one place for the sentences under pictures and for readers that cannot see them.

use super::super::Metadata;
use super::text::each_once;
use super::{Asked, BY_POSITION, ExplainedPicture, ExplainedText, Panel, Prediction, SOURCE_SEPARATOR};

/// A probability with two digits that never claims certainty it does not show.
pub(super) fn probability(p: f32) -> String {
    if !p.is_finite() {
        "not a number".to_owned()
    } else if p >= 0.995 {
        ">0.99".to_owned()
    } else if p < 0.005 {
        "<0.01".to_owned()
    } else {
        format!("{p:.2}")
    }
}

/// Heading of a panel.
pub(super) fn panel_name(panel: Panel) -> &'static str {
    match panel {
        Panel::Input => "Input",
        Panel::Overlay => "Input, selected tinted",
        Panel::Selected => "Selected only",
        Panel::Unselected => "Unselected only",
        Panel::Heat => "Scores",
    }
}

/// `25 of 784 pixels`.
pub(super) fn k_of_n(picture: &ExplainedPicture) -> String {
    format!("{} of {} {}", picture.k(), picture.selectable(), picture.unit_noun)
}

/// Method, k, fill, seed on one line.
pub(super) fn method_line(picture: &ExplainedPicture, with_method: bool) -> String {
    let mut parts = Vec::new();
    if with_method && !picture.method.is_empty() {
        parts.push(picture.method.clone());
    }
    parts.push(k_of_n(picture));
    if !picture.fill.is_empty() {
        parts.push(format!("fill {}", picture.fill));
    }
    if let Some(seed) = picture.seed {
        parts.push(format!("seed {seed}"));
    }
    if picture.is_by_position() {
        parts.push(BY_POSITION.to_owned());
    }
    parted(parts.iter().map(String::as_str))
}

/// Parts with a dot between them. What belongs together stays on one line where it can.
fn parted<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    parts.map(|part| part.replace(' ', "\u{A0}")).collect::<Vec<_>>().join(SOURCE_SEPARATOR)
}

/// Data set, split and item on one line; empty where they are not known.
pub(super) fn source_line(source: &str) -> String {
    parted(source.split(SOURCE_SEPARATOR))
}

/// What the sources of several pictures have in common, such as data set and split; never all of it, since the rest tells them apart.
pub(super) fn shared_source(pictures: &[ExplainedPicture]) -> String {
    let Some(first) = pictures.first() else { return String::new() };
    let mut shared: Vec<&str> = first.source.split(SOURCE_SEPARATOR).collect();
    for picture in pictures {
        let parts: Vec<&str> = picture.source.split(SOURCE_SEPARATOR).collect();
        let same = shared.iter().zip(&parts).take_while(|(a, b)| a == b).count();
        shared.truncate(same.min(parts.len().saturating_sub(1)));
    }
    shared.join(SOURCE_SEPARATOR)
}

/// What is left of a source without the beginning that stands elsewhere.
pub(super) fn own_source<'a>(source: &'a str, shared: &str) -> &'a str {
    let rest = source.strip_prefix(shared).filter(|_| !shared.is_empty());
    rest.and_then(|rest| rest.strip_prefix(SOURCE_SEPARATOR)).unwrap_or(source)
}

/// A sentence each on the words that the model does not get and on those that the fonts lack; `None` where there are neither.
pub(super) fn unread(picture: &ExplainedPicture) -> Option<String> {
    let text = picture.text.as_ref()?;
    let grey = match text.unread() {
        0 => None,
        1 => Some("The model does not get 1 word, drawn in grey.".to_owned()),
        n => Some(format!("The model does not get {n} words, drawn in grey.")),
    };
    sentences(grey, &text.scripts())
}

/// The same for several texts beside each other, of which a cell may show a part: no numbers.
pub(super) fn unread_of_some(pictures: &[ExplainedPicture]) -> Option<String> {
    let texts = || pictures.iter().filter_map(|picture| picture.text.as_ref());
    let grey = texts().any(|text| text.unread() > 0).then(|| "The model does not get words in grey.".to_owned());
    sentences(grey, &each_once(texts().flat_map(ExplainedText::scripts)))
}

fn sentences(grey: Option<String>, scripts: &[&str]) -> Option<String> {
    let named = (!scripts.is_empty())
        .then(|| format!("Words in {} are named in brackets: the fonts lack them.", scripts.join(", ")));
    let sentences: Vec<String> = grey.into_iter().chain(named).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// Which input a probability belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Full,
    Selected,
    Unselected,
}

impl Part {
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "Full input",
            Self::Selected => "Selected only",
            Self::Unselected => "Unselected only",
        }
    }
}

impl Prediction {
    /// Probability of class `class_idx` from one part of the input.
    pub(super) fn probability(&self, class_idx: usize, part: Part) -> Option<f32> {
        let class = self.classes.get(class_idx)?;
        match part {
            Part::Full => Some(class.full),
            Part::Selected => class.selected,
            Part::Unselected => class.unselected,
        }
    }

    /// The most likely class from one part of the input; the first of several.
    pub(super) fn answer(&self, part: Part) -> Option<usize> {
        let mut best: Option<(usize, f32)> = None;
        for class_idx in 0..self.classes.len() {
            let p = self.probability(class_idx, part)?;
            if best.is_none_or(|(_, most)| p > most) {
                best = Some((class_idx, p));
            }
        }
        best.map(|(class_idx, _)| class_idx)
    }

    /// Whether the class stays, as told by the caller.
    pub(super) fn stays(&self, part: Part) -> Option<bool> {
        match part {
            Part::Full => None,
            Part::Selected => self.selected_stays,
            Part::Unselected => self.unselected_stays,
        }
    }

    /// `Selected only: “3” (0.95), same class`, or of one class's units `Only the patches of “3”: “3” (0.95)`, if the answer is known.
    pub(super) fn sentence(&self, part: Part) -> Option<String> {
        let asked = self.asked.as_ref().filter(|_| part != Part::Full);
        if let (Part::Selected, Some(unspoken)) = (part, asked.and_then(|asked| asked.unspoken.as_ref())) {
            return Some(format!("Nothing speaks for {unspoken}"));
        }
        let answer = self.answer(part)?;
        let p = self.probability(answer, part)?;
        let shown = format!("\u{201C}{}\u{201D} ({})", self.classes.get(answer)?.class, probability(p));
        if let Some(Asked { units, .. }) = asked {
            let way = if part == Part::Selected { "Only" } else { "Without" };
            return Some(format!("{way} {units}: {shown}"));
        }
        let stays = match self.stays(part) {
            Some(true) => ", same\u{A0}class",
            Some(false) => ", other\u{A0}class",
            None => "",
        };
        Some(format!("{}: {shown}{stays}", part.name()))
    }
}

/// Which answers stand under a panel.
pub(super) fn parts_of(panel: Panel) -> &'static [Part] {
    match panel {
        Panel::Input => &[Part::Full],
        Panel::Overlay | Panel::Heat => &[Part::Selected, Part::Unselected],
        Panel::Selected => &[Part::Selected],
        Panel::Unselected => &[Part::Unselected],
    }
}

/// Title of a figure with one picture.
pub(super) fn title(picture: &ExplainedPicture) -> String {
    let of = if picture.source.is_empty() { String::new() } else { format!(" in {}", picture.source) };
    format!("{}: {}{of}", picture.method, k_of_n(picture))
}

/// What is to be seen, for readers that cannot see it.
pub(super) fn description(picture: &ExplainedPicture) -> String {
    let noun = &picture.unit_noun;
    let mut sentences = Vec::new();
    let (input, marked) = match &picture.text {
        Some(_) => ("The text", "highlighted and underlined"),
        None if picture.series.is_some() => ("The series", "shaded"),
        None if picture.row.is_some() => ("The row", "numbered, their bars coloured"),
        None => ("The input", "tinted and outlined"),
    };
    for panel in picture.view.panels() {
        sentences.push(match panel {
            Panel::Input => format!("{input}."),
            Panel::Overlay => format!("{input}; the {noun} that {} selects are {marked}.", picture.method),
            Panel::Selected => format!("Only the {noun} that {} selects; the others are hidden.", picture.method),
            Panel::Unselected => format!("All but the {noun} that {} selects; those are hidden.", picture.method),
            Panel::Heat if !picture.is_colored() => {
                format!("The score that {} gives to each of the {noun}.", picture.method)
            }
            Panel::Heat if picture.series.as_ref().is_some_and(|series| series.form != super::series::Form::Map) => {
                format!(
                    "The series, and behind it the score that {} gives to each of the {noun}, as colour; a bar over the steps marks the selected.",
                    picture.method
                )
            }
            Panel::Heat => {
                format!(
                    "The score that {} gives to each of the {noun}, as colour; the selected are outlined.",
                    picture.method
                )
            }
        });
    }
    let shown = picture.series.as_ref().map(|series| super::series::shown(picture, series));
    sentences.extend(shown.and_then(|shown| shown.part).map(|part| format!("Drawn are {part}.")));
    if let Some(unread) = unread(picture) {
        sentences.push(unread);
    }
    sentences.push(format!("{}.", method_line(picture, true)));
    if let Some(prediction) = &picture.prediction {
        for part in [Part::Full, Part::Selected, Part::Unselected] {
            sentences.extend(prediction.sentence(part).map(|sentence| format!("{sentence}.")));
        }
    }
    sentences.extend(picture.classes.iter().flat_map(|table| table.sentences()));
    sentences.extend(picture.caption.iter().cloned());
    sentences.join(" ")
}

/// Origin of a figure with one picture.
pub(super) fn metadata(picture: &ExplainedPicture) -> Metadata {
    Metadata {
        source: picture.source.clone(),
        method: picture.method.clone(),
        k: k_of_n(picture),
        seed: picture.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
