//! Bytes to text: which encoding a file is in, and whether it is text at all.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use crate::data::DataError;
use crate::data::archive::{Member, byte_size};
use crate::data::open::Watch;

/// Most bytes of text that one data set may hold, as read and as decoded.
pub const MAX_TEXT_BYTES: u64 = 2 << 30;
/// Bytes between two reports.
const CHUNK: u64 = 4 << 20;
/// Bytes that are looked at for the form of UTF-16.
const LOOKED_AT: usize = 1 << 16;
/// Fewer units of two bytes say nothing of the script that they are written in.
const LEAST_UNITS: usize = 16;

/// A decoded file.
#[derive(Debug)]
pub(in crate::data) struct Decoded {
    /// Its text, without byte order mark.
    pub text: String,
    /// How it was read, unless it is UTF-8 throughout: "windows-1252".
    pub note: Option<String>,
}

/// Decodes `bytes`: a byte order mark decides, then the escape sequences of ISO-2022-JP, then whether they are UTF-8 or look like UTF-16, and else the
/// statistics of Firefox's detector.
///
/// # Errors
/// What was found instead, if it is no text.
pub(in crate::data) fn decode(bytes: Vec<u8>) -> Result<Decoded, String> {
    let (encoding, start) = match Encoding::for_bom(&bytes) {
        Some((encoding, start)) => (Some(encoding), start),
        None => (japanese_escapes(&bytes).or_else(|| utf16_without_mark(&bytes)), 0),
    };
    let decoded = match (utf32_mark(&bytes), encoding) {
        (Some(is_big), _) => utf32(&bytes[4..], is_big),
        (None, Some(encoding)) if encoding != UTF_8 => with(encoding, &bytes[start..], ""),
        _ => match String::from_utf8(if start == 0 { bytes } else { bytes[start..].to_vec() }) {
            Ok(text) => Decoded { text, note: None },
            Err(err) => guessed(&err.into_bytes()),
        },
    };
    // Old DOS programs end a text so.
    let decoded = match decoded.text.strip_suffix('\u{1a}') {
        Some(text) => Decoded { text: text.to_owned(), note: decoded.note },
        None => decoded,
    };
    let n_odd = n_odd_characters(&decoded.text);
    // Text has stray characters now and then; in other files every tenth byte or so is none of text.
    if n_odd * 100 > decoded.text.len() {
        return Err(format!("binary data ({n_odd} of {} characters are none of text)", decoded.text.chars().count()));
    }
    Ok(decoded)
}

/// Reads and decodes a file, of at most `limit` bytes.
pub(in crate::data) fn read(member: &Member, limit: u64, watch: &mut Watch<'_>) -> Result<Decoded, DataError> {
    let opened = member.open()?;
    let too_long = || {
        let advice = "take a part of it, or several smaller files";
        member.unfit(format!("at most {} of text", byte_size(limit)), "more", advice)
    };
    if opened.is_exact && opened.most > limit {
        return Err(too_long());
    }
    let total = opened.is_exact.then_some(opened.most);
    let mut reader = opened.reader;
    let mut bytes = Vec::new();
    loop {
        watch.bytes("Reading text", bytes.len() as u64, total)?;
        let got = reader.by_ref().take(CHUNK).read_to_end(&mut bytes).map_err(|err| member.damaged(&err))?;
        if got == 0 {
            break;
        }
        if bytes.len() as u64 > limit {
            return Err(too_long());
        }
    }
    decode(bytes).map_err(|found| member.unfit("text", found, "name a file of text"))
}

/// The beginning of a file as text, for guesses; `None` if it is no text. Says whether it is the whole file.
pub(in crate::data) fn peek(member: &Member, n: usize) -> Option<(String, bool)> {
    let mut bytes = member.peek(n);
    let is_whole = bytes.len() < n;
    if !is_whole {
        // Not in the middle of a character.
        bytes.truncate(bytes.iter().rposition(|&byte| byte == b'\n').map_or(n, |at| at + 1));
        let width = match Encoding::for_bom(&bytes) {
            _ if utf32_mark(&bytes).is_some() => 4,
            Some((encoding, _)) if encoding != UTF_8 => 2,
            None if utf16_without_mark(&bytes).is_some() => 2,
            _ => 1,
        };
        bytes.truncate(bytes.len() / width * width);
    }
    Some((decode(bytes).ok()?.text, is_whole))
}

fn with(encoding: &'static Encoding, bytes: &[u8], more: &str) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), note: Some(format!("{}{more}", encoding.name())) }
}

/// Bytes that are not all UTF-8: either UTF-8 with some damage, or an older encoding.
fn guessed(bytes: &[u8]) -> Decoded {
    let (mut n_fit, mut n_unfit) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        n_fit += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        n_unfit += usize::from(!chunk.invalid().is_empty());
    }
    if n_fit > 10 * n_unfit {
        let damage = if n_unfit == 1 { "1 place" } else { &format!("{n_unfit} places") };
        return with(UTF_8, bytes, &format!(" with {damage} replaced that cannot be decoded"));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    with(detector.guess(None, Utf8Detection::Deny), bytes, " (guessed from its bytes)")
}

/// Whether the byte order mark is that of UTF-32, and then whether the larger bytes come first. Its first half may be that of UTF-16, but no UTF-16
/// text begins with a null.
fn utf32_mark(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some(false),
        [0, 0, 0xfe, 0xff, ..] => Some(true),
        _ => None,
    }
}

/// UTF-32, which Firefox's decoder does not know.
fn utf32(bytes: &[u8], is_big: bool) -> Decoded {
    let code = |four: &[u8]| {
        let four = <[u8; 4]>::try_from(four).ok()?;
        char::from_u32(if is_big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    };
    let text = bytes.chunks(4).map(|four| code(four).unwrap_or('\u{fffd}')).collect();
    Decoded { text, note: Some(if is_big { "UTF-32BE" } else { "UTF-32LE" }.to_owned()) }
}

/// ISO-2022-JP, whose bytes are all those of ASCII: told by its escape sequences, if nearly all that they introduce is Japanese.
fn japanese_escapes(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let is_escape = |at: &[u8]| matches!(at, [0x1b, b'$', b'B' | b'@']);
    if !start.is_ascii() || !start.windows(3).any(is_escape) {
        return None;
    }
    let (text, _) = ISO_2022_JP.decode_without_bom_handling(start);
    let n_unread = text.chars().filter(|c| *c == '\u{fffd}').count();
    (n_unread * 100 <= text.chars().count()).then_some(ISO_2022_JP)
}

/// UTF-16 as Windows programs write it: told by the nulls beside its ASCII characters, or by its letters where it has few of these.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let nulls = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (nulls(0), nulls(1), start.len() / 2);
    match () {
        () if odd * 10 > pairs * 4 && even * 20 < pairs => Some(UTF_16LE),
        () if even * 10 > pairs * 4 && odd * 20 < pairs => Some(UTF_16BE),
        () => utf16_by_letters(start),
    }
}

/// UTF-16 of any script. Any text of single bytes makes Chinese letters when it is read so: it is tried only where single bytes make no text.
fn utf16_by_letters(start: &[u8]) -> Option<&'static Encoding> {
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 14..=31);
    let n_controls = start.iter().filter(|byte| is_control(byte)).count();
    if start.len() / 2 < LEAST_UNITS || n_controls * 100 <= start.len() {
        return None;
    }
    let little = Reading::of(start, u16::from_le_bytes);
    let big = Reading::of(start, u16::from_be_bytes);
    // Swapped bytes often make letters, too; but the larger byte is the one of which a script has few.
    match (little.is_text(), big.is_text()) {
        (true, true) if big.n_pages < little.n_pages => Some(UTF_16BE),
        (true, _) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        (false, false) => None,
    }
}

/// What units of two bytes would say as UTF-16.
#[derive(Default)]
struct Reading {
    n: usize,
    /// Letters, digits, spaces and signs of ASCII.
    n_good: usize,
    /// Controls, halves of pairs, and codes that stand for no character.
    n_bad: usize,
    /// What parts words and sentences.
    n_between: usize,
    /// Neighbours that are letters, and how many of them are of one script.
    n_pairs: usize,
    n_alike: usize,
    /// Different larger bytes.
    n_pages: usize,
}

impl Reading {
    fn of(start: &[u8], unit: fn([u8; 2]) -> u16) -> Self {
        let units: Vec<u16> = start.chunks_exact(2).map(|two| unit([two[0], two[1]])).collect();
        let mut reading = Self::default();
        let mut is_seen = [false; 256];
        units.iter().for_each(|unit| is_seen[usize::from(unit >> 8)] = true);
        reading.n_pages = is_seen.iter().filter(|seen| **seen).count();
        let mut before = None;
        for c in char::decode_utf16(units).map(|read| read.unwrap_or('\u{fffd}')) {
            let is_between =
                matches!(c, '\t' | '\n' | '\r' | ' ' | '\u{3000}'..='\u{3002}' | '！' | '，' | '：' | '？');
            let is_private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{ffff}');
            reading.n += 1;
            reading.n_good += usize::from(is_between || c.is_alphanumeric() || c.is_ascii_graphic());
            reading.n_bad += usize::from(is_private || (c.is_control() && !is_between));
            reading.n_between += usize::from(is_between);
            let script = c.is_alphabetic().then(|| script_of(c));
            if let (Some(before), Some(script)) = (before, script) {
                reading.n_pairs += 1;
                reading.n_alike += usize::from(before == script);
            }
            before = script;
        }
        reading
    }

    /// Nearly all letters, neighbours mostly of one script, and words or sentences that end: no numbers or packed data have all of these.
    const fn is_text(&self) -> bool {
        self.n_bad * 100 <= self.n
            && self.n_good * 4 >= self.n * 3
            && self.n_between * 100 >= self.n
            && self.n_alike * 3 >= self.n_pairs * 2
    }
}

/// A number for the script of a letter, as finely as blocks of Unicode tell scripts apart.
fn script_of(c: char) -> u32 {
    match u32::from(c) {
        // Latin with all its accents; Chinese and Japanese; Korean.
        0..=0x24f | 0x1e00..=0x1eff => 0,
        0x3040..=0x30ff | 0x3400..=0x9fff | 0x2_0000..=0x3_ffff => 1,
        0x1100..=0x11ff | 0xac00..=0xd7ff => 2,
        code => 3 + code / 256,
    }
}

/// Control characters other than those of lines and tabs, and replacement characters.
fn n_odd_characters(text: &str) -> usize {
    let is_odd = |c: char| c == '\u{fffd}' || (c.is_control() && !matches!(c, '\t'..='\r' | '\u{85}'));
    if text.is_ascii() {
        return text.bytes().filter(|&byte| is_odd(char::from(byte))).count();
    }
    text.chars().filter(|&c| is_odd(c)).count()
}
