//! Random forests for tables: trees grown by smartcore, kept and asked here as plain numbers, so that a file from elsewhere cannot break anything.

use smartcore::ensemble::random_forest_classifier::{RandomForestClassifier, RandomForestClassifierParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

use super::nets::forest::PARAMS;
use super::params::Params;
use super::tensors::mix;
use super::{ModelError, Probs};
use crate::data::Rows;
use crate::data::table::{Scale, TableFit, category};

/// Most nodes of all trees.
const MOST_NODES: usize = 50_000_000;

/// A node of a tree. A leaf's `lower` is 0: the root is nobody's child.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Node {
    input: u32,
    /// Inputs up to this go to `lower`, all others to `upper`.
    at: f64,
    lower: u32,
    upper: u32,
    class: u16,
}

/// A grown forest. Its probabilities are the shares of the trees that vote for each class.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Forest {
    classes: usize,
    inputs: usize,
    trees: Vec<Vec<Node>>,
}

impl Forest {
    /// The forest as bytes (JSON).
    ///
    /// # Errors
    /// None in practice.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        serde_json::to_vec(self).map_err(|error| ModelError::Failed(error.to_string()))
    }

    /// Reads what [`Self::to_bytes`] wrote for rows of `table` and this many classes.
    ///
    /// # Errors
    /// One sentence: it is no forest, or not one for such rows.
    pub fn from_bytes(bytes: &[u8], table: &TableFit, classes: usize) -> Result<Self, ModelError> {
        let wrong = |found: String| ModelError::Saved {
            path: "weights of a random forest".to_owned(),
            expected: format!("trees for {} inputs and {classes} classes", inputs_of(table)),
            found,
            advice: "choose a folder that `unmask fit` wrote, or train it again".to_owned(),
        };
        let forest: Self = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        if (forest.inputs, forest.classes) != (inputs_of(table), classes) {
            return Err(wrong(format!("{} inputs and {} classes", forest.inputs, forest.classes)));
        }
        for tree in &forest.trees {
            // Children stand behind their parents, so that every way down ends.
            let is_sound = !tree.is_empty()
                && tree.iter().enumerate().all(|(at, node)| {
                    let is_below = |child: u32| (child as usize) > at && (child as usize) < tree.len();
                    usize::from(node.class) < classes
                        && (node.lower == 0
                            || (is_below(node.lower) && is_below(node.upper) && (node.input as usize) < forest.inputs))
                });
            if !is_sound {
                return Err(wrong("a tree that leads nowhere".to_owned()));
            }
        }
        Ok(forest)
    }

    /// Probabilities of rows as models read them.
    pub fn predict(&self, rows: &Rows, table: &TableFit) -> Probs {
        let mut values = vec![0.0; rows.n() * self.classes];
        let mut inputs = Vec::with_capacity(self.inputs);
        for (row_idx, votes) in values.chunks_exact_mut(self.classes.max(1)).enumerate() {
            inputs.clear();
            push_inputs(rows.row(row_idx), table, &mut inputs);
            for tree in &self.trees {
                let mut node = tree[0];
                while node.lower != 0 {
                    let is_lower = f64::from(inputs[node.input as usize]) <= node.at;
                    node = tree[if is_lower { node.lower } else { node.upper } as usize];
                }
                votes[usize::from(node.class)] += 1.0;
            }
            // Divided once: shares of a tree that are added up miss 1 by some roundings.
            votes.iter_mut().for_each(|votes| *votes /= self.trees.len().max(1) as f32);
        }
        Probs { classes: self.classes, values }
    }
}

/// How many inputs a row has: one for a number, one for each category.
fn inputs_of(table: &TableFit) -> usize {
    let of = |scale: &Scale| match scale {
        Scale::Number { .. } => 1,
        Scale::Category(levels) => levels.len(),
    };
    table.0.iter().map(|column| of(&column.scale)).sum()
}

/// A row's inputs; what is missing or hidden is 0 in all of them.
fn push_inputs(row: &[f32], table: &TableFit, inputs: &mut Vec<f32>) {
    for (value, column) in row.iter().zip(&table.0) {
        match &column.scale {
            Scale::Number { .. } => inputs.push(*value),
            Scale::Category(levels) => {
                let found = category(*value);
                inputs.extend((0..levels.len()).map(|level| f32::from(u8::from(found == Some(level)))));
            }
        }
    }
}

/// A forest that grows: one tree a step.
pub struct ForestRun {
    inputs: DenseMatrix<f32>,
    classes: Vec<u32>,
    grown: Forest,
    wanted: usize,
    depth: u16,
    leaf: usize,
    seed: u64,
}

impl std::fmt::Debug for ForestRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ForestRun").field("trees", &self.grown.trees.len()).finish_non_exhaustive()
    }
}

/// What smartcore writes of a tree that is needed here.
#[derive(serde::Deserialize)]
struct Grown {
    trees: Vec<GrownTree>,
    classes: Vec<u16>,
}

#[derive(serde::Deserialize)]
struct GrownTree {
    nodes: Vec<GrownNode>,
}

#[derive(serde::Deserialize)]
struct GrownNode {
    output: usize,
    split_feature: usize,
    split_value: Option<f64>,
    true_child: Option<usize>,
    false_child: Option<usize>,
}

impl ForestRun {
    /// For rows of `table` with these classes of `n_classes`.
    ///
    /// # Errors
    /// No rows.
    pub fn new(
        (rows, classes): (&Rows, &[usize]),
        table: &TableFit,
        n_classes: usize,
        params: &Params,
        seed: u64,
    ) -> Result<Self, ModelError> {
        let width = inputs_of(table);
        let mut values = Vec::with_capacity(rows.n() * width);
        (0..rows.n()).for_each(|row_idx| push_inputs(rows.row(row_idx), table, &mut values));
        let inputs = DenseMatrix::new(rows.n(), width, values, false).map_err(failed)?;
        Ok(Self {
            inputs,
            classes: classes.iter().map(|class| *class as u32).collect(),
            grown: Forest { classes: n_classes, inputs: width, trees: Vec::new() },
            wanted: params.whole(PARAMS, "epochs").max(1) as usize,
            depth: params.whole(PARAMS, "depth").max(1) as u16,
            leaf: params.whole(PARAMS, "leaf").max(1) as usize,
            seed,
        })
    }

    /// Grows a tree on rows drawn with replacement, each split on a square root of the inputs drawn anew.
    ///
    /// # Errors
    /// What smartcore refuses, or a forest that grows too large.
    pub fn step(&mut self) -> Result<(), ModelError> {
        let at = self.grown.trees.len();
        let params = RandomForestClassifierParameters::default()
            .with_n_trees(1)
            .with_max_depth(self.depth)
            .with_min_samples_leaf(self.leaf)
            // Forests of one tree: within one forest all trees would draw their inputs alike.
            .with_seed(mix(self.seed, at as u64));
        let grown =
            RandomForestClassifier::<f32, u32, _, _>::fit(&self.inputs, &self.classes, params).map_err(failed)?;
        let plain = serde_json::to_value(&grown).and_then(serde_json::from_value::<Grown>).map_err(failed)?;
        for tree in plain.trees {
            let nodes = tree.nodes.iter().map(|node| {
                let class = plain.classes.get(node.output).copied().unwrap_or_default();
                let (lower, upper) = match (node.true_child, node.false_child) {
                    (Some(lower), Some(upper)) => (lower as u32, upper as u32),
                    _ => (0, 0),
                };
                Node { input: node.split_feature as u32, at: node.split_value.unwrap_or_default(), lower, upper, class }
            });
            self.grown.trees.push(nodes.collect());
        }
        if self.grown.trees.iter().map(Vec::len).sum::<usize>() > MOST_NODES {
            return Err(ModelError::Unfit(format!(
                "expected at most {MOST_NODES} nodes in all trees, found more; grow fewer or lower trees"
            )));
        }
        Ok(())
    }

    /// Trees grown and wanted.
    pub fn progress(&self) -> (usize, usize) {
        (self.grown.trees.len(), self.wanted)
    }

    /// The trees so far.
    pub const fn forest(&self) -> &Forest {
        &self.grown
    }
}

fn failed(error: impl std::fmt::Display) -> ModelError {
    ModelError::Unfit(format!(
        "the random forest could not be grown: {error}; look at the table or change its settings"
    ))
}

#[cfg(test)]
mod tests {
    use super::{Forest, Node};
    use crate::data::table::{FittedColumn, Scale, TableFit};
    use crate::data::{Rows, Shape};

    #[test]
    fn trees_that_agree_are_sure_however_many_they_are() {
        let scale = Scale::Number { mean: 0.0, sd: 1.0 };
        let table = TableFit(vec![FittedColumn { name: "x".to_owned(), scale }]);
        let rows = Rows { shape: Shape::new(1, 1, 1), values: vec![0.5] };
        let votes = |classes: &[u16]| {
            let leaf = |class: &u16| vec![Node { input: 0, at: 0.0, lower: 0, upper: 0, class: *class }];
            let forest = Forest { classes: 2, inputs: 1, trees: classes.iter().map(leaf).collect() };
            forest.predict(&rows, &table).values
        };
        for n in [1, 3, 10, 100, 1000] {
            assert_eq!(votes(&vec![1; n]), [0.0, 1.0], "{n} trees");
        }
        assert_eq!(votes(&[1, 0, 1, 1]), [0.25, 0.75]);
    }
}
