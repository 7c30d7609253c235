//! DoRaR against PyTorch (`tests/golden/make_dorar.py`), its options, and its evaluation on pictures whose truth is known.

use tch::{Device, Kind, Tensor, nn};
use unmask::data::{Dataset, Modality, Rows, Shape, Split, Unit, Units};
use unmask::explain::learn::Setup;
use unmask::explain::learn::concrete::{spread, subset_mask_with};
use unmask::explain::learn::dorar::{Game, sum_mask, sum_mask_with};
use unmask::explain::learn::dorar_nets::{Backdrop, Generator, Noise, Range, check_dense, dense_bytes, scale_gradient};
use unmask::explain::learn::fresh_generator::{FreshGenerator, Shown};
use unmask::explain::learn::run::{RunSetup, TrainRun};
use unmask::explain::learn::selector::Selector;
use unmask::explain::learn::series::SeriesSelector;
use unmask::explain::{ExplainError, Mask, SavedExplainer, method};
use unmask::model::layers::Framework;
use unmask::model::optim::OptimSpec;
use unmask::model::params::ParamKind;
use unmask::model::tensors::from_rows;
use unmask::model::{Background, BlackBox, SavedBox, TensorBox, TorchBox, architecture};

use super::golden::LinearBox;
use crate::integration::tiny::*;

const FOUR: Shape = Shape::new(1, 4, 4);
const FLOAT: (Kind, Device) = (Kind::Float, Device::Cpu);
const UNITS: Units = Units::new(Unit::Patch { rows: 2, cols: 2 }, FOUR);
/// Series of two channels.
const TWO: Shape = Shape::new(2, 1, 8);
const SEGMENTS: Units = Units::new(Unit::Segment { steps: 2 }, TWO);

fn golden() -> serde_json::Value {
    json(include_str!("../../golden/dorar.json"))
}

/// What the golden script multiplies the numbers of a place of the series by, and what it adds.
fn scale_of(place: usize) -> (f32, f32) {
    if (place / 8).is_multiple_of(2) { (0.02, -0.01) } else { (600.0, 400.0) }
}

/// Rows of the golden script: pictures in 0..=1, or series whose channels differ in scale.
fn scripted(n: usize, shape: Shape, step: f64, shift: f64) -> Rows {
    let mut values = wave(n * shape.len(), 0.5, step, shift);
    for (at, value) in values.iter_mut().enumerate() {
        let (scale, offset) = if shape == TWO { scale_of(at) } else { (1.0, 0.0) };
        *value = (*value + 0.5) * scale + offset;
    }
    Rows { shape, values }
}

fn generator(shift: f64, shape: Shape, range: &Range) -> (Generator, Vec<Tensor>, nn::VarStore) {
    let store = nn::VarStore::new(Device::Cpu);
    let generator = Generator::new(&store.root(), shape, range);
    let variables = store.variables();
    let names = ["hidden.weight", "hidden.bias", "out.weight", "out.bias"];
    let weights: Vec<Tensor> = names.iter().map(|name| variables[*name].shallow_clone()).collect();
    for (i, weight) in weights.iter().enumerate() {
        let values = Tensor::from_slice(&wave(weight.numel(), 0.5, 0.7, shift + i as f64));
        tch::no_grad(|| weight.shallow_clone().copy_(&values.view(weight.size().as_slice())));
    }
    (generator, weights, store)
}

fn noise(shape: Shape, shift: f64) -> Tensor {
    from_rows(&scripted(3, shape, 1.3, shift), Device::Cpu)
}

fn first_scores() -> Tensor {
    Tensor::from_slice(&wave(12, 1.0, 1.1, 0.3)).view([3, 4])
}

/// The mask of scores with the script's draws.
fn mask_of(scores: &Tensor, shift: f64) -> Tensor {
    sum_mask_with(scores, &Tensor::from_slice(&wave(24, 1.5, 1.9, 0.6 + shift)).view([3, 2, 4]), 0.7)
}

/// A case of the golden file: pictures, or series whose channels differ in scale.
struct Case {
    golden: serde_json::Value,
    units: Units,
    range: Range,
    input: Tensor,
    class: Tensor,
    black_box: LinearBox,
    /// What the logits of the box are multiplied by, and softened by again.
    factor: f64,
    beta: f64,
}

impl Case {
    fn of(shape: Shape, factor: f64) -> Self {
        let is_series = shape == TWO;
        let golden = if is_series { golden()["series"].clone() } else { golden() };
        let modality = if is_series { Modality::Series } else { Modality::Image };
        let background = Background::from_rows(&scripted(5, shape, 0.37, 0.2));
        let mut box_weights = wave(48, 0.8, 0.9, 0.3);
        if is_series {
            box_weights.iter_mut().enumerate().for_each(|(at, weight)| *weight /= scale_of(at).0);
        }
        Self {
            units: if is_series { SEGMENTS } else { UNITS },
            range: Range::of(&background, modality, Device::Cpu),
            input: from_rows(&scripted(3, shape, 0.37, 0.2), Device::Cpu),
            class: Tensor::from_slice(&numbers(&golden["label"])).to_kind(Kind::Int64),
            black_box: LinearBox(Tensor::from_slice(&box_weights).view([3, 16]) * factor),
            factor,
            beta: if is_series { 0.01 } else { 0.7 },
            golden,
        }
    }

    fn game<'a>(&'a self, noise: [&'a Tensor; 2], generators: [&'a Generator; 2], flips: bool) -> Game<'a> {
        Game {
            input: &self.input,
            class: &self.class,
            noise,
            generators: (generators[0], Some(generators[1])),
            black_box: &self.black_box,
            softening: self.factor,
            flips,
            weights: (0.3, self.beta),
        }
    }
}

/// What the game of the golden file gives with a box whose logits are `factor` times those there, and softened by as much. With `flips` the selector
/// has another objective, the generators the same.
fn assert_plays_as_in_pytorch(shape: Shape, factor: f64, flips: bool) {
    let case = Case::of(shape, factor);
    let Case { golden, units, range, input, class, black_box, beta, .. } = &case;
    let scores = first_scores().set_requires_grad(true);
    let mask = mask_of(&scores, 0.0);
    assert_near(&values(&mask), &numbers(&self::golden()["mask"]), 1e-5, "mask");

    let ((first, first_weights, _one), (second, second_weights, _two)) =
        (generator(0.0, shape, range), generator(5.0, shape, range));
    let hidden = [noise(shape, 0.1), noise(shape, 2.1)];
    let game = case.game([&hidden[0], &hidden[1]], [&first, &second], flips);
    let (loss, losses) = game.objective(&spread(&mask, *units));
    let found: Vec<f64> = losses.iter().map(|(_, loss)| loss.double_value(&[])).collect();
    assert_near(&found, &numbers(&golden["losses"]), 1e-5, "losses");
    loss.backward();
    let expected = if flips {
        // F's objective by itself: both sides of one graph, cross-entropies written out.
        let leaf = scores.detach().set_requires_grad(true);
        let mask = spread(&mask_of(&leaf, 0.0), *units);
        let right = Tensor::zeros([3, 3], (Kind::Float, Device::Cpu)).scatter_value(1, &class.unsqueeze(1), 1.0);
        let side = |kept: &Tensor, noise: &Tensor, generator: &Generator, target: &Tensor| {
            let rebuilt = generator.forward(&(input * kept + noise * (1.0 - kept)));
            let log_probs = (black_box.logits(&rebuilt) / factor).log_softmax(-1, Kind::Float);
            let entropy = -(log_probs * target).sum(Kind::Float) / (3.0 * 3f64.ln());
            (entropy, generator.difference(&rebuilt, input))
        };
        let (kept, near) = side(&mask, &hidden[0], &first, &right);
        let (flipped, rest) = side(&(1.0 - &mask), &hidden[1], &second, &((1.0 - &right) / 2.0));
        let objective = (kept + near * *beta) * 0.7 + (flipped - rest * *beta) * 0.3;
        values(&Tensor::run_backward(&[objective], &[leaf], false, false)[0])
    } else {
        numbers(&golden["scores"])
    };
    assert_near(&values(&scores.grad()), &expected, 1e-5, "gradient of the scores");
    for (weights, name) in [(first_weights, "first"), (second_weights, "second")] {
        for (at, weight) in weights.iter().enumerate() {
            let what = format!("gradient of the {name} generator, tensor {at}");
            assert_near(&values(&weight.grad()), &numbers(&golden[name][at]), 1e-5, &what);
        }
    }
}

#[test]
fn one_backward_pass_gives_each_of_the_three_players_the_gradient_of_its_own_objective() {
    let _torch = torch();
    assert_plays_as_in_pytorch(FOUR, 1.0, false);
}

#[test]
fn series_whose_channels_differ_in_scale_are_played_in_their_own_range() {
    let _torch = torch();
    assert_plays_as_in_pytorch(TWO, 1.0, false);
    assert_plays_as_in_pytorch(TWO, 1.0, true);
}

#[test]
fn answers_four_times_as_sure_and_softened_by_four_teach_the_same() {
    let _torch = torch();
    assert_plays_as_in_pytorch(FOUR, 4.0, false);
}

#[test]
fn a_flipped_loss_of_the_unselected_side_reaches_the_selector_alone() {
    let _torch = torch();
    assert_plays_as_in_pytorch(FOUR, 1.0, true);
    assert_plays_as_in_pytorch(FOUR, 4.0, true);
}

#[test]
fn after_two_updates_all_three_players_have_the_weights_of_pytorchs_adam() {
    let _torch = torch();
    for shape in [FOUR, TWO] {
        let case = Case::of(shape, 1.0);
        let selector = nn::VarStore::new(Device::Cpu);
        let mut scores = selector.root().zeros("scores", &[3, 4]);
        tch::no_grad(|| scores.copy_(&first_scores()));
        let (first, first_weights, one) = generator(0.0, shape, &case.range);
        let (second, second_weights, two) = generator(5.0, shape, &case.range);
        let adam = |store: &nn::VarStore, lr: f64| {
            OptimSpec::Adam { lr, beta1: 0.5, beta2: 0.999, eps: 1e-8 }.build(store).unwrap()
        };
        let mut optimizers = [adam(&selector, 1e-3), adam(&one, 5e-4), adam(&two, 5e-4)];
        for shift in [0.0, 1.0] {
            let mask = spread(&mask_of(&scores, shift), case.units);
            let hidden = [noise(shape, 0.1 + shift), noise(shape, 2.1 + shift)];
            let game = case.game([&hidden[0], &hidden[1]], [&first, &second], false);
            game.update(&mask, &mut optimizers).unwrap();
        }
        let updated = &case.golden["updated"];
        assert_near(&values(&scores), &numbers(&updated["scores"]), 1e-6, "scores");
        for (weights, name) in [(first_weights, "first"), (second_weights, "second")] {
            for (at, weight) in weights.iter().enumerate() {
                let what = format!("{name} generator, tensor {at}, inputs {shape}");
                assert_near(&values(weight), &numbers(&updated[name][at]), 1e-6, &what);
            }
        }
    }
}

#[test]
fn scaling_a_gradient_leaves_the_numbers_and_multiplies_what_comes_back() {
    let values_in = Tensor::from_slice(&[0.3f32, -2.0, 7.0]).set_requires_grad(true);
    let scaled = scale_gradient(&values_in, -0.25);
    assert!(scaled.equal(&values_in));
    scaled.square().sum(Kind::Float).backward();
    assert_near(&values(&values_in.grad()), &[-0.15, 1.0, -3.5], 1e-6, "gradient");
}

#[test]
fn a_subset_mask_takes_k_different_units_and_at_a_low_temperature_the_best_k_under_noise() {
    let _torch = torch();
    let scores = Tensor::from_slice(&wave(12, 1.0, 1.1, 0.3)).view([2, 6]).set_requires_grad(true);
    let noise = Tensor::from_slice(&wave(12, 1.5, 1.9, 0.6)).view([2, 6]);
    // By the recursion of Algorithm 2, in double precision.
    let (tau, k) = (0.7, 3);
    let mut expected = Vec::new();
    for row in values(&(&scores + &noise)).chunks(6) {
        let (mut left, mut mask) = (row.to_vec(), [0.0; 6]);
        for _ in 0..k {
            let total: f64 = left.iter().map(|left| (left / tau).exp()).sum();
            for (left, mask) in left.iter_mut().zip(&mut mask) {
                let taken = (*left / tau).exp() / total;
                *left += (1.0 - taken).ln();
                *mask += taken;
            }
        }
        assert!((mask.iter().sum::<f64>() - 3.0).abs() < 1e-9);
        expected.extend(mask.map(|share| share.min(1.0)));
    }
    let mask = subset_mask_with(&scores, &noise, k, tau);
    assert_near(&values(&mask), &expected, 1e-5, "mask");
    mask.square().sum(Kind::Float).backward();
    assert!(values(&scores.grad()).iter().all(|slope| slope.is_finite() && *slope != 0.0));

    let hard = subset_mask_with(&scores, &noise, k, 1e-3);
    let mut best = values(&(&scores + &noise));
    for row in best.chunks_mut(6) {
        let mut sorted = row.to_vec();
        sorted.sort_by(f64::total_cmp);
        row.iter_mut().for_each(|score| *score = f64::from(u8::from(*score >= sorted[3])));
    }
    assert_near(&values(&hard), &best, 1e-4, "the three best");
}

#[test]
fn a_summed_mask_lies_between_its_floor_and_one() {
    let _torch = torch();
    tch::manual_seed(3);
    let mask = values(&sum_mask(&Tensor::randn([40, 49], (Kind::Float, Device::Cpu)), 4, 0.7));
    // sigmoid(-5) = 0.0067 where no draw fell.
    assert!(mask.iter().all(|value| (0.0066..=1.0).contains(value)));
    assert!(mask.iter().any(|value| *value > 0.9));
}

#[test]
fn noise_of_rows_takes_each_place_from_some_training_row_and_shared_maps_are_the_same_for_all_items() {
    let _torch = torch();
    let background = Background::from_rows(&rows_by_formula(6, FOUR));
    let range = Range::of(&background, Modality::Image, Device::Cpu);
    let like = Tensor::zeros([5, 1, 4, 4], (Kind::Float, Device::Cpu));
    let draw = |noise: Noise, seed: i64| {
        tch::manual_seed(seed);
        values(&Backdrop::new(&background, noise, &range, Device::Cpu).draw(&like, None))
    };
    let rows = draw(Noise::Rows, 1);
    for (at, value) in rows.iter().enumerate() {
        let known = (0..6).any(|row| (f64::from(background.rows.row(row)[at % 16]) - value).abs() < 1e-6);
        assert!(known, "place {} holds {value}, which no training row has there", at % 16);
    }
    assert_ne!(rows[..16], rows[16..32], "each item has its own noise");
    let whole = draw(Noise::WholeRows, 1);
    for item in whole.chunks(16) {
        let is = |row: usize| background.rows.row(row).iter().zip(item).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6);
        assert!((0..6).any(is), "every item gets one training row");
    }
    for shared in [Noise::Bernoulli, Noise::Gaussian] {
        let map = draw(shared, 1);
        assert!((1..5).all(|item| map[item * 16..(item + 1) * 16] == map[..16]), "{shared:?} is one map");
        assert_ne!(map, draw(shared, 2));
    }
    assert!(draw(Noise::Bernoulli, 1).iter().all(|value| *value == 0.0 || *value == 1.0));
    assert!(draw(Noise::Zero, 1).iter().all(|value| *value == 0.0));
}

/// Mean and standard deviation of numbers.
fn moments(of: &[f64]) -> (f64, f64) {
    let mean = of.iter().sum::<f64>() / of.len() as f64;
    (mean, (of.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / of.len() as f64).sqrt())
}

/// Training rows whose places differ in mean, from near 0.1 to near 0.9, and in spread, from 0.02 to 0.08.
fn uneven_rows() -> Background {
    let mut rows = Rows { shape: FOUR, values: wave(40 * 16, 1.0, 1.3, 0.2) };
    for (at, value) in rows.values.iter_mut().enumerate() {
        let place = (at % 16) as f32;
        *value = 0.1 + place * 0.8 / 15.0 + *value * (0.02 + 0.004 * place);
    }
    Background::from_rows(&rows)
}

/// What stands at each place in `n` draws of noise of these training rows for one item.
fn drawn_at_places(background: &Background, noise: Noise, n: usize) -> Vec<Vec<f64>> {
    let range = Range::of(background, Modality::Image, Device::Cpu);
    let backdrop = Backdrop::new(background, noise, &range, Device::Cpu);
    tch::manual_seed(17);
    let one = Tensor::zeros([1, 1, 4, 4], FLOAT);
    let mut places = vec![Vec::new(); 16];
    for _ in 0..n {
        let map = values(&backdrop.draw(&one, None));
        places.iter_mut().zip(map).for_each(|(place, value)| place.push(value));
    }
    places
}

/// Law: the noise of the published code. For digits each place is 1 with the place's mean as its share and else 0; for CIFAR-10 it is normal with the
/// place's mean and the place's spread. With 3,000 draws a mean is known to 0.02 of a standard deviation: five times that is allowed.
#[test]
fn noise_of_the_published_code_has_the_mean_and_the_spread_of_each_place() {
    let _torch = torch();
    let (background, n) = (uneven_rows(), 3000);
    let of_rows: Vec<(f64, f64)> = (0..16)
        .map(|place| moments(&(0..40).map(|row| f64::from(background.rows.row(row)[place])).collect::<Vec<_>>()))
        .collect();
    let error = 5.0 / (n as f64).sqrt();
    for (place, drawn) in drawn_at_places(&background, Noise::Bernoulli, n).iter().enumerate() {
        let ((share, _), (mean, _)) = (moments(drawn), of_rows[place]);
        assert!(drawn.iter().all(|value| *value == 0.0 || *value == 1.0), "place {place}");
        assert!((share - mean).abs() < error * (mean * (1.0 - mean)).sqrt(), "place {place}: {share}, mean {mean}");
    }
    for (place, drawn) in drawn_at_places(&background, Noise::Gaussian, n).iter().enumerate() {
        let ((found, spread), (mean, sd)) = (moments(drawn), of_rows[place]);
        assert!((found - mean).abs() < error * sd, "place {place}: {found}, mean {mean}");
        // The standard error of a normal's standard deviation is its mean's over the root of 2.
        assert!((spread / sd - 1.0).abs() < error / 2f64.sqrt(), "place {place}: {spread}, spread {sd}");
        // Of a normal 68.3 % lie within one spread; of a uniform of that spread only 57.7 %.
        let within = drawn.iter().filter(|value| (**value - mean).abs() < sd).count() as f64 / n as f64;
        assert!((within - 0.683).abs() < 0.05, "place {place}: {within}");
    }
    // Places are drawn one by one: neighbours have nothing to do with each other.
    for noise in [Noise::Bernoulli, Noise::Gaussian] {
        assert_independent(&drawn_at_places(&background, noise, n));
    }
}

/// Neighbouring places do not go together: a correlation of 3,000 pairs of unrelated numbers is below 0.09 but once in a million.
fn assert_independent(places: &[Vec<f64>]) {
    for (at, pair) in places.windows(2).enumerate() {
        let ((left, left_sd), (right, right_sd)) = (moments(&pair[0]), moments(&pair[1]));
        let products = pair[0].iter().zip(&pair[1]).map(|(a, b)| (a - left) * (b - right));
        let correlation = products.sum::<f64>() / pair[0].len() as f64 / (left_sd * right_sd);
        assert!(correlation.abs() < 0.09, "places {at} and {}: {correlation}", at + 1);
    }
}

/// Law: the noise of the paper. Each place holds the value that a random training row has there, each row as often as the others, and each place
/// its own row.
#[test]
fn noise_of_the_paper_draws_each_place_from_its_own_column_evenly_and_independently() {
    let _torch = torch();
    // Two places that are the same in every row, and so would always be the same were whole rows drawn.
    let mut rows = Rows { shape: FOUR, values: uneven_rows().rows.values[..5 * 16].to_vec() };
    (0..5).for_each(|row| rows.values[row * 16 + 1] = rows.values[row * 16]);
    let background = Background::from_rows(&rows);
    let n = 3000;
    let places = drawn_at_places(&background, Noise::Rows, n);
    for (place, drawn) in places.iter().enumerate() {
        let column: Vec<f64> = (0..5).map(|row| f64::from(background.rows.row(row)[place])).collect();
        let counts: Vec<usize> =
            column.iter().map(|known| drawn.iter().filter(|value| *value == known).count()).collect();
        assert_eq!(counts.iter().sum::<usize>(), n, "place {place} holds only what its column holds: {column:?}");
        // A fifth each: 600, with a standard error of 22.
        assert!(counts.iter().all(|count| (490..=710).contains(count)), "place {place}: {counts:?}");
    }
    assert_independent(&places);
}

#[test]
fn noise_of_other_classes_is_a_training_row_that_the_black_box_answers_differently() {
    let _torch = torch();
    let background = Background::from_rows(&rows_by_formula(40, FOUR));
    let range = Range::of(&background, Modality::Image, Device::Cpu);
    // Bright pictures against dark ones.
    let black_box = LinearBox(Tensor::cat(&[Tensor::ones([1, 16], FLOAT), -Tensor::ones([1, 16], FLOAT)], 0));
    let input = from_rows(&rows_by_formula(30, FOUR), Device::Cpu) - 0.5;
    let class_of = |input: &Tensor| black_box.logits(input).argmax(-1, false);
    let drawn_by = |input: &Tensor, rows: &Background| {
        let mut backdrop = Backdrop::new(rows, Noise::OtherClass, &range, Device::Cpu);
        backdrop.ask(&black_box, input);
        backdrop.draw(input, Some(&class_of(input)))
    };
    let (dark, bright): (Vec<usize>, Vec<usize>) =
        (0..40).partition(|&row| background.rows.row(row).iter().sum::<f32>() < 8.0);
    assert!(!dark.is_empty() && !bright.is_empty(), "rows of both classes");
    let mut both = background.clone();
    both.rows.values.iter_mut().for_each(|value| *value -= 0.5);
    let drawn = drawn_by(&input, &both);
    assert!(values(&class_of(&drawn)).iter().zip(values(&class_of(&input))).all(|(drawn, own)| *drawn != own));
    let known: Vec<Vec<f64>> = values(&from_rows(&both.rows, Device::Cpu)).chunks(16).map(<[f64]>::to_vec).collect();
    assert!(values(&drawn).chunks(16).all(|row| known.iter().any(|real| real == row)), "training rows as they are");
    // Where every training row has the class of the item, any will do.
    let alike = drawn_by(&(input.zeros_like() - 1.0), &Background::from_rows(&both.rows.pick(&dark)));
    assert!(values(&class_of(&alike)).iter().all(|class| *class == 1.0));
}

#[test]
fn the_option_of_other_classes_says_what_is_drawn_and_why() {
    let background = unmask::explain::learn::dorar::PARAMS.iter().find(|spec| spec.id == "background").unwrap();
    let ParamKind::Choice { options, .. } = background.kind else { panic!("a choice") };
    let (_, words) = options.iter().find(|(id, _)| *id == "other-class").unwrap();
    for part in ["another class than to the item", "any row where there is none", "nothing that is hidden speaks"] {
        assert!(words.contains(part), "{words}");
    }
}

/// How often the black box's class is kept by what a fresh generator rebuilds when it is shown everything, or nothing.
fn agreement_of(saved: &SavedBox, data: &Dataset, unit: Unit, everything: bool) -> f64 {
    let black_box = TorchBox::new(saved, Device::Cpu).unwrap();
    let card = black_box.card();
    let units = Units::new(unit, card.shape);
    let part = |split: Split| {
        let rows = card.rows(data, &data.in_split(split), &card.fit).unwrap();
        let classes = black_box.predict(&rows).unwrap().all_classes();
        let masks = vec![Mask(vec![everything; units.count()]); rows.n()];
        (rows, masks, classes)
    };
    let (train, test) = (part(Split::Train), part(Split::Test));
    let items = Shown { rows: &train.0, masks: &train.1, classes: &train.2 };
    let mut fresh = FreshGenerator::new(&black_box, units, items, 20, 7).unwrap();
    while !fresh.is_done() {
        fresh.step().unwrap();
    }
    let same = fresh.agreement(Shown { rows: &test.0, masks: &test.1, classes: &test.2 }, 0).unwrap();
    same.iter().filter(|same| **same).count() as f64 / same.len() as f64
}

#[test]
fn a_generator_that_sees_everything_keeps_the_class_and_one_that_sees_nothing_guesses() {
    let _torch = torch();
    let (saved, data) = (trained_box(&halves(60), 1), halves(60));
    let agreement = |everything| agreement_of(&saved, &data, Unit::Patch { rows: 4, cols: 4 }, everything);
    assert!(agreement(true) > 0.95);
    let guessed = agreement(false);
    assert!((0.3..0.7).contains(&guessed), "{guessed}");
}

#[test]
fn movements_are_rebuilt_too_and_without_what_was_edited_the_class_is_guessed() {
    let _torch = torch();
    let (saved, data) = pointer_sample();
    let agreement = |everything| agreement_of(&saved, &data, Unit::Segment { steps: 4 }, everything);
    let (whole, nothing) = (agreement(true), agreement(false));
    assert!(whole > 0.95 && nothing < 0.75, "{whole}, {nothing}");
}

#[test]
fn no_generator_is_trained_through_a_black_box_without_gradients() {
    let _torch = torch();
    let data = unmask::data::open(&"synthetic:orange?n=300".parse().unwrap(), &mut |_| true).unwrap();
    let forest = fitted(("table-forest", "forest"), &[("epochs", "2")], &data, 0, None);
    let black_box = TorchBox::new(&forest, Device::Cpu).unwrap();
    let units = Units::new(Unit::Column, black_box.card().shape);
    let rows = black_box.card().rows(&data, &[0, 1], &black_box.card().fit).unwrap();
    let masks = [mask(units.count(), &[0]), mask(units.count(), &[1])];
    let shown = Shown { rows: &rows, masks: &masks, classes: &[0, 1] };
    let refused = FreshGenerator::new(&black_box, units, shown, 1, 0).map(|_| ()).unwrap_err();
    assert_sentence(&refused.to_string(), &["a1 and a2", "forest gives no gradients", "--distil"]);
}

/// A fourth of a tiny picture.
const QUARTER: Unit = Unit::Patch { rows: 4, cols: 4 };

/// A training of DoRaR for quarters of these pictures with these settings.
fn dorar_run(saved: &SavedBox, data: &Dataset, settings: &[(&str, &str)]) -> Result<TrainRun, ExplainError> {
    TrainRun::new(RunSetup {
        method: "dorar",
        params: &params(method("dorar").unwrap().spec().params, settings),
        unit: QUARTER,
        k: 1,
        data,
        black_box: saved,
        seed: 3,
        name: "dorar",
        device: Device::Cpu,
    })
}

fn trained_dorar(saved: &SavedBox, data: &Dataset, settings: &[(&str, &str)]) -> SavedExplainer {
    let mut run = dorar_run(saved, data, settings).unwrap();
    while !run.is_done() {
        run.step().unwrap();
    }
    run.checkpoint().unwrap()
}

#[test]
fn weights_of_places_begin_at_nothing_and_add_the_same_to_every_item() {
    let _torch = torch();
    let shape = Shape::new(2, 1, 16);
    let units = Units::new(Unit::Segment { steps: 4 }, shape);
    let store = nn::VarStore::new(Device::Cpu);
    let selector = SeriesSelector::new(&store.root(), units, Framework::XavierRelu, false).with_places(&store.root());
    let input = from_rows(&rows_by_formula(3, shape), Device::Cpu);
    let scores = || values(&selector.scores(&input, &Tensor::zeros([3, 2], FLOAT), false));
    let before = scores();
    assert!(before[..4] != before[4..8], "items differ");
    let weights = [0.1, -0.2, 0.0, 0.05];
    tch::no_grad(|| store.variables()["places"].shallow_clone().copy_(&Tensor::from_slice(&weights)));
    // A weight counts twentyfold, so that it learns as fast.
    let expected: Vec<f64> = before.iter().enumerate().map(|(i, score)| score + 20.0 * weights[i % 4]).collect();
    assert_near(&scores(), &expected, 1e-4, "scores");
}

#[test]
fn what_only_series_have_is_refused_for_pictures() {
    let _torch = torch();
    let (saved, data) = (trained_box(&halves(60), 1), halves(60));
    for (name, value) in [("places", "on"), ("generator", "local")] {
        let refused = dorar_run(&saved, &data, &[(name, value)]).map(|_| ()).unwrap_err();
        assert_sentence(&refused.to_string(), &[name, "expected series", "found pictures"]);
        let is_offered = |modality| method("dorar").unwrap().spec().params_for(modality).any(|spec| spec.id == name);
        assert!(is_offered(Modality::Series) && !is_offered(Modality::Image), "{name}");
    }
}

#[test]
fn what_hid_parts_while_the_generators_learned_hides_them_when_an_item_is_rebuilt() {
    let _torch = torch();
    let (saved, data) = (trained_box(&halves(60), 1), halves(60));
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let units = Units::new(QUARTER, SHAPE);
    let rows = rows_by_formula(3, SHAPE);
    // Nothing of the three items is shown: a generator sees what hides them, and no more.
    let nothing = vec![mask(units.count(), &[]); 3];
    let rebuilt = |background: &str| {
        let trained = trained_dorar(&saved, &data, &[("epochs", "1"), ("batch", "20"), ("background", background)]);
        let mut explainer = method("dorar").unwrap().explainer(&trained, &black_box).unwrap();
        [5, 6].map(|seed| {
            let sides = explainer.rebuild(&black_box, &rows, &nothing, units, seed).unwrap().unwrap();
            sides[0].clone()
        })
    };
    let is_near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
    let is_one_map = |rows: &Rows| (1..3).all(|row| is_near(rows.row(row), rows.row(0)));
    let [of_rows, _] = rebuilt("rows");
    assert!(!is_one_map(&of_rows), "each item has values of its own");
    for background in ["zero", "bernoulli", "gaussian"] {
        let [one, other] = rebuilt(background);
        assert!(is_one_map(&one) && is_one_map(&other), "{background}: what hides is the same for all items");
        assert_eq!(is_near(&one.values, &other.values), background == "zero", "{background}: another seed");
    }
}

#[test]
fn trained_selectors_rebuild_both_parts_within_the_range_of_the_data() {
    let _torch = torch();
    let saved = trained_box(&halves(60), 1);
    let data = halves(60);
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let trained = trained_dorar(&saved, &data, &[("epochs", "2"), ("batch", "10")]);
    let units = Units::new(QUARTER, SHAPE);
    let mut explainer = method("dorar").unwrap().explainer(&trained, &black_box).unwrap();
    let rows = rows_by_formula(3, SHAPE);
    let probs = black_box.predict(&rows).unwrap();
    let scores = explainer.scores(&black_box, &rows, &probs, units, 0).unwrap();
    for row in 0..3 {
        let total: f64 = scores.row(row).iter().map(|score| f64::from(*score).exp()).sum();
        assert!((total - 1.0).abs() < 1e-5, "scores are log-probabilities, their sum is {total}");
    }
    let masks: Vec<Mask> = (0..3).map(|row| Mask::top_k(scores.row(row), 1)).collect();
    let rebuilt = explainer.rebuild(&black_box, &rows, &masks, units, 5).unwrap().unwrap();
    assert_eq!(rebuilt.len(), 2);
    for side in &rebuilt {
        assert_eq!((side.shape, side.n()), (SHAPE, 3));
        assert!(side.values.iter().all(|value| (0.0..=1.0).contains(value)));
    }
    assert_ne!(rebuilt[0], rebuilt[1]);
    let again = explainer.rebuild(&black_box, &rows, &masks, units, 5).unwrap().unwrap();
    assert_eq!(rebuilt, again, "the same seed gives the same noise");
}

#[test]
fn a_local_generator_adds_to_what_is_shown_and_stays_within_the_data() {
    let _torch = torch();
    let shape = Shape::new(2, 1, 12);
    let rows = rows_by_formula(5, shape);
    let range = Range::of(&Background::from_rows(&rows), Modality::Series, Device::Cpu);
    let store = nn::VarStore::new(Device::Cpu);
    let generator = Generator::local(&store.root(), shape, &range);
    for weight in store.variables().values() {
        let _zeroed = tch::no_grad(|| weight.shallow_clone().zero_());
    }
    let input = from_rows(&rows, Device::Cpu);
    let rebuilt = generator.forward(&input);
    assert_eq!(rebuilt.size(), input.size());
    // Without weights nothing is added.
    let shown: Vec<f64> = rows.values.iter().map(|value| f64::from(*value)).collect();
    assert_near(&values(&rebuilt), &shown, 1e-4, "what is shown");
    let far = values(&generator.forward(&(&input * 100.0)));
    let (low, high) = shown.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    assert!(far.iter().all(|value| *value >= low - 1e-4 && *value <= high + 1e-4), "{low} to {high}");
}

#[test]
fn a_local_generator_rebuilds_series_of_two_scales_as_in_pytorch() {
    let _torch = torch();
    let case = Case::of(TWO, 1.0);
    let store = nn::VarStore::new(Device::Cpu);
    let generator = Generator::local(&store.root(), TWO, &case.range);
    let variables = store.variables();
    let names = ["first.weight", "first.bias", "second.weight", "second.bias", "out.weight", "out.bias"];
    for (at, name) in names.into_iter().enumerate() {
        let variable = &variables[name];
        let values = Tensor::from_slice(&wave(variable.numel(), 0.1, 0.7, at as f64));
        tch::no_grad(|| variable.shallow_clone().copy_(&values.view(variable.size().as_slice())));
    }
    let rebuilt = values(&generator.forward(&case.input));
    assert_near(&rebuilt, &numbers(&case.golden["local"]), 1e-6, "what is rebuilt");
}

#[test]
fn each_channel_of_a_series_is_rebuilt_weighed_and_hidden_in_its_own_scale() {
    let _torch = torch();
    tch::manual_seed(4);
    let rows = scripted(40, TWO, 0.37, 0.2);
    let background = Background::from_rows(&rows);
    let range = Range::of(&background, Modality::Series, Device::Cpu);
    let input = from_rows(&rows, Device::Cpu);
    let sd = [0, 1].map(|channel| input.select(1, channel).std(false).double_value(&[]));

    let store = nn::VarStore::new(Device::Cpu);
    let generator = Generator::new(&store.root(), TWO, &range);
    let by = |first: f64, second: f64| {
        let step = Tensor::from_slice(&[first as f32, second as f32]).view([1, 2, 1, 1]);
        generator.difference(&(&input + step), &input).double_value(&[])
    };
    let (small, large) = (by(sd[0], 0.0), by(0.0, sd[1]));
    assert!((small / large - 1.0).abs() < 1e-3, "an error of a spread counts {small} and {large}");

    // Learning to repeat what is shown, the dense layers come near in both channels.
    let mut adam = OptimSpec::torch_adam(0.01).build(&store).unwrap();
    for _ in 0..400 {
        adam.backward_step(&generator.difference(&generator.forward(&input), &input)).unwrap();
    }
    let error = (generator.forward(&input) - &input).abs();
    for channel in [0, 1] {
        let error = error.select(1, channel).mean(Kind::Double).double_value(&[]) / sd[channel as usize];
        assert!(error < 0.2, "channel {channel} is off by {error} of its spread");
    }

    let drawn = Backdrop::new(&background, Noise::Bernoulli, &range, Device::Cpu).draw(&input, None);
    for channel in [0, 1] {
        let own = input.select(1, channel);
        let (low, high) = (own.min().double_value(&[]), own.max().double_value(&[]));
        let is_end = |value: f64| [low, high].iter().any(|end| (value - end).abs() < 1e-4 * (high - low));
        assert!(values(&drawn.select(1, channel)).into_iter().all(is_end), "channel {channel}: {low} or {high}");
    }
}

#[test]
fn channels_that_spread_alike_are_not_weighed_and_one_that_never_changes_does_no_harm() {
    let _torch = torch();
    let store = nn::VarStore::new(Device::Cpu);
    let mut alike = rows_by_formula(6, TWO);
    for row in alike.values.chunks_mut(16) {
        let (first, second) = row.split_at_mut(8);
        second.copy_from_slice(first);
    }
    let mut still = scripted(6, TWO, 0.37, 0.2);
    still.values.chunks_mut(16).for_each(|row| row[..8].fill(7.3));
    let local = |rows: &Rows, name: &str| {
        let range = Range::of(&Background::from_rows(rows), Modality::Series, Device::Cpu);
        Generator::local(&(store.root() / name), TWO, &range)
    };
    let (of_alike, of_still) = (local(&alike, "alike"), local(&still, "still"));
    for weight in store.variables().values() {
        let _zeroed = tch::no_grad(|| weight.shallow_clone().zero_());
    }
    let (input, other) = (from_rows(&alike, Device::Cpu), noise(FOUR, 0.4).view([3, 2, 1, 8]));
    let (input, plain) = (input.narrow(0, 0, 3), (input.narrow(0, 0, 3) - &other).abs().mean(Kind::Float));
    let found = of_alike.difference(&other, &input).double_value(&[]);
    assert!((found - plain.double_value(&[])).abs() < 1e-5, "{found}");

    let input = from_rows(&still, Device::Cpu);
    let shown: Vec<f64> = still.values.iter().map(|value| f64::from(*value)).collect();
    assert_near(&values(&of_still.forward(&input)), &shown, 1e-5, "what is shown");
    assert!(of_still.difference(&(&input + 1.0), &input).double_value(&[]).is_finite());
}

#[test]
fn generators_that_would_not_fit_into_memory_are_refused_before_any_is_made() {
    let _torch = torch();
    // Two layers of 784 x 784 with 784 biases each; four numbers of four bytes for each weight.
    assert_eq!(dense_bytes(Shape::new(1, 28, 28), 2), 2 * 2 * (784 * 784 + 784) * 16);
    assert!(check_dense(Shape::new(3, 32, 32), 2, ("DoRaR", "")).is_ok());
    let saved = formula_box();
    let learner = |units: Units, settings: &[(&str, &str)]| {
        let method = method("dorar").unwrap();
        let setup = Setup {
            params: &params(method.spec().params, settings),
            units,
            k: 1,
            classes: 2,
            input: saved.card.input(),
            architecture: architecture(&saved.card.architecture).unwrap(),
            background: &saved.background,
            weights: &saved.weights,
            seed: 0,
            device: Device::Cpu,
        };
        method.learner(&setup).unwrap().map(|_| ())
    };
    let photos = Units::new(QUARTER, Shape::new(3, 224, 224));
    for (settings, found) in [(&[][..], "found 1450.2 GB"), (&[("complementary", "off")][..], "found 725.1 GB")] {
        let refused = learner(photos, settings).unwrap_err().to_string();
        assert_sentence(&refused, &["DoRaR", "at most 8 GB", found, "3 x 224 x 224", "a smaller input"]);
    }
    let long = Units::new(Unit::Segment { steps: 4 }, Shape::new(2, 1, 10_000));
    let refused = learner(long, &[]).unwrap_err().to_string();
    assert_sentence(&refused, &["found 25.6 GB", "choose the generator local"]);
    assert!(learner(long, &[("generator", "local")]).is_ok());

    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let rows = rows_by_formula(2, SHAPE);
    let masks = [mask(photos.count(), &[0]), mask(photos.count(), &[1])];
    let shown = Shown { rows: &rows, masks: &masks, classes: &[0, 1] };
    let refused = FreshGenerator::new(&black_box, photos, shown, 1, 0).map(|_| ()).unwrap_err().to_string();
    assert_sentence(&refused, &["a1 and a2", "found 725.1 GB", "leave a1 and a2 out", "a smaller input"]);
}
