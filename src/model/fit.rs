//! Training of a black box on a data set: epochs, validation after each, a checkpoint that can always be loaded.

use std::sync::Arc;
use std::time::Instant;

use tch::{Device, Tensor};

use super::architecture::{InputSpec, architecture};
use super::card::{BOX_FORMAT, BOX_VERSION, BoxCard, Curves, Versions};
use super::distil::{Taught, Teacher};
use super::forest::ForestRun;
use super::nets::forest::TABLE_FOREST;
use super::nets::{commands, rules};
use super::params::Params;
use super::saved::{Background, SavedBox, hash_of};
use super::tensors::{device_name, from_rows, load_weights, save_weights};
use super::train::{ClassifierRun, ClassifierSetup, StepResult, one_hot};
use super::{BlackBox, ModelError, TorchBox, distil, exec};
use crate::data::text::{TextFit, TextFitSpec};
use crate::data::{Dataset, Fit, Rows, Shape, Split, TableFit};

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

/// A black box under training.
pub struct FitRun {
    run: ClassifierRun,
    validation: Labelled,
    test: Labelled,
    background: Arc<Background>,
    card: BoxCard,
    device: Device,
    /// Epochs without a better validation accuracy after which training stops; `None`: all epochs, and the last weights.
    patience: Option<u32>,
    /// Validation accuracy, epoch and weights of the best epoch.
    best: Option<(f64, u32, Vec<u8>)>,
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
            card,
            device,
            patience: (has_network && architecture.params.iter().any(|spec| spec.id == "patience"))
                .then(|| params.whole(architecture.params, "patience").max(1) as u32),
            best: None,
            connected: None,
        };
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
        if let StepResult::Epoch(epoch, loss) = result {
            self.card.epochs = epoch;
            self.card.curves.push("loss", f64::from(epoch), loss);
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
            let is_past_its_best = self.is_past_its_best(epoch)?;
            if self.run.is_done() || is_past_its_best {
                self.keep_best()?;
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
        self.connected = None;
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
            self.measure_on_test()?;
        }
        Ok(StepResult::Epoch(done as u32, 0.0))
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
        Ok(())
    }

    /// Keeps the weights if this epoch is the best so far; whether training has gone on for too long without a better one.
    fn is_past_its_best(&mut self, epoch: u32) -> Result<bool, ModelError> {
        let (Some(patience), Some(accuracy)) = (self.patience, self.judged_by()) else { return Ok(false) };
        match &self.best {
            Some((best, at, _)) if accuracy <= *best => Ok(epoch - at >= patience),
            _ => {
                self.best = Some((accuracy, epoch, save_weights(self.run.store())?));
                Ok(false)
            }
        }
    }

    /// What decides between epochs, 0..=1: the accuracy on validation, or how often it agrees with the black box that it learns from.
    fn judged_by(&self) -> Option<f64> {
        match &self.card.distilled {
            Some(card) => card.validation,
            None => self.card.validation_accuracy,
        }
    }

    /// Goes back to the weights of the best epoch.
    fn keep_best(&mut self) -> Result<(), ModelError> {
        let Some((_, _, weights)) = self.best.take() else { return Ok(()) };
        load_weights(self.run.store(), &weights, "the best epoch's weights")?;
        let answers = self.classes(&self.validation)?;
        self.card.validation_accuracy = share_of_equal(&answers, &self.validation.classes);
        if let (Some(teacher), Some(card)) = (&self.teacher, &mut self.card.distilled) {
            card.validation = share_of_equal(&answers, &teacher.of(Split::Validation).all_classes());
        }
        Ok(())
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

    /// Sum and number of the losses of the epoch under way.
    pub fn epoch_losses(&self) -> (f64, u32) {
        self.run.epoch_losses()
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
            (None, Some((_, _, weights))) => weights.clone(),
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
