//! Documents to rows: words, sentences, HTML, vocabulary, padding, and the way back into the text.

use proptest::prelude::*;
use unmask::data::text::readable;
use unmask::data::text::{self, Corpus, Side, TextItems, Unknown};
use unmask::data::{Dataset, Items, Rows, Split, TextFit, TextFitSpec, TextLayout, Unit, Units};
use unmask::jobs::reading::spans_of;

use super::*;

fn fit(documents: &[&str], spec: &TextFitSpec) -> TextFit {
    TextFit::build(documents.iter().copied(), spec)
}

fn slices<'a>(text: &'a str, layout: &TextLayout) -> Vec<&'a str> {
    layout.tokens.iter().map(|token| &text[token.start..token.end]).collect()
}

/// The words of `text`, as a fit without a vocabulary sees them.
fn words(text: &str) -> Vec<&str> {
    slices(text, &fit(&[], &TextFitSpec::l2x_word()).layout(text))
}

fn words_and_signs(text: &str) -> Vec<&str> {
    slices(text, &fit(&[], &TextFitSpec::aim(9)).layout(text))
}

/// Each sentence, from its first word to its last.
fn sentences(text: &str) -> Vec<&str> {
    let layout = fit(&[], &TextFitSpec::l2x_word()).layout(text);
    let span = |range: &std::ops::Range<usize>| layout.tokens[range.start].start..layout.tokens[range.end - 1].end;
    layout.sentences.iter().map(|range| &text[span(range)]).collect()
}

fn row(fit: &TextFit, text: &str) -> Vec<f32> {
    let mut rows = Rows::with_capacity(fit.shape(), 1);
    fit.push_row(text, &mut rows);
    rows.values
}

#[test]
fn words_are_runs_of_letters_and_digits() {
    assert_eq!(
        words("Don't say \"well-made\" -- it's 3.5 of 1,000!"),
        ["Don't", "say", "well-made", "it's", "3.5", "of", "1,000"]
    );
    assert_eq!(
        words("'quoted' dogs' U.S. e.g. end.Next a_b x-"),
        ["quoted", "dogs", "U.S", "e.g", "end", "Next", "a", "b", "x"]
    );
    assert_eq!(
        words("Ärger naïve e\u{301}te\u{301} co\u{ad}op"),
        ["Ärger", "naïve", "e\u{301}te\u{301}", "co\u{ad}op"]
    );
    assert_eq!(words("हिन्दी में 日本語 ひら カタカナ"), ["हिन्दी", "में", "日", "本", "語", "ひ", "ら", "カタカナ"]);
    assert!(words("... !? \n\t").is_empty() && words("").is_empty());
}

#[test]
fn punctuation_is_words_where_asked() {
    assert_eq!(
        words_and_signs("No... \"really\"?!! (x)"),
        ["No", "...", "\"", "really", "\"", "?", "!!", "(", "x", ")"]
    );
}

#[test]
fn sentences_end_where_readers_end_them() {
    assert_eq!(
        sentences("Mr. Bean met Dr. J. Smith in the U.S. army. He left."),
        ["Mr. Bean met Dr. J. Smith in the U.S. army", "He left"]
    );
    assert_eq!(sentences("They live in the U.S. The end"), ["They live in the U.S", "The end"]);
    assert_eq!(
        sentences("Well... maybe. Wait! \"Why?\" she said. OK"),
        ["Well... maybe", "Wait", "Why", "she said", "OK"]
    );
    assert_eq!(sentences("Good plot<br /><br />bad end<br>so what"), ["Good plot", "bad end", "so what"]);
    assert_eq!(
        sentences("See No. 5 at 3.45 p.m. tomorrow. No. Never."),
        ["See No. 5 at 3.45 p.m. tomorrow", "No", "Never"]
    );
    assert_eq!(sentences("A title here\nUnions say so. Yes\n\nlast"), ["A title here", "Unions say so", "Yes", "last"]);
    assert!(sentences("... !!").is_empty());
    // A mark inside an address ends nothing, and before a space, or where no spaces are written, it does.
    assert_eq!(
        sentences("See item?id=3 for details. wonderful! Was it?Yes. Go!2 more. Why? 3 of us"),
        ["See item?id=3 for details. wonderful", "Was it", "Yes", "Go!2 more", "Why", "3 of us"]
    );
    assert_eq!(sentences("At some.org/item?Id=3 now. So?"), ["At some.org/item?Id=3 now", "So"]);
    assert_eq!(sentences("好吗?很好!是"), ["好吗", "很好", "是"]);
}

#[test]
fn wrapped_lines_do_not_end_sentences() {
    let text = "It was a bright cold day in the city, and the clocks of\nParis were striking one, while the men in the street had\nno idea of what had happened to them, or of what Mary was\nabout to say. Then\nall was quiet.\n\nAnother paragraph";
    let found = sentences(text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].ends_with("about to say") && found[1] == "Then\nall was quiet");
}

#[test]
fn html_is_stripped_and_offsets_stay_those_of_the_original() {
    let text = "<p class=\"a>b\">Tom &amp; <b>Je</b>rry&#39;s caf&eacute;<br/>x &lt; 3 <user> a<b</p><!-- no -->end";
    let of_words = fit(&[], &TextFitSpec::l2x_word());
    let layout = of_words.layout(text);
    assert_eq!(slices(text, &layout), ["Tom", "Je</b>rry&#39;s", "caf&eacute;", "x", "3", "user", "a", "b", "end"]);
    // What a reader sees between and within the words is the same text, with line breaks where tags break the line.
    let seen = spans_of(text, &layout, Units::new(Unit::Word, of_words.shape()));
    let seen: String =
        seen.spans.iter().flat_map(|span| [span.before.as_str(), &span.word]).chain([seen.after.as_str()]).collect();
    assert_eq!(seen.trim(), "Tom & Jerry's caf\u{e9}\nx < 3 <user> a<b\nend");
    assert_eq!(
        readable("Rock &mdash; roll<script>if (a < b) { }</script>&hellip;<!-- no --><p>end"),
        "Rock \u{2014} roll\n\u{2026}\nend"
    );
    assert_eq!(words("a<script>var x = '<p>';</script>b<STYLE>p{}</STYLE >c"), ["a", "b", "c"]);
    assert_eq!(words("AT&T &nosuch; &copy &#x41;bc"), ["AT", "T", "nosuch", "copy", "&#x41;bc"]);
    let built = fit(&["Tom &amp; <b>Je</b>rry&#39;s caf&eacute;"], &TextFitSpec::l2x_word());
    assert_eq!((2..built.vocabulary_len()).map(|id| built.word(id)).collect::<Vec<_>>(), ["café", "jerry's", "tom"]);
}

#[test]
fn ids_are_by_frequency_then_by_the_alphabet() {
    let documents = ["b a c a", "A b, d d d!"];
    let built = fit(&documents, &TextFitSpec::l2x_word());
    let all: Vec<&str> = (0..built.vocabulary_len()).map(|id| built.word(id)).collect();
    assert_eq!(all, ["<pad>", "<unk>", "a", "d", "b", "c"]);
    assert_eq!((built.id("D"), built.id("nothing"), built.word(99)), (3, 1, "<unk>"));
    let spec = TextFitSpec { max_words: 4, ..TextFitSpec::l2x_word() };
    assert_eq!(fit(&documents, &spec).vocabulary_len(), 4);
    let spec = TextFitSpec { min_count: 2, lowercase: false, ..TextFitSpec::l2x_word() };
    let built = fit(&documents, &spec);
    assert_eq!((2..built.vocabulary_len()).map(|id| built.word(id)).collect::<Vec<_>>(), ["d", "a", "b"]);
}

/// `pad_sequences([[2, 3, 4]], maxlen=5)` and so on, as Keras documents it.
#[test]
fn rows_are_padded_and_cut_as_keras_does() {
    let spec = |length, pad, unknown| TextFitSpec { length, pad, unknown, ..TextFitSpec::l2x_word() };
    let ids = |length, pad, unknown, text| row(&fit(&["a a a b b c"], &spec(length, pad, unknown)), text);
    use Side::{End, Front};
    use Unknown::{Drop, Keep};
    assert_eq!(ids(5, Front, Keep, "a b c"), [0.0, 0.0, 2.0, 3.0, 4.0]);
    assert_eq!(ids(5, End, Keep, "a b c"), [2.0, 3.0, 4.0, 0.0, 0.0]);
    assert_eq!(ids(2, Front, Keep, "a b c"), [3.0, 4.0]);
    assert_eq!(ids(2, End, Keep, "a b c"), [2.0, 3.0]);
    assert_eq!(ids(3, End, Keep, "a x c b"), [2.0, 1.0, 4.0]);
    assert_eq!(ids(3, End, Drop, "a x c b"), [2.0, 4.0, 3.0]);
    assert_eq!(ids(3, Front, Keep, ""), [0.0; 3]);
    let built = fit(&["a a a b b c"], &spec(2, Front, Drop));
    assert_eq!(built.layout("a b x c").place, [None, Some(0), None, Some(1)]);
}

#[test]
fn sentences_fill_a_grid() {
    let spec = TextFitSpec { length: 3, sentences: Some(2), ..TextFitSpec::l2x_sentence() };
    let built = fit(&["a a a a b b b c c d"], &spec);
    assert_eq!(built.shape(), Shape::new(1, 2, 3));
    let text = "A b c d. What x d? A.";
    assert_eq!(row(&built, text), [2.0, 3.0, 4.0, 5.0, 0.0, 0.0]);
    let layout = built.layout(text);
    assert_eq!(layout.sentences, [0..4, 4..7, 7..8]);
    assert_eq!(layout.place, [Some(0), Some(1), Some(2), None, None, None, Some(3), None]);
    // In front, the last sentences and the last words are kept.
    let built = fit(&["a a a a b b b c c d"], &TextFitSpec { pad: Side::Front, ..spec });
    assert_eq!(row(&built, text), [0.0, 0.0, 5.0, 0.0, 0.0, 2.0]);
}

#[test]
fn presets_are_those_of_the_papers() {
    let (word, sentence, aim) = (TextFitSpec::l2x_word(), TextFitSpec::l2x_sentence(), TextFitSpec::aim(200));
    assert_eq!((word.max_words, word.shape(), word.pad), (5000, Shape::new(1, 1, 400), Side::Front));
    assert_eq!((sentence.max_words, sentence.shape(), sentence.pad), (20_000, Shape::new(1, 15, 100), Side::End));
    assert_eq!(sentence.unknown, Unknown::Drop);
    assert_eq!(
        (aim.min_count, aim.shape(), aim.pad, aim.unknown),
        (5, Shape::new(1, 1, 200), Side::End, Unknown::Keep)
    );
    assert!(aim.punctuation && !word.punctuation);
}

#[test]
fn a_fit_survives_being_written_and_a_wrong_one_is_refused() {
    let built = fit(&["one two two three"], &TextFitSpec::l2x_sentence());
    let json = serde_json::to_string(&built).unwrap();
    let read: TextFit = serde_json::from_str(&json).unwrap();
    assert_eq!((&read, row(&read, "two x one")), (&built, row(&built, "two x one")));
    for (from, to) in
        [("\"length\":100", "\"length\":0"), ("\"length\":100", "\"length\":99999999999"), ("\"one\"", "\"two\"")]
    {
        assert!(json.contains(from));
        assert!(serde_json::from_str::<TextFit>(&json.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn rows_of_many_documents_are_those_of_each() {
    let mut corpus = Corpus::default();
    (0..2000).for_each(|i| corpus.push(&format!("Word{} of number {i}. Next one{}", i % 7, "!".repeat(i % 3))));
    let mut dataset = Dataset::of_text("many", "");
    let n = corpus.len();
    dataset.items = Items::Text(TextItems::all(corpus));
    (dataset.labels, dataset.splits) = (vec![None; n], vec![Split::Train; n]);
    dataset.source_index = (0..n as u32).collect();
    let backwards: Vec<usize> = (0..n).rev().collect();
    let dataset = dataset.subset(&backwards);
    assert_eq!(dataset.text(0), Some("Word4 of number 1999. Next one!"));
    for spec in [TextFitSpec::l2x_word(), TextFitSpec::l2x_sentence()] {
        let built = TextFit::build((0..n).filter_map(|i| dataset.text(i)), &spec);
        assert_eq!(built.word(2), "next");
        let items: Vec<usize> = (0..n).collect();
        let rows = dataset.token_rows(&items, &built).unwrap();
        for i in [0, 1, 777, n - 1] {
            assert_eq!(rows.row(i), row(&built, dataset.text(i).unwrap()));
        }
    }
}

#[test]
fn long_documents_are_taken_apart_at_once() {
    let text = "Mr. Fox &amp; the <b>others</b> went on, as it's told... and on.<br /> ".repeat(470);
    let built = fit(&[&text], &TextFitSpec::l2x_sentence());
    built.layout(&text);
    let start = std::time::Instant::now();
    let layout = built.layout(&text);
    println!("{} words in {} sentences in {:?}", layout.tokens.len(), layout.sentences.len(), start.elapsed());
    assert_eq!((layout.tokens.len(), layout.sentences.len()), (470 * 11, 470));
    // Generous: a frame of the window has 16 ms, and layouts are made once per document.
    assert!(start.elapsed().as_millis() < 500);
    // Unclosed markup must not make it quadratic.
    for hostile in ["<script>".repeat(20_000), "<!--".repeat(20_000), "<b ".repeat(20_000), "&amp".repeat(20_000)] {
        let start = std::time::Instant::now();
        built.layout(&hostile);
        assert!(start.elapsed().as_secs() < 5, "{:?} for {}", start.elapsed(), &hostile[..4]);
    }
}

#[test]
fn a_pasted_text_is_one_item_and_no_picture() {
    let dataset = Dataset::of_text("Pasted", "<b>Great</b> film.\nReally.");
    assert_eq!((dataset.len(), dataset.splits[0], dataset.shape()), (1, Split::Test, None));
    assert_eq!((dataset.text(0), dataset.item_name(0)), (Some("<b>Great</b> film.\nReally."), "Pasted".to_owned()));
    assert_ne!(dataset.hash, Dataset::of_text("Pasted", "other").hash);
    assert_has(&dataset.picture(0).unwrap_err().to_string(), &["Pasted", "expected pictures", "found texts"]);
    assert!(dataset.remarks.is_empty());
    assert_has(&Dataset::of_text("Pasted", "Good עברית").remarks[0], &["Hebrew"]);
}

#[test]
fn names_are_short_beginnings_without_html() {
    let mut corpus = Corpus::default();
    corpus.push("<p>One\n  two &amp; three</p>");
    corpus.push(&"long words ".repeat(100));
    corpus.push(&"ß".repeat(3000));
    corpus.push("<br />");
    let items = TextItems::all(corpus);
    assert_eq!(items.name(0), "One two & three");
    assert_eq!(items.name(1), "long words long words long words long words long words long…");
    assert_eq!(items.name(2).chars().count(), 60);
    assert_eq!(items.name(3), "(no words)");
}

#[test]
fn words_that_differ_only_in_how_they_are_written_are_the_same_to_a_model() {
    let fit = fit(&["I didn't like the café", "l’été didn't"], &TextFitSpec::l2x_word());
    let known = fit.id("didn't");
    assert!(known > 1 && fit.id("café") > 1);
    assert_eq!([fit.id("didn’t"), fit.id("DIDNʼT"), fit.id("cafe\u{301}")], [known, known, fit.id("café")]);
    // What the vocabulary has as written is itself, and what it has in no form is unknown.
    assert_ne!(fit.id("l’été"), 1);
    assert_eq!([fit.id("won’t"), fit.id("l'été")], [1, 1]);
    // The row follows, and the places stay those of the text as written.
    assert_eq!(row(&fit, "I didn’t like"), row(&fit, "I didn't like"));
    let written = "a cafe\u{301}";
    assert_eq!(slices(written, &fit.layout(written)), ["a", "cafe\u{301}"]);
}

#[test]
fn scripts_that_the_window_lacks_are_named() {
    for (text, script) in [
        ("שלום", "Hebrew"),
        ("hello مرحبا", "Arabic"),
        ("नमस्ते", "Devanagari"),
        ("日本", "Chinese or Japanese"),
        ("ひらがな", "Japanese"),
        ("한국", "Korean"),
        ("ไทย", "Thai"),
    ] {
        assert_eq!(text::unshapeable(text), Some(script), "{text}");
    }
    for text in
        ["plain", "naïve Ångström œ ß", "Ελληνικά ἀρχή", "Русский Українська", "“quotes” — 5 € ½ 👍 ✓ №", "cafe\u{301}"]
    {
        assert_eq!(text::unshapeable(text), None, "{text}");
    }
}

#[test]
fn a_remark_names_every_script_that_the_window_lacks() {
    let data = Dataset::of_text("own", "good 你好, مرحبا and नमस्ते ไทย");
    assert_has(&data.remarks.join("; "), &["Holds Chinese or Japanese, Arabic, Devanagari and Thai, which"]);
    assert!(Dataset::of_text("own", "plain words").remarks.is_empty());
}

/// What is not named must be there: every letter of the first two planes, against the fonts themselves. All that is missing are tone marks, raised and
/// lowered letters, letters of formulas, Roman numerals and letters in circles: they are of no script, and are shown by their numbers.
#[test]
fn letters_that_are_not_named_are_in_the_font() {
    const BY_NUMBER: [(char, char); 21] = [
        ('\u{2c8}', '\u{2c8}'),
        ('\u{2ca}', '\u{2d1}'),
        ('\u{2071}', '\u{2071}'),
        ('\u{207f}', '\u{207f}'),
        ('\u{2090}', '\u{209c}'),
        ('\u{2102}', '\u{2102}'),
        ('\u{2107}', '\u{2107}'),
        ('\u{210a}', '\u{2112}'),
        ('\u{2115}', '\u{2115}'),
        ('\u{2119}', '\u{211d}'),
        ('\u{2124}', '\u{2124}'),
        ('\u{2128}', '\u{2128}'),
        ('\u{212a}', '\u{212d}'),
        ('\u{212f}', '\u{2134}'),
        ('\u{2136}', '\u{2138}'),
        ('\u{213c}', '\u{213f}'),
        ('\u{2145}', '\u{2149}'),
        ('\u{214e}', '\u{214e}'),
        ('\u{2160}', '\u{2188}'),
        ('\u{24b6}', '\u{24c1}'),
        ('\u{24c3}', '\u{24e9}'),
    ];
    let missing: Vec<char> = ('\u{20}'..='\u{1ffff}')
        .filter(|c| c.is_alphabetic() && text::unshapeable(&c.to_string()).is_none())
        .filter(|c| !unmask::figure::fonts::missing_glyphs(&c.to_string()).is_empty())
        .collect();
    let expected: Vec<char> = BY_NUMBER.into_iter().flat_map(|(first, last)| first..=last).collect();
    assert_eq!(missing, expected);
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9'.,!? -]{0,20}",
        "\\PC{0,12}",
        Just("<br />".to_owned()),
        Just("<b>x</b>".to_owned()),
        Just("&amp;&#39;".to_owned()),
        Just("<script>".to_owned()),
        Just("\n\n".to_owned()),
        Just("Mr. U.S. ".to_owned()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_and_layouts_agree(text in any_text(), other in any_text(), front: bool, drop: bool, grid: bool, length in 1_usize..12) {
        let spec = TextFitSpec {
            length,
            sentences: grid.then_some(3),
            pad: if front { Side::Front } else { Side::End },
            unknown: if drop { Unknown::Drop } else { Unknown::Keep },
            punctuation: length % 2 == 0,
            ..TextFitSpec::l2x_word()
        };
        let built = TextFit::build([text.as_str(), other.as_str()].into_iter(), &TextFitSpec { max_words: 12, ..spec });
        let (row, layout) = (row(&built, &text), built.layout(&text));
        prop_assert_eq!(layout.place.len(), layout.tokens.len());
        let mut expected = vec![0.0; built.shape().len()];
        let mut end = 0;
        for (token, place) in layout.tokens.iter().zip(&layout.place) {
            prop_assert!(token.start >= end && token.end > token.start);
            end = token.end;
            let written = &text[token.start..token.end];
            if let Some(place) = place {
                let id = row[*place as usize];
                prop_assert_eq!(expected[*place as usize], 0.0);
                expected[*place as usize] = id;
                if id > 1.0 && !written.contains(['<', '&']) {
                    prop_assert_eq!(written.to_lowercase(), built.word(id as usize));
                }
                let lowest = if drop { 2.0 } else { 1.0 };
                prop_assert!(id >= lowest);
            }
        }
        prop_assert_eq!(expected, row);
        // Sentences are a partition of the words.
        let mut at = 0;
        for sentence in &layout.sentences {
            prop_assert!(sentence.start == at && sentence.end > at);
            at = sentence.end;
        }
        prop_assert_eq!(at, layout.tokens.len());
    }
}

#[test]
fn letters_that_cannot_be_shown_are_named_where_they_stand() {
    use unmask::data::text::with_scripts_named;
    for (text, named) in [
        ("plain words, caf\u{e9}", "plain words, caf\u{e9}"),
        ("good \u{62e}\u{628}\u{631} \u{62e}\u{628}\u{631} news", "good [Arabic] news"),
        ("\u{4f60}\u{597d}, \u{5e9}\u{5dc}\u{5d5}\u{5dd}!", "[Chinese or Japanese], [Hebrew]!"),
        // A letter is the same with its accents apart, whichever of them comes first.
        ("Vi\u{1ec7}t", "Vi[Vietnamese]t"),
        ("Vie\u{323}\u{302}t", "Vi[Vietnamese]t"),
        ("Vie\u{302}\u{323}t", "Vi[Vietnamese]t"),
    ] {
        assert_eq!(with_scripts_named(text), named);
        let drawn = unmask::figure::fonts::drawable(&with_scripts_named(text)).into_owned();
        assert_eq!(drawn, named, "nothing is left to be numbered");
    }
    assert_eq!(text::unshapeable("Vie\u{323}\u{302}t"), Some("Vietnamese"));
    assert_eq!(text::unshapeable_scripts("Vie\u{323}\u{302}t"), ["Vietnamese"]);
}

/// `tests/golden/make_tokens.py` has its own tokeniser by the same rules.
#[test]
fn words_are_those_of_another_tokeniser_at_the_same_bytes() {
    let golden: serde_json::Value = serde_json::from_str(include_str!("../../golden/tokens.json")).unwrap();
    let cases = golden.as_array().unwrap();
    assert!(cases.len() >= 30);
    for case in cases {
        let text = case["text"].as_str().unwrap();
        for (kind, spec) in [("words", TextFitSpec::l2x_word()), ("signs", TextFitSpec::aim(400))] {
            let expected: Vec<(usize, usize, String)> = serde_json::from_value(case[kind].clone()).unwrap();
            let tokens = fit(&[], &spec).layout(text).tokens;
            let found: Vec<(usize, usize, String)> =
                tokens.iter().map(|token| (token.start, token.end, text[token.start..token.end].to_owned())).collect();
            assert_eq!(found, expected, "{kind} of {text:?}");
        }
    }
}

/// Opens bytes as one text.
fn decoded(bytes: &[u8]) -> Result<Dataset, DataError> {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a.txt"), bytes);
    open_at("text", &dir.path().join("a.txt"), &[])
}

fn assert_decoded(bytes: &[u8], text: &str, said: &str) {
    let data = decoded(bytes).unwrap();
    assert_eq!(data.text(0), Some(text), "{said}");
    assert_has(&data.remarks.join("; "), &[&format!("read as {said}")]);
}

#[test]
fn utf16_without_a_mark_is_read_in_any_script() {
    let texts = [
        "Это был очень хороший фильм, который мы смотрели вчера вечером.\nИ завтра мы посмотрим его ещё раз, 12 марта.",
        "これはとても良い映画でした。昨日の夜に見ました。\nもう一度見たいと思います。とても楽しかったです。",
        "这是一部非常好的电影，我们昨天晚上看的。我们明天还要再看一次，因为它真的很精彩。",
        "Ήταν μια πολύ καλή ταινία, που την είδαμε χθες το βράδυ.",
        "यह बहुत अच्छी फिल्म थी, जो हमने कल शाम को देखी थी। हम इसे फिर देखेंगे।",
        "이것은 정말 좋은 영화였습니다. 어제 저녁에 보았습니다.",
        "كان هذا فيلما جيدا جدا شاهدناه مساء أمس، وسنشاهده غدا مرة أخرى.",
    ];
    for text in texts {
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_decoded(&little, text, "UTF-16LE");
        assert_decoded(&big, text, "UTF-16BE");
        // As UTF-8 it stays what it is.
        assert_eq!(decoded(text.as_bytes()).unwrap().text(0), Some(text));
    }
    // A long table is guessed from its beginning, which ends within no character.
    let table =
        "отзыв\tкласс\n".to_owned() + &"Это был очень хороший фильм, правда\t1\nЭто был плохой\t0\n".repeat(4000);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tsv");
    write(&path, &table.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    assert_eq!(open_at("csv", &path, &[("text", "отзыв")]).unwrap().len(), 8000);
}

#[test]
fn utf32_and_iso_2022_jp_are_read_and_said() {
    let text = "Ein Käse, 日本 and 🧀.\nEnde";
    let little: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let big: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    assert_decoded(&[b"\xff\xfe\0\0", little.as_slice()].concat(), text, "UTF-32LE");
    assert_decoded(&[b"\0\0\xfe\xff", big.as_slice()].concat(), text, "UTF-32BE");
    // 日本 in JIS X 0208 is 46 7C 4B 5C.
    assert_decoded(
        b"In \x1b$BF|K\\\x1b(B, we said.\nAnd \x1b$@F|K\\\x1b(B again.",
        "In 日本, we said.\nAnd 日本 again.",
        "ISO-2022-JP",
    );
    // Colours of a terminal are no Japanese.
    let coloured = "plain text, and then ".repeat(20) + "\u{1b}[31mred\u{1b}[0m";
    let data = decoded(coloured.as_bytes()).unwrap();
    assert!(!data.remarks.join("; ").contains("read as "), "{:?}", data.remarks);
}

#[test]
fn numbers_and_packed_data_are_no_utf16() {
    use rand::{Rng, SeedableRng};
    let mut random = vec![0; 8000];
    rand_chacha::ChaCha8Rng::seed_from_u64(3).fill_bytes(&mut random);
    let scrambled = |at: u32| at.wrapping_mul(2_654_435_761) >> 8;
    let words: Vec<u8> = (0..4000).flat_map(|at| (scrambled(at) as u16 % 30_000).to_le_bytes()).collect();
    let floats: Vec<u8> = (0..4000).flat_map(|at| (scrambled(at) as f32 / 1e6 - 8.0).to_le_bytes()).collect();
    let counts: Vec<u8> = (0..4000).flat_map(|at| (scrambled(at) % 50_000).to_le_bytes()).collect();
    let wave: Vec<u8> =
        (0..4000).map(|at| ((f64::from(at) / 9.0).sin() * 9000.0) as i16).flat_map(i16::to_le_bytes).collect();
    for (what, bytes) in [("random", random), ("words", words), ("floats", floats), ("counts", counts), ("wave", wave)]
    {
        let sentence = refusal(decoded(&bytes));
        assert!(sentence.contains("binary data"), "{what}: {sentence}");
    }
}
