//! Similar documents by the words that they share and by the cosine of their vectors: TF-IDF, from one inverted index with the first, or a user's.

use std::collections::HashMap;

use crate::data::Rows;
use crate::data::text::fit::PADDING;
use crate::explain::ExplainError;
use crate::work::Progress;

/// Documents by each of the two similarities.
pub const EACH: usize = 10;
/// Documents between two reports.
const REPORT: usize = 256;

/// Counts of the words of each document, without padding and the words that `is_left_out`.
fn counts(rows: &Rows, is_left_out: &dyn Fn(usize) -> bool) -> Vec<Vec<(usize, f64)>> {
    let of_row = |row_idx: usize| {
        let mut counts = HashMap::<usize, f64>::new();
        let ids = rows.row(row_idx).iter().map(|id| *id as usize).filter(|id| *id != PADDING && !is_left_out(*id));
        for id in ids {
            *counts.entry(id).or_default() += 1.0;
        }
        let mut counts: Vec<(usize, f64)> = counts.into_iter().collect();
        counts.sort_unstable_by_key(|(id, _)| *id);
        counts
    };
    (0..rows.n()).map(of_row).collect()
}

/// Document vectors of length 1: count of a word times log((1 + n) / (1 + documents with it)) + 1 (as scikit-learn's `TfidfVectorizer`).
fn tf_idf(counts: &[Vec<(usize, f64)>]) -> Vec<Vec<(usize, f64)>> {
    let mut documents = HashMap::<usize, f64>::new();
    counts.iter().flatten().for_each(|(id, _)| *documents.entry(*id).or_default() += 1.0);
    let n = counts.len() as f64;
    let weight = |id: usize, count: f64| count * (((1.0 + n) / (1.0 + documents[&id])).ln() + 1.0);
    let vector = |counts: &Vec<(usize, f64)>| {
        let weighed: Vec<(usize, f64)> = counts.iter().map(|(id, count)| (*id, weight(*id, *count))).collect();
        let norm = weighed.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        weighed.into_iter().map(|(id, weight)| (id, weight / norm)).collect()
    };
    counts.iter().map(vector).collect()
}

/// Similarities of one document to all others.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    /// Share of words in common: |A ∩ B| / |A ∪ B| over the different words of both.
    pub overlap: Vec<f64>,
    /// Cosine of the TF-IDF vectors.
    pub cosine: Vec<f64>,
}

/// Documents by word.
#[derive(Debug)]
pub struct Index {
    vectors: Vec<Vec<(usize, f64)>>,
    /// By token id: documents with their weights.
    postings: HashMap<usize, Vec<(u32, f64)>>,
}

impl Index {
    /// The index of the documents `rows`.
    pub fn new(rows: &Rows, is_left_out: &dyn Fn(usize) -> bool) -> Self {
        let vectors = tf_idf(&counts(rows, is_left_out));
        let mut postings = HashMap::<usize, Vec<(u32, f64)>>::new();
        for (document, vector) in vectors.iter().enumerate() {
            for (id, weight) in vector {
                postings.entry(*id).or_default().push((document as u32, *weight));
            }
        }
        Self { vectors, postings }
    }

    /// How similar all documents are to `document`.
    pub fn similar(&self, document: usize) -> Similar {
        let n = self.vectors.len();
        let (mut common, mut cosine) = (vec![0u32; n], vec![0.0; n]);
        for (id, weight) in &self.vectors[document] {
            for (other, of_other) in self.postings.get(id).into_iter().flatten() {
                common[*other as usize] += 1;
                cosine[*other as usize] += weight * of_other;
            }
        }
        let own = self.vectors[document].len();
        let ratio = |(other, common): (usize, &u32)| {
            let either = own + self.vectors[other].len() - *common as usize;
            f64::from(*common) / either.max(1) as f64
        };
        Similar { overlap: common.iter().enumerate().map(ratio).collect(), cosine }
    }
}

/// For each document the [`EACH`] of the same class that share most words with it, then the [`EACH`] others with the largest cosine; ties by position.
/// Fewer where the class is small. Cosines are those of `vectors` of length 1, one for each document, or else of TF-IDF.
pub fn neighbours(
    index: &Index,
    vectors: Option<&[Vec<f32>]>,
    classes: &[usize],
    report: &mut dyn FnMut(Progress) -> Result<(), ExplainError>,
) -> Result<Vec<Vec<usize>>, ExplainError> {
    let mut out = Vec::with_capacity(classes.len());
    for document in 0..classes.len() {
        if document % REPORT == 0 {
            report(
                Progress::new(document as u64, classes.len() as u64, "documents").with_message("similar documents"),
            )?;
        }
        let similar = index.similar(document);
        let others = (0..classes.len()).filter(|other| *other != document && classes[*other] == classes[document]);
        let mut others: Vec<usize> = others.collect();
        let mut found = best(&mut others, &similar.overlap);
        let cosine = match vectors {
            // Only others of the class are asked for.
            Some(vectors) => {
                let mut cosine = vec![0.0; vectors.len()];
                for &other in &others {
                    cosine[other] = f64::from(dot(&vectors[document], &vectors[other]));
                }
                cosine
            }
            None => similar.cosine,
        };
        found.extend(best(&mut others, &cosine));
        out.push(found);
    }
    Ok(out)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Takes the [`EACH`] documents with the largest values out of `others`.
fn best(others: &mut Vec<usize>, values: &[f64]) -> Vec<usize> {
    let order = |a: &usize, b: &usize| values[*b].total_cmp(&values[*a]).then(a.cmp(b));
    let n = EACH.min(others.len());
    if n < others.len() {
        others.select_nth_unstable_by(n, order);
    }
    let mut found: Vec<usize> = others.drain(..n).collect();
    found.sort_unstable_by(order);
    found
}
