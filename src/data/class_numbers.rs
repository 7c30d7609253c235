//! Classes by what stands in a column: numbered as they appear, in the end in the order of their numbers or of the alphabet.

use std::collections::HashMap;

/// The classes so far.
#[derive(Debug, Default)]
pub struct ClassNumbers {
    values: Vec<String>,
    numbers: HashMap<String, u16>,
}

impl ClassNumbers {
    /// Number of the class called so; `None` where it would be one more than `most`.
    pub fn number(&mut self, value: &str, most: usize) -> Option<u16> {
        if let Some(&number) = self.numbers.get(value) {
            return Some(number);
        }
        let number = u16::try_from(self.values.len()).ok().filter(|number| usize::from(*number) < most)?;
        self.values.push(value.to_owned());
        self.numbers.insert(value.to_owned(), number);
        Some(number)
    }

    /// Names in their order, to which `labels` now refer, and whether all are numbers: then they go by their size.
    pub fn finish(self, labels: &mut [Option<u16>]) -> (Vec<String>, bool) {
        let Self { values, .. } = self;
        let number = |value: &String| value.parse::<f64>().ok().filter(|number| number.is_finite());
        let numbers: Option<Vec<f64>> = values.iter().map(number).collect();
        let mut order: Vec<usize> = (0..values.len()).collect();
        match &numbers {
            Some(numbers) => order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b])),
            None => order.sort_by(|&a, &b| values[a].cmp(&values[b])),
        }
        let mut place = vec![0_u16; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new as u16);
        for label in labels.iter_mut().flatten() {
            *label = place[usize::from(*label)];
        }
        (order.iter().map(|&at| values[at].clone()).collect(), numbers.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::ClassNumbers;

    fn numbered(values: &[&str], most: usize) -> (Vec<Option<u16>>, Vec<String>, bool) {
        let mut classes = ClassNumbers::default();
        let mut labels: Vec<Option<u16>> = values.iter().map(|value| classes.number(value, most)).collect();
        let (names, are_numbers) = classes.finish(&mut labels);
        (labels, names, are_numbers)
    }

    #[test]
    fn classes_go_by_number_or_by_letter_and_never_beyond_the_most() {
        let (labels, names, are_numbers) = numbered(&["10", "9", "-1", "9"], 8);
        assert_eq!((labels, are_numbers), (vec![Some(2), Some(1), Some(0), Some(1)], true));
        assert_eq!(names, ["-1", "9", "10"]);
        let (labels, names, are_numbers) = numbered(&["10", "b", "9"], 8);
        assert_eq!((labels, are_numbers), (vec![Some(0), Some(2), Some(1)], false));
        assert_eq!(names, ["10", "9", "b"]);
        let (labels, names, _) = numbered(&["b", "a", "c", "a"], 2);
        assert_eq!(labels, [Some(1), Some(0), None, Some(0)]);
        assert_eq!(names, ["a", "b"]);
    }
}
