//! Dates in tables: numbers to a model, dates to whoever looks at them.

use unmask::data::table::shown_name;
use unmask::data::{Split, TableFit};

use super::{open_at, write};

#[test]
fn dates_are_shown_as_dates_also_where_they_come_back_from_what_a_model_reads() {
    const ROWS: usize = 60;
    // Midnight has no time of day.
    let begun = |at: usize| match (at % 24, at * 7 % 60) {
        (0, 0) => format!("2023-01-{:02}", at % 28 + 1),
        (hour, minute) => format!("2023-01-{:02} {hour:02}:{minute:02}", at % 28 + 1),
    };
    let ended = |at: usize| format!("2024-{:02}-{:02}", at % 12 + 1, at % 28 + 1);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dated.csv");
    let class = |at: usize| if at.is_multiple_of(2) { "a" } else { "b" };
    let lines = (0..ROWS).map(|at| format!("{},{},{},{}\n", begun(at), ended(at), at * 3 % 7, class(at)));
    write(&path, format!("begun,ended,size,class\n{}", lines.collect::<String>()).as_bytes());
    let mut data = open_at("table", &path, &[]).unwrap();
    data.splits = vec![Split::Train; ROWS];
    let fit = TableFit::of(&data).unwrap();
    let rows = data.table_rows(&(0..ROWS).collect::<Vec<_>>(), &fit).unwrap();
    for at in 0..ROWS {
        assert_eq!([data.cell(at, 0), data.cell(at, 1)], [begun(at), ended(at)]);
        let read = rows.row(at);
        assert_eq!([fit.shown(0, read[0]), fit.shown(1, read[1])], [begun(at), ended(at)], "row {at}");
        assert_eq!([data.listed_cell(at, 0), data.listed_cell(at, 1)], [begun(at), ended(at)]);
    }
    let names: Vec<&str> = fit.0.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["begun (seconds since 1970)", "ended (days since 1970)", "size"], "a model knows them so");
    let shown: Vec<&str> = names.iter().map(|name| shown_name(name)).collect();
    assert_eq!(shown, ["begun", "ended", "size"]);
    // A missing date is read as the mean, which is a moment, too.
    assert!(fit.shown(1, 0.0).starts_with("2024-0"), "{}", fit.shown(1, 0.0));
}
