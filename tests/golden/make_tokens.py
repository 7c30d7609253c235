"""Written with the standard library of Python 3.11 (unicodedata 14.0): where the words of texts begin and end, in bytes of the text as written.

    python make_tokens.py

writes tokens.json beside itself. The rules are those that src/data/text/tokens.rs and markup.rs state, put down here as a regular expression over
classes of characters: HTML is taken out first, and each character remembers the bytes that it stands for.
"""

import html
import html.entities
import json
import pathlib
import re
import unicodedata

# Elements of HTML that the texts below hold: a line ends at the first, nothing stands in place of the others.
BLOCKS = {"p", "br", "div", "html", "body", "h1", "h2", "li", "ul", "table", "tr", "td", "hr", "script", "style", "title", "head"}
INLINE = {"b", "i", "em", "strong", "a", "span", "sub", "sup", "u", "code", "font"}
COMMENT = re.compile(r"<!--.*?-->", re.S)
TAG = re.compile(r"""</?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])(?:="[^"]*"|='[^']*'|[^<>])*>""", re.S)
REFERENCE = re.compile(r"&(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")

# a: a word of its own. n: of a number. l: a letter. m: belongs to what stands before it. j: joins within a word. Blanks part, o is any other sign.
WORD = re.compile(r"am*|[ln](?:[lnm]|j(?=[ln])|(?<=n)[.,](?=n)|(?<=(?<![lnm])l)\.(?=l(?![lna])))*")


def plain(text):
    """Characters without HTML: (character, first byte, byte after the last)."""
    at_byte, out = [0], []
    for c in text:
        at_byte.append(at_byte[-1] + len(c.encode()))
    at = 0

    def add(characters, start, end):
        out.extend((c, at_byte[start], at_byte[end]) for c in characters)

    while at < len(text):
        if comment := COMMENT.match(text, at):
            at = comment.end()
            continue
        tag = TAG.match(text, at)
        name = tag.group(1).lower() if tag else ""
        if name in BLOCKS or name in INLINE:
            end = tag.end()
            if name in ("script", "style") and text[at + 1] != "/":
                closing = re.compile(rf"</{name}[^>]*>", re.I).search(text, end)
                end = closing.end() if closing else end
            if name in BLOCKS:
                add("\u2029", at, end)
            at = end
            continue
        reference = REFERENCE.match(text, at)
        # With its semicolon: html.unescape() alone would also take "&not" out of "&notion;".
        if reference and (reference.group()[1] == "#" or reference.group()[1:] in html.entities.html5):
            add(html.unescape(reference.group()), at, reference.end())
            at = reference.end()
            continue
        add(text[at], at, at + 1)
        at += 1
    return out


def kind(c):
    code, category = ord(c), unicodedata.category(c)
    if category[0] == "M" or c in "\u00ad\u200c\u200d" or 0x1F3FB <= code <= 0x1F3FF:
        return "m"
    if category[0] == "N":
        return "n"
    if category[0] == "L":
        is_alone = 0x3040 <= code <= 0x309F or 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF
        return "a" if is_alone else "l"
    if c.isspace() or category == "Cc":
        return " "
    return "j" if c in "'\u2019-\u2010\u2011" else c if c in ".," else "o"


def tokens(text, with_signs):
    characters = plain(text)
    kinds = "".join(kind(c) for c, _, _ in characters)
    out, at = [], 0
    while at < len(kinds):
        found = WORD.match(kinds, at)
        end = found.end() if found else at + 1
        is_token = found is not None
        if not found and kinds[at] != " ":
            # A run of one sign, with what belongs to it.
            while end < len(kinds) and characters[end][0] == characters[at][0]:
                end += 1
            while end < len(kinds) and kinds[end] == "m":
                end += 1
            is_token = with_signs
        if is_token:
            first, last = characters[at][1], characters[end - 1][2]
            out.append([first, last, text.encode()[first:last].decode()])
        at = end
    return out


TEXTS = [
    "",
    "  \n\t ",
    "It wasn't well-made; don't go!",
    "He paid 3.50 (or 1,299.99 in 1999), 50% off...",
    "The U.S. and the U.S.A., e.g. at 5.30 p.m. J.R.R. Tolkien wrote it.",
    "rock'n'roll 'quoted' \u2018curly\u2019 it\u2019s o\u2019clock",
    "end- -start mid--dash a-b-c 2-3 -5",
    "v2.0 x.y.z file.txt www.example.org/a?id=3",
    "<p>It isn&#39;t <b>bad</b>.</p><br />Next line",
    "un<b>believ</b>able, <i>really</i>un<em>real</em>",
    "<div class=\"a > b\">inside</div>after<hr/>ruled",
    "<user> said 5 < 6 and 7 > 6, <number> times <unclosed",
    "one<!-- a <b>comment</b> -->two three<!-- open",
    "<html><head><title>T</title><style>p { x: y }</style></head><body>Body<script>let x = '<p>';</script>end</body></html>",
    "caf&eacute; na&#239;ve R&amp;D &lt;tag&gt; &nbsp; &notanentity; a&b; &#x1F600;",
    "caf\u00e9 cafe\u0301 na\u00efve \u00c5ngstr\u00f6m \u0153uvre stra\u00dfe",
    "Vi\u1ec7t Nam, Vie\u0323\u0302t Nam, ti\u1ebfng",
    "so good \U0001F600\U0001F600!! \U0001F44D\U0001F3FD \u2764\ufe0f \U0001F468\u200d\U0001F469\u200d\U0001F467",
    "wait...what?! no\u2026 \u2014 yes \u2013 \u201cquoted\u201d \u00abainsi\u00bb",
    "\u042d\u0442\u043e \u0431\u044b\u043b \u0445\u043e\u0440\u043e\u0448\u0438\u0439 \u0444\u0438\u043b\u044c\u043c, 12 \u043c\u0430\u0440\u0442\u0430 2020\u0433.",
    "\u039f \u03ba\u03b1\u03bb\u03cd\u03c4\u03b5\u03c1\u03bf\u03c2 \u03ba\u03cc\u03c3\u03bc\u03bf\u03c2\u00b7 \u03bd\u03b1\u03b9;",
    "\u8fd9\u662f\u4e00\u90e8\u597d\u7535\u5f71\uff0c\u6211\u4eec\u770b\u4e862\u6b21\u3002",
    "\u6620\u753b\u3092\u898b\u307e\u3057\u305f\u3002\u30ab\u30bf\u30ab\u30ca\u3068\u30c7\u30fc\u30bf\u3001Tokyo\u3067\u3002",
    "\uc774\uac83\uc740 \uc815\ub9d0 \uc88b\uc740 \uc601\ud654\uc600\uc2b5\ub2c8\ub2e4.",
    "\u0643\u0627\u0646 \u0647\u0630\u0627 \u0641\u064a\u0644\u0645\u0627\u064b \u062c\u064a\u062f\u0627\u060c \u0634\u0643\u0631\u0627\u064b!",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd, \u05d4\u05d9\u05d5\u05dd 3.5",
    "\u0e44\u0e17\u0e22\u0e14\u0e35\u0e21\u0e32\u0e01 \u0e19\u0e30",
    "soft\u00adhyphen no\u00a0break tab\tnew\r\nline\u2028next",
    "C++ and C# cost $5 or \u20ac5, @name #tag a_b 100\u00b0C \u00bd x\u00b2",
    "A.I. is not A.B.1 nor 1.a nor x.1; 10.000,5 and 1.2.3 and ,5 5,",
    "<BR>UPPER<br>lower<Br/>mixed <a href='x>y'>link</a>s",
    "(((brackets))) [1] {x} a/b and/or \\ | ~ ^",
]

content = [{"text": text, "words": tokens(text, False), "signs": tokens(text, True)} for text in TEXTS]
path = pathlib.Path(__file__).with_name("tokens.json")
path.write_text(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")
print(f"{len(content)} texts, {sum(len(case['words']) for case in content)} words")
