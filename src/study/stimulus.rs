//! What a participant sees: one panel of an explained picture as PNG, or the words of a text, without anything that tells arms apart
//! except the stimulus itself.
//!
//! No outline, legend, title or text chunk: all stimuli of a study have the same size and the same words in their files. Hatching, where
//! the design asks for it, is the same over hidden units in every arm.

use super::StudyError;
use super::design::ArmKind;
use crate::figure::hatch::{Mask, hatch_mask};
use crate::figure::layout::pixels::{overlay_rgba, unselected_hatch};
use crate::figure::layout::{ExplainedPicture, ExplainedText, Hidden, Panel};
use crate::figure::{Element, Figure, Format, Metadata, Palette, Raster, encode, rect};

/// Largest stimulus that is stored, in bytes.
pub const MAX_BYTES: usize = 16 << 20;

/// A stimulus as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// PNG.
    Image(Vec<u8>),
    /// Words; those that stand together keep their adjacency, so each run is one entry (L2X, section 4.2.1).
    Text(Vec<String>),
}

impl Media {
    /// Word in the file.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Image(_) => "image",
            Self::Text(_) => "text",
        }
    }

    /// Bytes in the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Image(png) => png.clone(),
            // The unit separator cannot stand in a word.
            Self::Text(runs) => runs.join("\u{1f}").into_bytes(),
        }
    }

    /// From what is in the file.
    pub fn from_bytes(kind: &str, bytes: Vec<u8>) -> Option<Self> {
        match kind {
            "image" => Some(Self::Image(bytes)),
            "text" => {
                let text = String::from_utf8(bytes).ok()?;
                if text.is_empty() {
                    return Some(Self::Text(Vec::new()));
                }
                Some(Self::Text(text.split('\u{1f}').map(str::to_owned).collect()))
            }
            _ => None,
        }
    }
}

/// Draws what an arm of kind `kind` shows of `picture`, `side` pixels on its longer side (rounded down to whole pixels of the picture,
/// so that all of them get the same size).
pub fn render(picture: &ExplainedPicture, kind: ArmKind, side: u32) -> Result<Media, StudyError> {
    if let Some(text) = &picture.text {
        picture.check()?;
        // A participant's window has the same fonts as a figure: a word of a script that they lack is named rather than a row of boxes.
        return Ok(Media::Text(runs_of(&text.clone().drawable(), &picture.selected, kind)));
    }
    let panel = match kind {
        ArmKind::Full => Panel::Input,
        ArmKind::Selected | ArmKind::Random => Panel::Selected,
        ArmKind::Unselected => Panel::Unselected,
    };
    let pixels = overlay_rgba(picture, panel, None)?;
    let longer = picture.width.max(picture.height) as f32;
    let cell = (side as f32 / longer).floor().max(1.0);
    let area = rect(0.0, 0.0, picture.width as f32 * cell, picture.height as f32 * cell);
    let palette = Palette::of(picture.theme);
    let mut elements = vec![Element::Raster(Raster { rect: area, pixels, alt: String::new() })];
    if picture.hidden == Hidden::Hatched && panel != Panel::Input {
        let is_selected_shown = panel == Panel::Selected;
        let hidden: Vec<bool> =
            picture.selected_pixels().iter().map(|selected| *selected != is_selected_shown).collect();
        let mut hatch = unselected_hatch(palette);
        // The pattern is drawn for figures on paper; on screen it keeps its look at any size.
        let zoom = (side as f32 / 160.0).max(1.0);
        hatch.spacing *= zoom;
        hatch.stroke.width *= zoom;
        let mask = Mask { width: picture.width, height: picture.height, on: &hidden };
        elements.push(Element::segments(&hatch_mask(&mask, area, &hatch), hatch.stroke));
    }
    let figure = Figure {
        width: area.width,
        height: area.height,
        background: palette.background,
        title: String::new(),
        description: String::new(),
        metadata: Metadata::default(),
        elements,
    };
    let png = encode(&figure, Format::Png, 1.0)?;
    if png.len() > MAX_BYTES {
        return Err(StudyError::design("show.side", "stimuli of at most 16 MiB", png.len(), "choose a smaller side"));
    }
    Ok(Media::Image(png))
}

/// The words that an arm shows, in runs of neighbours. Words of no unit, which the model does not get, are never shown; those that it leaves out of a
/// sentence are, for with holes nobody could read it. What stands between two words is kept within a unit and in the full input, and is one blank
/// between units: punctuation around hidden words would say something of them.
fn runs_of(text: &ExplainedText, selected: &[bool], kind: ArmKind) -> Vec<String> {
    let is_shown = |unit: u32| {
        let is_selected = selected.get(unit as usize).copied().unwrap_or(false);
        match kind {
            ArmKind::Full => true,
            ArmKind::Selected | ArmKind::Random => is_selected,
            ArmKind::Unselected => !is_selected,
        }
    };
    let mut runs: Vec<String> = Vec::new();
    let mut last: Option<u32> = None;
    for span in &text.spans {
        let Some(unit) = span.unit.filter(|unit| is_shown(*unit)) else {
            last = None;
            continue;
        };
        // The separator of runs in the file cannot be part of a word.
        let word = span.word.replace('\u{1f}', " ");
        match (runs.last_mut(), last) {
            (Some(run), Some(before)) => {
                let keeps_between = kind == ArmKind::Full || before == unit;
                let between = span.before.replace(['\n', '\u{1f}'], " ");
                run.push_str(if keeps_between { &between } else { " " });
                run.push_str(&word);
            }
            _ => runs.push(word),
        }
        last = Some(unit);
    }
    runs
}
