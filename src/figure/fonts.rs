//! The fonts of screen and export, and what a text measures in them.
//!
//! Ubuntu Light for everything, Hack for signs that it lacks, two fonts of pictograms for what both lack; all come with the window toolkit's font
//! crate, never from the system, so that a figure looks the same on every machine.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb;
use ttf_parser::Face;
use unicode_normalization::UnicodeNormalization;

/// What SVG text asks for: the face we measured with, then what other programs may have.
pub const FAMILY: &str = "Ubuntu, 'Ubuntu Light', 'Noto Sans', Arial, sans-serif";
/// Weight of the upright face.
pub const WEIGHT: u16 = 300;

/// Font files in the order in which a sign is looked up.
const FILES: [&[u8]; 4] = [
    epaint_default_fonts::UBUNTU_LIGHT,
    epaint_default_fonts::HACK_REGULAR,
    epaint_default_fonts::NOTO_EMOJI_REGULAR,
    epaint_default_fonts::EMOJI_ICON,
];

static FACES: LazyLock<Vec<Face<'static>>> =
    LazyLock::new(|| FILES.iter().filter_map(|bytes| Face::parse(bytes, 0).ok()).collect());

static DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut database = fontdb::Database::new();
    for bytes in FILES {
        database.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
    }
    // Whatever family an SVG names last, it gets ours.
    for set in [fontdb::Database::set_serif_family, fontdb::Database::set_sans_serif_family] {
        set(&mut database, "Ubuntu");
    }
    Arc::new(database)
});

/// Only the fonts above, for the SVG reader.
pub fn database() -> Arc<fontdb::Database> {
    Arc::clone(&DATABASE)
}

/// The face that draws `c`, with its glyph.
fn glyph(c: char) -> Option<(&'static Face<'static>, ttf_parser::GlyphId)> {
    FACES.iter().find_map(|face| face.glyph_index(c).map(|glyph| (face, glyph)))
}

/// A user's text in signs that the fonts have: letters and accents made one, hyphens plain, what only joins or chooses signs left out, and a sign that no
/// font has by its number, "[U+1FAE8]". An empty box would say nothing.
pub fn drawable(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut is_after_pictogram = false;
    for c in text.nfc() {
        // A tone of skin or the signs of a flag are part of the pictogram before them, which is drawn without.
        if is_after_pictogram && matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}') {
            continue;
        }
        let only_chooses = matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
        is_after_pictogram = is_pictogram(c) || only_chooses && is_after_pictogram;
        match c {
            '\u{2010}' | '\u{2011}' => out.push('-'),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => {}
            _ if c.is_control() || c.is_whitespace() || glyph(c).is_some() => out.push(c),
            _ => out.push_str(&format!("[U+{:04X}]", u32::from(c))),
        }
    }
    Cow::Owned(out)
}

/// Whether a sign is a picture: of a face, a hand, a flag, the weather.
const fn is_pictogram(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}')
}

/// Characters of `text` that no font can draw, in order.
pub fn missing_glyphs(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_control() && glyph(*c).is_none()).collect()
}

/// Width of a line of text in points: the sum of its advances, without kerning (which changes it by less than two percent).
pub fn width(text: &str, size: f32) -> f32 {
    let ems: f32 = text
        .chars()
        .map(|c| match glyph(c) {
            Some((face, glyph)) => {
                f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) / f32::from(face.units_per_em())
            }
            // The box that stands for an unknown sign.
            None => 0.6,
        })
        .sum();
    ems * size
}

/// A height of the main face as a share of its size, or `otherwise` if its tables lack it.
fn share(of: impl Fn(&Face<'static>) -> Option<i16>, otherwise: f32) -> f32 {
    FACES
        .first()
        .and_then(|face| of(face).map(|value| f32::from(value) / f32::from(face.units_per_em())))
        .unwrap_or(otherwise)
}

/// How far the highest signs reach above the baseline, in points.
pub fn ascent(size: f32) -> f32 {
    size * share(|face| Some(face.ascender()), 0.93)
}

/// How far the lowest signs reach below the baseline, in points (positive).
pub fn descent(size: f32) -> f32 {
    size * share(|face| Some(-face.descender()), 0.19)
}

/// Height of a capital letter or digit, in points.
pub fn cap_height(size: f32) -> f32 {
    size * share(Face::capital_height, 0.69)
}

/// Breaks `text` into lines of at most `max_width` points, at blanks (not at no-break spaces); a single word that is wider is broken where it must be.
/// Line breaks in the text are kept. An empty text gives no line.
pub fn wrap(text: &str, size: f32, max_width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_ascii_whitespace() {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&joined, size) <= max_width {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if width(&line, size) > max_width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::take(&mut line));
                    line.push(c);
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// `text` on one line of at most `max_width` points, with "…" where it was cut.
pub fn shorten(text: &str, size: f32, max_width: f32) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if width(&text, size) <= max_width {
        return text;
    }
    let mut chars: Vec<char> = text.chars().collect();
    while let Some(_cut) = chars.pop() {
        let kept: String = chars.iter().collect();
        let candidate = format!("{}…", kept.trim_end());
        if width(&candidate, size) <= max_width {
            return candidate;
        }
    }
    String::new()
}

/// The same with "…" in the middle: names that begin alike often differ at their ends.
pub fn shorten_middle(text: &str, size: f32, max_width: f32) -> String {
    cut_in_middle(text, |candidate| width(candidate, size) <= max_width)
}

/// `text` as it is where it fits, else with "…" in place of its middle; empty where not even that fits.
pub fn cut_in_middle(text: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let cut = |kept: usize| {
        let n_last = kept / 2;
        let (first, last) = (&chars[..kept - n_last], &chars[chars.len() - n_last..]);
        let (first, last): (String, String) = (first.iter().collect(), last.iter().collect());
        format!("{}…{}", first.trim_end(), last.trim_start())
    };
    (0..chars.len()).rev().map(cut).find(|candidate| fits(candidate)).unwrap_or_default()
}
