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

#[cfg(test)]
mod tests {
    use super::*;

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
