//! Definition 2 of DoRaR (section IV): which of two explanations is better, by what is rebuilt from the selected and from the unselected part.

/// What Definition 2 compares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Share kept by what is rebuilt from the selected units; high is good.
    pub a1: f64,
    /// The same from the unselected units; low is good.
    pub a2: f64,
    /// How many units are selected; few are good.
    pub n_units: usize,
    /// Values in a unit; few are good.
    pub unit_size: usize,
}

/// How one explanation stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// At least as good in all four, better in one.
    Better,
    /// The other way round.
    Worse,
    /// The same in all four.
    Equal,
    /// Better in one, worse in another.
    Incomparable,
}

impl Standing {
    /// How this one stands to `other`. A sentence before the definition has one inequality turned round; the definition is followed.
    pub fn against(&self, other: &Self) -> Order {
        let no_worse =
            |a: &Self, b: &Self| a.a1 >= b.a1 && a.a2 <= b.a2 && a.n_units <= b.n_units && a.unit_size <= b.unit_size;
        match (no_worse(self, other), no_worse(other, self)) {
            (true, true) => Order::Equal,
            (true, false) => Order::Better,
            (false, true) => Order::Worse,
            (false, false) => Order::Incomparable,
        }
    }
}

/// For each the first of the others that is better, or `None` where it is not dominated.
pub fn dominated_by(all: &[Standing]) -> Vec<Option<usize>> {
    all.iter().map(|one| all.iter().position(|other| other.against(one) == Order::Better)).collect()
}

/// A figure with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sure {
    /// The mean.
    pub mean: f64,
    /// Its 95 % interval.
    pub ci95: [f64; 2],
}

impl Sure {
    fn is_apart(&self, other: &Self) -> bool {
        self.ci95[0] > other.ci95[1] || other.ci95[0] > self.ci95[1]
    }
}

/// A row of a table at one number of units, with all that Definition 2 compares.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebuilt {
    /// Name of the row.
    pub row: String,
    /// How many units are selected.
    pub k: Option<usize>,
    /// Values in a unit.
    pub unit_size: usize,
    /// Share kept by what is rebuilt from the selected units.
    pub a1: Sure,
    /// The same from the unselected units.
    pub a2: Sure,
}

impl Rebuilt {
    fn standing(&self) -> Standing {
        Standing { a1: self.a1.mean, a2: self.a2.mean, n_units: self.k.unwrap_or(0), unit_size: self.unit_size }
    }
}

/// Which rows are better than others, in plain sentences: a paragraph for each k at which there are two or more, and where there are several k also one
/// for all of them together, since fewer units are better, too.
pub fn sentences(all: &[Rebuilt]) -> Vec<String> {
    let mut ks: Vec<Option<usize>> = all.iter().map(|one| one.k).collect();
    ks.sort_unstable();
    ks.dedup();
    let across = if ks.len() > 1 { among(&all.iter().collect::<Vec<_>>(), " among all k", true) } else { None };
    let at_k = |k: Option<usize>| {
        let of: Vec<&Rebuilt> = all.iter().filter(|one| one.k == k).collect();
        among(&of, &k.map_or_else(String::new, |k| format!(" at k = {k}")), false)
    };
    ks.into_iter().filter_map(at_k).chain(across).collect()
}

fn among(of: &[&Rebuilt], at_k: &str, is_across: bool) -> Option<String> {
    let [first, _, ..] = of else { return None };
    let has_sizes = of.iter().any(|one| one.unit_size != first.unit_size);
    let name = |one: &&Rebuilt| {
        let k = one.k.filter(|_| is_across).map_or_else(String::new, |k| format!(" at k = {k}"));
        let values = if one.unit_size == 1 { "value" } else { "values" };
        let size = if has_sizes { format!(" (units of {} {values})", one.unit_size) } else { String::new() };
        format!("{}{k}{size}", one.row)
    };
    let names: Vec<String> = of.iter().map(name).collect();
    let standings: Vec<Standing> = of.iter().map(|one| one.standing()).collect();
    let better = dominated_by(&standings);
    let named = |which: &[usize]| which.iter().map(|&at| names[at].as_str()).collect::<Vec<_>>();
    let free: Vec<usize> = (0..of.len()).filter(|&at| better[at].is_none()).collect();
    let mut words = format!("Not dominated (DoRaR, Definition 2){at_k}: {}.", named(&free).join(", "));
    for (by, better_name) in names.iter().enumerate() {
        for is_sure in [true, false] {
            let is_apart = |at: usize| of[at].a1.is_apart(&of[by].a1) || of[at].a2.is_apart(&of[by].a2);
            let is_so = |at: &usize| better[*at] == Some(by) && is_apart(*at) == is_sure;
            let behind: Vec<usize> = (0..of.len()).filter(is_so).collect();
            if !behind.is_empty() {
                let are = if behind.len() == 1 { "is" } else { "are" };
                // Where chance can have made the order, nothing is called worse.
                let how = if is_sure {
                    format!("worse than {better_name}")
                } else {
                    format!("behind {better_name}, but within the intervals")
                };
                words.push_str(&format!(" {} {are} {how}.", listed(&named(&behind))));
            }
        }
    }
    // Rows that are the same in everything stand together: of these none is better, and none is incomparable.
    let mut apart: Vec<Vec<usize>> = Vec::new();
    for at in free {
        let is_same = |group: &&mut Vec<usize>| standings[group[0]].against(&standings[at]) == Order::Equal;
        match apart.iter_mut().find(is_same) {
            Some(group) => group.push(at),
            None => apart.push(vec![at]),
        }
    }
    let mut start = " Those that are not dominated";
    for group in apart.iter().filter(|group| group.len() > 1) {
        let none = if group.len() == 2 { "neither" } else { "none" };
        words.push_str(&format!(" {} are equal: {none} is better.", listed(&named(group))));
        start = " Beyond that, those that are not dominated";
    }
    if apart.len() > 1 {
        let fewer = match (is_across, has_sizes) {
            (false, false) => "",
            (true, false) => " or fewer units",
            (false, true) => " or smaller units",
            (true, true) => " or fewer or smaller units",
        };
        words.push_str(&format!("{start} cannot be ordered: one has the higher a1, another the lower a2{fewer}."));
    }
    Some(words)
}

/// "a, b and c".
fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rebuilt(row: &str, k: usize, unit_size: usize, a1: f64, a2: f64) -> Rebuilt {
        let sure = |mean: f64| Sure { mean, ci95: [mean - 1.0, mean + 1.0] };
        Rebuilt { row: row.to_owned(), k: Some(k), unit_size, a1: sure(a1), a2: sure(a2) }
    }

    #[test]
    fn equal_rows_are_called_equal_and_not_incomparable() {
        let two = [rebuilt("x", 4, 16, 90.0, 50.0), rebuilt("y", 4, 16, 90.0, 50.0)];
        assert_eq!(
            sentences(&two),
            ["Not dominated (DoRaR, Definition 2) at k = 4: x, y. x and y are equal: neither is better."]
        );
        let more = [&two[..], &[rebuilt("z", 4, 16, 95.0, 70.0), rebuilt("w", 4, 16, 89.5, 50.5)]].concat();
        assert_eq!(
            sentences(&more),
            [
                "Not dominated (DoRaR, Definition 2) at k = 4: x, y, z. w is behind x, but within the intervals. x and y are equal: neither is better. \
              Beyond that, those that are not dominated cannot be ordered: one has the higher a1, another the lower a2."
            ]
        );
    }

    #[test]
    fn the_size_of_a_unit_and_how_many_there_are_count() {
        // The same figures from pixels and from chunks of 16.
        let sizes = [rebuilt("chunks", 4, 16, 90.0, 50.0), rebuilt("pixels", 4, 1, 90.0, 50.0)];
        assert_eq!(
            sentences(&sizes),
            ["Not dominated (DoRaR, Definition 2) at k = 4: pixels (units of 1 value). \
              chunks (units of 16 values) is behind pixels (units of 1 value), but within the intervals."]
        );
        // Better figures, but from larger units.
        let sizes = [rebuilt("chunks", 4, 16, 95.0, 40.0), rebuilt("pixels", 64, 1, 90.0, 50.0)];
        assert_eq!(
            sentences(&sizes),
            [
                "Not dominated (DoRaR, Definition 2) among all k: chunks at k = 4 (units of 16 values), pixels at k = 64 (units of 1 value). Those that are not dominated \
              cannot be ordered: one has the higher a1, another the lower a2 or fewer or smaller units."
            ]
        );
    }

    #[test]
    fn what_lies_within_the_intervals_is_not_called_worse() {
        let wide = |row: &str, a1: (f64, f64), a2: (f64, f64)| {
            let sure = |(mean, half): (f64, f64)| Sure { mean, ci95: [mean - half, mean + half] };
            Rebuilt { row: row.to_owned(), k: Some(4), unit_size: 16, a1: sure(a1), a2: sure(a2) }
        };
        let best = wide("DoRaR", (68.0, 14.0), (40.0, 15.0));
        let near = ["Gradient", "Random"].map(|row| wide(row, (60.0, 15.0), (45.0, 15.0)));
        let far = wide("Far", (20.0, 5.0), (90.0, 5.0));
        let said = sentences(&[best, near[0].clone(), near[1].clone(), far]);
        assert_eq!(
            said,
            [
                "Not dominated (DoRaR, Definition 2) at k = 4: DoRaR. Far is worse than DoRaR. Gradient and Random are behind DoRaR, but within the intervals."
            ]
        );
    }

    const fn at(a1: f64, a2: f64) -> Standing {
        Standing { a1, a2, n_units: 4, unit_size: 16 }
    }

    #[test]
    fn better_means_at_least_as_good_in_everything_and_better_in_something() {
        // Table III, 4 chunks: DoRaR 81.30 / 88.18; a method with less of a1 and more of a2 is dominated.
        let dorar = at(81.30, 88.18);
        assert_eq!(dorar.against(&at(70.0, 90.0)), Order::Better);
        assert_eq!(at(70.0, 90.0).against(&dorar), Order::Worse);
        assert_eq!(dorar.against(&at(81.30, 90.0)), Order::Better);
        assert_eq!(dorar.against(&dorar), Order::Equal);
        assert_eq!(dorar.against(&at(85.0, 89.0)), Order::Incomparable);
        // Equal figures from fewer units are better; better figures from more units cannot be ordered.
        let fewer = Standing { n_units: 2, ..dorar };
        assert_eq!(fewer.against(&dorar), Order::Better);
        assert_eq!(Standing { n_units: 8, ..at(99.0, 10.0) }.against(&dorar), Order::Incomparable);
    }

    #[test]
    fn the_first_better_one_is_named() {
        let all = [at(90.0, 50.0), at(80.0, 60.0), at(95.0, 70.0), at(90.0, 50.0)];
        assert_eq!(dominated_by(&all), [None, Some(0), None, None]);
    }
}
