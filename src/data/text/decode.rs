//! Bytes to text: which encoding a file is in, and whether it is text at all.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::data::DataError;
use crate::data::archive::{Member, byte_size};
use crate::data::open::Watch;

/// Most bytes of text that one data set may hold, as read and as decoded.
pub const MAX_TEXT_BYTES: u64 = 2 << 30;
/// Bytes between two reports.
const CHUNK: u64 = 4 << 20;
/// Bytes that are looked at for the nulls of UTF-16.
const LOOKED_AT: usize = 1 << 16;

/// A decoded file.
#[derive(Debug)]
pub(in crate::data) struct Decoded {
    /// Its text, without byte order mark.
    pub text: String,
    /// How it was read, unless it is UTF-8 throughout: "windows-1252".
    pub note: Option<String>,
}

/// Decodes `bytes`: a byte order mark decides, then whether they are UTF-8 or look like UTF-16, and else the statistics of Firefox's detector.
///
/// # Errors
/// What was found instead, if it is no text.
pub(in crate::data) fn decode(bytes: Vec<u8>) -> Result<Decoded, String> {
    let (encoding, start) = match Encoding::for_bom(&bytes) {
        Some((encoding, start)) => (Some(encoding), start),
        None => (utf16_without_mark(&bytes), 0),
    };
    let decoded = match encoding {
        Some(encoding) if encoding != UTF_8 => with(encoding, &bytes[start..], ""),
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
        watch.step("Reading text", bytes.len() as u64, total)?;
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
        if bytes.len() % 2 == 1 && Encoding::for_bom(&bytes).is_some_and(|(encoding, _)| encoding != UTF_8) {
            bytes.pop();
        }
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

/// UTF-16 as Windows programs write it, told by the nulls beside its ASCII characters.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let nulls = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (nulls(0), nulls(1), start.len() / 2);
    match () {
        () if odd * 10 > pairs * 4 && even * 20 < pairs => Some(UTF_16LE),
        () if even * 10 > pairs * 4 && odd * 20 < pairs => Some(UTF_16BE),
        () => None,
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
