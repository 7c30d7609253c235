//! Rows of tables as they are shown: values as the file has them, names that no model reads, order and search by column, changed rows.

use std::collections::BTreeMap;

use unmask::data::table::with_minus;
use unmask::data::{Dataset, Split, TableFit};
use unmask::session::search::Found;

use super::{open_at, write};

const CUSTOMERS: &str = "\
customer_id,age,income,gain,plan,since,churned
C01,74.0,26238.70,0,plus,2015-05-31,no
C02,58.0,36275.25,0,basic,2016-05-14,no
C03,21.0,,7688,basic,2016-09-26,yes
C04,,9000.00,0,,2017-04-23,yes
C10,33.0,100.05,0,gold,2018-01-01,no
";

fn customers() -> Dataset {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("customers.csv");
    write(&path, CUSTOMERS.as_bytes());
    let query = [("label", "churned"), ("categories", "plan"), ("ignore", "customer_id")];
    let mut data = open_at("table", &path, &query).unwrap();
    // What is special about the last row was never learned.
    data.splits = [Split::Train, Split::Train, Split::Train, Split::Train, Split::Test].to_vec();
    data
}

fn column(data: &Dataset, name: &str) -> usize {
    data.table().unwrap().table.columns.iter().position(|column| column.name.starts_with(name)).unwrap()
}

fn listed(data: &Dataset, name: &str) -> usize {
    data.listed_called(name).unwrap()
}

#[test]
fn numbers_are_shown_with_the_digits_of_the_file() {
    let data = customers();
    let shown = |item: usize, name: &str| data.cell(item, column(&data, name));
    assert_eq!([shown(0, "income"), shown(3, "income"), shown(4, "income")], ["26238.70", "9000.00", "100.05"]);
    assert_eq!([shown(0, "age"), shown(0, "gain")], ["74", "0"], "fractions of zeros alone say nothing");
    assert_eq!(shown(2, "income"), "(missing)");
}

#[test]
fn a_row_that_a_model_reads_is_told_as_the_file_has_it_and_what_is_missing_with_what_is_read_for_it() {
    let data = customers();
    // Categories of the training rows alone, as on a card.
    let mut fit = TableFit::of(&data).unwrap();
    let plan = column(&data, "plan");
    fit.0[plan].scale = unmask::data::table::Scale::Category(vec!["basic".to_owned(), "plus".to_owned()]);
    let rows = data.table_rows(&[0, 2, 3, 4], &fit).unwrap();
    let told = |row: usize, item: usize| data.row_as_read(item, &fit, rows.row(row)).unwrap();
    assert_eq!(told(0, 0)[column(&data, "income")], "26238.70");
    assert_eq!(told(0, 0)[column(&data, "gain")], "0", "not -0.000013, as single precision has it");
    assert_eq!(told(0, 0)[column(&data, "since")], "2015-05-31");
    // The mean of 26238.70, 36275.25 and 9000.00.
    assert_eq!(told(1, 2)[column(&data, "income")], "missing (read as 23838)");
    assert_eq!(told(2, 3)[column(&data, "age")], "missing (read as 51)");
    assert_eq!(told(2, 3)[plan], "missing (read as no category)");
    assert_eq!(told(3, 4)[plan], "gold (read as no category)");
    // A model's own values, as fills are told, come back with the digits of the file where these are few.
    let income = column(&data, "income");
    assert_eq!(fit.shown(income, rows.row(0)[income]), "26238.7");
    let gain = column(&data, "gain");
    assert_eq!(fit.shown(gain, rows.row(0)[gain]), "0");
    assert!(data.row_as_read(9, &fit, rows.row(0)).is_none(), "there is no such item");
    assert!(data.row_as_read(0, &fit, &rows.row(0)[1..]).is_none(), "another row");
}

#[test]
fn names_of_rows_are_listed_first_and_no_input() {
    let data = customers();
    let names: Vec<&str> = (0..data.listed_columns()).map(|at| data.listed_name(at)).collect();
    assert_eq!(names, ["customer_id", "age", "income", "gain", "plan", "since"]);
    assert_eq!(data.listed_cell(3, 0), "C04");
    assert!(data.table().unwrap().table.columns.iter().all(|column| column.name != "customer_id"));
    // Of many rows a column of names needs not be named as one.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("many.csv");
    let lines: String = (0..40).map(|at| format!("N{at},{},{}\n", at * 7 % 5, at % 2)).collect();
    write(&path, format!("name,size,class\n{lines}").as_bytes());
    let many = open_at("table", &path, &[]).unwrap();
    assert_eq!((many.listed_name(0), many.listed_cell(7, 0).as_str()), ("name", "N7"));
    assert_eq!(many.table().unwrap().table.columns.len(), 1);
    let some = data.subset(&[4, 0]);
    assert_eq!([some.listed_cell(0, 0), some.listed_cell(1, 0)], ["C10", "C01"], "rows keep their names");
}

#[test]
fn items_are_sorted_by_a_column_and_what_is_missing_is_last_either_way() {
    let data = customers();
    let sorted = |name: &str, descending: bool| {
        let mut items: Vec<u32> = (0..5).collect();
        data.sort_by_listed(&mut items, listed(&data, name), descending);
        items
    };
    assert_eq!(sorted("age", false), [2, 4, 1, 0, 3]);
    assert_eq!(sorted("age", true), [0, 1, 4, 2, 3]);
    assert_eq!(sorted("plan", false), [1, 2, 4, 0, 3], "what is equal keeps its order");
    assert_eq!(sorted("customer_id", true), [4, 3, 2, 1, 0]);
}

#[test]
fn numbers_of_rows_are_sorted_as_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("numbered.csv");
    let lines: String =
        (8..13).map(|at| format!("{at},{},{}\n", at * 7 % 5, if at % 2 == 0 { "a" } else { "b" })).collect();
    write(&path, format!("id,size,class\n{lines}").as_bytes());
    let data = open_at("table", &path, &[("label", "class")]).unwrap();
    assert_eq!(data.listed_name(0), "id");
    let mut items: Vec<u32> = vec![4, 0, 3, 1, 2];
    data.sort_by_listed(&mut items, 0, false);
    assert_eq!(items, [0, 1, 2, 3, 4], "10 comes after 9");
}

#[test]
fn rows_are_found_by_any_value_and_by_the_value_of_one_column() {
    let data = customers();
    let found = |phrase: &str| {
        let found = Found::new(&data, phrase).unwrap();
        (0..data.len()).filter(|&item| found.contains(item)).collect::<Vec<_>>()
    };
    assert_eq!(found("c03"), [2], "capitals do not matter, and no model reads it");
    assert_eq!(found("BAS"), [1, 2]);
    assert_eq!(found("26238.7"), [0]);
    assert_eq!(found("26238.70"), [0]);
    assert_eq!(found("2016-"), [1, 2], "dates as they are shown");
    assert_eq!(found("missing"), [2, 3]);
    assert_eq!(found("age=21"), [2]);
    assert_eq!(found("age=2"), Vec::<usize>::new(), "the whole value");
    assert_eq!(found("Plan = basic"), [1, 2]);
    assert_eq!(found("income=26238.7"), [0], "the same number");
    assert_eq!(found("plan=missing"), [3]);
    assert!(Found::new(&data, "  ").is_none());
}

#[test]
fn negative_numbers_are_shown_with_a_minus_sign_and_dates_and_names_as_they_are() {
    for (written, shown) in [
        ("-1.5", "\u{2212}1.5"),
        ("-2e-7", "\u{2212}2e\u{2212}7"),
        ("-9 (read as -3.2)", "\u{2212}9 (read as \u{2212}3.2)"),
        ("2024-05-31", "2024-05-31"),
        ("never-married", "never-married"),
        ("-", "-"),
    ] {
        assert_eq!(with_minus(written.to_owned()), shown);
    }
}

#[test]
fn a_phrase_that_names_a_column_names_one_that_there_is() {
    let data = customers();
    assert_eq!(data.column_lacking("agee = 39"), Some("agee"));
    for words in ["age=39", "AGE =39", "39", "=39", ""] {
        assert_eq!(data.column_lacking(words), None, "{words}");
    }
}

#[test]
fn a_changed_row_is_data_of_one_item_with_other_values() {
    let data = customers();
    let (age, plan) = (column(&data, "age"), column(&data, "plan"));
    let asked = [data.value_from(age, " 30.5 "), data.value_from(plan, "gold"), data.value_from(age, "missing")];
    let gold = 1.0;
    assert_eq!(asked, [Ok(Some(30.5)), Ok(Some(gold)), Ok(None)]);
    let since = column(&data, "since");
    assert_eq!(data.value_from(age, "\u{2212}3"), Ok(Some(-3.0)), "as it is shown");
    assert_eq!(data.value_from(since, "1970-01-03"), Ok(Some(2.0)), "days, as the column counts");
    for (column, words) in [(age, "old"), (age, "inf"), (plan, "silver"), (since, "May")] {
        assert!(data.value_from(column, words).is_err(), "{words}");
    }
    let changed = data.changed_row(0, &BTreeMap::from([(age, Some(30.5)), (plan, None)])).unwrap();
    assert_eq!((changed.len(), changed.labels[0]), (1, None));
    assert_eq!([changed.cell(0, age), changed.cell(0, plan)], ["30.5", "(missing)"]);
    assert_eq!(changed.cell(0, column(&data, "income")), "26238.70", "the others stay");
    assert_eq!(data.cell(0, age), "74", "and so does the item");
    let other = data.changed_row(0, &BTreeMap::from([(age, Some(31.0))])).unwrap();
    assert!(changed.hash != other.hash && changed.hash != data.hash);
    assert!(data.changed_row(0, &BTreeMap::from([(99, None)])).is_none(), "no such column");
    let fit = TableFit::of(&data).unwrap();
    assert_eq!(changed.table_rows(&[0], &fit).unwrap().row(0)[plan], 0.0, "a model reads it like any row");
}
