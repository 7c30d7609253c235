//! Which part of the data an item belongs to. Splits are seeded and stratified; nothing is ever chosen on test.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Training, validation or test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Learned from.
    Train,
    /// Chosen on.
    Validation,
    /// Reported on.
    Test,
}

impl Split {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// "train", "validation", "test".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl std::fmt::Display for Split {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Split {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|split| split.name() == text);
        found.ok_or_else(|| format!("split \"{text}\": expected train, validation or test"))
    }
}

/// How items are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Half of the held-out part is validation, half is test (L2X, MEED).
    HalfTest,
    /// A sixth of the training part is validation, the held-out part is test: 50,000 / 10,000 / 10,000 of MNIST (DoRaR).
    Dorar,
    /// Four fifths of the held-out part are validation, one fifth is test (AIM's texts, there in the order of the file).
    Aim,
    /// As the files say.
    Official,
    /// 80 % / 10 % / 10 % of everything, whatever the files say.
    Fresh,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::HalfTest, Self::Dorar, Self::Aim, Self::Official, Self::Fresh];

    /// All names, for messages.
    pub fn names() -> String {
        super::spec::in_words(Self::ALL.map(|scheme| scheme.to_string()))
    }

    /// What is done when nothing is asked for.
    pub fn usual(parts: &[Option<Split>]) -> Self {
        let has = |split| parts.contains(&Some(split));
        match (has(Split::Train), has(Split::Validation), has(Split::Test)) {
            (true, true, true) => Self::Official,
            (true, false, true) | (true, true, false) => Self::HalfTest,
            // One picture cannot be divided; it stays what its loader says.
            _ if parts.len() == 1 && parts[0].is_some() => Self::Official,
            _ => Self::Fresh,
        }
    }

    /// The split of each item. Classes are divided in proportion, each with its own random order, and the sizes are exact for the whole.
    ///
    /// # Errors
    /// A problem and an advice if the files lack the parts that the scheme needs.
    pub fn assign(
        self,
        parts: &[Option<Split>],
        labels: &[Option<u16>],
        seed: u64,
    ) -> Result<Vec<Split>, (String, String)> {
        let advice = || "leave split= out, or write split=80-10-10".to_owned();
        let has = |split| parts.contains(&Some(split));
        let is_held_out = |part: Option<Split>| matches!(part, Some(Split::Validation | Split::Test));
        let of = |wanted: &dyn Fn(Option<Split>) -> bool| -> Vec<usize> {
            (0..parts.len()).filter(|&item_idx| wanted(parts[item_idx])).collect()
        };
        // Beside official parts, items of which nothing is said are learned from.
        let mut splits: Vec<Split> = parts.iter().map(|part| part.unwrap_or(Split::Train)).collect();
        match self {
            Self::Official => {
                if parts.iter().all(Option::is_none) {
                    return Err(("split=official, but the files state no parts".to_owned(), advice()));
                }
            }
            Self::HalfTest | Self::Aim => {
                if has(Split::Validation) == has(Split::Test) {
                    let problem = format!("split={self}, but the files do not have exactly one held-out part");
                    return Err((problem, advice()));
                }
                let held_out = of(&is_held_out);
                held_out.iter().for_each(|&item_idx| splits[item_idx] = Split::Test);
                let n_validation = if self == Self::Aim { held_out.len() * 4 / 5 } else { held_out.len() / 2 };
                for item_idx in drawn(&held_out, labels, n_validation, seed) {
                    splits[item_idx] = Split::Validation;
                }
            }
            Self::Dorar => {
                if !has(Split::Test) || has(Split::Validation) || !parts.iter().any(|&part| !is_held_out(part)) {
                    let problem = "split=dorar, but the files do not have a training and a test part and no other";
                    return Err((problem.to_owned(), advice()));
                }
                let training = of(&|part| !is_held_out(part));
                for item_idx in drawn(&training, labels, training.len() / 6, seed) {
                    splits[item_idx] = Split::Validation;
                }
            }
            Self::Fresh => {
                splits.fill(Split::Train);
                let tenth = (parts.len() + 5) / 10;
                let all = of(&|_| true);
                for item_idx in drawn(&all, labels, tenth, seed) {
                    splits[item_idx] = Split::Test;
                }
                let rest: Vec<usize> = all.into_iter().filter(|&item_idx| splits[item_idx] == Split::Train).collect();
                let tenth = tenth.min(rest.len().saturating_sub(1));
                for item_idx in drawn(&rest, labels, tenth, seed.wrapping_add(1)) {
                    splits[item_idx] = Split::Validation;
                }
            }
        }
        Ok(splits)
    }

    /// A sentence for the reader.
    pub fn remark(self, parts: &[Option<Split>], seed: u64) -> String {
        match self {
            Self::Official => "Split as the files say".to_owned(),
            Self::HalfTest => {
                let part = if parts.contains(&Some(Split::Test)) { "test" } else { "validation" };
                format!("Half of the official {part} data is validation, half is test (stratified, seed {seed})")
            }
            Self::Aim => format!("Four fifths of the official held-out data are validation (stratified, seed {seed})"),
            Self::Dorar => format!("A sixth of the official training data is validation (stratified, seed {seed})"),
            Self::Fresh => format!("Split 80 / 10 / 10 percent (stratified, seed {seed})"),
        }
    }
}

impl std::fmt::Display for Scheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::HalfTest => "half-test",
            Self::Dorar => "dorar",
            Self::Aim => "aim",
            Self::Official => "official",
            Self::Fresh => "80-10-10",
        })
    }
}

impl std::str::FromStr for Scheme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|scheme| scheme.to_string() == text);
        found.ok_or_else(|| format!("the splits are {}", Self::names()))
    }
}

/// `n` of `items`, drawn at random within each class and in proportion to the classes.
fn drawn(items: &[usize], labels: &[Option<u16>], n: usize, seed: u64) -> Vec<usize> {
    let mut strata = by_class(items, labels);
    let sizes: Vec<usize> = strata.iter().map(|(_, members)| members.len()).collect();
    let quotas = in_proportion(&sizes, n);
    let mut out = Vec::with_capacity(n);
    for ((class, members), quota) in strata.iter_mut().zip(quotas) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // A stream per class: what is drawn of one class does not depend on the others.
        rng.set_stream(class.map_or(0, |class| u64::from(class) + 1));
        members.shuffle(&mut rng);
        out.extend_from_slice(&members[..quota]);
    }
    out
}

/// At most `limit` items of each split, classes in proportion, the first in order of each; ascending.
pub fn first_in_proportion(splits: &[Split], labels: &[Option<u16>], limit: usize) -> Vec<usize> {
    let mut out = Vec::new();
    for split in Split::ALL {
        let items: Vec<usize> = (0..splits.len()).filter(|&item_idx| splits[item_idx] == split).collect();
        let strata = by_class(&items, labels);
        let sizes: Vec<usize> = strata.iter().map(|(_, members)| members.len()).collect();
        for ((_, members), quota) in strata.iter().zip(in_proportion(&sizes, limit.min(items.len()))) {
            out.extend_from_slice(&members[..quota]);
        }
    }
    out.sort_unstable();
    out
}

/// `items` by class, classes ascending, items in order.
fn by_class(items: &[usize], labels: &[Option<u16>]) -> Vec<(Option<u16>, Vec<usize>)> {
    let mut strata = std::collections::BTreeMap::<Option<u16>, Vec<usize>>::new();
    for &item_idx in items {
        strata.entry(labels[item_idx]).or_default().push(item_idx);
    }
    strata.into_iter().collect()
}

/// `total` shared out in proportion to `sizes` by largest remainders, ties to the first; never more than a size.
fn in_proportion(sizes: &[usize], total: usize) -> Vec<usize> {
    let sum: u128 = sizes.iter().map(|&size| size as u128).sum();
    if sum == 0 {
        return vec![0; sizes.len()];
    }
    let total = total.min(sum as usize);
    let exact = |size: usize| size as u128 * total as u128;
    let mut quotas: Vec<usize> = sizes.iter().map(|&size| (exact(size) / sum) as usize).collect();
    let mut by_remainder: Vec<usize> = (0..sizes.len()).collect();
    by_remainder.sort_by_key(|&at| (std::cmp::Reverse(exact(sizes[at]) % sum), at));
    let missing = total - quotas.iter().sum::<usize>();
    for &at in by_remainder.iter().take(missing) {
        quotas[at] += 1;
    }
    quotas
}
