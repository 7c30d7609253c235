//! Which column of a table holds the classes, where the query does not say: told by its name, by its place, and by how many different values it has.

use std::collections::HashSet;

use super::{MOST_LEVELS, MOST_NUMBERED, Written, moment, parse};
use crate::data::spec::in_words;

/// Names that hardly a column has but one of classes, best first.
const STRONG: [&str; 8] = ["label", "class", "target", "y", "outcome", "labels", "class_label", "response"];
/// Names that an input may have as well, best first.
const WEAK: [&str; 4] = ["income", "diagnosis", "category", "species"];

/// Names that no input has.
const UNMISTAKABLE: [&str; 4] = ["label", "labels", "class", "class_label"];

/// Whether a column of this name holds classes also where it is listed among the columns that are read.
pub(super) fn is_unmistakable(name: &str) -> bool {
    UNMISTAKABLE.iter().any(|known| name.trim().eq_ignore_ascii_case(known))
}

/// What a column holds, as far as classes are concerned.
struct Values {
    /// Fields that are not missing.
    n: usize,
    /// Different ones among them; one more than [`MOST_LEVELS`] stands for all above.
    n_distinct: usize,
    is_number: bool,
    is_whole: bool,
    is_date: bool,
}

impl Values {
    fn of(written: &Written, at: usize) -> Self {
        let mut values = Self { n: 0, n_distinct: 0, is_number: true, is_whole: true, is_date: true };
        let mut seen = HashSet::new();
        for field in written.present(at) {
            values.n += 1;
            if seen.len() <= MOST_LEVELS && !seen.insert(field) {
                continue;
            }
            let number = parse(field);
            values.is_number &= number.is_some();
            values.is_whole &= number.is_some_and(|number| number.fract() == 0.0);
            values.is_date &= number.is_none() && moment(field).is_some();
        }
        values.n_distinct = seen.len();
        values
    }

    /// Why it cannot be classes; `None` where it can.
    fn misfit(&self) -> Option<String> {
        let most = if self.is_number { MOST_NUMBERED } else { MOST_LEVELS };
        match self.n_distinct {
            0 => Some("is empty".to_owned()),
            1 => Some("has one value only".to_owned()),
            n if n > most => Some(format!("has {}, too many for classes", self.different())),
            // What is another word in each row is a name.
            n if n == self.n && n > MOST_NUMBERED => Some("has another value in each row".to_owned()),
            _ => None,
        }
    }

    /// Whether it looks like classes whatever it is called: few words or whole numbers that come again.
    fn looks_like_classes(&self) -> bool {
        let is_few = self.n_distinct <= MOST_NUMBERED && self.n_distinct < self.n;
        is_few && self.misfit().is_none() && !self.is_date && (!self.is_number || self.is_whole)
    }

    /// Whether a threshold can make two classes of it.
    fn can_be_divided(&self) -> bool {
        self.is_number && self.n_distinct > 1
    }

    /// "4 different values".
    fn different(&self) -> String {
        let more = if self.n_distinct > MOST_LEVELS { "more than " } else { "" };
        format!("{more}{} different values", self.n_distinct.min(MOST_LEVELS))
    }
}

/// The column that is taken for the classes, and a remark that says so and how to change it: the first strong name; the last column, or else the first,
/// if few different values come again in it; a weak name; the last column. What cannot be classes is passed over. Columns that are `taken` for something
/// else are no choice; where `is_divided`, a threshold makes classes of numbers.
pub(super) fn guess(written: &Written, taken: &[usize], is_divided: bool) -> (usize, String) {
    let free: Vec<usize> = (0..written.names.len()).filter(|at| !taken.contains(at)).collect();
    let values = |at: usize| Values::of(written, at);
    let fits = |at: usize| if is_divided { values(at).can_be_divided() } else { values(at).misfit().is_none() };
    let named = |names: &[&str]| -> Vec<usize> {
        let is_called = |at: &usize, known: &str| written.names[*at].trim().eq_ignore_ascii_case(known);
        names.iter().filter_map(|known| free.iter().copied().find(|at| is_called(at, known))).collect()
    };
    let (strong, weak) = (named(&STRONG), named(&WEAK));
    let is_filled = |at: &usize| written.present(*at).next().is_some();
    let last = free.iter().rev().copied().find(is_filled);
    let first = free.iter().copied().find(is_filled).filter(|_| !is_divided);
    let by_name = |names: &[usize]| {
        let found = names.iter().copied().find(|at| fits(*at));
        found.map(|at| (at, "by its name".to_owned()))
    };
    let by_place = |at: Option<usize>, place: &str| {
        let at = at?;
        let values = values(at);
        let looks_so = if is_divided { values.can_be_divided() } else { values.looks_like_classes() };
        looks_so.then(|| (at, format!("as the {place} column, with {}", values.different())))
    };
    let found = by_name(&strong)
        .or_else(|| by_place(last, "last"))
        .or_else(|| by_place(first, "first"))
        .or_else(|| by_name(&weak));
    let (label, why) = found.unwrap_or_else(|| {
        // It is refused where its values are no classes: better the one that is called so.
        let called = last.filter(|at| fits(*at)).or_else(|| strong.first().copied());
        let at = called.or(last).unwrap_or_else(|| written.names.len().saturating_sub(1));
        (at, if strong.contains(&at) { "by its name" } else { "as the last column" }.to_owned())
    });
    let name = |at: usize| in_words([written.names[at].trim()]);
    let passed_over = strong.iter().copied().take_while(|at| *at != label);
    let passed_over = passed_over.filter_map(|at| Some(format!("; column {} {}", name(at), values(at).misfit()?)));
    let said = format!(
        "Classes are in column {} (guessed {why}; label= changes it{})",
        name(label),
        passed_over.collect::<String>()
    );
    (label, said)
}
