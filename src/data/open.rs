//! Opening a data set: find the loader, read, split, filter, hash. A new kind of data is one file with a [`Loader`] and one line here.

use std::sync::Arc;

use super::archive::Tree;
use super::options::{self, Key};
use super::spec::{DataSpec, Kind, check_keys, in_words, known_kinds};
use super::split::{self, Scheme, Split};
use super::table::TableItems;
use super::text::TextItems;
use super::{
    DataError, Dataset, DensePictures, Items, Modality, cifar, columns, delimited, documents, folder, hatexplain, idx,
    jsonl, series, synthetic, tabular,
};

/// Reads one kind of data.
#[derive(Debug)]
pub struct Loader {
    /// Names before the colon of a specification, the usual one first.
    pub names: &'static [&'static str],
    /// What it reads, for messages and file dialogs.
    pub about: &'static str,
    /// Endings of names that belong to its files, so that it says what is wrong with one that no kind recognises.
    pub endings: &'static [&'static str],
    /// Options beside [`COMMON_KEYS`]. `split` and `merge` stand here if the loader itself reads them.
    pub keys: &'static [Key],
    /// Why these files look like its kind, or `None`.
    pub guess: fn(&Tree) -> Option<String>,
    /// Reads all items.
    pub load: fn(&Tree, &DataSpec, &mut Watch<'_>) -> Result<Raw, DataError>,
}

impl Loader {
    /// Whether it reads an option itself.
    pub fn reads(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id == id)
    }
}

/// Every kind of data, in the order in which they are asked whether they recognise something.
pub static LOADERS: &[&Loader] = &[
    &idx::LOADER,
    &cifar::LOADER,
    &folder::LOADER,
    &hatexplain::LOADER,
    &series::sessions::LOADER,
    &series::LOADER,
    &tabular::ADULT,
    &delimited::LOADER,
    &jsonl::LOADER,
    &tabular::LOADER,
    &documents::LOADER,
    &synthetic::LOADER,
];

/// Options that every kind takes.
pub const COMMON_KEYS: &[Key] =
    &[options::CLASSES, options::LIMIT, options::MERGE, options::SCHEME, options::SPLIT_SEED];

/// Where opening stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenProgress {
    /// What is being done, e.g. "Reading pictures".
    pub stage: &'static str,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, if known.
    pub total: Option<u64>,
    /// What is counted: `items` or `bytes`.
    pub unit: &'static str,
}

/// Somebody who is told how far opening is, and who may stop it.
pub struct Watch<'a> {
    report: &'a mut dyn FnMut(OpenProgress) -> bool,
}

impl<'a> Watch<'a> {
    /// `report` answers whether to go on.
    pub fn new(report: &'a mut dyn FnMut(OpenProgress) -> bool) -> Self {
        Self { report }
    }

    /// Reports, and fails with [`DataError::Cancelled`] if told to stop.
    pub fn step(&mut self, stage: &'static str, done: u64, total: Option<u64>) -> Result<(), DataError> {
        self.tell(OpenProgress { stage, done, total, unit: "items" })
    }

    /// The same where bytes are counted.
    pub fn bytes(&mut self, stage: &'static str, done: u64, total: Option<u64>) -> Result<(), DataError> {
        self.tell(OpenProgress { stage, done, total, unit: "bytes" })
    }

    fn tell(&mut self, at: OpenProgress) -> Result<(), DataError> {
        if (self.report)(at) { Ok(()) } else { Err(DataError::Cancelled) }
    }
}

/// What a loader read, before splitting and filtering.
#[derive(Debug)]
pub struct Raw {
    /// What kind of items.
    pub modality: Modality,
    /// The items.
    pub items: Items,
    /// Class of each.
    pub labels: Vec<Option<u16>>,
    /// Class names.
    pub classes: Vec<String>,
    /// Which part the files themselves assign each item to.
    pub parts: Vec<Option<Split>>,
    /// Number of each item in its file.
    pub source_index: Vec<u32>,
    /// Hash over the content of the items.
    pub content: blake3::Hash,
    /// What a reader should know.
    pub remarks: Vec<String>,
    /// Values of each item that matter, where that is known.
    pub truth: Option<Vec<Vec<u32>>>,
}

/// Opens what `spec` names. `report` is told how far it is, and stops it by answering `false`.
///
/// # Errors
/// Anything that cannot be read, is not what it claims to be, is larger than the limits, or an option that does not fit.
pub fn open(spec: &DataSpec, report: &mut dyn FnMut(OpenProgress) -> bool) -> Result<Dataset, DataError> {
    let mut watch = Watch::new(report);
    let tree = if spec.kind.is_drawn() { Tree::none(&spec.path) } else { Tree::open(&spec.path, &mut watch)? };
    let mut remarks = tree.remarks.clone();
    let (loader, kind) = match spec.kind.loader() {
        Some(loader) => (loader, spec.kind),
        None => {
            let (loader, kind, why) = guess(&tree)?;
            remarks.push(format!("Read as {} because {why}", kind.name()));
            (loader, kind)
        }
    };
    let spec = DataSpec { kind, ..spec.clone() };
    check_keys(&spec, Some(loader))?;
    let raw = (loader.load)(&tree, &spec, &mut watch)?;
    remarks.extend(raw.remarks.iter().cloned());
    watch.step("Splitting", 0, None)?;
    finish(spec, loader, raw, remarks)
}

/// What recognises the files, the kind that they are read as, and why.
pub(super) fn guess(tree: &Tree) -> Result<(&'static Loader, Kind, String), DataError> {
    for loader in LOADERS {
        if let (Some(why), Some(kind)) = ((loader.guess)(tree), Kind::named(loader.names[0])) {
            return Ok((loader, kind, why));
        }
    }
    if let Some(file) = tree.focused() {
        let name = file.plain_name().to_ascii_lowercase();
        let by_name = LOADERS.iter().find(|loader| loader.endings.iter().any(|ending| name.ends_with(ending)));
        if let Some((loader, kind)) = by_name.and_then(|loader| Some((*loader, Kind::named(loader.names[0])?))) {
            return Ok((loader, kind, "of its name".to_owned()));
        }
    }
    let found = match (tree.focused(), tree.members.len()) {
        (Some(_), _) => "a file of a kind that is not known here".to_owned(),
        (None, 0) => "nothing".to_owned(),
        (None, 1) => "1 file of a kind that is not known here".to_owned(),
        (None, n) => format!("{n} files of kinds that are not known here"),
    };
    Err(DataError::Unknown {
        path: tree.origin.display().to_string(),
        expected: in_words(LOADERS.iter().map(|loader| loader.about)),
        found,
        advice: format!("name the kind ({}) or other data", known_kinds()),
    })
}

/// Splits, filters and hashes what a loader read.
fn finish(spec: DataSpec, loader: &Loader, mut raw: Raw, mut remarks: Vec<String>) -> Result<Dataset, DataError> {
    if !loader.reads("merge") {
        merge(&spec, &merge_option(&spec)?, &mut raw.labels, &mut raw.classes)?;
    }
    let scheme = scheme_of(&spec, loader)?.unwrap_or_else(|| Scheme::usual(&raw.parts));
    let seed = spec.number("split-seed")?.unwrap_or(0);
    // Split before filtering: an item is test or training whichever other classes are open.
    let all_splits =
        scheme.assign(&raw.parts, &raw.labels, seed).map_err(|(problem, advice)| spec.refuse(problem, advice))?;
    remarks.push(scheme.remark(&raw.parts, seed));

    let (wanted, classes) = match spec.list("classes") {
        Some(asked) => {
            let wanted = classes_by_name(&spec, &asked, &raw.classes)?;
            let names = wanted.iter().map(|&class| raw.classes[class as usize].clone()).collect();
            (Some(wanted), names)
        }
        None => (None, raw.classes.clone()),
    };
    let new_class = |label: Option<u16>| match &wanted {
        None => Some(label),
        Some(wanted) => wanted.iter().position(|&class| Some(class) == label).map(|at| Some(at as u16)),
    };
    let (mut kept, mut labels): (Vec<usize>, Vec<Option<u16>>) =
        raw.labels.iter().enumerate().filter_map(|(item_idx, &label)| Some((item_idx, new_class(label)?))).unzip();
    let mut splits: Vec<Split> = kept.iter().map(|&item_idx| all_splits[item_idx]).collect();
    if let Some(limit) = spec.number("limit")? {
        let within = split::first_in_proportion(&splits, &labels, usize::try_from(limit).unwrap_or(usize::MAX));
        kept = within.iter().map(|&at| kept[at]).collect();
        labels = within.iter().map(|&at| labels[at]).collect();
        splits = within.iter().map(|&at| splits[at]).collect();
    }
    if kept.is_empty() {
        return Err(spec.refuse("no item is left", "ask for other classes or a larger limit"));
    }
    let is_all = kept.len() == raw.labels.len();
    let items = match raw.items {
        items if is_all => items,
        Items::Dense(dense) => {
            let order = kept.iter().map(|&item_idx| dense.order[item_idx]).collect();
            Items::Dense(DensePictures { order: Arc::new(order), ..dense })
        }
        Items::Lazy(source) => Items::Lazy(source.subset(&kept)),
        Items::Series(series) => series.pick(&kept),
        Items::Text(texts) => {
            let order = kept.iter().map(|&item_idx| texts.order[item_idx]).collect();
            Items::Text(TextItems { order: Arc::new(order), ..texts })
        }
        Items::Table(rows) => {
            let order = kept.iter().map(|&item_idx| rows.order[item_idx]).collect();
            Items::Table(TableItems { order: Arc::new(order), ..rows })
        }
    };
    let hash = hash_of(&raw.content, &kept, &labels, &splits, &classes);
    let source_index = kept.iter().map(|&item_idx| raw.source_index[item_idx]).collect();
    let name = title(&spec, wanted.is_some().then_some(&classes));
    let truth = raw.truth.map(|truth| Arc::new(kept.iter().map(|&item_idx| truth[item_idx].clone()).collect()));
    let modality = raw.modality;
    Ok(Dataset { name, spec, modality, items, labels, classes, splits, source_index, hash, remarks, truth })
}

/// The scheme that the query names. Where the loader reads `split=`, the name of a column may stand beside it.
fn scheme_of(spec: &DataSpec, loader: &Loader) -> Result<Option<Scheme>, DataError> {
    if loader.reads("split") {
        return match columns::split_option(spec).1.as_slice() {
            [] => Ok(None),
            [scheme] => Ok(Some(*scheme)),
            _ => Err(spec.refuse("split= names several schemes", "name one")),
        };
    }
    let Some(text) = spec.query.get("split") else { return Ok(None) };
    let parsed = text.parse::<Scheme>();
    parsed.map(Some).map_err(|advice| spec.refuse(format!("there is no split \"{text}\""), advice))
}

/// What `merge=offensive:hatespeech` asks for: items of the first class get the second. A comma separates several.
pub(super) fn merge_option(spec: &DataSpec) -> Result<Vec<(String, String)>, DataError> {
    let asked = spec.list("merge").unwrap_or_default();
    let pair = |entry: String| match entry.split_once(':') {
        Some((from, to)) if from != to => Ok((from.to_owned(), to.to_owned())),
        _ => Err(spec.refuse(
            format!("merge has \"{entry}\""),
            "write merge=CLASS:INTO, for instance merge=offensive:hatespeech",
        )),
    };
    asked.into_iter().map(pair).collect()
}

/// Merges classes: labels are renumbered, and the class that is no more has no name.
pub(super) fn merge(
    spec: &DataSpec,
    merged: &[(String, String)],
    labels: &mut [Option<u16>],
    classes: &mut Vec<String>,
) -> Result<(), DataError> {
    for (from, to) in merged {
        let numbers = classes_by_name(spec, &[from.clone(), to.clone()], classes)?;
        let (from, to) = (numbers[0], numbers[1]);
        for label in labels.iter_mut().flatten() {
            let into = if *label == from { to } else { *label };
            *label = into - u16::from(into > from);
        }
        classes.remove(usize::from(from));
    }
    Ok(())
}

/// Class numbers for names or numbers as asked.
fn classes_by_name(spec: &DataSpec, asked: &[String], classes: &[String]) -> Result<Vec<u16>, DataError> {
    let mut wanted = Vec::new();
    for entry in asked {
        let by_name = classes.iter().position(|name| name == entry);
        let by_number = || entry.parse::<usize>().ok().filter(|&number| number < classes.len());
        let Some(class) = by_name.or_else(by_number) else {
            let shown = in_words(classes.iter().take(20));
            let advice = if classes.is_empty() {
                "this data states no classes, leave classes= out".to_owned()
            } else {
                format!("the classes are {shown}{}", if classes.len() > 20 { " and more" } else { "" })
            };
            return Err(spec.refuse(format!("there is no class \"{entry}\""), advice));
        };
        if wanted.contains(&(class as u16)) {
            return Err(spec.refuse(format!("class \"{entry}\" is given twice"), "name each class once"));
        }
        wanted.push(class as u16);
    }
    Ok(wanted)
}

/// One hash for everything that can change a result: content, order, labels, splits and class names.
fn hash_of(
    content: &blake3::Hash,
    kept: &[usize],
    labels: &[Option<u16>],
    splits: &[Split],
    classes: &[String],
) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"unmask data 1").update(content.as_bytes());
    let mut items = Vec::with_capacity(kept.len() * 13);
    for ((&item_idx, &label), &split) in kept.iter().zip(labels).zip(splits) {
        items.extend_from_slice(&(item_idx as u64).to_le_bytes());
        items.extend_from_slice(&label.map_or(u32::MAX, u32::from).to_le_bytes());
        items.push(split as u8);
    }
    hasher.update(&items);
    for class in classes {
        hasher.update(&(class.len() as u64).to_le_bytes()).update(class.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// `mnist 3, 8` for `…/mnist?classes=3,8`.
fn title(spec: &DataSpec, filtered: Option<&Vec<String>>) -> String {
    let path = spec.path.canonicalize().unwrap_or_else(|_| spec.path.clone());
    let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let endings = [".gz", ".tgz", ".tar", ".zip"];
    let mut name = file_name.as_str();
    while let Some(shorter) = endings.iter().find_map(|ending| name.strip_suffix(ending)).filter(|s| !s.is_empty()) {
        name = shorter;
    }
    match filtered {
        Some(classes) => format!("{name} {}", classes.join(", ")),
        None => name.to_owned(),
    }
}
