//! What a column of steps says of the order of rows: numbers, or dates with or without a time. Items whose rows it orders are put in that order.

use crate::data::dates::place;

/// Steps of the items that are read, row by row.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// Of each item, NaN where a field has no place among others.
    places: Vec<Vec<f64>>,
}

impl Steps {
    /// One more item without rows yet.
    pub fn begin(&mut self) {
        self.places.push(Vec::new());
    }

    /// The step of the next row of an item.
    pub fn push(&mut self, item: usize, field: &str) {
        self.places[item].push(place(field).unwrap_or(f64::NAN));
    }

    /// What is to be said of steps that order nothing.
    pub fn unplaced(&self, column: &str) -> Option<String> {
        let is_unplaced = self.places.iter().flatten().any(|place| place.is_nan());
        is_unplaced.then(|| {
            format!("Steps of column {column} are not all numbers or dates such as 2024-05-31: items with such steps keep the order of the file")
        })
    }

    /// The first item that has several rows of one step.
    pub fn repeated(&self) -> Option<usize> {
        self.places.iter().position(|places| {
            let mut sorted: Vec<f64> = places.iter().copied().filter(|place| place.is_finite()).collect();
            sorted.sort_by(f64::total_cmp);
            sorted.windows(2).any(|pair| pair[0] == pair[1])
        })
    }

    /// Puts the rows of items, of `channels` values each, in the order of their steps where each has a place.
    pub fn sort(&self, items: &mut [Vec<f32>], channels: usize) {
        for (values, places) in items.iter_mut().zip(&self.places) {
            let is_sorted = places.windows(2).all(|pair| pair[0] <= pair[1]);
            if !is_sorted && places.iter().all(|place| place.is_finite()) {
                let mut order: Vec<usize> = (0..places.len()).collect();
                order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
                let row = |row: &usize| values[row * channels..(row + 1) * channels].iter().copied();
                *values = order.iter().flat_map(row).collect();
            }
        }
    }
}
