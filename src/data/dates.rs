//! Dates as programs write them (ISO 8601): where one lies in time. Columns of steps are put in order by them, and columns of tables become numbers.

/// Seconds of a day.
pub(super) const DAY: f64 = 86_400.0;
/// What dates are counted in, where none has a time of day and where some do. It stands in brackets after the name of their column, which is how that is
/// known to hold dates, also on cards.
pub(super) const SINCE: [&str; 2] = ["days since 1970", "seconds since 1970"];
/// Days on either side of 1970 that have a date of four digits: from the year 0 to 9999.
const DATED: std::ops::RangeInclusive<i64> = -719_528..=2_932_896;

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

/// The plain name of a column of dates, and the seconds of what it counts; `None` for other columns.
pub(super) fn dated(column: &str) -> Option<(&str, f64)> {
    let of = |(since, unit): (&str, f64)| {
        let plain = column.strip_suffix(')')?.strip_suffix(since)?.strip_suffix(" (")?;
        Some((plain, unit))
    };
    [(SINCE[0], DAY), (SINCE[1], 1.0)].into_iter().find_map(of)
}

/// A moment in seconds since 1970 as it is written: `2024-05-31`, with the time of day where it is not midnight, to the second. `None` outside of the
/// years 0 to 9999.
pub(super) fn written(seconds: f64) -> Option<String> {
    let seconds = seconds.round();
    let day = (seconds / DAY).floor();
    let (year, month, of_month) = date(day as i64).filter(|_| day.is_finite())?;
    let of_day = (seconds - day * DAY) as u32;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let mut text = format!("{year:04}-{month:02}-{of_month:02}");
    if of_day > 0 {
        text.push_str(&format!(" {hour:02}:{minute:02}"));
    }
    if second > 0 {
        text.push_str(&format!(":{second:02}"));
    }
    Some(text)
}

/// Year, month and day of a day since 1970: the other way round of [`days`].
fn date(day: i64) -> Option<(i64, i64, i64)> {
    if !DATED.contains(&day) {
        return None;
    }
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // Counted from March.
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    Some((year + era * 400 + i64::from(month <= 2), month, of_month))
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
    (parts.next().is_none() && hours <= 24.0 && minutes < 60.0).then_some(3600.0 * hours + 60.0 * minutes + of_minute)
}

/// Seconds by which the clocks of `+02:00`, `+0200` or `+02` are ahead.
fn ahead(offset: &str) -> Option<f64> {
    let (sign, digits) = match offset.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, offset.strip_prefix('+')?),
    };
    let (hours, minutes) = digits.split_once(':').or_else(|| digits.split_at_checked(2))?;
    let whole = |part: &str| part.parse::<u32>().ok().map(f64::from);
    let minutes = if minutes.is_empty() { 0.0 } else { whole(minutes)? };
    let hours = whole(hours).filter(|hours| *hours < 24.0 && minutes < 60.0)?;
    Some(sign * (3600.0 * hours + 60.0 * minutes))
}

/// Seconds since 1970-01-01 of `2024-05-31` or `2024-05-31 12:30:00` (also with `T`, `Z`, or how far its clocks are ahead: `+02:00`). `None` for all
/// else: whether `03/04/2024` is in March or April nobody can tell.
pub(super) fn moment(field: &str) -> Option<f64> {
    let field = field.trim().trim_end_matches('Z');
    let (date, time) = match field.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (field, None),
    };
    let mut parts = date.split(['-', '/']).map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // A year of four digits stands first.
    let is_plain = parts.next().is_none() && date.find(['-', '/']) == Some(4);
    let day = days(year, month, day).filter(|_| is_plain)?;
    let of_day = match time {
        None => 0.0,
        Some(time) => {
            let (time, offset) = time.split_at(time.find(['+', '-']).unwrap_or(time.len()));
            let ahead = if offset.is_empty() { 0.0 } else { ahead(offset)? };
            seconds(time.trim_end())? - ahead
        }
    };
    Some(day as f64 * DAY + of_day)
}

/// Where a step lies among others: a number, or a [`moment`]. `00:00:07` has no place: it may come after `23:59:52`.
pub(super) fn place(step: &str) -> Option<f64> {
    match step.trim().parse::<f64>() {
        Ok(number) => number.is_finite().then_some(number),
        Err(_) => moment(step),
    }
}

/// Whether a field looks like a date in whatever order: three groups of digits, one of which may be a year.
pub(super) fn looks_like_date(field: &str) -> bool {
    let date = field.trim().split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let [first, middle, last] = parts[..] else { return false };
    let has =
        |part: &str, digits: &[usize]| digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    has(middle, &[1, 2]) && (has(first, &[4]) && has(last, &[1, 2]) || has(first, &[1, 2]) && has(last, &[2, 4]))
}

#[cfg(test)]
mod tests {
    use super::{DATED, date, dated, days, looks_like_date, moment, place, written};

    #[test]
    fn numbers_dates_and_times_have_a_place_and_what_is_ambiguous_has_none() {
        assert_eq!(place(" 1.5 "), Some(1.5));
        assert_eq!(place("1970-01-02"), Some(86_400.0));
        // By Python's datetime.
        assert_eq!(place("2024-02-29T12:30:15.5Z"), Some(1_709_209_815.5));
        assert_eq!(place("2000/03/01 00:00"), Some(951_868_800.0));
        for noon in
            ["2024-02-29 12:00", "2024-02-29T14:00+02:00", "2024-02-29 06:30:00 -0530", "2024-02-29T13:00:00+01"]
        {
            assert_eq!(place(noon), Some(1_709_208_000.0), "{noon}");
        }
        for text in ["03/04/2024", "2024-13-01", "2023-02-29", "01:02:03", "yesterday", "", "nan", "2024-05", "12:61"] {
            assert_eq!(place(text), None, "{text}");
        }
        for time in ["2024-02-29 12:00+2:xx", "2024-02-29 99:00", "2024-02-29 12:75"] {
            assert_eq!(place(time), None, "{time}");
        }
    }

    #[test]
    fn dates_are_written_as_they_were_read() {
        // Every day of four centuries and some beyond, and both ends.
        for day in (-25_000..125_000).chain([*DATED.start(), *DATED.end()]) {
            let (year, month, of_month) = date(day).expect("a date of four digits");
            assert_eq!(days(year, month, of_month), Some(day), "{year}-{month}-{of_month}");
        }
        assert_eq!((date(DATED.start() - 1), date(DATED.end() + 1), written(f64::NAN)), (None, None, None));
        // By Python's datetime.
        for (seconds, text) in [
            (1_672_531_200.0, "2023-01-01"),
            (1_709_209_815.0, "2024-02-29 12:30:15"),
            (1_709_208_000.0, "2024-02-29 12:00"),
            (-1.0, "1969-12-31 23:59:59"),
            (1_709_208_000.2, "2024-02-29 12:00"),
        ] {
            assert_eq!(written(seconds).as_deref(), Some(text));
            assert_eq!(moment(text), Some(seconds.round()), "{text}");
        }
        assert_eq!(dated("when (days since 1970)"), Some(("when", 86_400.0)));
        assert_eq!(dated("a (b) (seconds since 1970)"), Some(("a (b)", 1.0)));
        for other in ["when", "days since 1970", "when (days)", "(days since 1970) when", "size (seconds)"] {
            assert_eq!(dated(other), None, "{other}");
        }
    }

    #[test]
    fn what_looks_like_a_date_is_known_though_it_has_no_place() {
        for date in ["03/04/2024", "3.4.24", "2024.05.31", "31-12-1999 12:00"] {
            assert!(looks_like_date(date), "{date}");
        }
        for other in ["1.2.3", "192.168.0.1", "2024-05", "a/b/2024", "030-123-4567", "12:30:00", ""] {
            assert!(!looks_like_date(other), "{other}");
        }
    }
}
