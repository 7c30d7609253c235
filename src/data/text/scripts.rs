//! Scripts that the window's fonts cannot show, so that a notice can name them instead of a row of boxes.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Blocks of letters that the window cannot show, in the order of Unicode.
const BLOCKS: &[(u32, u32, &str)] = &[
    (0x0530, 0x058f, "Armenian"),
    (0x0590, 0x05ff, "Hebrew"),
    (0x0600, 0x06ff, "Arabic"),
    (0x0700, 0x074f, "Syriac"),
    (0x0750, 0x077f, "Arabic"),
    (0x0780, 0x07bf, "Thaana"),
    (0x07c0, 0x07ff, "N'Ko"),
    (0x0870, 0x08ff, "Arabic"),
    (0x0900, 0x097f, "Devanagari"),
    (0x0980, 0x09ff, "Bengali"),
    (0x0a00, 0x0a7f, "Gurmukhi"),
    (0x0a80, 0x0aff, "Gujarati"),
    (0x0b00, 0x0b7f, "Odia"),
    (0x0b80, 0x0bff, "Tamil"),
    (0x0c00, 0x0c7f, "Telugu"),
    (0x0c80, 0x0cff, "Kannada"),
    (0x0d00, 0x0d7f, "Malayalam"),
    (0x0d80, 0x0dff, "Sinhala"),
    (0x0e00, 0x0e7f, "Thai"),
    (0x0e80, 0x0eff, "Lao"),
    (0x0f00, 0x0fff, "Tibetan"),
    (0x1000, 0x109f, "Burmese"),
    (0x10a0, 0x10ff, "Georgian"),
    (0x1100, 0x11ff, "Korean"),
    (0x1200, 0x139f, "Ethiopic"),
    (0x13a0, 0x13ff, "Cherokee"),
    (0x1400, 0x167f, "Canadian syllabics"),
    (0x1780, 0x17ff, "Khmer"),
    (0x1800, 0x18af, "Mongolian"),
    (0x1ea0, 0x1eff, "Vietnamese"),
    (0x2e80, 0x303f, "Chinese or Japanese"),
    (0x3040, 0x30ff, "Japanese"),
    (0x3100, 0x312f, "Bopomofo"),
    (0x3130, 0x318f, "Korean"),
    (0x31f0, 0x31ff, "Japanese"),
    (0x3400, 0x9fff, "Chinese or Japanese"),
    (0xac00, 0xd7ff, "Korean"),
    (0xf900, 0xfaff, "Chinese or Japanese"),
    (0xfb1d, 0xfb4f, "Hebrew"),
    (0xfb50, 0xfdff, "Arabic"),
    (0xfe70, 0xfefe, "Arabic"),
    (0x1e900, 0x1e95f, "Adlam"),
    (0x20000, 0x3ffff, "Chinese or Japanese"),
];

/// The first script in `text` that the window cannot show, by name: its fonts hold Latin, Greek and Cyrillic letters, and it writes from
/// left to right only. `None` if all letters can be shown. (Signs and pictograms are not looked at.)
pub fn unshapeable(text: &str) -> Option<&'static str> {
    names_of(&composed(text)).next()
}

/// The text with letters and their accents made one, as it is drawn: a letter that is written with accents of its own is the same letter.
fn composed(text: &str) -> Cow<'_, str> {
    let has_accents = !text.is_ascii() && text.contains(|c: char| matches!(c, '\u{300}'..='\u{36f}'));
    if has_accents { Cow::Owned(text.nfc().collect()) } else { Cow::Borrowed(text) }
}

/// The script of each letter that the window cannot show.
fn names_of(text: &str) -> impl Iterator<Item = &'static str> {
    let text = if text.is_ascii() { "" } else { text };
    text.chars().filter(|&c| is_unshown(c)).map(name_of)
}

/// All scripts in `text` that the window cannot show, in the order in which they come.
pub fn unshapeable_scripts(text: &str) -> Vec<&'static str> {
    let mut out = Vec::new();
    for name in names_of(&composed(text)) {
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

fn is_unshown(c: char) -> bool {
    c > '\u{24f}' && is_letter(c) && !is_in_fonts(c)
}

/// The text with each stretch of letters that the window cannot show named: "good [Arabic] news". Left in place, letters that are written from right
/// to left would turn round what stands between them.
pub fn with_scripts_named(text: &str) -> Cow<'_, str> {
    if unshapeable(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // What may belong to a stretch: signs and blanks between two of its letters.
    let (mut stretch, mut pending) = (None, String::new());
    for c in composed(text).chars() {
        if is_unshown(c) {
            if stretch != Some(name_of(c)) {
                out.push_str(&pending);
                out.push_str(&format!("[{}]", name_of(c)));
            }
            (stretch, pending) = (Some(name_of(c)), String::new());
        } else if stretch.is_some() && !c.is_alphanumeric() {
            pending.push(c);
        } else {
            out.push_str(&std::mem::take(&mut pending));
            out.push(c);
            stretch = None;
        }
    }
    out.push_str(&pending);
    Cow::Owned(out)
}

/// Letters, and the marks in the blocks above that are no letters of their own.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || block_of(c).is_some()
}

/// Letters beyond Latin Extended-B that the default proportional font (Ubuntu Light) has.
fn is_in_fonts(c: char) -> bool {
    matches!(c,
        '\u{292}' | '\u{2bc}' | '\u{2c6}'..='\u{2dd}' | '\u{311}' | '\u{384}'..='\u{3ce}' | '\u{400}'..='\u{45f}'
        | '\u{462}'..='\u{463}' | '\u{472}'..='\u{475}' | '\u{48a}'..='\u{4f9}' | '\u{1e80}'..='\u{1e85}'
        | '\u{1ef2}'..='\u{1ef3}' | '\u{1f00}'..='\u{1fff}' | '\u{2000}'..='\u{214f}' | '\u{2150}'..='\u{24ff}'
        | '\u{fb00}'..='\u{fb04}')
}

fn block_of(c: char) -> Option<&'static str> {
    let code = u32::from(c);
    BLOCKS.iter().find(|(first, last, _)| (*first..=*last).contains(&code)).map(|(_, _, name)| *name)
}

fn name_of(c: char) -> &'static str {
    block_of(c).unwrap_or("a rare script")
}
