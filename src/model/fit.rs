//! Training of a black box on a data set: epochs, validation after each, a checkpoint that can always be loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use tch::{Device, Tensor};

use super::architecture::{InputSpec, architecture};
use super::card::{BOX_FORMAT, BOX_VERSION, BoxCard, Curves, Versions};
use super::distil::{Taught, Teacher};
use super::forest::ForestRun;
use super::losses::LossPoints;
use super::nets::forest::TABLE_FOREST;
use super::nets::{commands, rules};
use super::params::Params;
use super::saved::{Background, SavedBox, hash_of};
use super::tensors::{device_name, from_rows, load_weights, save_weights};
use super::train::{ClassifierRun, ClassifierSetup, StepResult, one_hot};
use super::{BlackBox, ModelError, TorchBox, distil, exec};
use crate::data::text::{TextFit, TextFitSpec};
use crate::data::{Dataset, Fit, Modality, Rows, Shape, Split, TableFit};
use crate::work::format_count;

/// Trees between two looks at the validation rows.
const TREES: usize = 10;

/// What a black box is trained on.
pub struct FitSetup<'a> {
    /// Architecture id.
    pub architecture: &'a str,
    /// Its parameters.
    pub params: &'a Params,
    /// Data with labels and splits.
    pub data: &'a Dataset,
    /// Seed.
    pub seed: u64,
    /// Name on screen.
    pub name: &'a str,
    /// Where to train.
    pub device: Device,
    /// The black box whose answers are learned in place of the labels; what it was not asked yet is asked first.
    pub teacher: Option<Teacher>,
}

/// Rows and labels of one split.
#[derive(Debug)]
pub struct Labelled {
    /// Inputs.
    pub rows: Rows,
    /// Class of each.
    pub classes: Vec<usize>,
}

impl Labelled {
    /// The labelled items of a split, at most `limit`.
    pub fn of(
        data: &Dataset,
        split: Split,
        shape: Shape,
        (text, table): (Option<&TextFit>, Option<&TableFit>),
    ) -> Result<Self, ModelError> {
        let items = labelled(data, split);
        let classes = items.iter().filter_map(|&item| data.labels[item]).map(usize::from).collect();
        let rows = match (text, table) {
            (Some(text), _) => data.token_rows(&items, text)?,
            (None, Some(table)) => data.table_rows(&items, table)?,
            (None, None) => data.rows(&items, shape, &Fit::default())?,
        };
        Ok(Self { rows, classes })
    }
}

/// Whether what has this id is a network, which has gradients and is trained in minibatches: no command and no forest.
pub(super) fn has_network(architecture: &str) -> bool {
    !architecture.starts_with("exec:") && !commands::is_command(architecture) && architecture != TABLE_FOREST.id
}

/// The labelled items of a split.
pub(super) fn labelled(data: &Dataset, split: Split) -> Vec<usize> {
    data.in_split(split).into_iter().filter(|&item| data.labels[item].is_some()).collect()
}

/// Training texts that are looked at before a training.
const LOOKED_AT: usize = 50;

/// What to say before a training on texts that are nothing but numbers, such as those of their rows; `None` for other texts and other data.
pub fn only_numbers(data: &Dataset) -> Option<String> {
    if data.modality != Modality::Text {
        return None;
    }
    // "inf" and "nan" would be read as numbers, too.
    let is_number = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit()) && word.parse::<f64>().is_ok();
    let items = data.some_of(Split::Train, LOOKED_AT);
    let mut texts = items.iter().filter_map(|&item| data.text(item)).map(str::trim).filter(|text| !text.is_empty());
    let first = texts.next()?;
    let is_all = |text: &str| text.split_whitespace().all(is_number);
    (is_all(first) && texts.all(is_all)).then(|| {
        let shown: String = first.chars().take(40).collect();
        format!(
            "{}: expected texts of words, found nothing but numbers, such as \"{shown}\"; name the column of the texts with text=",
            data.name
        )
    })
}

/// Whether all items get one class though they should get several. What such a model uses cannot be told: nothing that it reads changes its answer.
fn gives_one_class(answers: &[usize], expected: &[usize]) -> bool {
    let is_one = |classes: &[usize]| classes.windows(2).all(|pair| pair[0] == pair[1]);
    is_one(answers) && !is_one(expected)
}

/// Share of the largest class, 0..=1; `None` where there is no item.
fn largest_share(classes: &[usize]) -> Option<f64> {
    let mut counts = BTreeMap::<usize, usize>::new();
    classes.iter().for_each(|&class| *counts.entry(class).or_default() += 1);
    counts.values().max().map(|&n| n as f64 / classes.len() as f64)
}

/// When a training stops early: after so many epochs without a better one. An epoch that gives all validation items one class does not count: nothing was
/// learned that more epochs could spoil. On few items a network may need a dozen epochs before its answers part, while its accuracy stays the share of the
/// largest class.
struct EarlyStop {
    patience: u32,
    /// Of the best epoch: whether it gives more than one class, and what decides between epochs, 0..=1.
    best: Option<(bool, f64)>,
    without_gain: u32,
}

/// What an epoch is to [`EarlyStop`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// The best so far; its weights are to be kept.
    Best,
    /// No better.
    NoBetter,
    /// No better, and there were too many of these.
    Enough,
}

impl EarlyStop {
    const fn new(patience: u32) -> Self {
        Self { patience, best: None, without_gain: 0 }
    }

    /// Takes the next epoch. One that gives more than one class comes before all that do not, whatever its accuracy.
    fn see(&mut self, tells_apart: bool, accuracy: f64) -> Seen {
        let epoch = (tells_apart, accuracy);
        match self.best {
            Some(best) if epoch <= best => {
                self.without_gain += u32::from(tells_apart);
                if self.without_gain >= self.patience { Seen::Enough } else { Seen::NoBetter }
            }
            _ => {
                (self.best, self.without_gain) = (Some(epoch), 0);
                Seen::Best
            }
        }
    }
}

/// A black box under training.
pub struct FitRun {
    run: ClassifierRun,
    losses: LossPoints,
    /// Whether the last step put points into the curves of losses.
    has_new_point: bool,
    validation: Labelled,
    test: Labelled,
    background: Arc<Background>,
    card: BoxCard,
    device: Device,
    /// When training stops before its last epoch; `None`: it does not, and the last weights are kept.
    early_stop: Option<EarlyStop>,
    /// Weights of the best epoch.
    best: Option<Vec<u8>>,
    /// Where trees grow in place of a network.
    forest: Option<ForestRun>,
    /// What it learns in place of the labels.
    teacher: Option<Taught>,
    /// For a command: how far it has been asked.
    connected: Option<Connected>,
}

impl FitRun {
    /// Checks the data and initialises the network.
    pub fn new(setup: FitSetup<'_>) -> Result<Self, ModelError> {
        let started = Instant::now();
        let FitSetup { architecture: asked, params, data, seed, name, device, teacher } = setup;
        let command = asked.strip_prefix("exec:");
        let id = if command.is_some() { commands::id_for(data.modality) } else { asked };
        if command.is_none_or(|command| command.trim().is_empty()) && (command.is_some() || commands::is_command(id)) {
            return Err(ModelError::Unfit("exec: expected a command, found none; write exec:COMMAND".to_owned()));
        }
        let architecture = architecture(id)?;
        params.check(architecture.params)?;
        if data.modality != architecture.modality {
            return Err(ModelError::Unfit(format!(
                "{} reads {}, and {} holds {}; choose another black box",
                architecture.title,
                architecture.modality.plural(),
                data.name,
                data.modality.plural()
            )));
        }
        if let Some(table) = rules::table_of(id)
            && !rules::belongs_to(id, data)
        {
            return Err(ModelError::Unfit(format!(
                "{}: expected the data synthetic:{table}, found {}; open that table or choose another black box",
                architecture.title, data.spec
            )));
        }
        if data.classes.len() < 2 {
            return Err(ModelError::Unfit(format!(
                "{}: expected items of at least two classes, found {}; choose data with labels",
                data.name,
                data.classes.len()
            )));
        }
        let has_network = has_network(asked);
        let text = architecture.text.map(|spec| vocabulary(data, &spec(params), command.is_some()));
        let table = TableFit::of(data);
        let shape = match &text {
            Some(text) => text.shape(),
            None => data.shape().unwrap_or_else(|| default_shape(data)),
        };
        architecture.check(shape)?;
        let train = Labelled::of(data, Split::Train, shape, (text.as_ref(), table.as_ref()))?;
        if train.classes.is_empty() {
            return Err(ModelError::Unfit(format!(
                "{}: expected labelled training items, found none; choose a data set with a training split",
                data.name
            )));
        }
        // What is left to ask is asked within the time that is counted here.
        let asking = teacher.as_ref().map_or(0.0, Teacher::seconds);
        let teacher = teacher.map(Teacher::finish).transpose()?;
        // What has no network is not trained by batches either.
        let whole = |id: &str, default| if has_network { params.whole(architecture.params, id) } else { default };
        let (epochs, batch) = (whole("epochs", 1), whole("batch", 1));
        let classes = data.classes.len();
        let levels = table.as_ref().map_or(0, TableFit::most_levels);
        let input = InputSpec { shape, vocabulary: text.as_ref().map_or(levels, TextFit::vocabulary_len) };
        let background = match table {
            Some(_) => Background::of_table(&train.rows),
            None => Background::from_rows(&train.rows),
        };
        let hiding = teacher.as_ref().and_then(|teacher| teacher.hiding);
        let hidden = hiding.map(|hiding| hiding.apply(&train.rows, &background.mean, Split::Train));
        let run = ClassifierRun::new(ClassifierSetup {
            build: &|path| (architecture.build)(path, input, classes),
            optimizer: architecture.optim(params),
            input: match &hidden {
                Some(hidden) => Tensor::cat(&[from_rows(&train.rows, Device::Cpu), from_rows(hidden, Device::Cpu)], 0),
                None => from_rows(&train.rows, Device::Cpu),
            },
            targets: match &teacher {
                Some(teacher) => {
                    let answers = [&teacher.of(Split::Train).values[..], &teacher.of_hidden(Split::Train).values];
                    Tensor::from_slice(&answers.concat()).view([-1, classes as i64])
                }
                None => one_hot(&train.classes, classes, Device::Cpu),
            },
            batch: batch as usize,
            epochs: epochs as u32,
            seed,
            device,
        })?;
        let card = BoxCard {
            format: BOX_FORMAT.to_owned(),
            version: BOX_VERSION,
            name: name.to_owned(),
            architecture: id.to_owned(),
            params: params.clone(),
            shape,
            classes: data.classes.clone(),
            data: data.spec.to_string(),
            data_hash: data.hash.clone(),
            fit: Fit::default(),
            text,
            table,
            exec: command.map(str::to_owned),
            answers: Vec::new(),
            remarks: Vec::new(),
            distilled: teacher.as_ref().map(|teacher| teacher.card.clone()),
            seed,
            epochs: 0,
            complete: false,
            validation_accuracy: None,
            test_accuracy: None,
            test_items: 0,
            largest_class: None,
            stopped_early: None,
            curves: Curves::default(),
            threads: tch::get_num_threads(),
            device: device_name(device),
            versions: Versions::current(),
            seconds: 0.0,
            hash: String::new(),
        };
        let forest = match &card.table {
            Some(table) if id == TABLE_FOREST.id => {
                Some(ForestRun::new((&train.rows, &train.classes), table, classes, params, seed)?)
            }
            _ => None,
        };
        let mut run = Self {
            forest,
            teacher,
            validation: Labelled::of(data, Split::Validation, shape, (card.text.as_ref(), card.table.as_ref()))?,
            test: Labelled::of(data, Split::Test, shape, (card.text.as_ref(), card.table.as_ref()))?,
            background: Arc::new(background),
            run,
            losses: LossPoints::default(),
            has_new_point: false,
            card,
            device,
            early_stop: (has_network && architecture.params.iter().any(|spec| spec.id == "patience"))
                .then(|| EarlyStop::new(params.whole(architecture.params, "patience").max(1) as u32)),
            best: None,
            connected: None,
        };
        run.card.largest_class = largest_share(&run.test.classes).or_else(|| largest_share(&run.validation.classes));
        // What comes before the first step belongs to the training, what a teacher was asked among it; a pause between two steps does not.
        run.card.seconds = asking + started.elapsed().as_secs_f64();
        Ok(run)
    }

    /// One minibatch; after the last of an epoch also the accuracy on validation.
    pub fn step(&mut self) -> Result<StepResult, ModelError> {
        let started = Instant::now();
        let stepped = self.next_step();
        self.card.seconds += started.elapsed().as_secs_f64();
        stepped
    }

    fn next_step(&mut self) -> Result<StepResult, ModelError> {
        if self.card.exec.is_some() {
            return self.connect();
        }
        if self.forest.is_some() {
            return self.grow();
        }
        let result = self.run.step()?;
        self.losses.add("loss", self.run.last_loss());
        let (done, sizes) = (self.run.progress().0, (self.run.batches(), self.run.epochs()));
        self.has_new_point = self.losses.put(done, sizes, &mut self.card.curves);
        if let StepResult::Epoch(epoch, _) = result {
            self.card.epochs = epoch;
            let answers = self.classes(&self.validation)?;
            if let Some(accuracy) = share_of_equal(&answers, &self.validation.classes) {
                self.card.validation_accuracy = Some(accuracy);
                self.card.curves.push("validation accuracy", f64::from(epoch), 100.0 * accuracy);
            }
            if let (Some(teacher), Some(card)) = (&self.teacher, &mut self.card.distilled) {
                card.validation = share_of_equal(&answers, &teacher.of(Split::Validation).all_classes());
                if let Some(agreement) = card.validation {
                    self.card.curves.push("agreement", f64::from(epoch), 100.0 * agreement);
                }
            }
            let is_past_its_best = self.is_past_its_best(&answers)?;
            if self.run.is_done() || is_past_its_best {
                self.card.stopped_early = (!self.run.is_done()).then(|| self.run.epochs());
                let answers = self.keep_best()?.unwrap_or(answers);
                self.tell_one_class(&answers, "train it longer, with more epochs");
                self.card.complete = true;
                self.measure_on_test()?;
            }
        }
        Ok(result)
    }

    /// Starts a command and measures it, some rows a step; there is nothing to train.
    fn connect(&mut self) -> Result<StepResult, ModelError> {
        let Some(connected) = &mut self.connected else {
            let saved = self.checkpoint()?;
            exec::trust(saved.card.exec.as_deref().unwrap_or_default())?;
            let black_box = TorchBox::new(&saved, self.device)?;
            // Few rows first: a program that does not answer them is refused. Until now it was a name, so that it is the name that is wrong.
            let not_one = |error| match error {
                ModelError::Failed(why) => ModelError::Unfit(why),
                other => other,
            };
            self.card.answers =
                exec::known_answers(&self.background, |rows| black_box.predict(rows)).map_err(not_one)?;
            if self.card.answers.is_empty() {
                let command = saved.card.exec.as_deref().unwrap_or_default();
                self.card.remarks.push(format!(
                    "exec:{command}: expected the same answers when the same rows are asked again, found others, so another model behind the command \
                     will not be noticed; leave nothing to chance in the program, then connect it again"
                ));
            }
            self.connected = Some(Connected { black_box, classes: Vec::new() });
            return Ok(StepResult::Batch(0));
        };
        let (n_validation, n) =
            (self.validation.classes.len(), self.validation.classes.len() + self.test.classes.len());
        let at = connected.classes.len();
        if at < n {
            let (set, from) = if at < n_validation { (&self.validation, at) } else { (&self.test, at - n_validation) };
            let rows = set.rows.slice(from..(from + exec::CHUNK / 4).min(set.rows.n()));
            connected.classes.extend(connected.black_box.predict(&rows)?.all_classes());
            return Ok(StepResult::Batch(0));
        }
        let (validation, test) = connected.classes.split_at(n_validation);
        self.card.validation_accuracy = share_of_equal(validation, &self.validation.classes);
        self.card.test_accuracy = share_of_equal(test, &self.test.classes);
        self.card.test_items = self.test.classes.len();
        (self.card.epochs, self.card.complete) = (1, true);
        let answers = validation.to_vec();
        self.connected = None;
        self.tell_one_class(&answers, "look at the program and at the order of the classes in its answers");
        Ok(StepResult::Epoch(1, 0.0))
    }

    /// One tree; now and then the accuracy on validation.
    fn grow(&mut self) -> Result<StepResult, ModelError> {
        let Some(run) = &mut self.forest else { return Ok(StepResult::Batch(0)) };
        run.step()?;
        let (done, wanted) = run.progress();
        if done % TREES != 0 && done < wanted {
            return Ok(StepResult::Batch(1));
        }
        self.card.epochs = done as u32;
        self.card.complete = done >= wanted;
        let answers = self.classes(&self.validation)?;
        self.card.validation_accuracy = share_of_equal(&answers, &self.validation.classes);
        if let Some(accuracy) = self.card.validation_accuracy {
            self.card.curves.push("validation accuracy", done as f64, 100.0 * accuracy);
        }
        if self.card.complete {
            self.tell_one_class(&answers, "grow more trees, or open data whose columns tell the classes apart");
            self.measure_on_test()?;
        }
        Ok(StepResult::Epoch(done as u32, 0.0))
    }

    /// Says where all validation items get one class: the accuracy may look good then, and is that class's share.
    fn tell_one_class(&mut self, answers: &[usize], advice: &str) {
        let expected = self.expected();
        if !gives_one_class(answers, &expected) {
            return;
        }
        let only = answers.first().and_then(|&class| self.card.classes.get(class)).map_or("", String::as_str);
        let n_classes = expected.into_iter().collect::<BTreeSet<_>>().len();
        let remark = format!(
            "one class for everything: expected answers of {n_classes} classes to the {} validation items, found {only} for each, so that it has learned \
             nothing and explanations of it mean nothing; {advice}",
            format_count(answers.len() as u64)
        );
        self.card.remarks.push(remark);
    }

    /// What the validation items should be given: their labels, or the answers of the black box that it learns from.
    fn expected(&self) -> Vec<usize> {
        match &self.teacher {
            Some(teacher) => teacher.of(Split::Validation).all_classes(),
            None => self.validation.classes.clone(),
        }
    }

    /// What the model is like now, on the test items.
    fn measure_on_test(&mut self) -> Result<(), ModelError> {
        let answers = self.classes(&self.test)?;
        self.card.test_accuracy = share_of_equal(&answers, &self.test.classes);
        self.card.test_items = self.test.classes.len();
        if self.teacher.is_none() {
            return Ok(());
        }
        let black_box = TorchBox::new(&self.checkpoint()?, self.device)?;
        let own = black_box.predict(&self.test.rows)?;
        if let (Some(teacher), Some(card)) = (&self.teacher, &mut self.card.distilled) {
            let other = teacher.of(Split::Test);
            card.test = share_of_equal(&own.all_classes(), &other.all_classes());
            card.difference = distil::difference(&own, other);
            if let Some(hiding) = teacher.hiding {
                let rows = hiding.apply(&self.test.rows, &self.background.mean, Split::Test);
                let other = teacher.of_hidden(Split::Test);
                card.hidden = share_of_equal(&black_box.predict(&rows)?.all_classes(), &other.all_classes());
            }
        }
        let poor = self.card.distilled.as_ref().and_then(distil::Distilled::too_poor);
        self.card.remarks.extend(poor);
        Ok(())
    }

    /// Keeps the weights if this epoch is the best so far; whether training has gone on for too long without a better one.
    fn is_past_its_best(&mut self, answers: &[usize]) -> Result<bool, ModelError> {
        let tells_apart = !gives_one_class(answers, &self.expected());
        let accuracy = self.judged_by();
        let (Some(early_stop), Some(accuracy)) = (&mut self.early_stop, accuracy) else { return Ok(false) };
        let seen = early_stop.see(tells_apart, accuracy);
        if seen == Seen::Best {
            self.best = Some(save_weights(self.run.store())?);
        }
        Ok(seen == Seen::Enough)
    }

    /// What decides between epochs, 0..=1: the accuracy on validation, or how often it agrees with the black box that it learns from.
    fn judged_by(&self) -> Option<f64> {
        match &self.card.distilled {
            Some(card) => card.validation,
            None => self.card.validation_accuracy,
        }
    }

    /// Goes back to the weights of the best epoch, where it was looked for; gives their classes of the validation items.
    fn keep_best(&mut self) -> Result<Option<Vec<usize>>, ModelError> {
        let Some(weights) = self.best.take() else { return Ok(None) };
        load_weights(self.run.store(), &weights, "the best epoch's weights")?;
        let answers = self.classes(&self.validation)?;
        self.card.validation_accuracy = share_of_equal(&answers, &self.validation.classes);
        if let (Some(teacher), Some(card)) = (&self.teacher, &mut self.card.distilled) {
            card.validation = share_of_equal(&answers, &teacher.of(Split::Validation).all_classes());
        }
        Ok(Some(answers))
    }

    /// Whether training ran to its end.
    pub fn is_done(&self) -> bool {
        self.card.complete
    }

    /// What [`Self::progress`] counts.
    pub fn counted(&self) -> &'static str {
        match (&self.card.exec, &self.forest) {
            (Some(_), _) => "items",
            (None, Some(_)) => "trees",
            (None, None) => "batches",
        }
    }

    /// Minibatches done and in all; of a command its answers, of a forest its trees.
    pub fn progress(&self) -> (u64, u64) {
        if self.card.exec.is_some() {
            let done = self.connected.as_ref().map_or(0, |connected| connected.classes.len());
            return (done as u64, (self.validation.classes.len() + self.test.classes.len()).max(1) as u64);
        }
        if let Some(forest) = &self.forest {
            let (done, wanted) = forest.progress();
            return (done as u64, wanted as u64);
        }
        self.run.progress()
    }

    /// Whether the last step added to the curves of losses, between the ends of two epochs or at one.
    pub const fn has_new_point(&self) -> bool {
        self.has_new_point
    }

    /// The card so far.
    pub fn card(&self) -> &BoxCard {
        &self.card
    }

    /// What it is now, ready to be saved and used.
    pub fn checkpoint(&self) -> Result<SavedBox, ModelError> {
        if let Some(forest) = &self.forest {
            return self.checkpoint_with(forest.forest().to_bytes()?);
        }
        let weights = match (&self.card.exec, &self.best) {
            // What a command is known by is itself.
            (Some(command), _) => command.clone().into_bytes(),
            (None, Some(weights)) => weights.clone(),
            (None, None) => save_weights(self.run.store())?,
        };
        self.checkpoint_with(weights)
    }

    fn checkpoint_with(&self, weights: Vec<u8>) -> Result<SavedBox, ModelError> {
        let mut card = self.card.clone();
        card.hash = hash_of(&card, &weights);
        Ok(SavedBox { card, weights: Arc::new(weights), background: self.background.clone() })
    }

    /// Classes of a set of rows by the model as it is now.
    fn classes(&self, set: &Labelled) -> Result<Vec<usize>, ModelError> {
        match (&self.forest, &self.card.table) {
            (Some(run), Some(table)) => Ok(run.forest().predict(&set.rows, table).all_classes()),
            _ if set.classes.is_empty() => Ok(Vec::new()),
            _ => self.run.classes(&from_rows(&set.rows, Device::Cpu).to_device(self.device)),
        }
    }
}

/// A command that is being measured.
#[derive(Debug)]
struct Connected {
    black_box: TorchBox,
    /// Its classes for the validation rows, then for the test rows.
    classes: Vec<usize>,
}

/// Share of equal entries, 0..=1; `None` where there are none.
fn share_of_equal(a: &[usize], b: &[usize]) -> Option<f64> {
    let equal = a.iter().zip(b).filter(|(a, b)| a == b).count();
    (!b.is_empty()).then(|| equal as f64 / b.len() as f64)
}

/// Input shape for pictures of mixed sizes: the first picture's colours, 32 x 32 (what the small nets here are made for).
fn default_shape(data: &Dataset) -> Shape {
    let channels = data.picture(0).map_or(1, |picture| picture.channels);
    Shape::new(channels, 32, 32)
}

/// The words of the training documents: test documents have no say in what the model can read. A command reads `all` words as they stand.
fn vocabulary(data: &Dataset, spec: &TextFitSpec, all: bool) -> TextFit {
    let items = if all { (0..data.len()).collect() } else { data.in_split(Split::Train) };
    TextFit::build(items.iter().filter_map(|&item| data.text(item)), spec)
}

#[cfg(test)]
mod tests {
    use super::{EarlyStop, Seen, gives_one_class, largest_share};

    fn seen(patience: u32, epochs: &[(bool, f64)]) -> Vec<Seen> {
        let mut stop = EarlyStop::new(patience);
        epochs.iter().map(|&(tells_apart, accuracy)| stop.see(tells_apart, accuracy)).collect()
    }

    #[test]
    fn an_epoch_that_gives_one_class_to_everything_does_not_count_towards_patience() {
        use Seen::{Best, Enough, NoBetter};
        let constant = (false, 0.62);
        // While all answers are one class no epoch counts, however many.
        assert_eq!(seen(1, &[constant; 5]), [Best, NoBetter, NoBetter, NoBetter, NoBetter]);
        // One that tells items apart comes before them with whatever accuracy; between two of these others are passed over.
        let epochs =
            [constant, (true, 0.5), constant, (true, 0.5), (true, 0.9), constant, (true, 0.9), constant, (true, 0.8)];
        let expected = [Best, Best, NoBetter, NoBetter, Best, NoBetter, NoBetter, NoBetter, Enough];
        assert_eq!(seen(2, &epochs), expected);
        // Where an epoch always tells items apart, training ends as many epochs after the best as before.
        let epochs = [(true, 0.7), (true, 0.8), (true, 0.8), (true, 0.7)];
        assert_eq!(seen(1, &epochs[..3]), [Best, Best, Enough]);
        assert_eq!(seen(2, &epochs), [Best, Best, NoBetter, Enough]);
    }

    #[test]
    fn one_class_for_items_of_one_class_is_no_fault() {
        assert!(gives_one_class(&[1, 1, 1], &[1, 0, 1]));
        assert!(!gives_one_class(&[1, 1, 1], &[1, 1, 1]));
        assert!(!gives_one_class(&[1, 0, 1], &[1, 0, 1]) && !gives_one_class(&[], &[]));
    }

    #[test]
    fn the_share_of_the_largest_class_is_what_one_answer_reaches() {
        assert_eq!(largest_share(&[0, 2, 2, 1, 2, 2]), Some(4.0 / 6.0));
        assert_eq!(largest_share(&[]), None);
    }
}
