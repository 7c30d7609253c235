//! Metrics of words and classes against tables worked out by hand, with a black box of words whose answer can be read off its text.
//!
//! Logit 1 is 10 where `good` occurs. Logit 0 is 1, and 10 more where `bad` occurs, and 20 more where `not` stands directly before `good`. So an
//! empty text is of class 0, and words that are moved together can say something else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use unmask::data::text::{Corpus, Side, TextFit, TextFitSpec, TextItems};
use unmask::data::{Dataset, Items, Modality, Rows, Shape, Split, Unit, Units};
use unmask::explain::{ClassScores, ExplainError, Explainer, Fill, SavedExplainer, Scores};
use unmask::jobs::{Cell, Evaluate, Measured, Output, Task, table};
use unmask::metric::brevity::{clusters, clusters_as_published};
use unmask::metric::context::ContextSetup;
use unmask::metric::log_odds::log_odds;
use unmask::metric::neighbours::{EACH, Index, neighbours};
use unmask::metric::repack::repacked;
use unmask::metric::words::{distinct, is_punctuation, is_stop_word};
use unmask::metric::{Context, MetricUnit, Shared, iou, metric, stats, values_of, wordnet};
use unmask::model::{BlackBox, Device, Probs, SavedBox, TorchBox};
use unmask::work::{Priority, Slot};

use crate::integration::tiny::*;

/// Places of a row.
const LENGTH: usize = 12;
/// Test items: full classes 1, 0, 1, 0, 1.
const TEXTS: [&str; 5] = ["the good film", "a bad movie !", "not very good", "the film", "good not"];

fn vocabulary() -> TextFit {
    let spec = TextFitSpec { length: LENGTH, min_count: 1, ..TextFitSpec::aim(LENGTH) };
    TextFit::build(TEXTS.into_iter(), &spec)
}

/// See the head of the file.
fn readable_box() -> SavedBox {
    readable_box_of(vocabulary())
}

/// The same for another vocabulary, in which its three words are.
fn readable_box_of(text: TextFit) -> SavedBox {
    let sizes: [(&str, &[usize]); 7] = [
        ("embedding.weight", &[text.vocabulary_len(), 50]),
        ("conv.weight", &[250, 50, 3]),
        ("conv.bias", &[250]),
        ("dense1.weight", &[250, 250]),
        ("dense1.bias", &[250]),
        ("dense2.weight", &[2, 250]),
        ("dense2.bias", &[2]),
    ];
    let zeros = |size: &[usize]| (size.to_vec(), vec![0.0; size.iter().product()]);
    let mut tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)> =
        sizes.into_iter().map(|(name, size)| (name.to_owned(), zeros(size))).collect();
    let mut set = |name: &str, at: usize, value: f32| tensors.get_mut(name).unwrap().1[at] = value;
    for (dim, word) in ["good", "bad", "not"].into_iter().enumerate() {
        set("embedding.weight", text.id(word) * 50 + dim, 1.0);
    }
    let tap = |filter: usize, dim: usize, at: usize| (filter * 50 + dim) * 3 + at;
    set("conv.weight", tap(0, 0, 0), 1.0);
    set("conv.weight", tap(1, 1, 0), 1.0);
    // `not` and behind it `good`: 1 + 1 - 1.
    set("conv.weight", tap(2, 2, 0), 1.0);
    set("conv.weight", tap(2, 0, 1), 1.0);
    set("conv.bias", 2, -1.0);
    for feature in 0..3 {
        set("dense1.weight", feature * 250 + feature, 1.0);
    }
    set("dense2.weight", 250, 10.0);
    set("dense2.weight", 1, 10.0);
    set("dense2.weight", 2, 20.0);
    set("dense2.bias", 0, 1.0);
    text_box_with("l2x-word-cnn", Shape::new(1, 1, LENGTH), 2, safetensors(&tensors), Some(text))
}

fn documents(texts: &[&str]) -> Dataset {
    let mut corpus = Corpus::default();
    texts.iter().for_each(|text| corpus.push(text));
    let n = texts.len();
    Dataset {
        modality: Modality::Text,
        items: Items::Text(TextItems::all(corpus)),
        labels: vec![None; n],
        splits: vec![Split::Test; n],
        source_index: (0..n as u32).collect(),
        ..halves(2)
    }
}

/// What each word says for class 0 and for class 1.
const WEIGHTS: [(&str, [f32; 2]); 9] = [
    ("good", [-1.0, 3.0]),
    ("bad", [3.0, -1.0]),
    ("not", [1.0, 4.0]),
    ("film", [0.5, 0.5]),
    ("movie", [0.4, 0.4]),
    ("the", [0.1, 0.2]),
    ("a", [0.1, 0.2]),
    ("!", [2.0, 0.1]),
    ("very", [0.0, 1.0]),
];

/// Scores of the predicted class by [`WEIGHTS`], and of every class; padding would score highest.
struct ByWord(BTreeMap<usize, [f32; 2]>);

impl ByWord {
    fn new(text: &TextFit) -> Self {
        Self(WEIGHTS.into_iter().map(|(word, weights)| (text.id(word), weights)).collect())
    }
}

impl Explainer for ByWord {
    fn raw_scores(
        &mut self,
        _: &dyn BlackBox,
        rows: &Rows,
        probs: &Probs,
        units: Units,
        _: u64,
    ) -> Result<Scores, ExplainError> {
        let weights = |id: &f32| self.0.get(&(*id as usize)).copied().unwrap_or([9.0, 9.0]);
        let of_class = |row_idx: usize| rows.row(row_idx).iter().map(move |id| weights(id)[probs.class(row_idx)]);
        let values = (0..rows.n()).flat_map(of_class).collect();
        let all = rows.values.iter().flat_map(weights).collect();
        Ok(Scores { by_class: Some(ClassScores { classes: 2, values: all }), ..Scores::new(units.count(), values) })
    }
}

/// Runs on [`TEXTS`] with scores by [`WEIGHTS`].
fn with_context<R>(k: usize, run: impl FnOnce(&mut Context<'_>) -> R) -> R {
    with_texts(&TEXTS, k, run)
}

fn with_texts<R>(texts: &[&str], k: usize, run: impl FnOnce(&mut Context<'_>) -> R) -> R {
    with_words(&readable_box(), texts, k, run)
}

fn with_words<R>(saved: &SavedBox, texts: &[&str], k: usize, run: impl FnOnce(&mut Context<'_>) -> R) -> R {
    let explainer = untrained("random", "word", k, saved);
    with(saved, &explainer, &documents(texts), k, |context| {
        context.explainer = Box::new(ByWord::new(context.text().unwrap()));
        let (rows, probs, units) = (context.test.rows.clone(), context.test.probs.clone(), context.units);
        context.test.scores = context.explainer.scores(context.black_box, &rows, &probs, units, 0).unwrap();
        run(context)
    })
}

fn with<R>(
    saved: &SavedBox,
    explainer: &SavedExplainer,
    data: &Dataset,
    k: usize,
    run: impl FnOnce(&mut Context<'_>) -> R,
) -> R {
    let _torch = torch();
    let black_box = TorchBox::new(saved, Device::Cpu).unwrap();
    let mut checkpoint = |_| Ok(());
    let shared = Shared::default();
    let mut context = Context::new(ContextSetup {
        black_box: &black_box,
        saved_box: saved,
        explainer,
        unit: explainer.card.unit,
        k,
        fill: Fill::Zero,
        data,
        fit: saved.card.fit,
        split: Split::Test,
        limit: None,
        seed: 0,
        embedding: None,
        shared: &shared,
        checkpoint: &mut checkpoint,
    })
    .unwrap();
    run(&mut context)
}

fn compute(id: &str, k: usize) -> Vec<f64> {
    with_context(k, |context| metric(id).unwrap().compute(context).unwrap())
}

fn by_class(id: &str, k: usize) -> Vec<Vec<f64>> {
    let values = with_context(k, |context| values_of(metric(id).unwrap(), context).unwrap());
    assert_eq!(values.iter().map(|(class, _)| *class).collect::<Vec<_>>(), [Some(0), Some(1)]);
    values.into_iter().map(|(_, values)| values).collect()
}

#[test]
fn the_black_box_of_words_answers_as_worked_out() {
    let _torch = torch();
    let saved = readable_box();
    let data = documents(&["the good film", "a bad movie !", "not very good", "the film", "good not", "not good", ""]);
    let rows = saved.card.rows(&data, &(0..7).collect::<Vec<_>>(), &saved.card.fit).unwrap();
    let probs = TorchBox::new(&saved, Device::Cpu).unwrap().predict(&rows).unwrap();
    assert_eq!(probs.all_classes(), [1, 0, 1, 0, 1, 0, 0]);
    assert_near(&[f64::from(probs.row(2)[1])], &[1.0 / (1.0 + (-9.0_f64).exp())], 1e-6, "logits 1 and 10");
}

#[test]
fn faithfulness_in_place_is_fs_m_and_repacking_changes_what_words_say() {
    // Best words: good, bad, not, film, not. `not` alone is of class 0.
    let best = [100.0, 100.0, 0.0, 100.0, 0.0];
    for id in ["faithfulness", "faithfulness_repacked", "fs_m"] {
        assert_eq!(compute(id, 1), best, "{id}");
    }
    assert_eq!(compute("faithfulness", 2), [100.0; 5]);
    assert_eq!(compute("faithfulness", 2), compute("fs_m", 2));
    // Best first: `not very good` and `good not` both become `not good`.
    assert_eq!(compute("faithfulness_repacked", 2), best);
    // More than there are words: nothing is hidden in place.
    assert_eq!(compute("faithfulness", 40), [100.0; 5]);
}

#[test]
fn repacked_rows_hold_the_units_in_order_and_then_padding() {
    let rows = Rows { shape: Shape::new(1, 1, 5), values: vec![4.0, 5.0, 6.0, 7.0, 0.0, 0.0, 0.0, 3.0, 4.0, 5.0] };
    let units = Units::new(Unit::Word, rows.shape);
    let order = [vec![3, 0], vec![4, 2, 3]];
    assert_eq!(
        repacked(&rows, units, &order, Side::End).values,
        [7.0, 4.0, 0.0, 0.0, 0.0, 5.0, 3.0, 4.0, 0.0, 0.0],
        "padded at the end"
    );
    assert_eq!(
        repacked(&rows, units, &order, Side::Front).values,
        [0.0, 0.0, 0.0, 7.0, 4.0, 0.0, 0.0, 5.0, 3.0, 4.0],
        "padded in front"
    );
    let rows = Rows { shape: Shape::new(1, 3, 2), values: vec![1.0, 2.0, 3.0, 0.0, 5.0, 6.0] };
    let sentences = Units::new(Unit::Sentence, rows.shape);
    let moved = repacked(&rows, sentences, &[vec![2, 1]], Side::End);
    assert_eq!(moved.values, [5.0, 6.0, 3.0, 0.0, 0.0, 0.0], "sentences move as a whole");
}

#[test]
fn changes_of_log_odds_are_those_of_the_table() {
    // Full: 9, 11, 9, 1, 9. Without the two best words every text is empty: -1 for class 1, 1 for class 0.
    assert_near(&compute("delta_log_odds_pos", 2), &[10.0, 10.0, 10.0, 0.0, 10.0], 2e-3, "positive");
    // The two best words: `good film`, `bad !`, `not good` (logits 21 and 10), `film the`, `not good`.
    assert_near(&compute("delta_log_odds_neg", 2), &[0.0, 0.0, 20.0, 0.0, 20.0], 2e-3, "negative");
}

#[test]
fn log_odds_are_numpys_but_finite_and_zero_where_a_probability_rounds_to_one() {
    for case in golden()["log_odds"].as_array().unwrap() {
        let p = case["p"].as_f64().unwrap() as f32;
        assert_near(&[log_odds(p)], &numbers(&case["log_odds"]), 1e-9, &format!("{p}"));
    }
    assert_eq!(log_odds(1.0), 0.0);
    assert!(log_odds(0.0) < -87.0 && log_odds(0.0).is_finite());
}

#[test]
fn class_faithfulness_counts_the_texts_whose_words_for_a_class_get_this_class() {
    assert_eq!(by_class("class_faithfulness", 1), [[100.0; 5], [100.0, 0.0, 0.0, 0.0, 0.0]]);
    // Class 1 of `not very good` and `good not`: `not`, `good`.
    assert_eq!(by_class("class_faithfulness", 2)[1], [100.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(by_class("class_faithfulness_in_place", 2)[1], [100.0, 0.0, 100.0, 0.0, 100.0]);
    // Of class 0, too, these are both words of `good not`: in place the whole text, which is of class 1; moved together `not good`.
    assert_eq!(by_class("class_faithfulness", 2)[0], [100.0; 5]);
    assert_eq!(by_class("class_faithfulness_in_place", 2)[0], [100.0, 100.0, 100.0, 100.0, 0.0]);
}

#[test]
fn as_published_padding_takes_the_places_of_words_that_speak_against_the_class() {
    // Nine of twelve places: more than there are words, fewer than with the padding. `good` speaks against class 0, `bad` against class 1.
    assert_eq!(by_class("class_faithfulness", 9)[0], [0.0, 100.0, 0.0, 100.0, 100.0]);
    assert_eq!(by_class("class_faithfulness_as_published", 9), [[100.0; 5], [100.0, 0.0, 0.0, 0.0, 0.0]]);
    assert_eq!(compute("pairwise_iou", 9), [100.0; 5]);
    // {film, the} and {good, film, the}; {bad, !, movie, a} and {movie, a, !}; {not, very} and all; the same; {not} and {not, good}.
    let two_thirds = 200.0 / 3.0;
    assert_near(&compute("pairwise_iou_as_published", 9), &[two_thirds, 75.0, two_thirds, 100.0, 50.0], 1e-12, "k = 9");
    // Where the best words of a class speak for it both forms are one, and so they are where the places end with the words.
    for k in [1, 12] {
        assert_eq!(by_class("class_faithfulness_as_published", k), by_class("class_faithfulness", k), "k = {k}");
        assert_eq!(compute("pairwise_iou_as_published", k), compute("pairwise_iou", k), "k = {k}");
    }
}

#[test]
fn explanations_of_two_classes_overlap_as_counted_by_hand() {
    assert_eq!(compute("pairwise_iou", 1), [0.0, 0.0, 100.0, 100.0, 100.0]);
    let third = 100.0 / 3.0;
    assert_near(&compute("pairwise_iou", 2), &[third, 0.0, third, 100.0, 100.0], 1e-12, "k = 2");
}

#[test]
fn purity_counts_different_stop_words_and_punctuation_per_k() {
    // good film | bad ! | not good | film the | not good
    assert_eq!(compute("purity", 2), [0.0, 50.0, 50.0, 50.0, 50.0]);
    // Divided by k also where the text is shorter.
    assert_eq!(compute("purity", 10), [10.0, 20.0, 20.0, 10.0, 10.0]);
    let values = with_texts(&["! ! ! good", "rubbish ! the"], 4, |context| metric("purity").unwrap().compute(context));
    assert_eq!(values.unwrap(), [25.0, 50.0], "each word counts once, and unknown words are not impure");
}

#[test]
fn stop_words_are_nltks_whatever_the_case_and_apostrophe() {
    for word in ["the", "The", "don't", "don’t", "not", "very", "i", "yourselves", "wouldn't"] {
        assert!(is_stop_word(word), "{word}");
    }
    for word in ["good", "film", "", "<unk>", "!", "dont"] {
        assert!(!is_stop_word(word), "{word}");
    }
    for (word, expected) in [("!", true), ("...", true), ("—", true), ("3", false), ("don't", false), ("é", false)] {
        assert_eq!(is_punctuation(word), expected, "{word}");
    }
    assert_eq!(distinct([5, 0, 3, 5, 1, 3]), [5, 3, 1], "padding is no word");
}

#[test]
fn words_are_grouped_with_the_first_head_that_shares_a_relative() {
    let family = |words: &[&'static str]| words.iter().copied().collect::<BTreeSet<_>>();
    let [film, movie, reel, good, none] = [
        family(&["film", "picture"]),
        family(&["movie", "picture"]),
        family(&["movie"]),
        family(&["good"]),
        family(&[]),
    ];
    assert_eq!(clusters(&[&film, &movie, &good]), 2);
    // `reel` is related to `movie`, which heads no group of its own.
    assert_eq!(clusters(&[&film, &movie, &reel]), 2);
    assert_eq!(clusters(&[&movie, &film, &reel]), 1);
    assert_eq!(clusters(&[&none, &none, &good]), 3);
    assert_eq!(clusters(&[]), 0);
    // As published: one group of all words that are known.
    assert_eq!(clusters_as_published(&[&film, &movie, &good]), 1);
    assert_eq!(clusters_as_published(&[&film, &none, &good, &none]), 3);
    assert_eq!(clusters_as_published(&[&none]), 1);
    assert_eq!(clusters_as_published(&[]), 0);
}

#[test]
fn wordnet_knows_relatives_of_words_and_of_their_inflections() {
    let related = |a: &str, b: &str| !wordnet::family(a).is_disjoint(&wordnet::family(b));
    for (a, b) in
        [("film", "movie"), ("films", "movies"), ("awful", "terrible"), ("great", "good"), ("enjoyed", "love")]
    {
        assert!(related(a, b), "{a} and {b}");
    }
    for (a, b) in [("film", "good"), ("actor", "terrible"), ("not", "good")] {
        assert!(!related(a, b), "{a} and {b}");
    }
    assert!(wordnet::lemmas("churches").contains("church") && wordnet::lemmas("acting").contains("act"));
    for unknown in ["", "!", "the", "<unk>", "xqzt"] {
        assert!(wordnet::family(unknown).is_empty(), "{unknown}");
    }
}

#[test]
fn brevity_counts_groups_of_the_selected_words() {
    // good film | bad ! | not good | film the | not good
    assert_eq!(compute("brevity", 2), [2.0; 5]);
    assert_eq!(compute("brevity_as_published", 2), [1.0, 2.0, 1.0, 2.0, 1.0]);
    let texts = ["film movie film movie", "film good movie"];
    let values = |id: &str| with_texts(&texts, 4, |context| metric(id).unwrap().compute(context).unwrap());
    assert_eq!(values("brevity"), [1.0, 2.0]);
    // A vocabulary that tells `Film` from `film`: the dictionary has words in lower case.
    let spec = TextFitSpec { length: LENGTH, min_count: 1, lowercase: false, ..TextFitSpec::aim(LENGTH) };
    let saved = readable_box_of(TextFit::build(["good bad not Film movie"].into_iter(), &spec));
    let values = |id: &str| with_words(&saved, &["Film movie"], 4, |context| metric(id).unwrap().compute(context));
    assert_eq!(values("brevity").unwrap(), [1.0]);
    assert_eq!(values("brevity_as_published").unwrap(), [1.0]);
}

#[test]
fn similar_texts_share_words_as_counted_by_hand() {
    // Without stop words: {good, film}, {good}, {good} of class 1; {bad}, {film} of class 0.
    assert_eq!(compute("iou", 2), [50.0, 0.0, 75.0, 0.0, 75.0]);
    assert_eq!(iou::overlap(&[], &[]), 0.0);
    assert_eq!(iou::overlap(&[1, 2, 3], &[2, 3, 4]), 0.5);
    // A text that is alone in its class has no neighbours.
    let values = with_texts(&["good film", "good movie", "bad"], 1, |context| metric("iou").unwrap().compute(context));
    assert_eq!(values.unwrap(), [100.0, 100.0]);
    let refused = with_texts(&["good film", "bad"], 1, |context| metric("iou").unwrap().compute(context));
    assert_sentence(&refused.unwrap_err().to_string(), &["IoU of neighbours needs at least two texts"]);
}

fn golden() -> serde_json::Value {
    json(include_str!("../../golden/text_metrics.json"))
}

#[test]
fn overlaps_and_tf_idf_cosines_are_those_of_scikit_learn() {
    let golden = golden();
    let (n, width) = (golden["n"].as_u64().unwrap() as usize, golden["width"].as_u64().unwrap() as usize);
    let rows = Rows { shape: Shape::new(1, 1, width), values: floats(&golden["tokens"]) };
    let index = Index::new(&rows, &|id| id < 3);
    let (overlap, cosine) = (numbers(&golden["overlap"]), numbers(&golden["cosine"]));
    for (at, document) in numbers(&golden["shown"]).into_iter().enumerate() {
        let similar = index.similar(document as usize);
        let of = at * n..(at + 1) * n;
        assert_near(&similar.overlap, &overlap[of.clone()], 1e-8, "overlap");
        assert_near(&similar.cosine, &cosine[of], 1e-8, "cosine");
    }
}

#[test]
fn a_users_vectors_decide_which_others_are_near() {
    // 25 texts of one class and no common word: by overlap the first ten others, then the nearest of the rest by angle.
    let n = 25;
    let rows = Rows { shape: Shape::new(1, 1, 1), values: (0..n).map(|id| (id + 5) as f32).collect() };
    let index = Index::new(&rows, &|id| id < 3);
    let vectors: Vec<Vec<f32>> = (0..n).map(|i| (i as f32 * 0.1).sin_cos()).map(|(sin, cos)| vec![cos, sin]).collect();
    let found = neighbours(&index, Some(&vectors), &vec![0; n], &mut |_| Ok(())).unwrap();
    assert_eq!(found[24], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14]);
    assert_eq!(found[0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
}

#[test]
fn neighbours_are_the_best_by_overlap_and_then_the_best_others_by_cosine_within_the_class() {
    let golden = golden();
    let (n, width) = (golden["n"].as_u64().unwrap() as usize, golden["width"].as_u64().unwrap() as usize);
    let rows = Rows { shape: Shape::new(1, 1, width), values: floats(&golden["tokens"]) };
    let index = Index::new(&rows, &|id| id < 3);
    let classes: Vec<usize> = (0..n).map(|document| usize::from(document % 5 == 0)).collect();
    let found = neighbours(&index, None, &classes, &mut |_| Ok(())).unwrap();
    for document in 0..n {
        let similar = index.similar(document);
        let mut others: Vec<usize> =
            (0..n).filter(|other| *other != document && classes[*other] == classes[document]).collect();
        let mut expected = Vec::new();
        for values in [&similar.overlap, &similar.cosine] {
            others.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
            expected.extend(others.drain(..EACH.min(others.len())));
        }
        assert_eq!(found[document], expected, "document {document}");
    }
    assert_eq!(found[1].len(), 2 * EACH);
    assert!(found[0].len() < 2 * EACH, "a small class gives what it has");
}

#[test]
fn figures_that_a_method_does_not_have_are_refused_with_a_sentence() {
    let saved = readable_box();
    let explainer = untrained("random", "word", 2, &saved);
    with(&saved, &explainer, &documents(&TEXTS), 2, |context| {
        for (id, parts) in [
            ("class_faithfulness", ["Class faithfulness", "weights for each class", "Random"]),
            ("class_faithfulness_in_place", ["in place", "weights for each class", "Random"]),
            ("class_faithfulness_as_published", ["as published", "weights for each class", "Random"]),
            ("pairwise_iou", ["Pairwise IoU", "weights for each class", "Random"]),
            ("pairwise_iou_as_published", ["as published", "weights for each class", "Random"]),
            ("train_minutes", ["Training time", "is trained", "Random"]),
        ] {
            let error = values_of(metric(id).unwrap(), context).unwrap_err();
            assert!(matches!(error, ExplainError::NotDefined { .. }), "{id}");
            assert_sentence(&error.to_string(), &parts);
        }
    });
    for id in ["purity", "brevity", "brevity_as_published", "iou"] {
        let mut explainer = untrained("random", "word", 1, &saved).as_ref().clone();
        explainer.card.unit = Unit::Sentence;
        let error = with(&saved, &explainer, &documents(&TEXTS), 1, |context| metric(id).unwrap().compute(context));
        assert_sentence(&error.unwrap_err().to_string(), &["words as units", "found sentences"]);
    }
}

#[test]
fn training_time_is_the_cards_in_minutes_and_one_value() {
    let saved = readable_box();
    let mut explainer = untrained("random", "word", 2, &saved).as_ref().clone();
    with(&saved, &explainer.clone(), &documents(&TEXTS), 2, |context| {
        explainer.card.method = "l2x".to_owned();
        explainer.card.seconds = 90.0;
        let card = explainer.card.clone();
        let card: &'static unmask::explain::ExplainerCard = Box::leak(Box::new(card));
        context.card = card;
        assert_eq!(metric("train_minutes").unwrap().compute(context).unwrap(), [1.5]);
    });
    let spec = metric("train_minutes").unwrap().spec();
    assert_eq!((spec.unit, spec.unit.name(), spec.unit.sign()), (MetricUnit::Minutes, "minutes", "min"));
    assert!(spec.tip.contains("One training has no interval"), "{}", spec.tip);
}

fn evaluate(methods: &[&str], metrics: &[&str]) -> Result<Measured, String> {
    let saved = Arc::new(readable_box());
    evaluate_all(methods.iter().map(|id| untrained(id, "word", 1, &saved)).collect(), saved, metrics)
}

fn evaluate_all(
    explainers: Vec<Arc<SavedExplainer>>,
    saved: Arc<SavedBox>,
    metrics: &[&str],
) -> Result<Measured, String> {
    let _torch = torch();
    let task = Task::Evaluate(Box::new(Evaluate {
        explainers,
        fit: saved.card.fit,
        black_box: saved,
        data: Arc::new(documents(&TEXTS)),
        split: Split::Test,
        metrics: metrics.iter().map(|id| (*id).to_owned()).collect(),
        ks: vec![1, 2],
        fill: Fill::Zero,
        seed: 0,
        limit: None,
        embedding: None,
    }));
    let mut worker = worker();
    let id = worker.submit(Slot::new(0, 0), Priority::Normal, task);
    match worker.wait_for(id, drop) {
        Ok(Output::Cells(cells)) => Ok((*cells).clone()),
        Ok(other) => panic!("no table: {other:?}"),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn beside_other_methods_a_missing_figure_leaves_its_cell_empty() {
    let cells = evaluate(&["random", "grad"], &["faithfulness", "pairwise_iou", "train_minutes"]).unwrap();
    assert_eq!(cells.len(), 2 * 2);
    assert!(cells.iter().all(|cell| cell.metric == "faithfulness"));
    // Why, once for all numbers of units.
    assert_eq!(cells.missing.len(), 2 * 2);
    for row in [&cells[0].row, &cells[2].row] {
        let why = |metric| cells.why_missing(row, metric);
        assert!(why("pairwise_iou").unwrap().contains("needs a method with weights for each class"));
        assert!(why("train_minutes").unwrap().contains("needs a method that is trained"));
        assert_eq!(why("faithfulness"), None);
    }
    assert_eq!(
        cells.notes(),
        [
            "Left out: Pairwise IoU needs a method with weights for each class.",
            "Left out: Training time needs a method that is trained."
        ],
        "one reason, whichever methods lack it"
    );
    // The same without others beside it; where nothing is left, that is an error.
    let alone = evaluate(&["random"], &["faithfulness", "pairwise_iou"]).unwrap();
    assert_eq!((alone.len(), alone.missing.len()), (2, 1));
    let nothing = evaluate(&["random"], &["pairwise_iou"]).unwrap_err();
    assert_sentence(&nothing, &["weights for each class", "name another metric"]);
}

#[test]
fn a_figure_that_one_explainer_lacks_is_measured_for_another_of_the_same_name() {
    let saved = Arc::new(readable_box());
    let has = untrained("random", "word", 1, &saved);
    let mut lacks = has.as_ref().clone();
    lacks.card.unit = Unit::Sentence;
    assert_eq!(has.card.name, lacks.card.name);
    let cells = evaluate_all(vec![Arc::new(lacks), has], saved, &["purity"]).unwrap();
    assert_eq!((cells.len(), cells.missing.len()), (2, 1));
}

#[test]
fn every_metric_of_texts_gives_one_value_per_text_in_its_unit() {
    let ids: Vec<&str> = unmask::metric::METRICS
        .iter()
        .filter(|metric| !metric.needs_truth())
        .map(|metric| metric.spec())
        .filter(|spec| spec.modalities.contains(&Modality::Text) && !spec.is_slow)
        .map(|spec| spec.id)
        .filter(|id| !id.starts_with("class_") && !id.starts_with("pairwise_"))
        .filter(|id| !["train_minutes", "mask_only"].contains(id))
        .collect();
    let cells = evaluate(&["grad"], &ids).unwrap();
    for id in ids {
        let unit = metric(id).unwrap().spec().unit;
        for cell in cells.iter().filter(|cell| cell.metric == id) {
            assert!(cell.mean.is_finite() && cell.ci95[0] <= cell.mean && cell.mean <= cell.ci95[1], "{id}");
            assert!(unit != MetricUnit::Percent || (0.0..=100.0).contains(&cell.mean), "{id}");
            assert!(cell.items == TEXTS.len() || id == "tps_batched", "{id}");
        }
    }
}

#[test]
fn numbers_that_are_all_zero_are_no_shares() {
    let values = [0.0; 20];
    let interval = |id: &str| unmask::metric::interval(metric(id).unwrap(), &values, 0);
    assert_eq!(interval("delta_log_odds_pos"), [0.0, 0.0]);
    assert_eq!(interval("faithfulness"), stats::wilson(0, 20).map(|share| 100.0 * share));
}

#[test]
fn tables_have_a_column_of_classes_only_where_a_figure_belongs_to_one() {
    let cell = |metric: &str, class: Option<&str>, mean: f64| Cell {
        row: "AIM".to_owned(),
        metric: metric.to_owned(),
        k: Some(10),
        class: class.map(str::to_owned),
        mean,
        ci95: [mean - 0.5, mean + 0.5],
        items: 40,
    };
    let plain = [cell("brevity", None, 2.48), cell("train_minutes", None, 11.19), cell("purity", None, 8.22)];
    let mut both = plain.to_vec();
    both.extend([
        cell("class_faithfulness", Some("negative"), 98.09),
        cell("class_faithfulness", Some("positive"), 98.96),
    ]);
    let encoded = |name: &str, cells: &[Cell]| {
        String::from_utf8(
            table::encode(std::path::Path::new(name), &Measured { cells: cells.to_vec(), ..Measured::default() })
                .unwrap(),
        )
        .unwrap()
    };
    let text = table::text(&plain);
    assert!(
        !text.contains("class") && text.contains("2.48  ") && text.contains("11.19 min") && text.contains("8.22 %"),
        "{text}"
    );
    assert!(encoded("a.csv", &plain).starts_with("row,metric,k,mean,"));
    let text = table::text(&both);
    assert!(text.lines().all(|line| line.chars().count() == text.lines().next().unwrap().chars().count()), "{text}");
    assert!(text.contains("  class     ") && text.contains("negative") && text.contains("98.96 %"), "{text}");
    let csv = encoded("a.csv", &both);
    assert!(csv.starts_with("row,metric,k,class,mean,"), "{csv}");
    assert!(
        csv.contains("AIM,class_faithfulness,10,positive,98.96,") && csv.contains("AIM,brevity,10,,2.48,"),
        "{csv}"
    );
    let markdown = encoded("a.md", &both);
    assert!(markdown.lines().take(6).all(|line| line.matches('|').count() == 8), "{markdown}");
    assert!(markdown.contains("|---|---|---:|---|---:|---:|---:|"), "{markdown}");
    assert!(encoded("a.tex", &both).starts_with("\\begin{tabular}{llrlrrr}"));
    // Names may hold the signs of which a table is made.
    let named = [Cell { row: "a|b & #1 $x_2^{~\\".to_owned(), ..cell("brevity", None, 2.48) }];
    let markdown = encoded("a.md", &named);
    assert_eq!(markdown.lines().nth(2).unwrap().matches('|').count(), 8, "six cells, and one in the name:\n{markdown}");
    assert!(markdown.contains("| a\\|b & #1 "), "{markdown}");
    let latex = encoded("a.tex", &named);
    let name =
        "a|b \\& \\#1 \\$x\\_2\\textasciicircum{}\\{\\textasciitilde{}\\textbackslash{} & brevity & 10 & 2.48 & ";
    assert!(latex.lines().any(|line| line.starts_with(name)), "{latex}");
    assert_eq!(serde_json::from_str::<Measured>(&encoded("a.json", &both)).unwrap().cells, both);
}

#[test]
fn tips_name_the_versions_that_are_locked() {
    let lock = include_str!("../../../Cargo.lock");
    let locked = |name: &str| {
        let after = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).unwrap().1;
        format!("{name} {}", after.split_once('"').unwrap().0)
    };
    for (id, name) in [
        ("purity", "stop-words"),
        ("iou", "stop-words"),
        ("brevity", "thesaurus"),
        ("brevity_as_published", "thesaurus"),
    ] {
        assert!(metric(id).unwrap().spec().tip.contains(&locked(name)), "{id}: {}", locked(name));
    }
}
