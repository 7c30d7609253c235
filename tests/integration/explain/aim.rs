//! AIM: sampler and losses against `tests/golden/make_aim.py`, the shape and the laws of W, gradients, ablations, the same bytes from the
//! same seed.

use std::collections::BTreeMap;

use tch::nn;
use tch::{Device, Kind, Tensor};
use unmask::data::{Rows, Shape, Unit, Units};
use unmask::explain::learn::aim::{Groups, additive_loss, column_loss, group_norm, uniform_mask};
use unmask::explain::learn::aim_nets::{Context, explainer};
use unmask::explain::learn::concrete::{bernoulli_mask, bernoulli_mask_with};
use unmask::explain::learn::run::{RunSetup, TrainRun};
use unmask::explain::learn::{Batch, Learner, Losses, Setup, column};
use unmask::explain::{ClassScores, Mask, SavedExplainer, Scores, method};
use unmask::model::tensors::{from_rows, save_weights, saved_tensor, to_vec};
use unmask::model::{InputSpec, Network, TensorBox, TorchBox, architecture};

use crate::integration::tiny::*;

const TEXT: InputSpec = InputSpec { shape: Shape::new(1, 1, 14), vocabulary: 12 };
const PICTURE: InputSpec = InputSpec { shape: SHAPE, vocabulary: 0 };

fn golden() -> serde_json::Value {
    json(include_str!("../../golden/aim.json"))
}

/// A black box whose variables the test can look at.
struct OpenBox {
    net: Box<dyn Network>,
    store: nn::VarStore,
}

impl OpenBox {
    fn new(id: &str, input: InputSpec, classes: usize) -> Self {
        let mut store = nn::VarStore::new(Device::Cpu);
        tch::manual_seed(11);
        let net = (architecture(id).unwrap().build)(&store.root(), input, classes);
        store.freeze();
        Self { net, store }
    }
}

impl TensorBox for OpenBox {
    fn network(&self) -> &dyn Network {
        self.net.as_ref()
    }

    fn device(&self) -> Device {
        Device::Cpu
    }
}

/// Token numbers; the last places of each document are padding, more of them in later documents.
fn documents(n: usize) -> Rows {
    let width = TEXT.shape.width;
    let token = |at: usize| {
        let (row, place) = (at / width, at % width);
        if place + 2 * row + 1 >= width { 0.0 } else { ((5 * at + row) % (TEXT.vocabulary - 1) + 1) as f32 }
    };
    Rows { shape: TEXT.shape, values: (0..n * width).map(token).collect() }
}

/// What is explained in a test.
#[derive(Clone, Copy, Debug)]
struct Case {
    architecture: &'static str,
    input: InputSpec,
    classes: usize,
    unit: Unit,
}

const WORDS: Case = Case { architecture: "aim-word-cnn", input: TEXT, classes: 3, unit: Unit::Word };
const PIXELS: Case = Case { architecture: "meed-cnn", input: PICTURE, classes: 2, unit: Unit::Pixel };
const PATCHES: Case =
    Case { architecture: "meed-cnn", input: PICTURE, classes: 2, unit: Unit::Patch { rows: 3, cols: 3 } };

impl Case {
    fn learner(self, options: &[(&str, &str)]) -> Box<dyn Learner> {
        self.learner_of(options, &[])
    }

    /// With the black box's saved weights.
    fn learner_of(self, options: &[(&str, &str)], weights: &[u8]) -> Box<dyn Learner> {
        let method = method("aim").unwrap();
        let params = params(method.spec().params, options);
        let setup = Setup {
            params: &params,
            units: Units::new(self.unit, self.input.shape),
            k: 4,
            classes: self.classes,
            input: self.input,
            architecture: architecture(self.architecture).unwrap(),
            seed: 1,
            device: Device::Cpu,
            background: &background(self.input.shape),
            weights,
        };
        method.learner(&setup).unwrap().unwrap()
    }

    fn inputs(self) -> Tensor {
        let rows = if self.unit.is_text() { documents(5) } else { rows_by_formula(5, self.input.shape) };
        from_rows(&rows, Device::Cpu)
    }

    fn black_box(self) -> OpenBox {
        OpenBox::new(self.architecture, self.input, self.classes)
    }

    fn step(self, learner: &mut dyn Learner, black_box: &OpenBox) -> Losses {
        self.step_at(0.0, learner, black_box)
    }

    /// A step when a share `progress` of all is done.
    fn step_at(self, progress: f64, learner: &mut dyn Learner, black_box: &OpenBox) -> Losses {
        let input = self.inputs();
        let probs = tch::no_grad(|| black_box.logits(&input).softmax(-1, Kind::Float));
        tch::manual_seed(3);
        learner.step(&Batch { input: &input, probs: &probs, epoch: 1, progress, black_box }).unwrap()
    }
}

#[test]
fn the_relaxed_bernoulli_sample_is_the_papers_and_its_temperature_acts() {
    let _torch = torch();
    let golden = &golden()["sampler"];
    let noise = tensor(&golden["kept"]) - tensor(&golden["hidden"]);
    let mut masks = Vec::new();
    for case in golden["cases"].as_array().unwrap() {
        let tau = case["tau"].as_f64().unwrap();
        let mask = bernoulli_mask_with(&tensor(&golden["logits"]), &noise, tau);
        assert_near(&values(&mask), &numbers(&case["mask"]), 1e-5, &format!("temperature {tau}"));
        masks.push(values(&mask));
    }
    assert!(masks.windows(2).all(|pair| pair[0] != pair[1]), "another temperature, another sample");
}

#[test]
fn a_unit_is_kept_as_often_as_its_probability_says_at_every_temperature() {
    let _torch = torch();
    for (logit, tau) in [(-2.0, 0.2), (0.0, 0.2), (1.5, 1.0), (1.5, 0.01)] {
        tch::manual_seed(5);
        let mask = bernoulli_mask(&Tensor::full([40_000], logit, (Kind::Float, Device::Cpu)), tau);
        assert!(values(&mask).iter().all(|value| value.is_finite() && (0.0..=1.0).contains(value)));
        let kept = mask.gt(0.5).to_kind(Kind::Float).mean(Kind::Float).double_value(&[]);
        let expected = 1.0 / (1.0 + (-logit).exp());
        assert!((kept - expected).abs() < 0.01, "logit {logit}: kept {kept}, expected {expected}");
    }
}

#[test]
fn uniform_masks_have_every_number_of_ones_equally_often() {
    let _torch = torch();
    tch::manual_seed(6);
    let (n, units) = (22_000, 10);
    let mask = uniform_mask(n, units, &Tensor::zeros([1], (Kind::Float, Device::Cpu)));
    let mut counts = [0.0; 11];
    for row in values(&mask).chunks(10) {
        assert!(row.iter().all(|value| *value == 0.0 || *value == 1.0));
        counts[row.iter().sum::<f64>() as usize] += 1.0;
    }
    for count in counts {
        // 2,000 each; five standard deviations.
        assert!((count - 2_000.0_f64).abs() < 5.0 * (2_000.0_f64 * 10.0 / 11.0).sqrt(), "{counts:?}");
    }
}

#[test]
fn the_three_losses_and_their_gradient_are_equation_5() {
    let golden = &golden()["losses"];
    let weights = tensor(&golden["weights"]).set_requires_grad(true);
    let classes = |name: &str| tensor(&golden[name]).to_kind(Kind::Int64);
    let additive = additive_loss(&weights, &tensor(&golden["mask"]), &classes("seen"));
    let fidelity = tensor(&golden["logits"]).cross_entropy_for_logits(&classes("answer"));
    let units = group_norm(&weights, Groups::Units);
    for (found, name) in [(&additive, "additive"), (&fidelity, "fidelity"), (&units, "units")] {
        assert_near(&values(found), &numbers(&golden[name]), 1e-5, name);
    }
    assert_near(&values(&group_norm(&weights, Groups::Classes)), &numbers(&golden["classes"]), 1e-5, "classes");
    let columns = column_loss(&tensor(&golden["logits"]), &classes("seen"), &classes("own"));
    assert_near(&values(&columns), &numbers(&golden["columns"]), 1e-5, "columns");
    let (alpha, beta) = (golden["alpha"].as_f64().unwrap(), golden["beta"].as_f64().unwrap());
    let total = additive + fidelity * alpha + units * beta;
    assert_near(&values(&total), &numbers(&golden["total"]), 1e-5, "total");
    total.backward();
    assert_near(&values(&weights.grad()), &numbers(&golden["gradient"]), 1e-5, "gradient");
    assert_near(&values(&column(&weights, &classes("answer"))), &numbers(&golden["column"]), 1e-6, "column");
}

#[test]
fn the_group_norm_of_zeros_has_a_finite_gradient() {
    let weights = Tensor::zeros([2, 3, 2], (Kind::Float, Device::Cpu)).set_requires_grad(true);
    for groups in [Groups::Units, Groups::Classes] {
        group_norm(&weights, groups).backward();
        assert!(values(&weights.grad()).iter().all(|value| value.is_finite()));
    }
}

#[test]
fn a_steps_loss_is_the_weighted_sum_of_its_parts() {
    let _torch = torch();
    for critic in ["black-box", "approximators"] {
        let options = [("critic", critic), ("alpha", "0.7"), ("beta", "0.05")];
        let losses: BTreeMap<_, _> = WORDS
            .step(WORDS.learner(&options).as_mut(), &WORDS.black_box())
            .into_iter()
            .map(|(name, loss)| (name, loss.double_value(&[])))
            .collect();
        let columns = losses.get("columns").copied().unwrap_or(0.0);
        let sum = losses["additive"] + 0.7 * losses["fidelity"] + columns + 0.05 * losses["sparsity"];
        assert_near(&[losses["loss"]], &[sum], 1e-5, critic);
        assert_eq!(losses.contains_key("columns"), critic == "black-box");
    }
}

/// After one step every tensor of what scores has changed, and the black box has not.
fn assert_reached(case: Case, options: &[(&str, &str)]) {
    let black_box = case.black_box();
    let before_box = save_weights(&black_box.store).unwrap();
    let mut learner = case.learner(options);
    let before = tensors_of(&learner.weights().unwrap());
    let losses = case.step(learner.as_mut(), &black_box);
    assert!(losses.iter().all(|(_, loss)| loss.double_value(&[]).is_finite()), "{case:?} {options:?}");
    for (name, values) in tensors_of(&learner.weights().unwrap()) {
        assert!(values.iter().all(|value| value.is_finite()), "{case:?} {options:?}: {name}");
        assert_ne!(values, before[&name], "{case:?} {options:?}: no gradient reached {name}");
    }
    assert!(before_box == save_weights(&black_box.store).unwrap(), "{options:?} changed the black box");
}

#[test]
fn gradients_reach_every_tensor_of_explainer_and_selector() {
    let _torch = torch();
    for case in [WORDS, PIXELS, PATCHES] {
        for critic in ["black-box", "approximators"] {
            for context in ["context", "context-free"] {
                for ablation in ["none", "infer-from-selector", "selector-only", "heuristic-masks"] {
                    assert_reached(case, &[("critic", critic), ("context", context), ("ablation", ablation)]);
                }
            }
        }
    }
}

#[test]
fn every_preset_takes_a_step_on_words_pixels_and_patches() {
    let _torch = torch();
    for preset in method("aim").unwrap().spec().presets {
        for case in [WORDS, PIXELS, PATCHES] {
            let black_box = case.black_box();
            let losses = case.step(case.learner(preset.values).as_mut(), &black_box);
            assert!(losses.iter().all(|(_, loss)| loss.double_value(&[]).is_finite()), "{} {case:?}", preset.id);
        }
    }
}

#[test]
fn the_ablations_leave_out_what_the_paper_leaves_out() {
    let _torch = torch();
    let names = |ablation: &str| {
        let mut learner = WORDS.learner(&[("ablation", ablation), ("critic", "approximators")]);
        let losses = WORDS.step(learner.as_mut(), &WORDS.black_box());
        losses.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names("none"), ["additive", "fidelity", "sparsity", "loss"]);
    assert_eq!(names("infer-from-selector"), ["additive", "fidelity", "sparsity", "loss"]);
    assert_eq!(names("selector-only"), ["fidelity", "loss"]);
    assert_eq!(names("heuristic-masks"), ["additive", "sparsity", "loss"]);
}

#[test]
fn weights_that_start_at_zero_say_nothing_at_first_and_learn_all_the_same() {
    let _torch = torch();
    for case in [WORDS, PIXELS] {
        let black_box = case.black_box();
        let mut learner = case.learner(&[("zero-start", "on"), ("critic", "approximators")]);
        let first = case.step(learner.as_mut(), &black_box);
        let additive =
            first.iter().find(|(name, _)| *name == "additive").expect("a loss of the sums").1.double_value(&[]);
        // Every sum is zero, so every class is as likely.
        assert!((additive - (case.classes as f64).ln()).abs() < 1e-6, "{case:?} {additive}");
        let probs = tch::no_grad(|| black_box.logits(&case.inputs()).softmax(-1, Kind::Float));
        let weights = learner.class_scores(&case.inputs(), &probs).expect("a weight for each class");
        assert!(values(&weights).iter().any(|weight| *weight != 0.0), "{case:?} has learned nothing");
    }
}

#[test]
fn w_has_a_weight_for_every_unit_and_class_and_scores_are_the_predicted_column() {
    let _torch = torch();
    for case in [WORDS, PIXELS, PATCHES] {
        for context in ["context", "context-free"] {
            let learner = case.learner(&[("context", context)]);
            let input = case.inputs();
            let units = Units::new(case.unit, case.input.shape).count() as i64;
            let probs = tch::no_grad(|| case.black_box().logits(&input).softmax(-1, Kind::Float));
            let weights = learner.class_scores(&input, &probs).unwrap();
            assert_eq!(weights.size(), [5, units, case.classes as i64], "{case:?}");
            let scores = values(&learner.scores(&input, &probs));
            let classes = to_vec(&probs.argmax(-1, false)).unwrap();
            let all = values(&weights);
            for (row, class) in classes.iter().enumerate() {
                for unit in 0..units as usize {
                    let at = (row * units as usize + unit) * case.classes + *class as usize;
                    assert_eq!(scores[row * units as usize + unit], all[at]);
                }
            }
            let relu = case.learner(&[("context", context), ("final-relu", "on")]);
            assert!(values(&relu.class_scores(&input, &probs).unwrap()).iter().all(|weight| *weight >= 0.0));
            let selector = case.learner(&[("context", context), ("ablation", "selector-only")]);
            assert!(selector.class_scores(&input, &probs).is_none());
            assert_eq!(selector.scores(&input, &probs).size(), [5, units]);
        }
    }
}

#[test]
fn equal_words_and_equal_patches_tie_without_context_and_not_with_it() {
    let _torch = torch();
    tch::manual_seed(9);
    // One word twice with different neighbours; one patch twice, the second beside a bright one.
    let words = Tensor::from_slice(&[3.0f32, 7.0, 5.0, 2.0, 7.0, 9.0]).view([1, 1, 1, 6]);
    let shape = Shape::new(1, 1, 6);
    let spec = InputSpec { shape, vocabulary: 12 };
    let tied = |units: Units, spec: InputSpec, input: &Tensor, context: Context, pair: (usize, usize)| {
        let store = nn::VarStore::new(Device::Cpu);
        let weights = values(&explainer(&store.root(), units, spec, 3, context, None).values(input, false));
        weights[3 * pair.0..3 * pair.0 + 3].iter().zip(&weights[3 * pair.1..]).all(|(a, b)| (a - b).abs() < 1e-6)
    };
    let units = Units::new(Unit::Word, shape);
    assert!(tied(units, spec, &words, Context::None, (1, 4)));
    assert!(!tied(units, spec, &words, Context::None, (1, 2)));
    assert!(!tied(units, spec, &words, Context::Neighbours, (1, 4)));
    let units = Units::new(Unit::Patch { rows: 4, cols: 4 }, SHAPE);
    let picture = Tensor::zeros([1, 1, 8, 8], (Kind::Float, Device::Cpu));
    let _ = picture.narrow(2, 0, 4).narrow(3, 0, 4).fill_(1.0);
    assert!(tied(units, PICTURE, &picture, Context::None, (1, 3)));
    assert!(!tied(units, PICTURE, &picture, Context::None, (0, 3)));
    assert!(!tied(units, PICTURE, &picture, Context::Neighbours, (1, 3)));
}

#[test]
fn padding_is_forbidden_in_the_scores_of_every_class() {
    let rows = documents(3);
    let (units, classes) = (Units::new(Unit::Word, TEXT.shape), 2);
    let n = rows.n() * units.count();
    let by_class = ClassScores { classes, values: wave(n * classes, 1.0, 0.7, 0.1) };
    let mut scores = Scores { units: units.count(), values: wave(n, 1.0, 0.3, 0.2), by_class: Some(by_class) };
    scores.forbid_padding(&rows, units);
    let by_class = scores.by_class.clone().unwrap();
    for (at, token) in rows.values.iter().enumerate() {
        let is_padding = *token == 0.0;
        assert_eq!(scores.values[at] == f32::NEG_INFINITY, is_padding);
        let all = &by_class.values[at * classes..(at + 1) * classes];
        assert!(all.iter().all(|score| (*score == f32::NEG_INFINITY) == is_padding));
    }
    for row in 0..rows.n() {
        let words = rows.row(row).iter().filter(|token| **token != 0.0).count();
        let mask = Mask::top_k(scores.row(row), words);
        assert!(mask.0.iter().zip(rows.row(row)).all(|(kept, token)| *kept == (*token != 0.0)));
    }
}

#[test]
fn words_begin_as_the_black_boxs_vectors_whatever_their_length() {
    let _torch = torch();
    let taken = [("word-vectors", "black-box")];
    let vectors = |weights: &[u8]| saved_tensor(weights, "embedding.weight").unwrap();
    for (architecture, length) in [("aim-word-cnn", 100), ("aim-word-transformer", 256)] {
        let case = Case { architecture, ..WORDS };
        let known = save_weights(&case.black_box().store).unwrap();
        for ablation in ["none", "selector-only"] {
            let options = [&taken[..], &[("ablation", ablation)]].concat();
            let learner = case.learner_of(&options, &known);
            let weights = learner.weights().unwrap();
            assert_eq!(vectors(&weights).size(), [12, length], "{architecture}");
            assert!(vectors(&weights).equal(&vectors(&known)), "{architecture} {ablation}");
            assert!(!vectors(&case.learner(&[]).weights().unwrap()).equal(&vectors(&known)));
        }
        // They are trained like all others, or stay.
        for (choice, stays) in [("black-box", false), ("black-box-fixed", true)] {
            let mut learner = case.learner_of(&[("word-vectors", choice), ("zero-start", "off")], &known);
            case.step(learner.as_mut(), &case.black_box());
            assert_eq!(vectors(&learner.weights().unwrap()).equal(&vectors(&known)), stays, "{choice}");
        }
    }
}

#[test]
fn the_learning_rate_falls_to_its_share_at_the_last_step() {
    let _torch = torch();
    let black_box = WORDS.black_box();
    let moved = |options: &[(&str, &str)], progress: f64| {
        let mut learner = WORDS.learner(options);
        let of = |learner: &dyn Learner| saved_tensor(&learner.weights().unwrap(), "out.bias").unwrap();
        let before = of(learner.as_ref());
        WORDS.step_at(progress, learner.as_mut(), &black_box);
        (of(learner.as_ref()) - before).abs().max().double_value(&[])
    };
    // Adam's first step is as long as the learning rate.
    let falls = ("final-rate", "0.01");
    assert_near(
        &[moved(&[], 0.0), moved(&[], 1.0), moved(&[falls], 0.0)],
        &[1e-3; 3],
        1e-5,
        "constant, and at the start",
    );
    assert_near(&[moved(&[falls], 0.5), moved(&[falls], 1.0)], &[1e-4, 1e-5], 1e-6, "half-way and at the end");
}

/// What stands at padding has no part in a step: neither the weights that the explainer gives it nor the selector's draw there.
#[test]
fn padding_adds_nothing_to_the_losses() {
    let _torch = torch();
    let black_box = WORDS.black_box();
    for critic in ["black-box", "approximators"] {
        let mut learner = WORDS.learner(&[("critic", critic), ("context", "context-free"), ("beta", "1")]);
        let nothing = Tensor::zeros([2, 1, 1, 14], (Kind::Float, Device::Cpu));
        let probs = tch::no_grad(|| black_box.logits(&nothing).softmax(-1, Kind::Float));
        let batch = Batch { input: &nothing, probs: &probs, epoch: 1, progress: 0.0, black_box: &black_box };
        let losses: BTreeMap<_, _> = learner.step(&batch).unwrap().into_iter().collect();
        // Sums of nothing: every class is as likely.
        assert_near(&values(&losses["additive"]), &[3.0_f64.ln()], 1e-5, critic);
        assert!(losses["sparsity"].double_value(&[]) < 1e-4);
    }
}

fn trained(seed: u64, options: &[(&str, &str)]) -> SavedExplainer {
    let saved = formula_box();
    let quick = [("epochs", "2"), ("batch", "8")];
    let params = params(method("aim").unwrap().spec().params, &[options, &quick].concat());
    let mut run = TrainRun::new(RunSetup {
        method: "aim",
        params: &params,
        unit: "patch:2".parse().unwrap(),
        k: 3,
        data: &halves(24),
        black_box: &saved,
        seed,
        name: "tiny explainer",
        device: Device::Cpu,
    })
    .unwrap();
    while !run.is_done() {
        run.step().unwrap();
    }
    run.checkpoint().unwrap()
}

#[test]
fn aims_training_repeats_byte_for_byte_and_another_seed_gives_another() {
    let _torch = torch();
    for options in [&[][..], &[("critic", "black-box")]] {
        let (first, again, other) = (trained(5, options), trained(5, options), trained(6, options));
        assert!(first.weights == again.weights);
        assert_eq!(first.card.hash, again.card.hash);
        assert!(first.weights != other.weights);
    }
}

#[test]
fn a_saved_explainer_gives_the_weights_of_every_class_and_the_predicted_column() {
    let _torch = torch();
    let black_box = TorchBox::new(&formula_box(), Device::Cpu).unwrap();
    let rows = rows_by_formula(4, SHAPE);
    let units = Units::new("patch:2".parse().unwrap(), SHAPE);
    for ablation in ["none", "infer-from-selector", "selector-only", "heuristic-masks"] {
        let saved = trained(1, &[("ablation", ablation)]);
        let probs = unmask::model::BlackBox::predict(&black_box, &rows).unwrap();
        let mut explainer = method("aim").unwrap().explainer(&saved, &black_box).unwrap();
        let scores = explainer.scores(&black_box, &rows, &probs, units, 0).unwrap();
        assert_eq!(scores.values.len(), 4 * units.count());
        assert!(scores.values.iter().all(|score| score.is_finite()));
        let Some(by_class) = scores.by_class else {
            assert!(ablation.contains("selector"), "{ablation}");
            continue;
        };
        assert_eq!((by_class.classes, by_class.values.len()), (2, 8 * units.count()));
        for (row, class) in probs.all_classes().into_iter().enumerate() {
            for unit in 0..units.count() {
                let at = row * units.count() + unit;
                assert_eq!(scores.values[at], by_class.values[2 * at + class], "{ablation}");
            }
        }
    }
}

/// The end at which all documents hold padding is read once: nobody's answer depends on who shares its batch.
#[test]
fn a_documents_answer_is_the_same_alone_and_beside_a_longer_one() {
    let _torch = torch();
    for id in ["aim-word-cnn", "aim-word-gru", "aim-word-transformer"] {
        let spec = InputSpec { shape: Shape::new(1, 1, 40), vocabulary: 12 };
        let black_box = OpenBox::new(id, spec, 3);
        let token =
            |row: usize, place: usize| if place < 8 + 30 * row { ((3 * place + row) % 11 + 1) as f32 } else { 0.0 };
        let tokens: Vec<f32> = (0..80).map(|at| token(at / 40, at % 40)).collect();
        let both = Tensor::from_slice(&tokens).view([2, 1, 1, 40]);
        let together = values(&tch::no_grad(|| black_box.logits(&both)));
        let mask = Tensor::full([1, 1, 1, 40], 0.3, (Kind::Float, Device::Cpu));
        let masked = values(&tch::no_grad(|| black_box.logits_masked(&both, &mask)));
        for row in 0..2 {
            let alone = both.narrow(0, row, 1);
            let at = 3 * row as usize;
            let found = values(&tch::no_grad(|| black_box.logits(&alone)));
            assert_near(&found, &together[at..at + 3], 1e-5, id);
            let found = values(&tch::no_grad(|| black_box.logits_masked(&alone, &mask)));
            assert_near(&found, &masked[at..at + 3], 1e-5, id);
        }
    }
}
