//! What a paper prints for a cell of the table of metrics: from the registry of experiments, for the same data set, classes, units, k and
//! method.

use super::Session;
use crate::data::{DataSpec, Unit};
use crate::experiment::{EXPERIMENTS, Experiment, Row};
use crate::explain::{ExplainerCard, method};
use crate::jobs::Cell;

/// A number that a paper prints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// In the metric's unit.
    pub value: f64,
    /// Paper, table and setting.
    pub source: &'static str,
}

/// A name without what people write differently: "Fashion-MNIST" and "fashion_mnist" are one.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The family of a data set, from the folders that it lies in: the innermost one that an experiment is about.
fn family(spec: &DataSpec) -> Option<&'static str> {
    let folders: Vec<String> =
        spec.path.components().map(|part| plain(&part.as_os_str().to_string_lossy())).rev().collect();
    let known = |folder: &String| EXPERIMENTS.iter().map(|one| one.dataset).find(|name| plain(name) == *folder);
    folders.iter().find_map(known)
}

/// The chosen classes, in any order; `None`: all.
fn classes(spec: &DataSpec) -> Option<Vec<&str>> {
    let mut classes: Vec<&str> = spec.query.get("classes")?.split(',').map(str::trim).collect();
    classes.sort_unstable();
    Some(classes)
}

fn is_about(experiment: &Experiment, spec: &DataSpec) -> bool {
    let Ok(of) = experiment.data.replace("{root}", ".").parse::<DataSpec>() else { return false };
    family(spec) == Some(experiment.dataset) && classes(&of) == classes(spec)
}

/// The row of an explainer: of its method, with the settings that make the row another one than the method's main row.
fn row_of(experiment: &'static Experiment, card: &ExplainerCard, unit: Unit, k: usize) -> Option<&'static Row> {
    let specs = method(&card.method).ok()?.spec().params;
    let has = |&(id, text): &(&str, &str)| {
        specs.iter().find(|spec| spec.id == id).is_some_and(|spec| {
            let value = card.params.0.get(id).cloned().unwrap_or_else(|| spec.default_value());
            spec.parse(text).is_ok_and(|wanted| wanted == value)
        })
    };
    let selects = |row: &Row| experiment.at(row).unit.parse() == Ok(unit) && experiment.at(row).ks().contains(&k);
    let fitting =
        experiment.rows.iter().filter(|row| row.method == card.method && selects(row) && row.params.iter().all(has));
    // Of equals the first: the main row and the paper's own recipe stand for the same printed numbers.
    fitting.rev().max_by_key(|row| row.params.len())
}

impl Session {
    /// What a paper prints for this cell, if an experiment of the registry is about it.
    pub fn published(&self, cell: &Cell) -> Option<Published> {
        let spec = &self.data.as_ref()?.spec;
        // Of the table: another unit may be looked at by now.
        let unit: Unit = self.measure.table()?.conditions.unit.parse().ok()?;
        // Of several explainers with one name, the later ones are numbered.
        let name = cell.row.rsplit_once(" (").filter(|(_, end)| end.ends_with(')')).map(|(name, _)| name);
        let card = |name: &str| self.explainers.iter().map(|known| &known.card).find(|card| card.name == name);
        let card = card(&cell.row).or_else(|| card(name?))?;
        EXPERIMENTS.iter().copied().find_map(|experiment| {
            let row = is_about(experiment, spec).then(|| row_of(experiment, card, unit, cell.k?)).flatten()?;
            let value = experiment.printed(row.id, &cell.metric, cell.k, cell.class.as_deref())?;
            Some(Published { value, source: experiment.title })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{classes, family, is_about};
    use crate::experiment::{meed_fashion::MEED_FASHION, meed_mnist::MEED_MNIST};

    #[test]
    fn a_data_set_is_known_by_its_folder_and_its_classes() {
        let spec = |text: &str| text.parse::<crate::data::DataSpec>().expect("a specification");
        assert_eq!(family(&spec("mnist:/data/mnist/Fashion_MNIST/raw?classes=2,6")), Some("fashion-mnist"));
        assert_eq!(family(&spec("mnist:sample_data/digits")), None);
        assert_eq!(classes(&spec("mnist:x?classes=8, 3")), Some(vec!["3", "8"]));
        assert!(is_about(&MEED_MNIST, &spec("mnist:/data/MNIST?classes=8,3")));
        assert!(!is_about(&MEED_MNIST, &spec("mnist:/data/mnist?classes=1,7")));
        assert!(!is_about(&MEED_MNIST, &spec("mnist:/data/mnist")));
        assert!(!is_about(&MEED_MNIST, &spec("mnist:/data/fashion-mnist?classes=3,8")));
        assert!(is_about(&MEED_FASHION, &spec("mnist:/data/fashion-mnist?classes=2,6")));
    }
}
