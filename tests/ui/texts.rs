//! Texts of the invented world: reviews whose black box adds up the weights of a few words, and methods that know these weights.

use unmask::data::text::{Corpus, TextFit, TextFitSpec, TextItems};
use unmask::data::{Dataset, Items, Unit};
use unmask::explain::Fill;
use unmask::model::SavedBox;
use unmask::session::Command;
use unmask::session::settings::Appearance;

use super::sentences;
use super::support::{Input, Window, act, box_for, dataset_of, place_of, random, session_with, window_on};

/// Words that speak for "positive" (above zero) or "negative".
const WEIGHTS: &[(&str, f32)] = &[
    ("delight", 3.0),
    ("superb", 2.5),
    ("smile", 1.5),
    ("charming", 2.0),
    ("drags", -2.0),
    ("dull", -3.0),
    ("wooden", -1.5),
    ("sloppy", -2.5),
];

const REVIEWS: [&str; 6] = [
    "The plot takes its time, yet every scene is a delight. The acting is superb; the music, by contrast, drags on and on.<br \
     /><br />I left the cinema with a smile, and would see it again tomorrow!",
    "A dull film. The dialogue is wooden, the cut is sloppy, and the end drags.",
    "Charming &amp; <i>superb</i>: what a delight.",
    "Nothing happens for an hour. Then the hero wakes up, and it was all a dream.",
    "The first half is dull, the second half is superb.",
    "A smile here, a sloppy scene there; neither harms a charming evening.",
];

/// Words of the longest review.
pub const LONG: usize = 5000;

fn long_review() -> String {
    let filler = ["the", "river", "house", "morning", "of", "an", "old", "street", "and", "evening", "people", "walk"];
    let mut out = String::new();
    for at in 0..LONG {
        out.push_str(match at % 613 {
            40 => "delight",
            300 => "dull",
            _ => filler[(at * 7 + at / 11) % filler.len()],
        });
        out.push_str(if at % 17 == 16 { ". " } else { " " });
    }
    out
}

/// The texts: five rounds of short ones, then the long one.
pub fn dataset(name: &str) -> Dataset {
    let mut corpus = Corpus::default();
    for at in 0..30 {
        corpus.push(REVIEWS[at % REVIEWS.len()]);
    }
    corpus.push(&long_review());
    let labels = (0..corpus.len()).map(|item| usize::from(item % 2 == 0));
    dataset_of(name, Items::Text(TextItems::all(corpus)), &["negative", "positive"], labels, [20, 20])
}

/// The black box: the long review is read up to word 4,000.
pub fn text_box() -> SavedBox {
    let data = dataset("reviews");
    let spec = TextFitSpec { length: 4000, min_count: 1, ..TextFitSpec::aim(4000) };
    let fit = TextFit::build((0..7).filter_map(|item| data.text(item)).chain([long_review().as_str()]), &spec);
    let mut made = box_for(&data, "Word weights", "l2x-word-cnn", fit.shape());
    made.card.text = Some(fit);
    made
}

/// Whether the black box reads a text sentence by sentence.
fn has_sentences(fit: &TextFit) -> bool {
    fit.spec().sentences.is_some()
}

fn weight(fit: &TextFit, id: f32) -> f32 {
    let weights = if has_sentences(fit) { sentences::WEIGHTS } else { WEIGHTS };
    weights.iter().find(|(word, _)| *word == fit.word(id as usize)).map_or(0.0, |(_, weight)| *weight)
}

/// The more its words speak for it, the surer of the second class.
pub fn answer(fit: &TextFit, row: &[f32]) -> Vec<f32> {
    let sum: f32 = row.iter().filter(|id| **id != 0.0).map(|id| weight(fit, *id)).sum();
    let positive = 1.0 / (1.0 + (-sum).exp());
    vec![1.0 - positive, positive]
}

fn fit_of<'a>(input: &Input<'a>) -> &'a TextFit {
    input.card.text.as_ref().expect("a box for texts")
}

/// What a method says of each unit: how much its words weigh, or something at random.
pub fn scores(method: &str, input: &Input<'_>) -> Vec<f32> {
    let (fit, padding) = (fit_of(input), input.units.padding(input.row()));
    let mut sums = vec![0.0_f32; input.units.count()];
    for (id, unit) in input.row().iter().zip(input.units.unit_of_values()) {
        sums[unit as usize] += weight(fit, *id);
    }
    let score = |unit: usize| match method {
        _ if padding[unit] => f32::NEG_INFINITY,
        "random" if has_sentences(fit) => random(unit),
        _ if has_sentences(fit) => sums[unit].abs(),
        // Words alone score alike wherever they stand; those without a weight differ a little.
        "random" => random(input.row()[unit] as usize),
        _ => sums[unit].abs() + 0.001 * (input.row()[unit] % 7.0),
    };
    (0..sums.len()).map(score).collect()
}

/// Weights of each word for both classes, class fastest, by the one method that tells classes apart.
pub fn by_class(method: &str, input: &Input<'_>) -> Option<Vec<f32>> {
    let fit = fit_of(input);
    let both = |id: &f32| [-weight(fit, *id), weight(fit, *id)];
    (method == "grad-x-input" && !has_sentences(fit)).then(|| input.row().iter().flat_map(both).collect())
}

/// The reviews are open, with a black box and methods; `by_class` shows the method that tells classes apart.
pub fn reviews(size: [f32; 2], appearance: Appearance, data: &str, by_class: bool) -> Window {
    let mut app = window_on(size, session_with(appearance, Some(text_box())), data);
    let explainer = place_of(&app, if by_class { "grad-x-input" } else { "grad" });
    act(&mut app, [Command::SetMethod { column: 0, explainer }, Command::SetK(5)]);
    assert_eq!(app.state().session.explore.unit, Unit::Word);
    assert_eq!(app.state().session.explore.fill, Fill::Zero);
    app
}

/// The unit of the first, second, ... place at which a word stands in the text in view.
pub fn units_of(app: &Window, word: &str) -> Vec<usize> {
    let session = &app.state().session;
    let text = session.text_of(session.explore.explained().expect("explained")).expect("a text");
    let units = text.spans.iter().filter(|span| span.word == word).filter_map(|span| span.unit);
    units.map(|unit| unit as usize).collect()
}
