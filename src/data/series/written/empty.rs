//! Fields of a series that are empty: refused, filled as asked for, or filled unasked where they are few.

use super::super::gaps::{Gaps, few};
use super::{Gathered, number, shown};
use crate::data::DataError;
use crate::data::archive::Member;
use crate::data::delimited::{Form, is_missing};

impl Gathered {
    /// How the gaps are filled, in words; refused where nothing is asked for and they are not few.
    pub(super) fn settle_gaps(&mut self) -> Result<Option<String>, DataError> {
        let change = if self.gaps == Gaps::Refused { " (gaps= changes it)" } else { "" };
        if let Some(refused) = self.first_gap.take() {
            if !few(self.n_gaps, self.n_values) {
                return Err(refused);
            }
            self.gaps = Gaps::Previous;
        }
        let fields = if self.n_gaps == 1 { "field was" } else { "fields were" };
        let said = format!("{} empty {fields} filled with {}{change}", self.n_gaps, self.gaps.words());
        Ok((self.n_gaps > 0).then_some(said))
    }
}

/// The number in a field, NaN for a gap that is to be filled, or a sentence on what stands there.
pub(super) fn value(
    record: &csv::StringRecord,
    column: usize,
    line: u64,
    (form, member): (&Form, &Member),
    gathered: &mut Gathered,
) -> Result<f32, DataError> {
    let field = record.get(column).unwrap_or("");
    if let Some(number) = number(field, form) {
        return Ok(number);
    }
    if is_missing(field) && gathered.gaps != Gaps::Refused {
        gathered.n_gaps += 1;
        return Ok(f32::NAN);
    }
    let short = shown(field);
    let found = format!("\"{short}\" on line {line}, column {}", shown(&form.columns.names[column]));
    let advice = if is_missing(field) {
        "fill empty fields with gaps=previous, gaps=mean or gaps=zero, or leave the column out with channels="
    } else {
        "mend it, or empty it and write gaps=previous, gaps=mean or gaps=zero, or leave the column out with channels="
    };
    let refused = member.unfit("numbers", found, advice);
    if is_missing(field) && gathered.takes_few {
        gathered.n_gaps += 1;
        gathered.first_gap.get_or_insert(refused);
        return Ok(f32::NAN);
    }
    Err(refused)
}
