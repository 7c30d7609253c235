//! Texts as figures: words keep their places, every view draws real text, long texts are cut around what was selected.

use unmask::figure::layout::classes::{Alone, ClassColumn, ClassTable};
use unmask::figure::layout::text::{Looks, flow, unit_of};
use unmask::figure::layout::{
    Asked, ClassProbability, CompareLayout, ExplainedPicture, ExplainedText, Hidden, Page, Panel, PictureLayout,
    Prediction, SheetLayout, TextSpan, View, compare, picture, sheet,
};
use unmask::figure::{Color, Element, Figure, Format, Palette, Text, Theme, color, encode, fonts, svg};

/// Words of a made-up review, one unit each; the words after `read` are not given to the model.
fn spans(review: &str, read: usize) -> ExplainedText {
    let mut text = ExplainedText { most_words: 160, ..ExplainedText::default() };
    let mut before = String::new();
    for chunk in review.split_inclusive(char::is_whitespace) {
        let word = chunk.trim_end();
        let bare = word.trim_end_matches(['.', ',', '!', ';']);
        if !bare.is_empty() {
            let unit = (text.spans.len() < read).then_some(text.spans.len() as u32);
            text.spans.push(TextSpan {
                before: std::mem::take(&mut before),
                word: bare.to_owned(),
                unit,
                is_left_out: false,
            });
        }
        before.push_str(&chunk[bare.len()..]);
    }
    text.after = before;
    text
}

const REVIEW: &str = "The plot takes its time, yet every scene is a delight. The acting is superb; the music, by contrast, \
    drags on and on.\nI left the cinema with a smile, and would see it again tomorrow!";

/// The review explained: some words selected, `padding` units that hold nothing.
fn review(view: View, hidden: Hidden) -> ExplainedPicture {
    let text = spans(REVIEW, 24);
    let padding = 6;
    let chosen = ["delight", "superb", "drags", "plot"];
    let mut scores = Vec::new();
    let mut selected = Vec::new();
    for span in text.spans.iter().filter(|span| span.unit.is_some()) {
        let rank = chosen.iter().position(|word| *word == span.word);
        scores.push(rank.map_or(0.02 * span.word.len() as f32, |rank| 1.0 - 0.15 * rank as f32));
        selected.push(rank.is_some());
    }
    scores.extend(vec![f32::NEG_INFINITY; padding]);
    selected.extend(vec![false; padding]);
    ExplainedPicture {
        text: Some(text),
        scores,
        selected,
        fill: "padding".to_owned(),
        view,
        hidden,
        method: "L2X".to_owned(),
        unit_noun: "words".to_owned(),
        source: "reviews, item 3".to_owned(),
        seed: Some(7),
        prediction: Some(Prediction {
            classes: vec![
                ClassProbability {
                    class: "positive".to_owned(),
                    full: 0.97,
                    selected: Some(0.91),
                    unselected: Some(0.4),
                },
                ClassProbability {
                    class: "negative".to_owned(),
                    full: 0.03,
                    selected: Some(0.09),
                    unselected: Some(0.6),
                },
            ],
            selected_stays: Some(true),
            unselected_stays: Some(false),
            asked: None,
        }),
        ..Default::default()
    }
}

/// A review of `n` words, of which a few are selected.
fn long(n: usize) -> ExplainedPicture {
    let words: Vec<String> = (0..n).map(|at| format!("word{at}")).collect();
    let text = spans(&words.join(" "), n);
    let selected: Vec<bool> = (0..n).map(|at| [40, 41, 300, 700].contains(&at)).collect();
    let scores = selected.iter().map(|chosen| f32::from(u8::from(*chosen))).collect();
    ExplainedPicture { text: Some(text), scores, selected, ..review(View::Overlay, Hidden::AsModelSees) }
}

const VIEWS: [View; 5] = [View::Overlay, View::Selected, View::Unselected, View::Side, View::Heat];

fn drawn(shown: &ExplainedPicture) -> Figure {
    picture(shown, &PictureLayout::default()).expect("the review fits together")
}

/// Texts that are words of the review, by what they say.
fn words(figure: &Figure) -> Vec<Text> {
    let groups = figure.elements.iter().filter_map(|element| match element {
        Element::Group { name: "text", elements, .. } => Some(elements),
        _ => None,
    });
    let texts = groups.flatten().filter_map(|element| match element {
        Element::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn every_selected_word_is_text_in_the_svg_in_every_view_that_shows_it() {
    for view in [View::Overlay, View::Selected, View::Side, View::Heat] {
        for hidden in [Hidden::AsModelSees, Hidden::Hatched] {
            let written = svg::write(&drawn(&review(view, hidden))).unwrap();
            for word in ["delight", "superb", "drags", "plot"] {
                assert!(written.contains(&format!(">{word}<")), "{word} in {view:?}");
            }
        }
    }
}

#[test]
fn a_shown_word_stands_where_it_stands_in_the_whole_text() {
    let whole = words(&drawn(&review(View::Overlay, Hidden::AsModelSees)));
    for view in [View::Selected, View::Unselected] {
        let part = words(&drawn(&review(view, Hidden::AsModelSees)));
        assert!(part.len() < whole.len());
        for word in &part {
            assert!(
                whole.iter().any(|known| known.text == word.text && known.at == word.at),
                "{} in {view:?}",
                word.text
            );
        }
    }
}

#[test]
fn selected_and_unselected_words_together_are_the_text() {
    let of = |view| words(&drawn(&review(view, Hidden::Hatched))).into_iter().map(|word| word.text);
    let is_word = |word: &String| word.chars().any(char::is_alphabetic);
    let mut both: Vec<String> = of(View::Selected).chain(of(View::Unselected)).filter(is_word).collect();
    let mut whole: Vec<String> = of(View::Overlay).filter(is_word).collect();
    both.sort();
    whole.sort();
    assert_eq!(both, whole);
}

#[test]
fn lines_keep_to_the_width_and_break_at_blanks_and_line_breaks() {
    let text = spans(REVIEW, 100);
    for width in [60.0, 120.0, 300.0] {
        let set = flow(&text, width, &mut |words| fonts::width(words, 9.0));
        assert!(set.pieces.iter().all(|piece| piece.right() <= width + 1e-3), "at {width}");
        // Punctuation stays with its word.
        let comma = set.pieces.iter().position(|piece| text.text_of(piece) == ",").unwrap();
        assert_eq!(set.pieces[comma].line, set.pieces[comma - 1].line);
        let first_of_second = text.spans.iter().position(|span| span.word == "I").unwrap();
        let line = set.line_of(first_of_second).unwrap();
        assert_eq!(set.on_lines(line..line + 1)[0].span, first_of_second, "a line break begins a line");
    }
}

#[test]
fn a_word_wider_than_a_line_is_broken_and_nothing_is_lost() {
    let text = spans("see https://example.org/a/very/long/address/that/no/line/can/hold now", 9);
    let set = flow(&text, 50.0, &mut |words| fonts::width(words, 9.0));
    let address: String = set.pieces.iter().filter(|piece| piece.span == 1).map(|piece| text.text_of(piece)).collect();
    assert_eq!(address, text.spans[1].word);
    assert!(set.pieces.iter().all(|piece| piece.right() <= 50.0 + 1e-3));
}

#[test]
fn a_place_on_a_line_finds_its_word() {
    let text = spans(REVIEW, 100);
    let set = flow(&text, 120.0, &mut |words| fonts::width(words, 9.0));
    for piece in &set.pieces {
        assert_eq!(set.at(piece.line, piece.x + piece.width / 2.0), Some(piece));
    }
    assert_eq!(set.at(0, -5.0), None);
    assert_eq!(set.at(999, 5.0), None);
}

#[test]
fn a_long_text_is_cut_around_the_selected_words() {
    let shown = long(900);
    let text = shown.text.clone().unwrap();
    let cut = text.cut(&shown.selected);
    assert!(cut.spans.len() <= text.most_words, "{} words", cut.spans.len());
    for unit in [40, 41, 300, 700] {
        assert!(cut.spans.iter().any(|span| span.unit == Some(unit)), "word {unit} is kept");
    }
    // 12 words around each: 28..=53, 288..=312, 688..=712.
    assert_eq!(cut.spans.len(), 26 + 25 + 25);
    assert_eq!(cut.spans[0].before.replace('\u{A0}', " "), "… 28 more words … ");
    assert_eq!(cut.after.replace('\u{A0}', " "), " … 187 more words");
    let whole = ExplainedText { most_words: 0, ..text.clone() };
    assert_eq!(whole.cut(&shown.selected), whole, "0 never cuts");
    let none = text.cut(&vec![false; 900]);
    assert_eq!(none.spans.len(), 160, "without a selection its start is shown");
}

#[test]
fn a_single_word_is_shown_rather_than_a_note_that_it_is_left_out() {
    let noted = |n: usize, most_words: usize, chosen: &[usize]| {
        let words: Vec<String> = (0..n).map(|at| format!("word{at}")).collect();
        let text = ExplainedText { most_words, ..spans(&words.join(" "), n) };
        let cut = text.cut(&(0..n).map(|at| chosen.contains(&at)).collect::<Vec<bool>>());
        let said = cut.spans.iter().map(|span| &span.before).chain([&cut.after]);
        let notes: Vec<String> =
            said.filter(|words| words.contains("more")).map(|it| it.replace('\u{A0}', " ")).collect();
        (cut.spans.len(), notes)
    };
    // At the end, at the beginning, and of an uncut text nothing is said.
    assert_eq!(noted(37, 36, &[]), (37, Vec::new()));
    assert_eq!(noted(7, 5, &[3]), (7, Vec::new()));
    assert_eq!(noted(8, 5, &[3]), (6, vec![" … 2 more words".to_owned()]));
    assert_eq!(noted(38, 36, &[]), (36, vec![" … 2 more words".to_owned()]));
}

#[test]
fn a_cell_of_a_sheet_is_cut_after_a_few_words_unless_something_else_is_asked_for() {
    let drawn = |most_in_cell: Option<usize>| {
        let mut shown = long(400);
        let text = shown.text.as_mut().unwrap();
        text.most_in_cell = most_in_cell;
        let figure = sheet(&[shown.clone(), shown], &SheetLayout::default()).unwrap();
        words(&figure).iter().filter(|word| word.text.starts_with("word")).count()
    };
    let (usual, whole, few) = (drawn(None), drawn(Some(0)), drawn(Some(12)));
    assert!(usual <= 2 * 36 && few < usual, "{usual} {few}");
    assert_eq!(whole, 2 * 400, "0 never cuts");
}

#[test]
fn a_word_that_is_selected_and_one_that_is_selected_and_hidden_have_signs_of_their_own_in_the_legend() {
    let figure = drawn(&review(View::Side, Hidden::AsModelSees));
    // What is drawn before the words of an entry: a stroke for a word and the mark under it, or the mark alone.
    let sign = |label: &str| {
        let is_label = |element: &Element| matches!(element, Element::Text(text) if text.text == label);
        let at = figure.elements.iter().position(is_label).unwrap_or_else(|| panic!("{label} is in the legend"));
        let before = figure.elements[..at].iter().rev();
        before.take_while(|element| matches!(element, Element::Rect { .. } | Element::Path(_))).count()
    };
    assert_eq!((sign("selected"), sign("selected, hidden")), (2, 1));
}

/// The review seen through a class: one word speaks for it.
fn through_class(unspoken: bool) -> ExplainedPicture {
    let mut shown = review(View::Overlay, Hidden::AsModelSees);
    let prediction = shown.prediction.as_mut().unwrap();
    let class = "\u{201C}negative\u{201D}";
    let asked =
        Asked { class: 1, units: format!("the words of {class}"), unspoken: unspoken.then(|| class.to_owned()) };
    (prediction.selected_stays, prediction.unselected_stays) = ((!unspoken).then_some(true), None);
    for (class, p) in prediction.classes.iter_mut().zip([0.22, 0.78]) {
        class.selected = (!unspoken).then_some(p);
    }
    prediction.asked = Some(asked);
    shown
}

#[test]
fn of_a_class_that_is_looked_at_the_figure_says_whether_its_words_alone_give_it() {
    let said = |figure: &Figure| -> String {
        let lines: Vec<String> = figure.texts().iter().map(|text| text.text.replace('\u{A0}', " ")).collect();
        lines.join(" ")
    };
    let figure = drawn(&through_class(false));
    for words in [said(&figure), figure.description.replace('\u{A0}', " ")] {
        assert!(
            words.contains("Only the words of \u{201C}negative\u{201D}: \u{201C}negative\u{201D} (0.78)"),
            "{words}"
        );
        assert!(
            words.contains("Without the words of \u{201C}negative\u{201D}: \u{201C}negative\u{201D} (0.60)"),
            "{words}"
        );
        assert!(!words.contains("other class") && !words.contains("same class"), "{words}");
    }
    // Bars are of that class first, and alone where there is room for one.
    let pair = [through_class(false), through_class(false)];
    let both = compare(&pair, &CompareLayout::default()).unwrap();
    let bars = |figure: &Figure| said(figure).matches("Probability of").count();
    assert_eq!((bars(&figure), bars(&both)), (2, 2));
    assert!(said(&both).matches("Probability of \u{201C}negative\u{201D}").count() == 2, "{}", said(&both));
    let all = sheet(&pair, &SheetLayout::default()).unwrap();
    assert!(said(&all).contains("The class that is looked at from its units only: 2 of 2."), "{}", said(&all));
    assert!(!said(&all).contains("Same class"), "{}", said(&all));
    // Where nothing speaks for it there is no verdict.
    let figure = drawn(&through_class(true));
    assert!(said(&figure).contains("Nothing speaks for \u{201C}negative\u{201D}"), "{}", said(&figure));
    assert!(!said(&figure).contains("Only the words"), "{}", said(&figure));
}

#[test]
fn what_speaks_for_each_class_stands_below_the_text() {
    let column = |class: &str, units: &[(&str, f32)], alone: Option<Alone>| ClassColumn {
        class: class.to_owned(),
        units: units.iter().map(|(unit, score)| ((*unit).to_owned(), *score)).collect(),
        alone,
    };
    let alone = Alone { n: 2, class: "positive".to_owned(), p: 0.99, is_class: true };
    let table = ClassTable {
        classes: vec![
            column("negative", &[], None),
            column("positive", &[("delight", 3.0), ("superb \u{62e}", 0.25)], Some(alone)),
        ],
        nothing: Some(("negative".to_owned(), 0.54)),
    };
    let mut shown = review(View::Overlay, Hidden::AsModelSees);
    let plain = drawn(&shown);
    shown.classes = Some(table);
    let figure = drawn(&shown);
    let said: String = figure.texts().iter().map(|text| format!("{} ", text.text)).collect();
    let parts = [
        "What speaks for each class",
        "With nothing left: \u{201C}negative\u{201D} (0.54)",
        "Nothing speaks for it",
        "best 2 alone: \u{201C}positive\u{201D} (0.99)",
        "3.00 delight",
        "0.25 superb [Arabic]",
    ];
    for part in parts {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    assert!(figure.height > plain.height && figure.width == plain.width);
    assert!(figure.description.contains("For \u{201C}negative\u{201D} speaks: nothing."), "{}", figure.description);
    // Without answers, none are told here either.
    shown.prediction = None;
    let said: String = drawn(&shown).texts().iter().map(|text| format!("{} ", text.text)).collect();
    assert!(said.contains("delight") && !said.contains("alone") && !said.contains("nothing left"), "{said}");
    // Many classes stand in several rows, and all on the page.
    let many: Vec<ClassColumn> = (0..12).map(|at| column(&format!("class {at}"), &[("delight", 1.0)], None)).collect();
    shown.classes = Some(ClassTable { classes: many, nothing: None });
    let figure = drawn(&shown);
    let heads: Vec<&Text> = figure.texts().into_iter().filter(|text| text.text.starts_with("class ")).collect();
    assert_eq!(heads.len(), 12);
    assert!(heads.iter().all(|head| head.at.x + fonts::width(&head.text, head.size) <= figure.width));
    assert!(heads[11].at.y > heads[0].at.y);
}

#[test]
fn padding_is_not_counted_and_unread_words_are_told() {
    let figure = drawn(&review(View::Overlay, Hidden::AsModelSees));
    let said: Vec<String> = figure.texts().iter().map(|text| text.text.replace('\u{A0}', " ")).collect();
    assert!(said.iter().any(|line| line.contains("4 of 24 words")), "{said:?}");
    assert!(figure.description.contains("The model does not get"));
}

#[test]
fn text_can_be_read_on_every_tint_and_every_colour_of_the_scale() {
    for theme in [Theme::Light, Theme::Dark] {
        for view in VIEWS {
            let shown = ExplainedPicture { theme, ..review(view, Hidden::AsModelSees) };
            let text = shown.text.as_ref().unwrap();
            for panel in view.panels() {
                let looks = Looks::new(&shown, *panel, None);
                for span in &text.spans {
                    let look = looks.of_word(span);
                    let ground: Color = look.ground.unwrap_or(Palette::of(theme).background);
                    if let Some(ink) = look.ink {
                        assert!(color::contrast(ink, ground) >= 4.5, "{} in {theme:?} {panel:?}", span.word);
                    }
                }
            }
        }
    }
}

#[test]
fn words_are_tinted_by_their_scores_not_by_their_ranks() {
    let tints = |scores: &[f32], signed: bool, selected: usize| -> Vec<Color> {
        let shown = ExplainedPicture {
            text: Some(spans("one two three four five", scores.len())),
            scores: scores.to_vec(),
            selected: (0..scores.len()).map(|unit| unit < selected).collect(),
            signed,
            ..ExplainedPicture::default()
        };
        let looks = Looks::new(&shown, Panel::Overlay, None);
        let spans = &shown.text.as_ref().unwrap().spans;
        spans[..selected].iter().map(|span| looks.of_word(span).ground.expect("a tint")).collect()
    };
    let palette = Palette::of(Theme::Light);
    let deep = |depths: &[f32]| -> Vec<Color> {
        depths.iter().map(|depth| palette.background.mix(palette.selected, 0.18 + 0.37 * depth)).collect()
    };
    // Never negative: as a share of the highest. Words that say next to nothing look so, and are seen all the same.
    assert_eq!(tints(&[2.0, 1.0, 0.0, 0.0, 0.0], false, 4), deep(&[1.0, 0.5, 0.0, 0.0]));
    assert_eq!(tints(&[0.0; 5], false, 2), deep(&[0.0, 0.0]));
    // For a class: what speaks against it is not tinted deeper than what says nothing.
    assert_eq!(tints(&[2.0, 1.0, -3.0, 0.0, 0.0], true, 3), deep(&[1.0, 0.5, 0.0]));
    assert_eq!(tints(&[-1.0, -2.0, -3.0, -4.0, -5.0], true, 2), deep(&[0.0, 0.0]));
    // A selector's logits have no zero: between the lowest and the highest of all words, padding left out.
    assert_eq!(tints(&[-1.0, -2.0, -5.0, -5.0, f32::NEG_INFINITY], false, 2), deep(&[1.0, 0.75]));
    assert_eq!(tints(&[-2.0; 5], false, 2), deep(&[1.0, 1.0]));
}

#[test]
fn a_sentence_is_one_unit_with_what_stands_between_its_words() {
    let mut text = spans("One two, three. Four five.", 5);
    for (at, span) in text.spans.iter_mut().enumerate() {
        span.unit = Some(u32::from(at >= 3));
    }
    assert_eq!(text.words_of(0), "One two, three");
    let set = flow(&text, 300.0, &mut |words| fonts::width(words, 9.0));
    let comma = set.pieces.iter().find(|piece| text.text_of(piece) == ",").unwrap();
    assert_eq!(unit_of(&text, comma), Some(0));
    let stop = set.pieces.iter().find(|piece| text.text_of(piece) == ".").unwrap();
    assert_eq!(unit_of(&text, stop), None, "between two sentences");
}

#[test]
fn a_selected_sentence_has_no_hole_where_the_model_leaves_out_a_word() {
    for hidden in [Hidden::AsModelSees, Hidden::Hatched] {
        let mut shown = review(View::Selected, hidden);
        let text = shown.text.as_mut().unwrap();
        // The first four words are one selected sentence, of which the model does not know the second; all others are another.
        for (at, span) in text.spans.iter_mut().enumerate() {
            span.unit = Some(u32::from(at >= 4));
        }
        text.spans[1].is_left_out = true;
        assert_eq!(text.unread(), 1);
        (shown.scores, shown.selected) = (vec![1.0, 0.5], vec![true, false]);
        let [read, left_out, other] = [0, 1, 4].map(|at| text.spans[at].clone());
        let ink = Palette::of(Theme::Light);
        let selected = Looks::new(&shown, Panel::Selected, None);
        let look = selected.of_word(&left_out);
        assert_eq!((look.ink, look.hatch, look.is_marked), (Some(ink.ink_muted), None, true), "shown in grey");
        assert_eq!(selected.of_word(&read).ink, Some(ink.ink));
        assert_eq!(selected.of_word(&other).ink, None);
        let overlay = Looks::new(&shown, Panel::Overlay, None);
        let look = overlay.of_word(&left_out);
        assert_eq!((look.ink, look.ground, look.is_marked), (Some(ink.ink_muted), None, true), "no score is its own");
        assert!(overlay.of_word(&read).ground.is_some());
        let unselected = Looks::new(&shown, Panel::Unselected, None);
        assert_eq!(unselected.of_word(&left_out), unselected.of_word(&read), "hidden with its sentence");
        let drawn: Vec<String> = words(&drawn(&shown)).into_iter().map(|word| word.text).collect();
        assert_eq!(drawn, ["The", "plot", "takes", "its"]);
    }
}

#[test]
fn words_that_the_fonts_lack_are_named_in_figures_and_under_them() {
    let mut shown = review(View::Overlay, Hidden::AsModelSees);
    shown.text.as_mut().unwrap().spans[3].word = "\u{62e}\u{628}\u{631}".to_owned();
    let figure = drawn(&shown);
    assert!(words(&figure).iter().any(|word| word.text == "[Arabic]"));
    assert!(figure.missing_glyphs().is_empty(), "{:?}", figure.missing_glyphs());
    let note = "Words in Arabic are named in brackets";
    assert!(figure.description.contains(note), "{}", figure.description);
    let said: String = figure.texts().iter().map(|text| format!("{} ", text.text)).collect();
    assert!(said.contains(note), "{said}");
    assert!(!drawn(&review(View::Overlay, Hidden::AsModelSees)).description.contains("brackets"));
    // Once where several texts are drawn together.
    let pair = [shown, review(View::Overlay, Hidden::AsModelSees)];
    for figure in [compare(&pair, &CompareLayout::default()), sheet(&pair, &SheetLayout::default())] {
        let said: Vec<String> = figure.unwrap().texts().iter().map(|text| text.text.clone()).collect();
        assert_eq!(said.join(" ").matches(note).count(), 1, "{said:?}");
    }
    let plain = sheet(&pair[1..], &SheetLayout::default()).unwrap();
    assert!(plain.texts().iter().all(|text| !text.text.contains("brackets")));
}

#[test]
fn words_of_units_that_there_are_not_are_refused() {
    let mut shown = review(View::Overlay, Hidden::AsModelSees);
    shown.scores.truncate(3);
    shown.selected.truncate(3);
    let err = picture(&shown, &PictureLayout::default()).unwrap_err().to_string();
    assert!(err.contains("unit"), "{err}");
}

#[test]
fn texts_stand_side_by_side_and_on_contact_sheets() {
    let shown = [review(View::Overlay, Hidden::AsModelSees), review(View::Selected, Hidden::Hatched)];
    let both = compare(&shown, &CompareLayout::default()).unwrap();
    assert!(both.texts().iter().filter(|text| text.text == "delight").count() == 2);
    let many: Vec<ExplainedPicture> = (0..5).map(|_| long(400)).collect();
    let all = sheet(&many, &SheetLayout { columns: 3, ..SheetLayout::default() }).unwrap();
    assert!(all.texts().iter().filter(|text| text.text == "word300").count() == 5);
}

#[test]
fn a_cell_of_a_sheet_says_the_true_class_and_what_the_model_answers_to_all_of_it() {
    let labelled =
        ExplainedPicture { label: Some("negative".to_owned()), ..review(View::Selected, Hidden::AsModelSees) };
    let said = |hides_answers: bool| {
        let page = Page { hides_answers, ..Page::default() };
        let figure = sheet(&[labelled.clone(), labelled.clone()], &SheetLayout { page, ..Default::default() }).unwrap();
        figure.texts().iter().map(|text| text.text.replace('\u{A0}', " ")).collect::<Vec<_>>().join(" ")
    };
    let (truth, answer) = ("true \u{201C}negative\u{201D}", "predicted \u{201C}positive\u{201D} 0.97");
    assert_eq!((said(false).matches(truth).count(), said(false).matches(answer).count()), (2, 2), "{}", said(false));
    assert_eq!((said(true).matches(truth).count(), said(true).matches("predicted").count()), (2, 0), "{}", said(true));
}

/// Saves every view to the folder that `UNMASK_LOOK` names, to be looked at by a person.
#[test]
fn texts_are_saved_to_be_looked_at() {
    let Some(folder) = std::env::var_os("UNMASK_LOOK").map(std::path::PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let save = |name: &str, figure: &Figure| {
        for format in [Format::Png, Format::Svg, Format::Pdf] {
            let path = folder.join(format!("{name}.{}", format.extension()));
            std::fs::write(path, encode(figure, format, 2.0).unwrap()).unwrap();
        }
    };
    for theme in [Theme::Light, Theme::Dark] {
        for view in VIEWS {
            for hidden in [Hidden::AsModelSees, Hidden::Hatched] {
                let shown = ExplainedPicture { theme, ..review(view, hidden) };
                save(&format!("text-{view:?}-{hidden:?}-{theme:?}").to_lowercase(), &drawn(&shown));
            }
        }
    }
    let pair = [review(View::Overlay, Hidden::AsModelSees), review(View::Heat, Hidden::AsModelSees)];
    save("text-compare", &compare(&pair, &CompareLayout { with_input: true, ..CompareLayout::default() }).unwrap());
    save("text-long", &drawn(&long(900)));
    let many: Vec<ExplainedPicture> =
        (0..5).map(|at| if at % 2 == 0 { long(400) } else { review(View::Overlay, Hidden::AsModelSees) }).collect();
    save("text-sheet", &sheet(&many, &SheetLayout { columns: 3, ..SheetLayout::default() }).unwrap());
}

#[test]
fn a_gap_belongs_to_the_unit_on_both_sides_of_it_and_to_none_between_two() {
    let span = |before: &str, word: &str, unit: u32| TextSpan {
        before: before.to_owned(),
        word: word.to_owned(),
        unit: Some(unit),
        is_left_out: false,
    };
    let spans = vec![span("", "One", 0), span(" ", "two", 0), span(". ", "Three", 1)];
    let text = ExplainedText { spans, ..ExplainedText::default() };
    // Ten points for each sign: "One" to 30, "two" from 40 to 70, the full stop to 80, "Three" from 90 to 140.
    let mut measure = |words: &str| 10.0 * words.chars().count() as f32;
    let line = flow(&text, 400.0, &mut measure);
    let unit_at = [5.0, 35.0, 65.0, 75.0, 85.0, 95.0, 145.0].map(|x| line.unit_at(&text, 0, x));
    assert_eq!(unit_at, [Some(0), Some(0), Some(0), None, None, Some(1), None]);
    assert_eq!(line.unit_at(&text, 1, 5.0), None, "below the text");
    let two = flow(&text, 80.0, &mut measure);
    assert_eq!([0, 1, 2].map(|line| two.first_word(line)), [Some(0), Some(2), None]);
}
