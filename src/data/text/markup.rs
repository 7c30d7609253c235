//! HTML taken out of a text, with the way back from every byte of what is left to the text as written.
//!
//! Only elements of HTML are tags: `<user>` or `<number>`, with which some collections stand for what they removed, are words of the text.

use std::borrow::Cow;
use std::ops::Range;

/// What a tag that breaks a line becomes: Unicode's paragraph separator, which no written text is likely to hold.
pub(super) const BREAK: char = '\u{2029}';
/// A `<` that is not closed within so many bytes is no tag.
const MAX_TAG_BYTES: usize = 4096;
/// Longest reference to a character, `&CounterClockwiseContourIntegral;`.
const MAX_ENTITY_BYTES: usize = 33;

/// Elements between which a new line begins.
const BREAKING: [&str; 76] = [
    "address",
    "article",
    "aside",
    "audio",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "img",
    "input",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "meta",
    "nav",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "pre",
    "script",
    "section",
    "select",
    "source",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "video",
    "area",
];
/// Elements within a line: nothing is put in their place. (`time` and `data` are missing, they are placeholders more often.)
const INLINE: [&str; 41] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "map", "mark", "meter", "nobr", "output", "progress", "q", "rp", "rt", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr", "base",
];

/// A text, or a part of one, as a reader wants it: without tags, comments, scripts and styles, with a line break where a tag breaks the line and with
/// the signs that character references stand for.
pub fn readable(text: &str) -> Cow<'_, str> {
    match Plain::of(text).text {
        plain if plain.contains(BREAK) => Cow::Owned(plain.replace(BREAK, "\n")),
        plain => plain,
    }
}

/// A text without HTML.
#[derive(Debug)]
pub(super) struct Plain<'a> {
    /// What is left.
    pub text: Cow<'a, str>,
    /// Where it comes from, in order; empty if nothing was taken out.
    pieces: Vec<Piece>,
}

/// A stretch of the plain text, and the bytes of the original that it stands for.
#[derive(Debug)]
struct Piece {
    at: usize,
    original: Range<usize>,
    /// Whether it is the original's own bytes, else it stands for all of them.
    is_verbatim: bool,
}

impl<'a> Plain<'a> {
    /// `text` without tags, comments, scripts and styles, and with character references resolved.
    pub fn of(text: &'a str) -> Self {
        let mut out = String::new();
        let mut pieces = Vec::new();
        let mut unclosed = Unclosed::default();
        let mut kept = 0;
        let mut at = 0;
        while let Some(found) = text[at..].find(['<', '&']) {
            at += found;
            let Some((end, stands_for)) = tag_at(text, at, &mut unclosed).or_else(|| reference_at(text, at)) else {
                at += 1;
                continue;
            };
            push(&mut out, &mut pieces, kept..at, &text[kept..at], true);
            push(&mut out, &mut pieces, at..end, &stands_for, false);
            (kept, at) = (end, end);
        }
        if kept == 0 {
            return Self { text: Cow::Borrowed(text), pieces };
        }
        push(&mut out, &mut pieces, kept..text.len(), &text[kept..], true);
        Self { text: Cow::Owned(out), pieces }
    }

    /// The bytes of the original that `range` of the plain text (not empty) comes from.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let of = |at: usize| self.pieces.partition_point(|piece| piece.at <= at).checked_sub(1);
        let (Some(first), Some(last)) = (of(range.start), of(range.end.saturating_sub(1))) else { return range };
        let (first, last) = (&self.pieces[first], &self.pieces[last]);
        let start = first.original.start + if first.is_verbatim { range.start - first.at } else { 0 };
        let end = if last.is_verbatim { last.original.start + (range.end - last.at) } else { last.original.end };
        start..end
    }
}

fn push(out: &mut String, pieces: &mut Vec<Piece>, original: Range<usize>, text: &str, is_verbatim: bool) {
    if !text.is_empty() {
        pieces.push(Piece { at: out.len(), original, is_verbatim });
        out.push_str(text);
    }
}

/// What has no end in the rest of a text. Looking again for each beginning would take time in the square of them.
#[derive(Default)]
struct Unclosed {
    comment: bool,
    script: bool,
    style: bool,
}

/// End of the tag that begins at `at`, and what stands in its place.
fn tag_at(text: &str, at: usize, unclosed: &mut Unclosed) -> Option<(usize, Cow<'static, str>)> {
    let rest = text[at..].strip_prefix('<')?;
    if let Some(comment) = rest.strip_prefix("!--") {
        let len = if unclosed.comment { None } else { comment.find("-->") };
        unclosed.comment = len.is_none();
        return Some((at + 4 + len? + 3, Cow::Borrowed("")));
    }
    let is_closing = rest.starts_with('/');
    let name_start = usize::from(is_closing);
    let name_len = rest[name_start..].bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = &rest[name_start..name_start + name_len];
    let after = rest.as_bytes().get(name_start + name_len).copied().unwrap_or(b'<');
    let is_declaration = rest.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("!doctype"));
    if !(is_declaration || matches!(after, b'>' | b'/') || after.is_ascii_whitespace()) {
        return None;
    }
    let is_named = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(name));
    let is_breaking = is_declaration || is_named(&BREAKING);
    if !is_breaking && !is_named(&INLINE) {
        return None;
    }
    let mut end = at + 1 + end_of_tag(&rest.as_bytes()[..rest.len().min(MAX_TAG_BYTES)])?;
    // What a page runs or looks like is not what it says.
    let is_unclosed = match name.to_ascii_lowercase().as_str() {
        "script" if !is_closing => Some(&mut unclosed.script),
        "style" if !is_closing => Some(&mut unclosed.style),
        _ => None,
    };
    if let Some(is_unclosed) = is_unclosed.filter(|is_unclosed| !**is_unclosed) {
        match end_of_element(text, end, name) {
            Some(closed) => end = closed,
            None => *is_unclosed = true,
        }
    }
    let mut buffer = [0; 4];
    Some((end, if is_breaking { Cow::Owned(BREAK.encode_utf8(&mut buffer).to_owned()) } else { Cow::Borrowed("") }))
}

/// The byte after the next closing tag called `name`, from `start` on.
fn end_of_element(text: &str, start: usize, name: &str) -> Option<usize> {
    let is_closing = |at: usize| {
        let rest = text[at..].strip_prefix("</");
        rest.and_then(|rest| rest.get(..name.len())).is_some_and(|found| found.eq_ignore_ascii_case(name))
    };
    let at = text[start..].match_indices("</").map(|(at, _)| start + at).find(|&at| is_closing(at))?;
    Some(text[at..].find('>').map_or(at + 2 + name.len(), |found| at + found + 1))
}

/// Bytes up to and with the closing `>`, which does not count within quotes.
fn end_of_tag(rest: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, &byte) in rest.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'<') => return None,
            // Only a quote that begins a value opens one: an apostrophe in running text does not.
            (None, b'"' | b'\'') if at > 0 && rest[at - 1] == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// End of the character reference (`&amp;`, `&#39;`) that begins at `at`, and the characters it stands for.
fn reference_at(text: &str, at: usize) -> Option<(usize, Cow<'static, str>)> {
    let rest = text[at..].strip_prefix('&')?;
    let len =
        rest.bytes().take(MAX_ENTITY_BYTES).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    if len == 0 || rest.as_bytes().get(len) != Some(&b';') {
        return None;
    }
    let end = at + len + 2;
    let written = &text[at..end];
    match html_escape::decode_html_entities(written) {
        decoded if decoded == written => None,
        decoded => Some((end, Cow::Owned(decoded.into_owned()))),
    }
}
