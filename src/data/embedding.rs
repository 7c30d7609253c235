//! A user's embedding of texts: vectors of words as GloVe and word2vec write them, or one vector for each text from any model (an array in NumPy's
//! format).

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;

use super::archive::{Member, byte_size};
use super::series::arrays::Array;
use super::text::TextFit;
use super::text::fit::UNKNOWN;
use super::{DataError, MAX_DENSE_BYTES};

/// Longest line of a file of word vectors, in bytes.
const MAX_LINE: u64 = 1 << 20;

/// Where vectors of texts come from.
#[derive(Debug)]
pub struct Embedding {
    dim: usize,
    vectors: Vectors,
}

#[derive(Debug)]
enum Vectors {
    /// One for each item of the data, in their order.
    Items(Vec<f32>),
    /// By token id; a text is the sum over its words, as the paper sums BERT's over tokens (AIM, appendix B.4).
    Words(HashMap<usize, Vec<f32>>),
}

impl Embedding {
    /// Reads `.npy` (a row for each of the `n_items` items of the data), or text with a word and its numbers on each line, of which only the words of
    /// `text` are kept; either may be packed with gzip.
    ///
    /// # Errors
    /// Files that are neither, rows that are not as many as the items, lines that differ in length, or no known word.
    pub fn open(path: &Path, text: &TextFit, n_items: usize) -> Result<Self, DataError> {
        let file = Member::on_disk(path)?;
        if file.plain_name().to_ascii_lowercase().ends_with(".npy") {
            return Self::of_items(&file, n_items);
        }
        Self::of_words(&file, text)
    }

    fn of_items(file: &Member, n_items: usize) -> Result<Self, DataError> {
        let array = Array::read(file)?;
        match *array.shape.as_slice() {
            [n, dim] if n == n_items && dim > 0 && array.values.iter().all(|value| value.is_finite()) => {
                Ok(Self { dim, vectors: Vectors::Items(array.values) })
            }
            [n, dim] if n == n_items && dim > 0 => {
                Err(file.unfit("finite numbers", "infinite ones or none", "save the vectors again"))
            }
            _ => Err(file.unfit(
                format!("an array of {n_items} x D, a vector for each item of the data"),
                array.form(),
                "save one row for each item, in the order of the data",
            )),
        }
    }

    fn of_words(file: &Member, text: &TextFit) -> Result<Self, DataError> {
        let expected = "a word and its numbers on each line, or an array (.npy)";
        let advice = "choose word vectors as GloVe writes them";
        let mut reader = std::io::BufReader::new(file.open()?.reader);
        let (mut vectors, mut dim, mut bytes, mut line) = (HashMap::new(), 0, 0_u64, Vec::new());
        for number in 1_usize.. {
            line.clear();
            let mut limited = std::io::Read::take(&mut reader, MAX_LINE + 1);
            let n_read = limited.read_until(b'\n', &mut line).map_err(|err| file.damaged(&err))? as u64;
            if n_read == 0 {
                break;
            }
            if n_read > MAX_LINE {
                let found = format!("line {number} of more than {}", byte_size(MAX_LINE));
                return Err(file.unfit(expected, found, advice));
            }
            let written = String::from_utf8_lossy(&line);
            let fields: Vec<&str> = written.split_ascii_whitespace().collect();
            // word2vec begins with the number of words and of numbers.
            let is_head = number == 1 && fields.len() == 2 && fields.iter().all(|field| field.parse::<u64>().is_ok());
            if is_head || fields.is_empty() {
                continue;
            }
            if dim == 0 {
                dim =
                    fields.iter().rev().take_while(|field| field.parse::<f32>().is_ok()).count().min(fields.len() - 1);
            }
            // A few words of GloVe hold blanks.
            let Some(at) = fields.len().checked_sub(dim).filter(|at| *at > 0 && dim > 0) else {
                let found = format!("line {number} with {} fields", fields.len());
                return Err(file.unfit(expected, found, advice));
            };
            let id = text.id(&fields[..at].join(" "));
            if id <= UNKNOWN {
                continue;
            }
            let numbers: Option<Vec<f32>> =
                fields[at..].iter().map(|field| field.parse().ok().filter(|value: &f32| value.is_finite())).collect();
            let Some(numbers) = numbers else {
                let found = format!("line {number} where {dim} numbers should end it");
                return Err(file.unfit(expected, found, advice));
            };
            bytes += 4 * dim as u64;
            if bytes > MAX_DENSE_BYTES {
                let expected = format!("at most {} of vectors", byte_size(MAX_DENSE_BYTES));
                return Err(file.unfit(expected, "more", "choose shorter vectors"));
            }
            vectors.entry(id).or_insert(numbers);
        }
        if vectors.is_empty() {
            let advice = "choose vectors of the texts' language";
            return Err(file.unfit("vectors of words that the texts use", "none", advice));
        }
        Ok(Self { dim, vectors: Vectors::Words(vectors) })
    }

    /// The vector of a text, brought to length 1: item `item` of the data, whose words have these token ids. Zeros where nothing is known of it.
    pub fn text(&self, item: usize, ids: impl Iterator<Item = usize>) -> Vec<f32> {
        let mut sum = vec![0.0_f32; self.dim];
        match &self.vectors {
            Vectors::Items(values) => sum.copy_from_slice(&values[item * self.dim..(item + 1) * self.dim]),
            Vectors::Words(words) => {
                for vector in ids.filter_map(|id| words.get(&id)) {
                    sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
                }
            }
        }
        let norm = sum.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        if norm > 0.0 {
            sum.iter_mut().for_each(|value| *value = (f64::from(*value) / norm) as f32);
        }
        sum
    }
}
