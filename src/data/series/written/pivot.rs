//! A row for each value (tidy data: item, step, channel, value): a column of words says of which channel a value is, and each of its words becomes a
//! channel. Only tables in which an item has several rows of one step are read so: as a row for each step they could not be read at all.

use std::collections::{HashMap, HashSet};

use super::roles::item_called;
use super::{Form, Gaps, Gathered, Layout, Steps, holds_words, is_numeric, listed, named, rows, shown, value};
use crate::data::DataError;
use crate::data::archive::Member;
use crate::data::columns::part_in;
use crate::data::dates::place;
use crate::data::open::Watch;
use crate::data::spec::DataSpec;

/// Names of a column of channels; one called so may also hold numbers.
const CHANNELS: [&str; 9] =
    ["channel", "variable", "sensor", "signal", "feature", "measure", "measurement", "kind", "axis"];
/// Most channels.
const MOST_CHANNELS: usize = 4096;

/// What the columns of such a table are for.
pub(super) struct Pivot {
    item: usize,
    step: usize,
    label: Option<usize>,
    part: Option<usize>,
    channel: usize,
    value: usize,
    /// Channels in the order in which they come.
    channels: Vec<String>,
}

/// Words by the order in which they come.
#[derive(Default)]
struct Numbered(HashMap<String, u32>);

impl Numbered {
    fn of(&mut self, word: &str) -> u32 {
        if let Some(&known) = self.0.get(word) {
            return known;
        }
        let next = self.0.len() as u32;
        self.0.insert(word.to_owned(), next);
        next
    }

    fn in_order(self) -> Vec<String> {
        let mut words: Vec<(u32, String)> = self.0.into_iter().map(|(word, at)| (at, word)).collect();
        words.sort_unstable();
        words.into_iter().map(|(_, word)| word).collect()
    }
}

/// A step by which rows are found: what has one place is one step, however it is written.
fn key_of(step: &str) -> String {
    // Zero has no sign here.
    place(step).map_or_else(|| step.trim().to_owned(), |at| (at + 0.0).to_string())
}

/// A column that may hold channels, while the file is looked through.
struct Candidate {
    column: usize,
    words: Numbered,
    /// Item, step and channel of the rows so far.
    seen: HashSet<(u32, u32, u32)>,
    /// Rows whose item, step and channel another row has, and the line of the first.
    n_double: usize,
    double: Option<u64>,
    /// The line of the first row without a channel.
    blank: Option<u64>,
}

impl Candidate {
    fn new(column: usize) -> Self {
        let (words, seen) = (Numbered::default(), HashSet::new());
        Self { column, words, seen, n_double: 0, double: None, blank: None }
    }

    fn push(&mut self, (item, step): (u32, u32), field: &str, line: u64) {
        // Free words are no channels, and need not be remembered.
        if self.words.0.len() > MOST_CHANNELS {
            self.seen = HashSet::new();
            return;
        }
        if field.is_empty() {
            self.blank.get_or_insert(line);
        }
        if !self.seen.insert((item, step, self.words.of(field))) {
            self.n_double += 1;
            self.double.get_or_insert(line);
        }
    }

    /// Whether its words come again, and tell rows of one step apart for the most part.
    fn is_of_channels(&self, n_rows: usize, n_repeated: usize) -> bool {
        let n_words = self.words.0.len();
        (2..=MOST_CHANNELS).contains(&n_words) && n_rows >= 2 * n_words && self.n_double * 2 <= n_repeated
    }
}

impl Pivot {
    /// How a table with a row for each step is read as one with a row for each value, or `None` where it is none.
    ///
    /// # Errors
    /// A table that is one, but in which several columns may hold the channels or the values, or two rows hold the same value.
    pub(super) fn of(
        file: (&Member, &Form, &str),
        layout: &Layout,
        watch: &mut Watch<'_>,
    ) -> Result<Option<Self>, DataError> {
        let Layout::Long { item, step: Some(step), label, part, channels } = layout else { return Ok(None) };
        let (member, form, text) = file;
        let (item, step) = (*item, *step);
        let is_taken = |column: usize| [Some(item), Some(step), *label, *part].contains(&Some(column));
        // `channels=` may name the column itself.
        let words: Vec<usize> = channels.iter().copied().filter(|column| holds_words(form, *column)).collect();
        let asked = if let [only] = words[..] { Some(only) } else { None };
        let known = named(form, &CHANNELS);
        let may_be = |column: &usize| {
            !is_taken(*column) && asked.map_or(holds_words(form, *column) || Some(*column) == known, |at| at == *column)
        };
        let mut candidates: Vec<Candidate> = (0..form.columns.names.len()).filter(may_be).map(Candidate::new).collect();
        // Where there is none, the file need not be read twice.
        if candidates.is_empty() {
            return Ok(None);
        }
        let (mut items, mut steps) = (Numbered::default(), Numbered::default());
        let (mut places, mut n_rows) = (HashSet::new(), 0_usize);
        rows(member, form, text, watch, &mut |line, record| {
            let at =
                (items.of(record.get(item).unwrap_or("").trim()), steps.of(&key_of(record.get(step).unwrap_or(""))));
            places.insert(at);
            n_rows += 1;
            for candidate in &mut candidates {
                candidate.push(at, record.get(candidate.column).unwrap_or("").trim(), line);
            }
            Ok(())
        })?;
        let n_repeated = n_rows - places.len();
        if n_repeated == 0 {
            return Ok(None);
        }
        // A column of another name may tell rows apart by chance: it must do so without exception, and leave one column of values.
        let is_called = |candidate: &Candidate| [asked, known].contains(&Some(candidate.column));
        let others = |channel: usize| -> Vec<usize> {
            let beside: Vec<usize> = channels.iter().copied().filter(|column| *column != channel).collect();
            if !beside.is_empty() {
                return beside;
            }
            let is_free = |column: &usize| !is_taken(*column) && *column != channel && is_numeric(form, *column);
            (0..form.columns.names.len()).filter(is_free).collect()
        };
        candidates.retain(|candidate| {
            let is_sole = candidate.n_double == 0 && others(candidate.column).len() == 1;
            candidate.is_of_channels(n_rows, n_repeated) && (is_called(candidate) || is_sole)
        });
        if candidates.iter().any(|candidate| Some(candidate.column) == known) {
            candidates.retain(|candidate| Some(candidate.column) == known);
        }
        let called = |columns: &[usize]| {
            listed(&columns.iter().map(|column| form.columns.names[*column].clone()).collect::<Vec<_>>())
        };
        if candidates.len() > 1 {
            let found = called(&candidates.iter().map(|candidate| candidate.column).collect::<Vec<_>>());
            let expected = "one column that says of which channel a value is, as items have several rows of one step";
            return Err(member.unfit(expected, found, "name it with channels="));
        }
        let Some(candidate) = candidates.pop() else { return Ok(None) };
        let channel = candidate.column;
        let name = shown(&form.columns.names[channel]);
        let of_row = |line: u64, what: &str| (format!("{what} on line {line}"), "mend the file");
        if let Some(line) = candidate.blank {
            let (found, advice) = of_row(line, "none");
            return Err(member.unfit(format!("a channel in each row of column {name}"), found, advice));
        }
        if let Some(line) = candidate.double {
            let (found, advice) = of_row(line, "another one");
            let expected = format!("one value for each item, step and channel (column {name})");
            return Err(member.unfit(expected, found, advice));
        }
        let values = others(channel);
        let [value] = values[..] else {
            let expected = format!("one column of values beside the channels in column {name}");
            let found = if values.is_empty() { "none".to_owned() } else { called(&values) };
            return Err(member.unfit(expected, found, "name it with channels="));
        };
        let channels = candidate.words.in_order();
        Ok(Some(Self { item, step, label: *label, part: *part, channel, value, channels }))
    }

    /// Puts the values together item by item, and says how.
    ///
    /// # Errors
    /// A value that is missing or no number, and what is refused of a row for each step.
    pub(super) fn read(
        self,
        (member, form, text): (&Member, &Form, &str),
        spec: &DataSpec,
        remarks: &mut Vec<String>,
        watch: &mut Watch<'_>,
    ) -> Result<Gathered, DataError> {
        let Self { item: of_item, step, label, part, channel, value: of_value, channels } = self;
        let name = |column: usize| shown(&form.columns.names[column]);
        let classes = label.map_or("no column of classes".to_owned(), |at| format!("classes are column {}", name(at)));
        remarks.push(format!(
            "A row for each value: items are column {}, steps are column {}, values are column {}, and each word of column {} is a channel: {}; {classes} \
             (item=, step=, channels= and label= change it)",
            name(of_item),
            name(step),
            name(of_value),
            name(channel),
            listed(&channels)
        ));
        remarks.extend(part.map(|part| format!("Parts are column {} (split= changes it)", name(part))));
        let used = [Some(of_item), Some(step), label, part, Some(channel), Some(of_value)];
        remarks.extend(super::left_out(form, &used.into_iter().flatten().collect::<Vec<_>>()));

        let n = channels.len();
        let number: HashMap<&str, usize> = channels.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let mut gathered = Gathered::new(channels.clone(), spec)?;
        let (mut items, mut steps) = (Numbered::default(), Steps::default());
        // Where the values of an item's step begin, and the steps of each item as they are written.
        let mut starts: HashMap<(usize, String), usize> = HashMap::new();
        let mut written: Vec<Vec<String>> = Vec::new();
        let mut n_read = 0_usize;
        rows(member, form, text, watch, &mut |line, record| {
            let called = record.get(of_item).unwrap_or("").trim();
            let class = match label {
                Some(label) => gathered.class(record.get(label).unwrap_or(""), member)?,
                None => None,
            };
            let of_part = match part {
                Some(at) => part_in(record.get(at).unwrap_or(""), &form.columns.names[at], spec)?,
                None => None,
            };
            let item = items.of(called) as usize;
            if item == gathered.items.len() {
                steps.begin();
                written.push(Vec::new());
                gathered.begin(class, of_part, item_called(&form.columns.names[of_item], called));
            }
            if gathered.parts[item] != of_part {
                let found = format!("two in item {}, line {line}", shown(called));
                return Err(member.unfit("one part for each item", found, "name the column of parts with split="));
            }
            if gathered.labels[item] != class {
                let found = format!("two in item {}, line {line}", shown(called));
                return Err(member.unfit("one class for each item", found, "name the column of classes with label="));
            }
            let field = record.get(step).unwrap_or("");
            let end = gathered.items[item].len();
            let start = *starts.entry((item, key_of(field))).or_insert(end);
            if start == end {
                steps.push(item, field);
                written[item].push(shown(field.trim()));
                for _ in 0..n {
                    gathered.push(item, f32::NAN, member)?;
                }
            }
            let number_of = number.get(record.get(channel).unwrap_or("").trim()).copied();
            let value = value(record, of_value, line, (form, member), &mut gathered)?;
            if let Some(at) = number_of {
                gathered.items[item][start + at] = value;
                n_read += 1;
            }
            Ok(())
        })?;
        let n_missing = gathered.items.iter().map(Vec::len).sum::<usize>() - n_read;
        if n_missing > 0 && gathered.gaps == Gaps::Refused {
            let first =
                |(item, values): (usize, &Vec<f32>)| Some((item, values.iter().position(|value| value.is_nan())?));
            let called = items.in_order();
            let found = gathered.items.iter().enumerate().find_map(first).map_or_else(String::new, |(item, at)| {
                let (channel, step) = (shown(&channels[at % n]), &written[item][at / n]);
                format!("none for channel {channel} at step {step} of item {}", shown(&called[item]))
            });
            let advice = "fill gaps with gaps=previous, gaps=mean or gaps=zero";
            return Err(member.unfit("a value for each channel at each step of an item", found, advice));
        }
        gathered.n_gaps += n_missing;
        remarks.extend(steps.unplaced(&name(step)));
        steps.sort(&mut gathered.items, n);
        Ok(gathered)
    }
}
