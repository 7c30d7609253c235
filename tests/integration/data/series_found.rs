//! Series in CSV that nobody said to be some: long tables whose columns have names of their own, uneven lengths, names of items, rows without a header,
//! and what is a table all the same.

use std::fmt::Write as _;

use unmask::data::Modality;
use unmask::data::options::look;
use unmask::data::series::own_steps;

use super::*;

fn values(data: &Dataset, item: usize) -> Vec<f32> {
    match &data.items {
        Items::Series(series) => series.get(item).to_vec(),
        _ => panic!("no series"),
    }
}

fn said(data: &Dataset) -> String {
    data.remarks.join(" | ")
}

/// Six machines of 6 to 11 steps, the later one the longer; `when` says what stands in the column of time.
fn machines(header: &str, when: impl Fn(usize) -> String) -> String {
    let mut text = format!("{header}\n");
    for machine in 0..6 {
        for step in 0..6 + machine {
            let value = machine * 100 + step;
            writeln!(text, "{},{},{value}.5,{},{}", machine + 1, when(step), step % 3, machine % 2).unwrap();
        }
    }
    text
}

fn minute(step: usize) -> String {
    format!("2024-05-01 00:{step:02}:00")
}

#[test]
fn rows_of_machines_at_moments_are_series_filled_up_to_the_longest() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("machines.csv");
    for item in ["machine", "device_id", "userId", "Unit number", "patient"] {
        write(&path, machines(&format!("{item},timestamp,temperature,vibration,fault"), minute).as_bytes());
        for kind in ["auto", "series"] {
            let data = open_at(kind, &path, &[]).unwrap();
            assert_eq!((data.modality, data.len()), (Modality::Series, 6), "{item}");
            assert_eq!(data.shape(), Some(Shape::new(2, 1, 11)), "two channels: what stays the same is the class");
            assert_eq!(data.channel_names(), ["temperature", "vibration"]);
            assert_eq!(data.classes, ["0", "1"]);
            let own: Vec<usize> = (0..6).map(|item| own_steps(&values(&data, item), 11)).collect();
            assert_eq!(own, [6, 7, 8, 9, 10, 11], "what was filled up is known");
            assert_has(&said(&data), &["Items have 6 to 11 steps", "filled up to 11", "never selected", "steps="]);
            assert_has(&said(&data), &["steps are column timestamp", "Classes are in column fault (guessed"]);
        }
        let data = open_at("auto", &path, &[]).unwrap();
        assert_has(
            &said(&data),
            &[format!("several rows for each {item}").as_str(), "as a table each row would be an item"],
        );
    }
    // One length that is asked for is given, as ever.
    let data = open_at("series", &path, &[("steps", "7")]).unwrap();
    assert_eq!(data.shape(), Some(Shape::new(2, 1, 7)));
    let none = open_at("series", &path, &[("label", "none")]).unwrap();
    assert_eq!(none.channel_names().len(), 3, "it is a channel where there are to be no classes");
}

#[test]
fn items_are_called_by_their_identifier_also_where_some_are_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("machines.csv");
    let text = machines("machine,timestamp,temperature,vibration,fault", minute);
    write(&path, text.as_bytes());
    let data = open_at("auto", &path, &[]).unwrap();
    assert_eq!((data.item_name(0), data.item_name(5)), ("machine 1".to_owned(), "machine 6".to_owned()));
    let odd = open_at("auto", &path, &[("classes", "1")]).unwrap();
    assert_eq!((odd.len(), odd.item_name(1)), (3, "machine 4".to_owned()));
    assert_eq!(data.subset(&[4, 2]).item_name(1), "machine 3");
    // Names say nothing about what is read.
    let words: Vec<String> = text.lines().skip(1).map(|row| format!("M{row}")).collect();
    write(&path, format!("machine,timestamp,temperature,vibration,fault\n{}\n", words.join("\n")).as_bytes());
    let named = open_at("auto", &path, &[]).unwrap();
    assert_eq!((named.item_name(2).as_str(), named.hash.as_str()), ("M3", data.hash.as_str()));
}

#[test]
fn a_clock_too_coarse_for_its_rows_keeps_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("coarse.csv");
    write(&path, machines("machine,timestamp,x,y,state", |step| minute(step / 4)).as_bytes());
    let data = open_at("auto", &path, &[]).unwrap();
    assert_eq!(values(&data, 0)[..6], [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
    assert_has(&said(&data), &["several rows of one timestamp: these keep the order of the file"]);
    // Counted steps that come twice are a mistake: such rows are no series unless somebody says so, and then it is refused.
    write(&path, machines("machine,frame,x,y,state", |step| (step / 4).to_string()).as_bytes());
    assert_eq!(open_at("auto", &path, &[]).unwrap().modality, Modality::Table);
    assert_has(&refusal(open_at("series", &path, &[])), &["several of one step in item 1"]);
}

#[test]
fn rows_that_only_look_a_little_like_steps_stay_a_table_or_texts() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rows.csv");
    let opened = |header: &str, row: &dyn Fn(usize) -> String| {
        let rows: String = (0..60).map(|at| row(at) + "\n").collect();
        write(&path, format!("{header}\n{rows}").as_bytes());
        open_at("auto", &path, &[]).unwrap().modality
    };
    // One row for each.
    let row = |at: usize| format!("C{at},2024-05-{:02},{}.5,{}", 1 + at % 28, at * 3, ["no", "yes"][at % 2]);
    assert_eq!(opened("customer_id,date,income,churned", &row), Modality::Table);
    // A class of its own in each row of one user.
    let row = |at: usize| format!("U{},2024-05-01 10:{at:02},{}.5,{}", at / 10, at * 3, ["no", "yes"][at % 2]);
    assert_eq!(opened("user,time,speed,label", &row), Modality::Table);
    // Events, about which words say more than numbers.
    let row = |at: usize| format!("U{},2024-05-01 10:{at:02},{}.5,page{},shop{}", at / 10, at * 3, at % 7, at % 3);
    assert_eq!(opened("user,time,seconds,page,shop", &row), Modality::Table);
    let row = |at: usize| format!("U{},2024-05-01 10:{at:02},{},we met at noon for the {at}th time", at / 10, at % 2);
    assert_eq!(opened("user,time,likes,message", &row), Modality::Text);
}

/// Rows of a class and forty steps of a slow wave, without names.
fn waves(class: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for item in 0..12 {
        let steps: Vec<String> = (0..40).map(|t| format!("{:.3}", ((t + 5 * item) as f32 * 0.2).sin())).collect();
        writeln!(text, "{}{}", class(item), steps.join(",")).unwrap();
    }
    text
}

#[test]
fn rows_of_many_like_numbers_without_a_header_are_series_with_their_classes_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("waves.csv");
    write(&path, waves(|item| format!("{},", item % 2)).as_bytes());
    let data = open_at("auto", &path, &[]).unwrap();
    assert_eq!((data.modality, data.shape()), (Modality::Series, Some(Shape::new(1, 1, 40))));
    assert_eq!((data.classes.len(), data.labels[1]), (2, Some(1)));
    assert_has(&said(&data), &["40 columns of numbers without names lie on one scale", "as a table each column"]);
    assert_has(&said(&data), &["Column 1 was taken for the classes", "label=none"]);
    let all = open_at("series", &path, &[("label", "none")]).unwrap();
    assert_eq!(all.shape(), Some(Shape::new(1, 1, 41)));
    write(&path, waves(|_| String::new()).as_bytes());
    let data = open_at("auto", &path, &[]).unwrap();
    assert_eq!((data.shape(), data.classes.len()), (Some(Shape::new(1, 1, 40)), 0));

    // Columns of different scales, and columns that do not follow each other, are those of a table.
    let table = |value: &dyn Fn(usize, usize) -> f64| {
        let row = |item: usize| (0..40).map(|at| format!("{:.3}", value(item, at))).collect::<Vec<_>>().join(",");
        let rows: String = (0..12).map(|item| format!("{},{}\n", row(item), item % 2)).collect();
        write(&path, rows.as_bytes());
        open_at("auto", &path, &[]).unwrap().modality
    };
    let wave = |item: usize, at: usize| ((at + 5 * item) as f64 * 0.2).sin();
    assert_eq!(table(&|item, at| wave(item, at) * if at == 20 { 1000.0 } else { 1.0 }), Modality::Table);
    assert_eq!(table(&|item, at| ((item * 40 + at) * 504 % 1009) as f64 / 1009.0), Modality::Table);
    assert_eq!(table(&wave), Modality::Series);
}

#[test]
fn what_was_found_is_known_before_the_data_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("machines.csv");
    write(&path, machines("machine,timestamp,temperature,vibration,state", minute).as_bytes());
    let found = |query: &str| {
        let spec: DataSpec = format!("{}{query}", path.display()).parse().unwrap();
        look(&spec, &mut |_| true).unwrap().found
    };
    let has = |found: &[(&'static str, String)], id: &str, value: &str| {
        assert!(found.iter().any(|(known, of)| *known == id && of == value), "{id}={value}: {found:?}");
    };
    for (id, value) in [("delimiter", "comma"), ("header", "yes"), ("layout", "long"), ("item", "machine")] {
        has(&found(""), id, value);
    }
    has(&found(""), "step", "timestamp");
    // What is said is not found.
    assert!(!found("?header=yes").iter().any(|(id, _)| *id == "header"));
    write(&path, b"text;label\nwe liked it all the way;good\nit was a dull evening;bad\n");
    let of_texts = found("");
    for (id, value) in [("delimiter", "semicolon"), ("text", "text"), ("label", "label")] {
        has(&of_texts, id, value);
    }
}

#[test]
fn the_column_with_by_far_the_most_words_is_the_text_and_an_opinion_its_class() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("reviews.csv");
    let body = "This film went on and on, and nobody in the whole house knew what it was all about in the end";
    let opened = |header: &str| {
        let rows: String = (0..30)
            .map(|at| {
                let (opinion, helpful) = (["good", "bad"][at % 2], ["yes", "no"][at / 15]);
                format!("{at};A film called {at};{body}, {at} times;{helpful};{};{opinion}\n", at % 10)
            })
            .collect();
        write(&path, format!("{header}\n{rows}").as_bytes());
        open_at("auto", &path, &[]).unwrap()
    };
    let data = opened("Nr.;Title;Body text;Helpful?;★ rating;Opinion");
    assert_eq!(data.text(0), Some(format!("A film called 0\n{body}, 0 times").as_str()), "the title stands before it");
    assert_eq!(data.classes, ["bad", "good"], "{}", said(&data));
    let data = opened("Nr.;Description;What they wrote;Helpful?;★ rating;Verdicts");
    assert_eq!(data.text(0), Some(format!("{body}, 0 times").as_str()));
    assert_eq!(data.classes, ["bad", "good"]);
    // A sure name stands whatever else is there, and so does a likely one beside a text that is not much longer.
    let data = opened("Nr.;review;Body text;Helpful?;★ rating;x");
    assert_eq!(data.text(0), Some("A film called 0"));
    assert_eq!(data.classes.len(), 10, "a rating");
}
