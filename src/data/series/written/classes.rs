//! Which column of a CSV of series holds the classes where neither the query nor a known name says so: the one column of words that stays the same within
//! each item and comes again in others; where there is none, one of few whole numbers that does so and is called like an outcome (`fault`).

use std::collections::HashMap;

use super::roles::holds_names;
use super::{Form, Layout, MOST_CLASSES, number, rows, shown};
use crate::data::DataError;
use crate::data::archive::Member;
use crate::data::open::Watch;
use crate::data::spec::{DataSpec, in_words};

/// So many classes may be in few items.
const FEW: usize = 20;
/// Names of columns whose numbers are classes where they stay the same within each item: one may be a measured channel under any other name.
const OUTCOMES: [&str; 15] = [
    "fault",
    "faulty",
    "failure",
    "failed",
    "anomaly",
    "outcome",
    "result",
    "diagnosis",
    "condition",
    "status",
    "state",
    "activity",
    "gesture",
    "response",
    "defect",
];

/// A column of words, while the file is looked through.
struct Candidate {
    column: usize,
    /// Its different values, numbered.
    values: HashMap<String, u32>,
    /// The value of each item; `None` where the field is blank.
    of_items: Vec<Option<u32>>,
    /// Whether no item has two values so far.
    fits: bool,
}

impl Candidate {
    fn new(column: usize) -> Self {
        Self { column, values: HashMap::new(), of_items: Vec::new(), fits: true }
    }

    /// One more row of item `item`; items come in the order of their numbers.
    fn push(&mut self, item: usize, field: &str) {
        if !self.fits {
            return;
        }
        let next = self.values.len() as u32;
        let value = match field.trim() {
            "" => None,
            named => match self.values.get(named) {
                Some(&known) => Some(known),
                None => {
                    self.values.insert(named.to_owned(), next);
                    Some(next)
                }
            },
        };
        match self.of_items.get(item) {
            Some(known) => self.fits = *known == value,
            None => self.of_items.push(value),
        }
        self.fits &= self.values.len() <= MOST_CLASSES;
    }

    /// Whether its values come again in several items, as classes do and names do not.
    fn is_of_classes(&self) -> bool {
        let (n, n_items) = (self.values.len(), self.of_items.len());
        self.fits && n >= 2 && n < n_items && n <= FEW.max(n_items / 2)
    }
}

impl Layout {
    /// Where nothing says which column holds the classes, and one may: takes that. What is to be said of it, or of several that may.
    pub(super) fn guess_label(
        &mut self,
        file: (&Member, &Form, &str),
        spec: &DataSpec,
        watch: &mut Watch<'_>,
    ) -> Result<Option<String>, DataError> {
        let (item, taken, label) = match self {
            Self::Long { item, step, label, part, channels } => {
                let taken: Vec<usize> = [Some(*item), *step, *part].into_iter().flatten().collect();
                (Some(*item), [&taken[..], &channels[..]].concat(), label)
            }
            Self::Wide { channels, label, part, .. } => {
                let steps = channels.iter().flat_map(|(_, columns)| columns).copied();
                (None, steps.chain(*part).collect::<Vec<usize>>(), label)
            }
        };
        if label.is_some() || spec.query.contains_key("label") {
            return Ok(None);
        }
        let form = file.1;
        let is_free = |column: &usize| !taken.contains(column) && holds_names(form, *column);
        let words = (0..form.columns.names.len()).filter(is_free).collect();
        let found = columns_of_classes(file, item, words, watch)?;
        if found.is_empty()
            && let Some(numbers) = self.outcomes(form, spec)
        {
            let found = columns_of_classes(file, item, numbers, watch)?;
            if let ([only], Self::Long { label, channels, .. }) = (&found[..], &mut *self) {
                channels.retain(|channel| channel != only);
                *label = Some(*only);
                return Ok(Some(format!(
                    "Classes are in column {} (guessed by its name, and since it stays the same within each item; label= names another, label=none none)",
                    shown(&form.columns.names[*only])
                )));
            }
            return Ok(None);
        }
        let names = in_words(found.iter().map(|column| shown(&file.1.columns.names[*column])));
        let within = if item.is_some() { " that stays the same within each item" } else { "" };
        Ok(match found[..] {
            [] => None,
            [only] => {
                let (Self::Long { label, .. } | Self::Wide { label, .. }) = self;
                *label = Some(only);
                Some(format!(
                    "Classes are in column {names} (guessed as the only column of words{within}; label= names another, label=none none)"
                ))
            }
            _ => Some(format!("Columns {names} may hold classes: label= names one of them")),
        })
    }

    /// Channels of a long table that may hold classes as numbers: whole ones under the name of an outcome. None where the query names the channels, or no
    /// other channel is left.
    fn outcomes(&self, form: &Form, spec: &DataSpec) -> Option<Vec<usize>> {
        let Self::Long { channels, .. } = self else { return None };
        let is_outcome = |column: &&usize| {
            let name = form.columns.names[**column].trim().to_lowercase();
            let mut fields = form.sample.iter().filter_map(|row| row.get(**column));
            OUTCOMES.contains(&name.as_str())
                && fields.all(|field| number(field, form).is_some_and(|value| value.fract() == 0.0))
        };
        let found: Vec<usize> = channels.iter().filter(is_outcome).copied().collect();
        let is_possible = !spec.query.contains_key("channels") && !found.is_empty() && found.len() < channels.len();
        is_possible.then_some(found)
    }
}

/// Those of `columns` whose values may be classes of the items. `item` names the items; without it each row is one.
fn columns_of_classes(
    (member, form, text): (&Member, &Form, &str),
    item: Option<usize>,
    columns: Vec<usize>,
    watch: &mut Watch<'_>,
) -> Result<Vec<usize>, DataError> {
    let mut candidates: Vec<Candidate> = columns.into_iter().map(Candidate::new).collect();
    // Where there is none, the file need not be read twice.
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut n_rows = 0;
    rows(member, form, text, watch, &mut |_, record| {
        let at = match item.map(|item| record.get(item).unwrap_or("").trim()) {
            None => n_rows,
            Some(called) => match numbers.get(called) {
                Some(&known) => known,
                None => {
                    numbers.insert(called.to_owned(), numbers.len());
                    numbers.len() - 1
                }
            },
        };
        n_rows += 1;
        for candidate in &mut candidates {
            candidate.push(at, record.get(candidate.column).unwrap_or(""));
        }
        Ok(())
    })?;
    Ok(candidates.iter().filter(|candidate| candidate.is_of_classes()).map(|candidate| candidate.column).collect())
}
