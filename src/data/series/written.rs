//! Series in CSV: long (a row for each step of each item), wide (a row for each item), and folders of files (a file for each item, its folder
//! the class). What the columns are for is guessed, said, and changed by the query: `item=`, `step=` (`none`: the order of the file), `label=` (`none`: no classes),
//! `channels=x,y`, `layout=`, `split=` (a column of train, validation and test), `steps=128` (longer series are cut, shorter ones end in zeros; without it
//! shorter ones are filled up to the longest), `gaps=previous|mean|zero` (what stands in for empty fields, which are refused otherwise; few in a long file
//! are filled with the step before).

mod classes;
mod empty;
mod pivot;
mod roles;
mod unnamed;

use std::collections::{BTreeMap, HashMap};

use self::empty::value;
use self::roles::{Changing, STEPS, Told, counts_steps, holds_names, is_plain, item_called};
use super::gaps::{Gaps, filled_said, steps_asked, steps_said, usual_steps};
use super::steps::Steps;
use super::{MAX_STEPS, MAX_VALUES, described, raw_of};
use crate::data::archive::{Member, Tree, byte_size};
use crate::data::class_numbers::ClassNumbers;
use crate::data::columns::{no_part_column, part_column, part_in};
use crate::data::delimited::{Form, decimal, is_missing, is_table, reader};
use crate::data::open::{Raw, Watch};
use crate::data::spec::{DataSpec, in_words};
use crate::data::text::{MAX_TEXT_BYTES, decode};
use crate::data::{DataError, MAX_DENSE_BYTES, Shape, Split};

/// Names of a column of classes.
const LABELS: [&str; 5] = ["label", "class", "target", "y_label", "category"];
/// Least numbered columns of one name from which a table is taken for wide series.
const LEAST_WIDE: usize = 8;
/// Least files in folders from which they are taken for an item each.
const LEAST_FILES: usize = 4;
/// Bytes from which the form of a file is guessed.
const LOOKED_AT: usize = 1 << 18;
/// Most files of a folder.
const MOST_FILES: usize = 200_000;
/// Most classes.
const MOST_CLASSES: usize = 1000;
/// Rows between two reports.
const ROWS: usize = 4096;

/// How a CSV holds series.
#[derive(Clone, Debug, PartialEq)]
enum Layout {
    /// A row for each step: columns of the item, the step, the class, and the channels.
    Long { item: usize, step: Option<usize>, label: Option<usize>, part: Option<usize>, channels: Vec<usize> },
    /// A row for each item: for each channel its columns in the order of the steps, and those of the class, the part and the item's name.
    Wide { channels: Vec<(String, Vec<usize>)>, label: Option<usize>, part: Option<usize>, called: Option<usize> },
}

/// Why files look like series, or `None`. Texts and tables are CSV too: only what is plain is taken.
pub(super) fn guess(tree: &Tree) -> Option<String> {
    let spec = DataSpec::from_path(&tree.origin);
    let files = in_folders(tree);
    if tree.focus.is_none() && files.len() >= LEAST_FILES {
        let mut seen = files.iter().step_by(files.len().div_ceil(4));
        let numbers = |member: &&Member| {
            let form = form_of(member, &spec)?;
            let channels = channels_of_file(&form, named(&form, &STEPS));
            Some((channels.len(), form.sample.len())).filter(|(channels, steps)| *channels > 0 && *steps > 3)
        };
        let first = numbers(seen.next()?)?;
        let is_same = seen.all(|member| numbers(member).is_some_and(|of| of.0 == first.0));
        return is_same.then(|| format!("it holds {} tables of numbers in folders, one for each item", files.len()));
    }
    let member = tree.focused().filter(|member| is_table(member))?;
    let (text, is_whole) = decode::peek(member, LOOKED_AT)?;
    let form = Form::of(&text, is_whole, member, &spec).ok()?;
    let is_sure = Told::of(&form, &spec, label_of(&form, &spec).ok()?).is_ok_and(|told| told.is_sure);
    match layout(&form, &spec, member).ok()? {
        Layout::Long { item, step: Some(step), label, channels, .. }
            if form.has_header
                && roles::comes_again(&form, item)
                && (is_sure || is_plain((&form, &text, is_whole), (item, step, label), &channels)) =>
        {
            let names = &form.columns.names;
            let file = member.plain_name();
            Some(match is_sure {
                true => format!("{file} has a row for each {} and {}", names[item], names[step]),
                false => format!(
                    "{file} has several rows for each {}, told apart by {} (as a table each row would be an item of its own)",
                    shown(&names[item]),
                    shown(&names[step])
                ),
            })
        }
        Layout::Wide { channels, .. } if !form.has_header => {
            let why = unnamed::why(&form, &channels[0].1).filter(|_| channels.len() == 1)?;
            Some(format!("the {why}, as steps of a series do (as a table each column would be a value of its own)"))
        }
        // Numbered columns of words among them make it a table of another kind.
        Layout::Wide { channels, .. }
            if form.has_header
                && channels[0].1.len() >= LEAST_WIDE
                && !channels.iter().flat_map(|(_, columns)| columns).any(|column| holds_words(&form, *column)) =>
        {
            let (from, to) = (&channels[0].1[0], channels[0].1[channels[0].1.len() - 1]);
            let names = &form.columns.names;
            Some(format!("columns of {} are numbered from {} to {}", member.plain_name(), names[*from], names[to]))
        }
        _ => None,
    }
}

/// Whether the tree holds CSV files that may be read.
pub(super) fn is_written(tree: &Tree) -> bool {
    tree.candidates().iter().any(is_table)
}

/// Reads series from CSV files.
pub(super) fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    if let Some(member) = tree.focused() {
        return one_file(tree, member, spec, watch);
    }
    let files: Vec<&Member> = tree.members.iter().filter(|member| is_table(member)).collect();
    match files.as_slice() {
        [only] => one_file(tree, only, spec, watch),
        _ => folder(tree, spec, watch),
    }
}

fn form_of(member: &Member, spec: &DataSpec) -> Option<Form> {
    let (text, is_whole) = decode::peek(member, LOOKED_AT)?;
    Form::of(&text, is_whole, member, spec).ok()
}

fn number(field: &str, form: &Form) -> Option<f32> {
    decimal(field.trim(), form.delimiter).parse::<f32>().ok().filter(|value| value.is_finite())
}

/// How many fields of a column are there, of those that were looked at, and how many of these are numbers.
fn counted(form: &Form, column: usize) -> (usize, usize) {
    let fields = form.sample.iter().filter_map(|row| row.get(column)).filter(|field| !is_missing(field));
    fields.fold((0, 0), |(n, numbers), field| (n + 1, numbers + usize::from(number(field, form).is_some())))
}

/// Whether a column holds numbers for the most part. Neither a gap nor a bad field makes it another column: each is refused where it stands, or a gap
/// filled.
fn is_numeric(form: &Form, column: usize) -> bool {
    let (n, numbers) = counted(form, column);
    numbers * 2 > n
}

/// Whether a column holds something else than numbers, for the most part.
fn holds_words(form: &Form, column: usize) -> bool {
    let (n, numbers) = counted(form, column);
    n > 0 && numbers * 2 <= n
}

fn named(form: &Form, known: &[&str]) -> Option<usize> {
    let is_so = |name: &String, word: &str| name.trim().eq_ignore_ascii_case(word);
    known.iter().find_map(|word| form.columns.names.iter().position(|name| is_so(name, word)))
}

/// The column that the query names under `key`.
fn asked(form: &Form, spec: &DataSpec, key: &str) -> Result<Option<usize>, DataError> {
    spec.query.get(key).map(|name| find(form, spec, name)).transpose()
}

fn find(form: &Form, spec: &DataSpec, name: &str) -> Result<usize, DataError> {
    let at = form.columns.names.iter().position(|known| known.trim().eq_ignore_ascii_case(name.trim()));
    at.ok_or_else(|| {
        let advice = format!("the columns are {}", listed(&form.columns.names));
        spec.refuse(format!("there is no column \"{name}\""), advice)
    })
}

/// A name in a sentence: on one line and not too long, whatever a damaged file holds.
fn shown(name: &str) -> String {
    let short = name.chars().take(40).map(|c| if c.is_control() { ' ' } else { c });
    format!("{}{}", short.collect::<String>(), if name.chars().count() > 40 { "…" } else { "" })
}

/// "channel x", "channels x and y".
fn channels_said(names: &[String]) -> String {
    format!("{} {}", if names.len() == 1 { "channel" } else { "channels" }, listed(names))
}

/// Names in words, not too many.
fn listed(names: &[String]) -> String {
    let more = if names.len() > 12 { " and more" } else { "" };
    format!("{}{more}", in_words(names.iter().take(12).map(|name| shown(name))))
}

/// The column of steps, unless the query says that there is none.
fn step_of(form: &Form, spec: &DataSpec) -> Result<Option<usize>, DataError> {
    match spec.query.get("step").map(String::as_str) {
        Some("none") => Ok(None),
        _ => Ok(asked(form, spec, "step")?.or_else(|| named(form, &STEPS))),
    }
}

/// The column of classes that the query names, else one of a known name, unless the query says that there is none.
fn label_of(form: &Form, spec: &DataSpec) -> Result<Option<usize>, DataError> {
    match spec.query.get("label").map(String::as_str) {
        Some("none") if named(form, &["none"]).is_none() => Ok(None),
        _ => Ok(asked(form, spec, "label")?.or_else(|| named(form, &LABELS))),
    }
}

/// What the columns of a table of series are for.
fn layout(form: &Form, spec: &DataSpec, member: &Member) -> Result<Layout, DataError> {
    let names = &form.columns.names;
    let label = label_of(form, spec)?;
    let told = Told::of(form, spec, label)?;
    let Told { item, step, .. } = told;
    let part = part_of(form, spec)?.filter(|part| ![label, item, step].contains(&Some(*part)));
    let wanted = match spec.query.get("layout").map(String::as_str) {
        None => None,
        Some("long") => Some(true),
        Some("wide") => Some(false),
        Some(other) => return Err(spec.refuse(format!("layout is \"{other}\""), "write layout=long or layout=wide")),
    };
    let chosen = match spec.list("channels") {
        Some(asked) => Some(asked.iter().map(|name| find(form, spec, name)).collect::<Result<Vec<_>, _>>()?),
        None => None,
    };
    // Without names nothing else says which column holds the classes.
    let of_rows = if spec.query.contains_key("label") { label } else { label.or_else(|| unnamed::label(form)) };
    let wide = wide_columns(form, &[of_rows, item, part]);
    let widest = wide.iter().map(|(_, columns)| columns.len()).max().unwrap_or(0);
    // Numbered columns are channels of a step where an item has more rows than there are of them.
    let has_steps = step.is_some() && (told.is_sure || told.has_rows(form, widest));
    let is_long = wanted.unwrap_or_else(|| item.is_some() && (has_steps || widest < LEAST_WIDE));
    if is_long {
        // Where the query says that rows are steps, an item may have one only.
        let Some(item) = item.or(told.names) else {
            let expected = "a column that says which item a row belongs to";
            let advice = "name it with item=, or write layout=wide for a row for each item";
            return Err(member.unfit(expected, format!("columns {}", listed(names)), advice));
        };
        let is_free = |column: &usize| ![Some(item), step, label, part].contains(&Some(*column));
        let numeric = || (0..names.len()).filter(is_free).filter(|column| is_numeric(form, *column)).collect();
        let channels: Vec<usize> = chosen.unwrap_or_else(numeric);
        if channels.is_empty() {
            let advice = "name the channels with channels=";
            return Err(member.unfit("columns of numbers beside item and step", listed(names), advice));
        }
        return Ok(Layout::Long { item, step, label, part, channels });
    }
    let channels = match chosen {
        Some(columns) => vec![("value".to_owned(), columns)],
        None => wide,
    };
    let len = channels.first().map_or(0, |(_, columns)| columns.len());
    if len < 2 || channels.iter().any(|(_, columns)| columns.len() != len) {
        let found = channels.iter().map(|(name, columns)| format!("{} of {}", columns.len(), shown(name)));
        let found = if channels.is_empty() { listed(names) } else { in_words(found) };
        let expected = "numbered columns of steps, as many for each channel (x0, x1, ..., y0, y1, ...)";
        return Err(member.unfit(expected, found, "name a column of items with item= if each row is a step"));
    }
    Ok(Layout::Wide { channels, label: of_rows, part, called: told.names.filter(|names| Some(*names) != of_rows) })
}

/// What the columns of a file that is read by itself are taken for, by option; nothing where they do not fit.
pub(super) fn found(form: &Form, spec: &DataSpec, member: &Member) -> Vec<(&'static str, String)> {
    let Ok(layout) = layout(form, spec, member) else { return Vec::new() };
    let name = |column: usize| form.columns.names[column].clone();
    let (of_layout, label, part) = match layout {
        Layout::Long { item, step, label, part, channels } => {
            let channels: Vec<String> = channels.into_iter().map(name).collect();
            let step = step.map_or_else(|| "none".to_owned(), name);
            (
                vec![
                    ("layout", "long".to_owned()),
                    ("item", name(item)),
                    ("step", step),
                    ("channels", channels.join(", ")),
                ],
                label,
                part,
            )
        }
        Layout::Wide { label, part, .. } => (vec![("layout", "wide".to_owned())], label, part),
    };
    let roles = label.map(|at| ("label", name(at))).into_iter().chain(part.map(|at| ("split", name(at))));
    of_layout.into_iter().chain(roles).collect()
}

/// The column that says which part each item is in.
fn part_of(form: &Form, spec: &DataSpec) -> Result<Option<usize>, DataError> {
    let of_column = |column: usize| form.sample.iter().filter_map(move |row| row.get(column)).map(String::as_str);
    part_column(spec, &form.columns.names, of_column)
}

/// Names of the columns that are used for nothing, so that none goes without a word.
fn left_out(form: &Form, used: &[usize]) -> Option<String> {
    let names = &form.columns.names;
    let others: Vec<String> = (0..names.len()).filter(|at| !used.contains(at)).map(|at| names[at].clone()).collect();
    (!others.is_empty()).then(|| format!("Left out: {}", listed(&others)))
}

/// Numbered columns by the name before their number, in the order of their numbers; unnumbered ones are no channel. A channel's columns hold numbers for
/// the most part, and none of them is left out, or a step would be missing without a word: a column of other things is refused when it is read.
fn wide_columns(form: &Form, taken: &[Option<usize>]) -> Vec<(String, Vec<usize>)> {
    let mut channels: Vec<(String, Vec<(u64, usize)>)> = Vec::new();
    let names = &form.columns.names;
    for column in (0..names.len()).filter(|column| !taken.contains(&Some(*column))) {
        // Columns of one name have one number, too.
        let repeated = form.repeated.iter().find(|(at, _)| *at == column).map(|(_, name)| name);
        let name = repeated.unwrap_or(&names[column]).trim().trim_end_matches([']', ')']);
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let Ok(number) = name[stem.len()..].parse::<u64>() else { continue };
        let stem = stem.trim_end_matches(['_', '.', '-', ' ', '[', '(']);
        let stem = if stem.is_empty() { "value" } else { stem };
        match channels.iter_mut().find(|(known, _)| known == stem) {
            Some((_, columns)) => columns.push((number, column)),
            None => channels.push((stem.to_owned(), vec![(number, column)])),
        }
    }
    let ordered = |(name, mut columns): (String, Vec<(u64, usize)>)| {
        columns.sort_unstable();
        let mut columns: Vec<usize> = columns.into_iter().map(|(_, column)| column).collect();
        if !form.has_header {
            // Without names, classes and what trails behind the last comma are numbered, too.
            let is_step = |column: &usize| is_numeric(form, *column);
            let first = columns.iter().position(is_step).unwrap_or(columns.len());
            columns.truncate(columns.iter().rposition(is_step).map_or(0, |last| last + 1));
            columns.drain(..first.min(columns.len()));
        }
        let n_numeric = columns.iter().filter(|column| is_numeric(form, **column)).count();
        (n_numeric * 2 > columns.len()).then_some((name, columns))
    };
    channels.into_iter().filter_map(ordered).collect()
}

/// Items that are being put together: each step by step, all channels of a step beside each other.
struct Gathered {
    names: Vec<String>,
    items: Vec<Vec<f32>>,
    /// What each is called; blank where nothing says.
    called: Vec<String>,
    labels: Vec<Option<u16>>,
    parts: Vec<Option<Split>>,
    classes: ClassNumbers,
    n_values: usize,
    /// So many steps of each, where that is asked for.
    steps: Option<usize>,
    gaps: Gaps,
    n_gaps: usize,
    /// Whether few gaps are filled where nothing is asked for.
    takes_few: bool,
    /// What is said of the first gap, unless they turn out to be few.
    first_gap: Option<DataError>,
}

impl Gathered {
    fn new(names: Vec<String>, spec: &DataSpec) -> Result<Self, DataError> {
        Ok(Self {
            names,
            items: Vec::new(),
            called: Vec::new(),
            labels: Vec::new(),
            parts: Vec::new(),
            classes: ClassNumbers::default(),
            n_values: 0,
            steps: steps_asked(spec)?,
            gaps: Gaps::of(spec)?,
            n_gaps: 0,
            takes_few: false,
            first_gap: None,
        })
    }

    /// Number of the class called so.
    fn class(&mut self, name: &str, member: &Member) -> Result<Option<u16>, DataError> {
        let name = name.trim();
        if name.is_empty() {
            return Ok(None);
        }
        self.classes.number(name, MOST_CLASSES).map(Some).ok_or_else(|| {
            let expected = format!("at most {MOST_CLASSES} classes");
            member.unfit(expected, "more", "name the column of classes with label=")
        })
    }

    fn begin(&mut self, label: Option<u16>, part: Option<Split>, called: String) -> usize {
        self.items.push(Vec::new());
        self.called.push(called);
        self.labels.push(label);
        self.parts.push(part);
        self.items.len() - 1
    }

    /// One more value of an item; what it may hold is checked before it grows.
    fn push(&mut self, item: usize, value: f32, member: &Member) -> Result<(), DataError> {
        let most_of_item = MAX_VALUES.min(MAX_STEPS * self.names.len());
        self.n_values += 1;
        if self.items[item].len() >= most_of_item || self.n_values as u64 * 4 > MAX_DENSE_BYTES {
            let expected = format!("at most {MAX_STEPS} steps of an item and {} in all", byte_size(MAX_DENSE_BYTES));
            return Err(member.unfit(expected, "more", "take fewer items or thin the steps out"));
        }
        self.items[item].push(value);
        Ok(())
    }

    /// All items as one block, channel by channel; classes in the order of their names.
    fn finish(mut self, tree: &Tree, spec: &DataSpec, mut remarks: Vec<String>) -> Result<Raw, DataError> {
        let channels = self.names.len().max(1);
        let len_of = |item: &Vec<f32>| item.len() / channels;
        let lens: Vec<usize> = self.items.iter().map(len_of).collect();
        let (least, most) = (lens.iter().min().copied().unwrap_or(0), lens.iter().max().copied().unwrap_or(0));
        let steps = match self.steps {
            Some(steps) => {
                remarks.push(steps_said((least, most), steps));
                steps
            }
            None if least == most => most,
            None if least == 0 => {
                let found = format!("none in {} of {}", lens.iter().filter(|len| **len == 0).count(), lens.len());
                let advice = "take those out, or write steps=N to fill them up with zeros";
                return Err(tree.unfit("rows in each file", found, advice));
            }
            None => {
                let steps = usual_steps(&lens);
                remarks.push(filled_said((least, most), steps));
                steps
            }
        };
        let gaps_said = self.settle_gaps()?;
        let shape = Shape::new(channels, 1, steps);
        let total = self.items.len().saturating_mul(shape.len());
        if self.items.is_empty() || shape.is_empty() {
            return Err(tree.unfit("at least one series with a value", "none", "choose another file"));
        }
        if shape.len() > MAX_VALUES || total as u64 * 4 > MAX_DENSE_BYTES {
            let expected = format!("at most {MAX_VALUES} values in a series, {} in all", byte_size(MAX_DENSE_BYTES));
            return Err(tree.unfit(expected, format!("{total} values"), "ask for fewer steps"));
        }
        let mut values = Vec::with_capacity(total);
        for item in &self.items {
            self.gaps.lay_out(item, channels, steps, &mut values);
        }
        remarks.extend(gaps_said);
        let (found, _) = self.classes.finish(&mut self.labels);
        let classes = match spec.list("names") {
            Some(names) if names.len() == found.len() => names,
            Some(names) => {
                let problem = format!("names= gives {} names for {} classes", names.len(), found.len());
                return Err(spec.refuse(problem, format!("name {} in this order", in_words(found))));
            }
            None => found,
        };
        remarks.push(format!("Each item is one of {}", described(shape)));
        if classes.is_empty() {
            remarks.push("No labels: name a column with label=, or put files into a folder for each class".to_owned());
        }
        let raw = raw_of(shape, values, self.labels, classes, None);
        Ok(Raw { parts: self.parts, remarks, ..raw.called(self.names).with_item_names(self.called) })
    }
}

/// Goes through the rows of a file, without its header: the number of the row and its fields.
fn rows(
    member: &Member,
    form: &Form,
    text: &str,
    watch: &mut Watch<'_>,
    take: &mut dyn FnMut(u64, &csv::StringRecord) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let n_columns = form.columns.names.len();
    let mut reader = reader(text, form.delimiter, form.quoting, form.escape);
    let mut record = csv::StringRecord::new();
    let mut is_first = form.has_header;
    let mut row_idx = 0_usize;
    let mut last_start = 0;
    while reader.read_record(&mut record).map_err(|err| member.unfit("CSV", err.to_string(), "mend the file"))? {
        let (line, byte) = record.position().map_or((0, 0), |at| (at.line(), at.byte()));
        last_start = byte as usize;
        if std::mem::take(&mut is_first) {
            continue;
        }
        if row_idx.is_multiple_of(ROWS) {
            watch.bytes("Reading rows", byte, Some(text.len() as u64))?;
        }
        if record.len() != n_columns {
            let found = format!("{} on line {line}", record.len());
            let advice = "mend the row, or change delimiter=";
            return Err(member.unfit(format!("{n_columns} fields in each row, as in the first"), found, advice));
        }
        take(line, &record)?;
        row_idx += 1;
    }
    form.check_last_quote(text, last_start, member)
}

fn one_file(tree: &Tree, member: &Member, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let decode::Decoded { text, note } = decode::read(member, MAX_TEXT_BYTES, watch)?;
    let start = &text[..text.floor_char_boundary(LOOKED_AT)];
    let form = Form::of(start, start.len() == text.len(), member, spec)?;
    let mut layout = layout(&form, spec, member)?;
    let guessed = layout.guess_label((member, &form, text.as_str()), spec, watch)?;
    let mut remarks: Vec<String> =
        note.map(|note| format!("{} was read as {note}", member.plain_name())).into_iter().collect();
    remarks.push(form.said(member, !["delimiter", "header"].iter().all(|key| spec.query.contains_key(*key))));
    // Several rows of one step may be those of several channels.
    let file = (member, &form, text.as_str());
    if let Some(pivot) = pivot::Pivot::of(file, &layout, watch)? {
        remarks.extend(guessed);
        return pivot.read(file, spec, &mut remarks, watch)?.finish(tree, spec, remarks);
    }
    let names = &form.columns.names;
    let name = |column: usize| names[column].clone();
    let of_label = |label: Option<usize>| {
        label.map_or("no column of classes".to_owned(), |at| format!("classes are column {}", names[at]))
    };
    remarks.extend(guessed);
    match layout {
        Layout::Long { item, step, label, part, channels } => {
            let of_step =
                step.map_or("rows in their order are steps".to_owned(), |at| format!("steps are column {}", names[at]));
            let of_channels: Vec<String> = channels.iter().map(|&at| name(at)).collect();
            remarks.push(format!(
                "A row for each step: items are column {}, {of_step}, {}, {} (item=, step=, channels= and label= change it)",
                names[item],
                channels_said(&of_channels),
                of_label(label)
            ));
            let roles = [Some(item), step, label, part].into_iter().flatten();
            let used: Vec<usize> = roles.chain(channels.iter().copied()).collect();
            remarks.extend(part.map(|part| format!("Parts are column {} (split= changes it)", names[part].trim())));
            remarks.extend(left_out(&form, &used));
            let roles = Roles { item, step, label, part };
            let file = (member, &form, text.as_str());
            let gathered = Gathered { takes_few: true, ..Gathered::new(of_channels, spec)? };
            long(file, spec, roles, &channels, gathered, &mut remarks, watch)?.finish(tree, spec, remarks)
        }
        Layout::Wide { channels, label, part, called } => {
            let of_channels: Vec<String> = channels.iter().map(|(name, _)| name.clone()).collect();
            remarks.push(format!(
                "A row for each item: {} columns for {}{}, {} (channels=, label= and layout=long change it)",
                channels[0].1.len(),
                if channels.len() > 1 { "each of the " } else { "the " },
                channels_said(&of_channels),
                of_label(label)
            ));
            if let Some(at) = label.filter(|_| !form.has_header && !spec.query.contains_key("label")) {
                remarks.push(format!(
                    "Column {} was taken for the classes, as it holds few whole numbers beside columns of fractions (label=none makes it a step)",
                    names[at]
                ));
            }
            remarks.extend(called.map(|at| format!("Items are called as in column {}", shown(&names[at]))));
            let all = channels.iter().flat_map(|(_, columns)| columns).copied();
            let used: Vec<usize> = all.chain([label, part, called].into_iter().flatten()).collect();
            remarks.extend(part.map(|part| format!("Parts are column {} (split= changes it)", names[part].trim())));
            remarks.extend(left_out(&form, &used));
            let mut gathered = Gathered::new(of_channels, spec)?;
            rows(member, &form, &text, watch, &mut |line, record| {
                let class = match label {
                    Some(label) => gathered.class(record.get(label).unwrap_or(""), member)?,
                    None => None,
                };
                let part = match part {
                    Some(at) => part_in(record.get(at).unwrap_or(""), &names[at], spec)?,
                    None => None,
                };
                let called = called.map(|at| item_called(&names[at], record.get(at).unwrap_or(""))).unwrap_or_default();
                let item = gathered.begin(class, part, called);
                for step in 0..channels[0].1.len() {
                    for (_, columns) in &channels {
                        let value = value(record, columns[step], line, (&form, member), &mut gathered)?;
                        gathered.push(item, value, member)?;
                    }
                }
                Ok(())
            })?;
            gathered.finish(tree, spec, remarks)
        }
    }
}

/// Columns of a file with a row for each step.
#[derive(Clone, Copy)]
struct Roles {
    item: usize,
    step: Option<usize>,
    label: Option<usize>,
    part: Option<usize>,
}

fn long(
    (member, form, text): (&Member, &Form, &str),
    spec: &DataSpec,
    Roles { item, step, label, part }: Roles,
    channels: &[usize],
    mut gathered: Gathered,
    remarks: &mut Vec<String>,
    watch: &mut Watch<'_>,
) -> Result<Gathered, DataError> {
    let mut by_name: HashMap<String, usize> = HashMap::new();
    let mut steps = Steps::default();
    let mut called_so: Vec<String> = Vec::new();
    let is_used = |at: &usize| channels.contains(at) || [Some(item), step, label, part].contains(&Some(*at));
    let others = (0..form.columns.names.len()).filter(|at| !is_used(at) && holds_names(form, *at));
    let mut others = Changing::new(others);
    rows(member, form, text, watch, &mut |line, record| {
        let called = record.get(item).unwrap_or("").trim();
        let class = match label {
            Some(label) => gathered.class(record.get(label).unwrap_or(""), member)?,
            None => None,
        };
        let of_part = match part {
            Some(at) => part_in(record.get(at).unwrap_or(""), &form.columns.names[at], spec)?,
            None => None,
        };
        let at = match by_name.get(called) {
            Some(&at) => at,
            None => {
                steps.begin();
                called_so.push(called.to_owned());
                by_name.insert(called.to_owned(), called_so.len() - 1);
                gathered.begin(class, of_part, item_called(&form.columns.names[item], called))
            }
        };
        others.push(at, |column| record.get(column).unwrap_or(""));
        if gathered.parts[at] != of_part {
            let found = format!("two in item {}, line {line}", shown(called));
            return Err(member.unfit("one part for each item", found, "name the column of parts with split="));
        }
        if gathered.labels[at] != class {
            let found = format!("two in item {}, line {line}", shown(called));
            return Err(member.unfit("one class for each item", found, "name the column of classes with label="));
        }
        if let Some(step) = step {
            steps.push(at, record.get(step).unwrap_or(""));
        }
        for &column in channels {
            let value = value(record, column, line, (form, member), &mut gathered)?;
            gathered.push(at, value, member)?;
        }
        Ok(())
    })?;
    remarks.extend(step.and_then(|step| steps.unplaced(&shown(&form.columns.names[step]))));
    if let (Some(item), Some(step)) = (steps.repeated(), step) {
        let column = &form.columns.names[step];
        // A clock may be too coarse for its rows; a number of a step stands for one row only, and so does what a column of words tells apart.
        if counts_steps(column) || others.n() > 0 {
            let found = format!("several of one step in item {}", shown(&called_so[item]));
            let advice =
                "give each channel a column of its own, or write step=none to take the rows in the order of the file";
            return Err(member.unfit("one row for each item and step", found, advice));
        }
        remarks.push(format!(
            "Items such as {} have several rows of one {}: these keep the order of the file",
            shown(&called_so[item]),
            shown(column)
        ));
    }
    steps.sort(&mut gathered.items, channels.len());
    Ok(gathered)
}

/// CSV files that lie in folders named like classes below the tree's root.
fn in_folders(tree: &Tree) -> Vec<&Member> {
    let has_class = |member: &Member| {
        member.folder().split('/').any(|folder| !folder.is_empty() && crate::data::folder::part_named(folder).is_none())
    };
    tree.members.iter().filter(|member| is_table(member) && has_class(member)).collect()
}

/// Columns of numbers of a file that is an item, without that of steps.
fn channels_of_file(form: &Form, step: Option<usize>) -> Vec<usize> {
    (0..form.columns.names.len()).filter(|column| Some(*column) != step && is_numeric(form, *column)).collect()
}

/// What the files of a folder have in common.
struct Alike {
    names: Vec<String>,
    step: Option<usize>,
    channels: Vec<usize>,
    gathered: Gathered,
}

impl Alike {
    /// As the first file has it.
    fn of(form: &Form, spec: &DataSpec, member: &Member, remarks: &mut Vec<String>) -> Result<Self, DataError> {
        let names = &form.columns.names;
        let step = step_of(form, spec)?;
        let channels = match spec.list("channels") {
            Some(asked) => asked.iter().map(|name| find(form, spec, name)).collect::<Result<Vec<_>, _>>()?,
            None => channels_of_file(form, step),
        };
        if channels.is_empty() {
            let found = format!("columns {}", listed(names));
            return Err(member.unfit("columns of numbers", found, "name the channels with channels="));
        }
        let called: Vec<String> = channels.iter().map(|&at| names[at].clone()).collect();
        let of_step = step.map_or("rows in their order are steps".to_owned(), |at| {
            format!("steps are column {}, and rows in its order", shown(&names[at]))
        });
        remarks.push(form.said(member, true));
        remarks.push(format!(
            "A file for each item, a row for each step: {of_step}, channels {} (step= and channels= change it); the folder of a file is its class",
            listed(&called)
        ));
        let used: Vec<usize> = channels.iter().copied().chain(step).collect();
        remarks.extend(left_out(form, &used));
        Ok(Self { names: names.clone(), step, channels, gathered: Gathered::new(called, spec)? })
    }
}

/// A file for each item, its rows in the order of their steps; the folder above is its class, one called train or test above that its part.
fn folder(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    no_part_column(spec)?;
    let mut files: Vec<&Member> = tree.members.iter().filter(|member| is_table(member)).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let total: u64 = files.iter().map(|member| member.len).sum();
    if files.len() > MOST_FILES || total > MAX_DENSE_BYTES {
        let expected = format!("at most {MOST_FILES} files, {} in all", byte_size(MAX_DENSE_BYTES));
        return Err(tree.unfit(expected, format!("{} files, {}", files.len(), byte_size(total)), "name a sub-folder"));
    }
    let Some(first) = files.first() else {
        return Err(tree.unfit(
            "CSV files",
            format!("{} other files", tree.members.len()),
            "name the folder of series",
        ));
    };
    let mut known: Option<Alike> = None;
    let mut steps = Steps::default();
    let mut remarks = Vec::new();
    // How files were decoded: the first such file, and how many.
    let mut notes: BTreeMap<String, (&Member, usize)> = BTreeMap::new();
    for (at, member) in files.iter().enumerate() {
        watch.step("Reading series", at as u64, Some(files.len() as u64))?;
        let decode::Decoded { text, note } = decode::read(member, MAX_TEXT_BYTES, watch)?;
        if let Some(note) = note {
            notes.entry(note).or_insert((member, 0)).1 += 1;
        }
        let start = &text[..text.floor_char_boundary(LOOKED_AT)];
        let form = Form::of(start, start.len() == text.len(), member, spec)?;
        let Alike { names, step, channels, gathered } = match &mut known {
            Some(known) => known,
            none => none.insert(Alike::of(&form, spec, member, &mut remarks)?),
        };
        if *names != form.columns.names {
            let expected = format!("the columns {} as in {}", listed(names), first.path);
            return Err(member.unfit(expected, listed(&form.columns.names), "name a folder of like files"));
        }
        let folders: Vec<&str> = member.folder().split('/').filter(|folder| !folder.is_empty()).collect();
        let part = folders.iter().find_map(|folder| crate::data::folder::part_named(folder));
        let class = folders.iter().rev().find(|folder| crate::data::folder::part_named(folder).is_none());
        let class = gathered.class(class.unwrap_or(&""), member)?;
        let file = member.plain_name();
        let called = item_called("file", file.rsplit_once('.').map_or(file, |(stem, _)| stem));
        let item = gathered.begin(class, part, called);
        steps.begin();
        rows(member, &form, &text, watch, &mut |line, record| {
            if let Some(step) = *step {
                steps.push(item, record.get(step).unwrap_or(""));
            }
            for &column in channels.iter() {
                let value = value(record, column, line, (&form, member), gathered)?;
                gathered.push(item, value, member)?;
            }
            Ok(())
        })?;
    }
    for (note, (member, n)) in notes {
        let others = if n > 1 { format!(" and {} more files were", n - 1) } else { " was".to_owned() };
        remarks.push(format!("{}{others} read as {note}", member.plain_name()));
    }
    let Some(Alike { names, step, channels, mut gathered }) = known else {
        return Err(tree.unfit("series", "none", "choose another folder"));
    };
    remarks.extend(step.and_then(|step| steps.unplaced(&shown(&names[step]))));
    if let Some(member) = steps.repeated().and_then(|item| files.get(item)) {
        let column = step.map_or_else(String::new, |step| shown(&names[step]));
        let advice = "name another column with step=, or write step=none to take the rows in the order of the file";
        return Err(member.unfit("one row for each step", format!("several of one step in column {column}"), advice));
    }
    steps.sort(&mut gathered.items, channels.len());
    gathered.finish(tree, spec, remarks)
}
