//! What a column of steps says of the order of rows: numbers, or dates with or without a time. Items whose rows it orders are put in that order.

/// Days from 1970-01-01 of a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Seconds of `hh:mm` or `hh:mm:ss`, with or without parts of a second.
fn seconds(time: &str) -> Option<f64> {
    let mut parts = time.split(':');
    let whole = |part: Option<&str>| part?.parse::<u32>().ok().map(f64::from);
    let (hours, minutes) = (whole(parts.next())?, whole(parts.next())?);
    let of_minute = match parts.next() {
        Some(part) => part.parse::<f64>().ok().filter(|value| (0.0..61.0).contains(value))?,
        None => 0.0,
    };
    (parts.next().is_none() && minutes < 60.0).then_some(3600.0 * hours + 60.0 * minutes + of_minute)
}

/// Where a step lies among others: a number, `2024-05-31`, or `2024-05-31 12:30:00` (also with `T` and `Z`). `None` for all else: whether `03/04/2024`
/// is in March or April nobody can tell, and `00:00:07` may come after `23:59:52`.
pub(super) fn place(step: &str) -> Option<f64> {
    let step = step.trim().trim_end_matches('Z');
    if let Ok(number) = step.parse::<f64>() {
        return number.is_finite().then_some(number);
    }
    let (date, time) = match step.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (step, None),
    };
    let mut parts = date.split(['-', '/']).map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // A year of four digits stands first.
    let is_plain = parts.next().is_none() && date.find(['-', '/']) == Some(4);
    let day = days(year, month, day).filter(|_| is_plain)?;
    Some(day as f64 * 86_400.0 + time.map_or(Some(0.0), seconds)?)
}

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

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn numbers_dates_and_times_have_a_place_and_what_is_ambiguous_has_none() {
        assert_eq!(place(" 1.5 "), Some(1.5));
        assert_eq!(place("1970-01-02"), Some(86_400.0));
        // By Python's datetime.
        assert_eq!(place("2024-02-29T12:30:15.5Z"), Some(1_709_209_815.5));
        assert_eq!(place("2000/03/01 00:00"), Some(951_868_800.0));
        for text in ["03/04/2024", "2024-13-01", "2023-02-29", "01:02:03", "yesterday", "", "nan", "2024-05", "12:61"] {
            assert_eq!(place(text), None, "{text}");
        }
    }
}
