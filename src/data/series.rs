//! Time series: all items of one length in memory, and the loader of NumPy arrays N x T x C with labels and truth beside. CSV is read by
//! [`written`], recorded mouse sessions by [`sessions`]. Of the query arrays follow `channels=x,y` (names for their channels, which an array
//! `channel_names` may also hold, and which in CSV it picks), `names=` (of classes), `steps=` and `gaps=`; the rest is for CSV, and refused.

pub(super) mod arrays;
mod channel_names;
mod gaps;
pub mod sessions;
mod steps;
mod written;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::DataError;
use super::archive::{Member, Tree, byte_size};
use super::columns::no_part_column;
use super::delimited::Form;
use super::open::{Loader, Raw, Watch};
use super::options::{self, Key, Value};
use super::spec::{DataSpec, in_words};
use super::{Dataset, Items, MAX_DENSE_BYTES, MAX_ITEMS, Modality, Rows, Shape, Split};
use arrays::Array;
use gaps::{Gaps, steps_asked, steps_said};

/// Most steps, and most channels, that a series may have.
pub const MAX_STEPS: usize = 1 << 16;
/// Most values in one series.
pub const MAX_VALUES: usize = 1 << 22;
/// Most classes that labels may name.
const MAX_CLASSES: usize = 1000;
/// What stands in every channel at the steps that a shorter series was filled up with: a zero with a minus sign. Every network and every program behind
/// a command computes with it as with any zero, so that nothing else carries how long an item is. Only `steps=` writes it, and it never stands in all
/// channels of the last measured step; [`own_steps`] reads it from rows, and `explain::learn::series` from tensors.
pub const FILLED_UP: f32 = -0.0;

/// Reads NumPy arrays and CSV files of series.
pub static LOADER: Loader = Loader {
    names: &["series"],
    about: "time series (.npz, .npy or CSV)",
    endings: &[".npy", ".npz"],
    keys: &[
        options::TEXT_LABEL,
        Key::new(
            "item",
            "Item column",
            "The column that says which item a row belongs to, for instance machine, with the same value in all rows of one.",
            Value::Column(&[]),
        ),
        Key::new(
            "step",
            "Time column",
            "The column that puts the rows of an item in order, for instance timestamp.",
            Value::Column(&[("none", "no column: rows are in order")]),
        ),
        Key::new(
            "channels",
            "Channels",
            "The columns that are measured, for instance temperature and pressure; of arrays, names for their channels.",
            Value::Columns,
        ),
        Key::new(
            "layout",
            "One row is",
            "Whether a row of a CSV file is one step of an item, or a whole item with a column for each step.",
            Value::Choice(&[("long", "one step"), ("wide", "a whole item")]),
        ),
        Key::new(
            "steps",
            "Steps of each item",
            "Longer series are cut, shorter ones end in zeros that are never selected; without it all are as long as the longest, for instance 128.",
            Value::Number("128"),
        ),
        Key::new(
            "gaps",
            "Fill missing values",
            "What stands in for empty fields, for instance the value of the step before; without it few of them in a file with a row for each step are filled so, and others are refused.",
            Value::Choice(&[
                ("previous", "the step before"),
                ("mean", "the mean of the item's channel"),
                ("zero", "zero"),
            ]),
        ),
        options::SPLIT,
        options::NAMES,
        options::HEADER,
        options::DELIMITER,
        options::QUOTES,
    ],
    guess,
    load,
};

/// Series of one length: a row of `shape` `channels x 1 x steps`, channel by channel, of real values.
#[derive(Clone, Debug)]
pub struct SeriesItems {
    /// Shape of each.
    pub shape: Shape,
    /// All values.
    pub values: Arc<Vec<f32>>,
    /// Which series of `values` is item `i`.
    pub order: Arc<Vec<u32>>,
    /// Names of the channels; empty where they have none.
    pub names: Arc<Vec<String>>,
    /// What each series of `values` is called where its file says; empty where none is called anything.
    pub item_names: Arc<Vec<String>>,
}

impl SeriesItems {
    /// All series in `values`, in their order.
    pub fn all(shape: Shape, values: Vec<f32>) -> Self {
        let n = values.len().checked_div(shape.len()).unwrap_or(0);
        let order = Arc::new((0..n as u32).collect());
        Self { shape, values: Arc::new(values), order, names: Arc::default(), item_names: Arc::default() }
    }

    /// What item `item_idx` is called, where its file says.
    pub fn item_name(&self, item_idx: usize) -> Option<&str> {
        let at = *self.order.get(item_idx)? as usize;
        self.item_names.get(at).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// The same with names for its channels, where they are as many as the channels.
    pub fn called(self, names: Vec<String>) -> Self {
        let fits = names.len() == self.shape.channels;
        Self { names: Arc::new(if fits { names } else { Vec::new() }), ..self }
    }

    /// The values of item `item_idx`, channel by channel.
    pub fn get(&self, item_idx: usize) -> &[f32] {
        let start = self.order[item_idx] as usize * self.shape.len();
        &self.values[start..start + self.shape.len()]
    }

    /// Only these items, in this order.
    pub(super) fn pick(&self, items: &[usize]) -> Items {
        let order = items.iter().map(|&item| self.order[item]).collect();
        Items::Series(Self { order: Arc::new(order), ..self.clone() })
    }

    /// Items as rows; what is expected and what is found where `shape` is another.
    pub(super) fn rows(&self, items: &[usize], shape: Shape) -> Result<Rows, (String, String)> {
        if shape != self.shape {
            return Err((described(shape), described(self.shape)));
        }
        let mut rows = Rows::with_capacity(shape, items.len());
        items.iter().for_each(|&item| rows.push(self.get(item)));
        Ok(rows)
    }
}

impl Dataset {
    /// Names of the channels of its series; empty where they have none, or it holds no series.
    pub fn channel_names(&self) -> &[String] {
        match &self.items {
            Items::Series(series) => &series.names,
            _ => &[],
        }
    }
}

/// How many of the `steps` of a row, which lies channel by channel, are the item's own: those before the end at which all channels hold [`FILLED_UP`].
pub fn own_steps(row: &[f32], steps: usize) -> usize {
    let is_filled_up = |value: &&f32| value.to_bits() == FILLED_UP.to_bits();
    let at_end = |most: usize, channel: &[f32]| channel.iter().rev().take(most).take_while(is_filled_up).count();
    steps - row.chunks_exact(steps.max(1)).fold(steps, at_end)
}

/// "series of 1600 steps and 2 channels".
fn described(shape: Shape) -> String {
    let many = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!("series of {} and {}", many(shape.width, "step"), many(shape.channels, "channel"))
}

/// Name of the file of an array: `x.npy` for `x`.
fn array_name(member: &Member) -> Option<String> {
    member.plain_name().to_ascii_lowercase().strip_suffix(".npy").map(str::to_owned)
}

/// What the columns of a CSV file are taken for, by option.
pub(super) fn found(form: &Form, spec: &DataSpec, member: &Member) -> Vec<(&'static str, String)> {
    written::found(form, spec, member)
}

fn guess(tree: &Tree) -> Option<String> {
    let candidates = tree.candidates();
    let has_arrays = !candidates.is_empty() && candidates.iter().all(|member| array_name(member).is_some());
    if has_arrays {
        return Some("it holds NumPy arrays".to_owned());
    }
    let is_about = |member: &&Member| {
        let name = member.plain_name().to_ascii_lowercase();
        name.ends_with(".md") || name.starts_with("readme") || name.starts_with("licen")
    };
    let others = candidates.iter().filter(|member| !is_about(member)).count();
    let packed = only_archive(tree).filter(|_| others == 1);
    packed.map(|_| "it holds an archive of NumPy arrays".to_owned()).or_else(|| written::guess(tree))
}

/// The arrays of one part of the data.
struct Part<'a> {
    values: &'a Member,
    labels: Option<&'a Member>,
    truth: Option<&'a Member>,
    split: Option<Split>,
}

/// Endings of array names, and the part that they stand for.
const PARTS: [(&str, Option<Split>); 6] = [
    ("", None),
    ("_train", Some(Split::Train)),
    ("_val", Some(Split::Validation)),
    ("_valid", Some(Split::Validation)),
    ("_validation", Some(Split::Validation)),
    ("_test", Some(Split::Test)),
];

fn parts(tree: &Tree) -> Result<Vec<Part<'_>>, DataError> {
    if let Some(values) = tree.focused() {
        if array_name(values).is_none() {
            let advice = "name a .npz, .npy or .csv file";
            return Err(values.unfit("a NumPy array, an archive of them or CSV", "another file", advice));
        }
        return Ok(vec![Part { values, labels: None, truth: None, split: None }]);
    }
    let arrays: Vec<(String, &Member)> =
        tree.members.iter().filter_map(|member| Some((array_name(member)?, member))).collect();
    let named = |stems: &[&str], ending: &str| {
        let fits = |name: &str| stems.iter().any(|stem| name.strip_prefix(stem) == Some(ending));
        arrays.iter().find(|(name, _)| fits(name)).map(|(_, member)| *member)
    };
    let mut found: Vec<Part<'_>> = PARTS
        .iter()
        .filter_map(|(ending, split)| {
            Some(Part {
                values: named(&["x", "data", "series"], ending)?,
                labels: named(&["y", "label", "labels"], ending),
                truth: named(&["truth"], ending),
                split: *split,
            })
        })
        .collect();
    if found.is_empty()
        && let [(_, only)] = arrays.as_slice()
    {
        found.push(Part { values: only, labels: None, truth: None, split: None });
    }
    let packed = archives_in(tree);
    if found.is_empty()
        && arrays.is_empty()
        && let [first, ..] = packed.as_slice()
    {
        // An archive in a folder is opened instead; in another archive it cannot be.
        let found = in_words(packed.iter().take(5).map(|member| &member.path));
        let more = if packed.len() > 5 { " and more" } else { "" };
        let advice = match packed.len() {
            1 => format!("unpack {} and name it", first.plain_name()),
            _ => "name one of the .npz files".to_owned(),
        };
        return Err(tree.unfit("one archive of arrays", format!("{} of them ({found}{more})", packed.len()), &advice));
    }
    if found.is_empty() {
        let names: Vec<&String> = arrays.iter().map(|(name, _)| name).collect();
        let seen = if names.is_empty() { "no array".to_owned() } else { format!("arrays called {}", in_words(names)) };
        return Err(tree.unfit("an array called x of items x steps x channels", seen, "call it x, and its labels y"));
    }
    Ok(found)
}

/// Archives of arrays among the files.
fn archives_in(tree: &Tree) -> Vec<&Member> {
    tree.candidates().iter().filter(|member| member.path.to_ascii_lowercase().ends_with(".npz")).collect()
}

fn holds_arrays(tree: &Tree) -> bool {
    tree.members.iter().any(|member| array_name(member).is_some())
}

/// A folder that holds one archive of arrays means it. An archive that was named is opened already: its members are arrays.
fn only_archive(tree: &Tree) -> Option<&Member> {
    match archives_in(tree).as_slice() {
        [only] if tree.focus.is_none() && tree.origin.is_dir() && !holds_arrays(tree) => Some(*only),
        _ => None,
    }
}

fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    // A table beside arrays is about them: a list of labels, or notes. The arrays are the series.
    let is_of_arrays = tree.focus.is_none() && holds_arrays(tree);
    if !is_of_arrays && written::is_written(tree) {
        return written::load(tree, spec, watch);
    }
    if let Some(only) = only_archive(tree) {
        let inside = Tree::open(&tree.origin.join(&only.path), watch)?;
        let mut raw = load(&inside, spec, watch)?;
        raw.remarks.insert(0, format!("{} is the only archive of arrays in the folder", only.path));
        return Ok(raw);
    }
    no_part_column(spec)?;
    only_of_arrays(spec)?;
    let parts = parts(tree)?;
    let mut gathered = Gathered { gaps: Gaps::of(spec)?, steps: steps_asked(spec)?, ..Gathered::default() };
    for (part_idx, part) in parts.iter().enumerate() {
        watch.step("Reading series", part_idx as u64, Some(parts.len() as u64))?;
        gathered.add(part)?;
    }
    gathered.finish(tree, spec)
}

/// Options that only CSV has, what each says, and what to do with arrays instead.
const OF_CSV: [(&str, &str, &str); 7] = [
    ("layout", "says whether a row of a CSV file is a step or an item", "leave it out"),
    ("item", "names the column of items of a CSV file", "leave it out: the first side of an array counts items"),
    ("step", "names the column of steps of a CSV file", "leave it out: the second side of an array counts steps"),
    ("label", "names the column of classes of a CSV file", "leave it out, and save the classes as an array y beside x"),
    ("header", "says whether a CSV file begins with the names of its columns", "leave it out"),
    ("delimiter", "says what stands between the fields of a CSV file", "leave it out"),
    ("quotes", "says whether fields of a CSV file stand in quotes", "leave it out"),
];

/// Refuses options that arrays do not have, which would be passed over without a word.
fn only_of_arrays(spec: &DataSpec) -> Result<(), DataError> {
    match OF_CSV.iter().find(|(key, ..)| spec.query.contains_key(*key)) {
        Some((key, what, advice)) => Err(spec.refuse(format!("{key}= {what}, and arrays have none of that"), *advice)),
        None => Ok(()),
    }
}

/// What has been read so far.
#[derive(Default)]
struct Gathered {
    /// What stands in for values that are missing.
    gaps: Gaps,
    n_gaps: usize,
    /// So many steps of each item, where that is asked for.
    steps: Option<usize>,
    /// The fewest and the most steps that the arrays have.
    found_steps: Option<(usize, usize)>,
    shape: Option<Shape>,
    values: Vec<f32>,
    labels: Vec<Option<String>>,
    parts: Vec<Option<Split>>,
    source_index: Vec<u32>,
    truth: Vec<Vec<u32>>,
    has_truth: bool,
}

impl Gathered {
    fn add(&mut self, part: &Part<'_>) -> Result<(), DataError> {
        let member = part.values;
        let array = Array::read(member)?;
        let (n, steps, channels) = match array.shape[..] {
            [n, steps] => (n, steps, 1),
            [n, steps, channels] => (n, steps, channels),
            _ => {
                let expected = "an array of items x steps x channels";
                return Err(member.unfit(expected, array.form(), "reshape it to three dimensions"));
            }
        };
        let (read, shape) = (Shape::new(channels, 1, steps), Shape::new(channels, 1, self.steps.unwrap_or(steps)));
        if n == 0 || read.is_empty() {
            return Err(member.unfit("at least one series with a value", array.form(), "choose another file"));
        }
        let fits = n <= MAX_ITEMS && steps.max(channels) <= MAX_STEPS && read.len().max(shape.len()) <= MAX_VALUES;
        let n_values = array.values.len().max(n.saturating_mul(shape.len())) as u64;
        if !fits || n_values.saturating_mul(4) > MAX_DENSE_BYTES {
            let size = byte_size(MAX_DENSE_BYTES);
            let expected = format!("at most {MAX_ITEMS} series of {MAX_STEPS} steps or channels, {size} in all");
            let asked = self.steps.map_or_else(String::new, |steps| format!(", of which steps={steps} are asked for"));
            let found = format!("{}{asked}", array.form());
            return Err(member.unfit(expected, found, "take fewer items or thin the steps out"));
        }
        if let Some(first) = self.shape.filter(|&first| first != shape) {
            let expected = format!("{} as in the first part", described(first));
            return Err(member.unfit(expected, described(shape), "keep one form"));
        }
        self.shape = Some(shape);
        let is_gap = |value: &f32| value.is_nan() && self.gaps != Gaps::Refused;
        if let Some(at) = array.values.iter().position(|value| !value.is_finite() && !is_gap(value)) {
            let (item, within) = (at / read.len(), at % read.len());
            let found = format!(
                "{} at item {item}, step {}, channel {}",
                array.values[at],
                within / channels,
                within % channels
            );
            let advice = if array.values[at].is_nan() {
                "fill gaps with gaps=previous, gaps=mean or gaps=zero, or before you save the array"
            } else {
                "mend it before you save the array"
            };
            return Err(member.unfit("finite numbers", found, advice));
        }
        let n_gaps = array.values.iter().filter(|value| value.is_nan()).count();
        for item in array.values.chunks_exact(read.len()) {
            self.gaps.lay_out(item, channels, shape.width, &mut self.values);
        }
        self.n_gaps += n_gaps;
        let (least, most) = self.found_steps.unwrap_or((steps, steps));
        self.found_steps = Some((least.min(steps), most.max(steps)));
        match part.labels {
            Some(labels) => self.labels.extend(labels_of(labels, n)?.into_iter().map(Some)),
            None => self.labels.resize(self.labels.len() + n, None),
        }
        self.parts.resize(self.parts.len() + n, part.split);
        self.source_index.extend(0..n as u32);
        self.has_truth |= part.truth.is_some();
        match part.truth {
            Some(truth) => {
                // Only of the steps that are left.
                let place = |place: u32| {
                    let (channel, step) = (place as usize / steps, place as usize % steps);
                    (step < shape.width).then(|| (channel * shape.width + step) as u32)
                };
                let of_items = true_places(truth, n, read)?.into_iter();
                self.truth.extend(of_items.map(|places| places.into_iter().filter_map(place).collect::<Vec<u32>>()));
            }
            None => self.truth.resize(self.truth.len() + n, Vec::new()),
        }
        Ok(())
    }

    fn finish(self, tree: &Tree, spec: &DataSpec) -> Result<Raw, DataError> {
        let Some(shape) = self.shape else {
            return Err(tree.unfit("series", "none", "choose another file"));
        };
        let found: BTreeSet<&str> = self.labels.iter().flatten().map(String::as_str).collect();
        let mut found: Vec<String> = found.into_iter().map(str::to_owned).collect();
        if found.len() > MAX_CLASSES {
            let expected = format!("labels of at most {MAX_CLASSES} classes");
            return Err(tree.unfit(expected, format!("{}", found.len()), "label with few words or whole numbers"));
        }
        // Numbers in their order, words in that of the alphabet.
        if found.iter().all(|label| label.parse::<i64>().is_ok()) {
            found.sort_by_key(|label| label.parse::<i64>().unwrap_or(0));
        }
        let classes = match spec.list("names") {
            Some(names) if names.len() == found.len() => names,
            Some(names) => {
                let problem = format!("names= gives {} names for {} classes", names.len(), found.len());
                return Err(spec.refuse(problem, format!("name {} in this order", in_words(found.iter().cloned()))));
            }
            None => found.clone(),
        };
        let class_of: HashMap<&str, u16> =
            found.iter().enumerate().map(|(class, label)| (label.as_str(), class as u16)).collect();
        let labels = self.labels.iter().map(|label| class_of.get(label.as_ref()?.as_str()).copied()).collect();
        let mut remarks = vec![format!("Each item is one of {}", described(shape))];
        if let (Some(steps), Some(found)) = (self.steps, self.found_steps) {
            remarks.push(steps_said(found, steps));
        }
        if self.n_gaps > 0 {
            remarks.push(format!("{} gaps (NaN) were filled with {}", self.n_gaps, self.gaps.words()));
        }
        if classes.is_empty() {
            remarks.push(
                "No labels: save them as an array y beside x in a .npz, or as y.npy in a folder with x.npy, and open that folder".to_owned(),
            );
        }
        if self.has_truth {
            remarks.push("The array truth says which values decide".to_owned());
        }
        let channels = match spec.list("channels") {
            Some(names) if names.len() == shape.channels => names,
            Some(names) => {
                let problem = format!("channels= gives {} names for {} channels", names.len(), shape.channels);
                let advice = "name each channel, in the order of the array (only in CSV channels= picks some)";
                return Err(spec.refuse(problem, advice));
            }
            None => {
                let (names, said) = channel_names::beside(tree, shape.channels)?;
                remarks.extend(said);
                names
            }
        };
        let truth = self.has_truth.then_some(self.truth);
        let raw = raw_of(shape, self.values, labels, classes, truth);
        Ok(Raw { parts: self.parts, source_index: self.source_index, remarks, ..raw.called(channels) })
    }
}

/// Labels, one for each item: words, or whole numbers as they are written.
fn labels_of(member: &Member, n: usize) -> Result<Vec<String>, DataError> {
    if let Some(words) = arrays::labels(member)? {
        if words.len() != n {
            let found = super::columns::counted(words.len(), "label");
            return Err(member.unfit(format!("{n} labels"), found, "save one label for each series"));
        }
        return Ok(words);
    }
    let array = Array::read(member)?;
    if array.shape != [n] && array.shape != [n, 1] {
        let advice = "save one whole number for each series";
        return Err(member.unfit(format!("{n} labels"), array.form(), advice));
    }
    let whole = |value: &f32| (value.fract() == 0.0 && value.abs() < 1e9).then(|| (*value as i64).to_string());
    array.values.iter().map(whole).collect::<Option<Vec<String>>>().ok_or_else(|| {
        let advice = "number the classes from 0, or name them";
        member.unfit("labels that are whole numbers or words", "fractions or no numbers", advice)
    })
}

/// Places of each item that are not zero in an array of items x steps or items x steps x channels.
fn true_places(member: &Member, n: usize, shape: Shape) -> Result<Vec<Vec<u32>>, DataError> {
    let array = Array::read(member)?;
    let (steps, channels) = (shape.width, shape.channels);
    let per_value = array.shape == [n, steps, channels];
    if !per_value && array.shape != [n, steps] {
        let expected = format!("truth of the form {n} x {steps} or {n} x {steps} x {channels}");
        return Err(member.unfit(expected, array.form(), "mark what matters with 1 and all else with 0"));
    }
    let len = array.values.len() / n;
    let places = |marks: &[f32]| {
        let is_marked = |place: &u32| {
            let (channel, step) = (*place as usize / steps, *place as usize % steps);
            marks[if per_value { step * channels + channel } else { step }] != 0.0
        };
        (0..shape.len() as u32).filter(is_marked).collect()
    };
    Ok(array.values.chunks_exact(len).map(places).collect())
}

/// Series with labels, not yet divided into parts.
pub(super) fn raw_of(
    shape: Shape,
    values: Vec<f32>,
    labels: Vec<Option<u16>>,
    classes: Vec<String>,
    truth: Option<Vec<Vec<u32>>>,
) -> Raw {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("series {shape}").as_bytes());
    values.chunks(1 << 14).for_each(|chunk| {
        hasher.update(&chunk.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>());
    });
    let n = labels.len();
    Raw {
        modality: Modality::Series,
        items: Items::Series(SeriesItems::all(shape, values)),
        labels,
        classes,
        parts: vec![None; n],
        source_index: (0..n as u32).collect(),
        content: hasher.finalize(),
        remarks: Vec::new(),
        truth,
    }
}

impl Raw {
    /// With names for the channels of its series.
    pub(super) fn called(self, names: Vec<String>) -> Self {
        let items = match self.items {
            Items::Series(series) => Items::Series(series.called(names)),
            other => other,
        };
        Self { items, ..self }
    }

    /// With names for its series, as many as there are; blank ones say nothing.
    pub(super) fn with_item_names(self, names: Vec<String>) -> Self {
        let items = match self.items {
            Items::Series(series) if names.len() == series.order.len() && names.iter().any(|name| !name.is_empty()) => {
                Items::Series(SeriesItems { item_names: Arc::new(names), ..series })
            }
            other => other,
        };
        Self { items, ..self }
    }
}
