//! Tables of numbers and categories: types, missing values, classes, scaling, refusals.

use unmask::data::table::{CATEGORY, ColumnKind, FittedColumn, Scale};
use unmask::data::{DataError, DataSpec, Dataset, Split, TableFit};

use super::{assert_has, open_at, refusal, write};

const PEOPLE: &str =
    "id,age,city,height,income\n1,20,Rome,1.5,low\n2,?,Oslo,1.7,high\n3,40,Rome,,low\n4,60,,1.9,high\n";

fn try_people(query: &[(&str, &str)]) -> Result<Dataset, DataError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.csv");
    write(&path, PEOPLE.as_bytes());
    open_at("table", &path, query)
}

fn people(query: &[(&str, &str)]) -> Dataset {
    try_people(query).unwrap()
}

#[test]
fn types_missing_values_and_classes_are_guessed_and_said() {
    let data = people(&[]);
    let table = &data.table().unwrap().table;
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["age", "city", "height"], "a row number is no column");
    assert_eq!(table.columns[1].kind, ColumnKind::Category(vec!["Oslo".into(), "Rome".into()]));
    assert_eq!(data.classes, ["high", "low"]);
    assert_eq!(data.labels, [Some(1), Some(0), Some(1), Some(0)]);
    assert_eq!([data.cell(0, 1), data.cell(1, 0), data.cell(3, 1)], ["Rome", "(missing)", "(missing)"]);
    assert_has(
        &data.remarks.join("; "),
        &["income (guessed", "Numbers: age and height", "Categories: city", "id", "3 values"],
    );
}

#[test]
fn numbers_that_single_precision_cannot_tell_apart_stay_different_to_a_model() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("times.csv");
    let lines =
        (0..60).map(|at| format!("{},{}\n", 1_700_000_000 + (at * 7) % 60, if at % 2 == 0 { "a" } else { "b" }));
    write(&path, format!("when,class\n{}", lines.collect::<String>()).as_bytes());
    let mut data = open_at("table", &path, &[]).unwrap();
    data.splits = vec![Split::Train; 60];
    let fit = TableFit::of(&data).unwrap();
    let rows = data.table_rows(&(0..60).collect::<Vec<_>>(), &fit).unwrap();
    for at in 0..60 {
        let when = 1_700_000_000 + (at * 7) % 60;
        assert_eq!(fit.raw(0, rows.values[at]), when as f64, "seconds since 1970 come back to the second");
        assert_eq!(data.cell(at, 0), when.to_string());
    }
    // Of two files that differ only in such digits, neither is taken for the other.
    write(&path, format!("when,class\n{}", "1700000000,a\n1700000001,b\n").as_bytes());
    let first = open_at("table", &path, &[]).unwrap();
    write(&path, format!("when,class\n{}", "1700000000,a\n1700000002,b\n").as_bytes());
    assert_ne!(first.hash, open_at("table", &path, &[]).unwrap().hash);
}

#[test]
fn rows_are_standardised_by_the_training_rows_and_categories_keep_one_place() {
    let mut data = people(&[]);
    data.splits = vec![Split::Train, Split::Train, Split::Train, Split::Test];
    let fit = TableFit::of(&data).unwrap();
    // Training ages 20 and 40: mean 30, standard deviation 10.
    assert_eq!(fit.0[0].scale, Scale::Number { mean: 30.0, sd: 10.0 });
    let rows = data.table_rows(&[0, 1, 2, 3], &fit).unwrap();
    assert_eq!((rows.row(0)[0], rows.row(1)[0], rows.row(2)[0], rows.row(3)[0]), (-1.0, 0.0, 1.0, 3.0));
    assert_eq!((rows.row(0)[1], rows.row(1)[1], rows.row(3)[1]), (CATEGORY + 1.0, CATEGORY, 0.0));
    assert_eq!(
        (fit.shown(0, 3.0), fit.shown(1, CATEGORY), fit.shown(1, 0.0)),
        ("60".into(), "Oslo".into(), "(none)".into())
    );
    assert_eq!(fit.raw(0, -1.0), 20.0);
}

#[test]
fn numbers_come_back_as_the_file_has_them() {
    let path = concat!("table:", env!("CARGO_MANIFEST_DIR"), "/sample_data/table.csv?label=thrives");
    let data = unmask::data::open(&path.parse().unwrap(), &mut |_| true).unwrap();
    let fit = TableFit::of(&data).unwrap();
    let rows = data.table_rows(&(0..data.len()).collect::<Vec<_>>(), &fit).unwrap();
    let table = &data.table().unwrap().table;
    let n = table.columns.len();
    let mut compared = 0;
    for (at, (value, cell)) in rows.values.iter().zip(&table.cells).enumerate() {
        if table.columns[at % n].kind == ColumnKind::Number && cell.is_finite() {
            assert_eq!(fit.raw(at % n, *value), *cell, "{}", table.columns[at % n].name);
            compared += 1;
        }
    }
    assert!(compared > 5000, "{compared}");
    // Many digits, close together; few digits beside a number that dwarfs them.
    let column = |name: &str, cells: &[f64]| {
        let mean = cells.iter().sum::<f64>() / cells.len() as f64;
        let sd = (cells.iter().map(|cell| (cell - mean).powi(2)).sum::<f64>() / cells.len() as f64).sqrt();
        let fit = TableFit(vec![FittedColumn { name: name.to_owned(), scale: Scale::Number { mean, sd } }]);
        let back = |cell: &f64| fit.raw(0, ((cell - mean) / sd) as f32);
        let same = cells.iter().filter(|cell| back(cell) == **cell).count();
        let off = |cell: &f64| (back(cell) - cell).abs();
        (same as f64 / cells.len() as f64, cells.iter().map(off).fold(0.0, f64::max))
    };
    let degrees: Vec<f64> = (0..1000).map(|at| (4_885_000 + at * 37 % 1000) as f64 / 1e5).collect();
    let (same, off) = column("latitude", &degrees);
    assert!(same > 0.99 && off < 1e-5, "{same}, {off}");
    let shares: Vec<f64> = (0..1000).map(|at| (at * 37 % 1000) as f64 * 1e-3).chain([1e6]).collect();
    let (_, off) = column("share", &shares);
    // The standardised numbers lie as close together as their precision allows.
    assert!(off < 3e-3, "{off}");
}

#[test]
fn a_column_of_parts_is_followed_and_no_feature() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("parts.csv");
    write(&path, b"age,split,class\n20,train,a\n30,test,b\n40,train,b\n50,validation,a\n");
    let data = open_at("table", &path, &[]).unwrap();
    assert_eq!(data.splits, [Split::Train, Split::Test, Split::Train, Split::Validation]);
    assert_eq!(data.table().unwrap().table.columns.len(), 1);
    assert_has(&data.remarks.join("; "), &["Parts are column split"]);
    // Another name where it is asked for; what is no part is refused.
    write(&path, b"age,when,class\n20,train,a\n30,test,b\n40,later,b\n");
    assert_eq!(open_at("table", &path, &[]).unwrap().table().unwrap().table.columns.len(), 2);
    assert_has(
        &refusal(open_at("table", &path, &[("split", "when")])),
        &["column when holds \"later\"", "train, validation or test"],
    );
    assert_has(&refusal(open_at("table", &path, &[("split", "nothing")])), &["no column and no split \"nothing\""]);
}

#[test]
fn commas_are_decimal_signs_between_semicolons_and_a_stray_word_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("german.csv");
    write(&path, "höhe;klasse\n1,5;a\n-0,25;b\n3;a\n1,5e-05;a\n".as_bytes());
    let data = open_at("table", &path, &[]).unwrap();
    assert_eq!(data.table().unwrap().table.cells, [1.5, -0.25, 3.0, 1.5e-5]);
    let mut text = "x,class\n".to_owned();
    (0..40).for_each(|row| text.push_str(&format!("{}.5,{}\n", row % 7, row % 2)));
    write(&path, (text + "unknown,1\n").replace("unknown,1", "about 3,1").as_bytes());
    let data = open_at("table", &path, &[]).unwrap();
    assert_has(&data.remarks.join("; "), &["Column x holds numbers but for 1 of 41 fields, the first \"about 3\""]);
}

#[test]
fn the_query_chooses_columns_classes_and_products() {
    let data = people(&[("label", "height"), ("threshold", "1.6"), ("columns", "age,id"), ("products", "age*id")]);
    let names: Vec<_> = data.table().unwrap().table.columns.iter().map(|column| column.name.clone()).collect();
    assert_eq!(names, ["age", "id", "age * id"]);
    assert_eq!(data.classes, ["at most 1.6", "above 1.6"]);
    assert_eq!(data.labels, [Some(0), Some(1), None, Some(1)]);
    assert_eq!(data.cell(2, 2), "120");
}

#[test]
fn a_column_becomes_an_indicator_of_each_of_its_values() {
    let data = people(&[("columns", "age,city"), ("indicators", "city")]);
    let table = &data.table().unwrap().table;
    let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["age", "city = Oslo", "city = Rome"]);
    assert_eq!([data.cell(0, 1), data.cell(0, 2), data.cell(1, 1), data.cell(3, 1)], ["0", "1", "1", "(missing)"]);
    assert_has(&refusal(try_people(&[("indicators", "town")])), &["town", "the columns are id, age"]);
}

#[test]
fn what_does_not_fit_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.csv");
    write(&path, PEOPLE.as_bytes());
    assert_has(&refusal(open_at("table", &path, &[("label", "wage")])), &["wage", "the columns are id, age"]);
    assert_has(&refusal(open_at("table", &path, &[("numbers", "city")])), &["numbers in column city", "Rome"]);
    assert_has(&refusal(open_at("table", &path, &[("threshold", "much")])), &["much", "threshold=0.75"]);
    write(&path, b"a,b\n1,2\n3\n");
    assert_has(&refusal(open_at("table", &path, &[])), &["2 fields", "found 1", "line 3"]);
    write(&path, b"a,b,label\n");
    refusal(open_at("table", &path, &[]));
}

#[test]
fn adult_and_admission_have_the_columns_of_the_experiments() {
    let Some(root) = std::env::var_os("UNMASK_DATA") else {
        println!("skipped: UNMASK_DATA names no folder of data sets");
        return;
    };
    let root = root.to_string_lossy();
    let open = |text: &str, root: &str| {
        let spec: DataSpec = text.replace("{root}", root).parse().unwrap();
        super::open(&spec).unwrap()
    };
    let adult = open(unmask::experiment::aim_tables::AIM_ADULT.data, &root);
    assert_eq!((adult.len(), adult.table().unwrap().table.columns.len()), (32_561 + 16_281, 7));
    assert_eq!(adult.classes, ["<=50K", ">50K"]);
    // Half of the official test rows is validation, as with every data set that has no validation of its own.
    assert_eq!(adult.in_split(Split::Test).len() + adult.in_split(Split::Validation).len(), 16_281);
    assert_eq!(adult.in_split(Split::Train).len(), 32_561);
    assert_eq!(adult.labels.iter().filter(|label| **label == Some(1)).count(), 7_841 + 3_846);
    let admission = open(unmask::experiment::aim_tables::AIM_ADMISSION.data, &root);
    assert_eq!((admission.len(), admission.table().unwrap().table.columns.len()), (500, 12));
}

/// PEOPLE as Parquet, its texts and numbers by their own types, with `packing`.
pub fn people_in_parquet(packing: parquet::basic::Compression) -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
    let schema = "message people { REQUIRED INT64 id; OPTIONAL INT64 age; OPTIONAL BYTE_ARRAY city (UTF8); OPTIONAL DOUBLE height; \
                  REQUIRED BYTE_ARRAY income (UTF8); }";
    let schema = std::sync::Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let properties = parquet::file::properties::WriterProperties::builder().set_compression(packing).build();
    let mut out = Vec::new();
    let mut writer =
        parquet::file::writer::SerializedFileWriter::new(&mut out, schema, std::sync::Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let texts = |texts: &[&str]| texts.iter().map(|text| ByteArray::from(*text)).collect::<Vec<_>>();
    for at in 0.. {
        let Some(mut column) = group.next_column().unwrap() else { break };
        match at {
            0 => column.typed::<Int64Type>().write_batch(&[1, 2, 3, 4], None, None),
            1 => column.typed::<Int64Type>().write_batch(&[20, 40, 60], Some(&[1, 0, 1, 1]), None),
            2 => {
                let cities = texts(&["Rome", "Oslo", "Rome"]);
                column.typed::<ByteArrayType>().write_batch(&cities, Some(&[1, 1, 1, 0]), None)
            }
            3 => column.typed::<DoubleType>().write_batch(&[1.5, 1.7, 1.9], Some(&[1, 1, 0, 1]), None),
            _ => column.typed::<ByteArrayType>().write_batch(&texts(&["low", "high", "low", "high"]), None, None),
        }
        .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    out
}

#[test]
fn parquet_holds_the_same_table() {
    use parquet::basic::Compression;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.parquet");
    let from_csv = people(&[]);
    let packed = [
        Compression::SNAPPY,
        Compression::ZSTD(Default::default()),
        Compression::GZIP(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ];
    for packing in [Compression::UNCOMPRESSED].into_iter().chain(packed) {
        write(&path, &people_in_parquet(packing));
        for kind in ["table", "auto"] {
            let data = open_at(kind, &path, &[]).unwrap();
            assert_eq!(data.hash, from_csv.hash, "cells, classes and splits are the same");
            let second =
                |data: &Dataset| (0..data.listed_columns()).map(|at| data.listed_cell(1, at)).collect::<Vec<_>>();
            assert_eq!(second(&data), second(&from_csv));
        }
    }
}

#[test]
fn parquet_that_cannot_be_read_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.parquet");
    write(&path, b"PAR1 and no more");
    assert_has(&refusal(open_at("table", &path, &[])), &["people.parquet", "a table in Parquet", "damaged"]);
    let whole = people_in_parquet(parquet::basic::Compression::SNAPPY);
    write(&path, &whole[..whole.len() / 2]);
    assert_has(&refusal(open_at("table", &path, &[])), &["a table in Parquet", "damaged"]);
    write(&path, &whole);
    assert_has(&refusal(open_at("table", &path, &[("label", "wage")])), &["wage", "the columns are id, age"]);
}

#[test]
fn columns_of_one_name_are_both_read_and_it_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("twice.csv");
    let names = |data: &Dataset| -> Vec<String> {
        data.table().unwrap().table.columns.iter().map(|column| column.name.clone()).collect()
    };
    // With and without header=: a name that stands twice above numbers makes no values of the header.
    write(&path, b"x,x,x (2),class\n1,10,5,a\n2,20,5,b\n4,40,6,a\n");
    for query in [&[][..], &[("header", "yes")]] {
        let mut data = open_at("table", &path, query).unwrap();
        assert_eq!(names(&data), ["x", "x (3)", "x (2)"]);
        assert_has(&data.remarks.join("; "), &["several columns have one name: the later ones are called x (3)"]);
        data.splits = vec![Split::Train; 3];
        let fit = TableFit::of(&data).unwrap();
        let rows = data.table_rows(&[0, 1, 2], &fit).unwrap();
        let second: Vec<f64> = (0..3).map(|row| fit.raw(1, rows.row(row)[1])).collect();
        assert_eq!(second, [10.0, 20.0, 40.0], "a model reads the second column, not the first again");
    }
    // The library would read the last column of a name for each of them.
    let path = dir.path().join("twice.parquet");
    write(&path, &doubled_in_parquet());
    let data = open_at("table", &path, &[]).unwrap();
    assert_eq!(names(&data), ["x", "x (2)"]);
    assert_eq!(data.table().unwrap().table.cells, [1.0, 0.5, 5.0, 0.25, 7.0, 0.75]);
    assert_has(&data.remarks.join("; "), &["twice.parquet: several columns have one name", "called x (2)"]);
}

/// Two columns x, of whole numbers and of others, and one of classes, in two groups of rows.
fn doubled_in_parquet() -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
    let schema = "message twice { REQUIRED INT64 x; OPTIONAL DOUBLE x; REQUIRED BYTE_ARRAY class (UTF8); }";
    let schema = std::sync::Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let mut out = Vec::new();
    let mut writer =
        parquet::file::writer::SerializedFileWriter::new(&mut out, schema, std::sync::Arc::default()).unwrap();
    for (whole, others, classes) in [(&[1, 5][..], &[0.5, 0.25][..], &["a", "b"][..]), (&[7], &[0.75], &["a"])] {
        let mut group = writer.next_row_group().unwrap();
        let classes: Vec<ByteArray> = classes.iter().map(|class| ByteArray::from(*class)).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(whole, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(others, Some(&vec![1; others.len()]), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&classes, None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
    out
}

#[test]
fn a_quote_that_is_never_closed_is_refused_and_swallows_no_rows() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("open.csv");
    let rows = "10,low\n25,high\n30,low\n";
    write(&path, format!("age,income\n{rows}4,\"high\n{rows}").as_bytes());
    assert_has(&refusal(open_at("table", &path, &[])), &["open.csv", "quotes in pairs", "4,\"high", "quotes=no"]);
    // Cut off within a field; a quote within a field opens none.
    write(&path, format!("age,income\n{rows}4,\"hi").as_bytes());
    assert_has(&refusal(open_at("table", &path, &[])), &["quotes in pairs", "never closed"]);
    write(&path, format!("age,size\n{rows}4,\"5\"\" nails\"\n5,5\" nails\n").as_bytes());
    assert_eq!(open_at("table", &path, &[]).unwrap().classes, ["5\" nails", "high", "low"]);
}

/// The cells and the remarks of a table.
fn cells_of(content: &str, query: &[(&str, &str)]) -> (Vec<f64>, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("signs.csv");
    write(&path, content.as_bytes());
    let data = open_at("table", &path, query).unwrap();
    (data.table().unwrap().table.cells.clone(), data.remarks.join("; "))
}

#[test]
fn numbers_in_groups_of_digits_are_read_and_said() {
    let german = "wert;klasse\n1.234,56;a\n-12,5;b\n1.234.567;a\n999;b\n";
    let english = "value,class\n\"1,234.56\",a\n-12.5,b\n\"1,234,567\",a\n999,b\n";
    let numbers = [1234.56, -12.5, 1_234_567.0, 999.0];
    for (content, said) in [
        (german.to_owned(), "\"1.234,56\" was read as 1234.56, since full stops part groups"),
        (english.to_owned(), "\"1,234.56\" was read as 1234.56, since commas part groups"),
        (german.replace('.', " "), "\"1 234,56\" was read as 1234.56, since blanks part groups"),
        (german.replace('.', "\u{a0}"), "since blanks part groups"),
        (german.replace('.', "\u{202f}"), "since blanks part groups"),
    ] {
        let (cells, remarks) = cells_of(&content, &[]);
        assert_eq!(cells, numbers, "{content}");
        assert_has(&remarks, &[said, "Numbers: "]);
        assert!(!remarks.contains("Left out"), "{remarks}");
    }
    // Groups have three digits: these are words, and so is what the query calls categories.
    for (content, query) in [
        ("wert;klasse\n1.23.4;a\n3.234,56;b\n1.23.4;a\n", &[("header", "yes")][..]),
        ("wert;klasse\n01 234;a\n1 234;b\n01 234;a\n", &[("header", "yes")]),
        ("wert;klasse\n1 234;a\n2 345;b\n1 234;a\n", &[("categories", "wert")]),
    ] {
        let (cells, remarks) = cells_of(content, query);
        assert_eq!(cells, [0.0, 1.0, 0.0], "{content}");
        assert_has(&remarks, &["Categories: wert"]);
    }
}

#[test]
fn a_sign_that_may_part_groups_or_a_fraction_is_settled_by_other_columns_or_told() {
    // Commas in another column are decimal signs: full stops are none. Nothing settles the third.
    let settled = "preis;menge;klasse\n1,5;1.234;a\n2,25;5.678;b\n";
    let (cells, remarks) = cells_of(settled, &[]);
    assert_eq!(cells, [1.5, 1234.0, 2.25, 5678.0]);
    assert_has(&remarks, &["Column menge: \"1.234\" was read as 1234"]);
    let (cells, remarks) = cells_of("menge;klasse\n1.234;a\n5.678;b\n", &[("header", "yes")]);
    assert_eq!(cells, [1.234, 5.678]);
    assert_has(
        &remarks,
        &["Column menge: whether \"1.234\" is 1.234 or 1234 the file does not say: it was read as 1.234"],
    );
    let (cells, remarks) = cells_of("size,amount,class\n0.5,\"1,234\",a\n1.5,\"5,678\",b\n", &[]);
    assert_eq!(cells, [0.5, 1234.0, 1.5, 5678.0]);
    assert_has(&remarks, &["Column amount: \"1,234\" was read as 1234"]);
    // A fraction has a leading zero; three digits behind a full stop are one where commas separate the fields.
    for content in ["menge;klasse\n0.234;a\n5.678;b\n", "amount,class\n1.234,a\n5.678,b\n"] {
        let (cells, remarks) = cells_of(content, &[]);
        assert!(cells.iter().all(|cell| *cell < 6.0) && !remarks.contains("Column "), "{cells:?}: {remarks}");
    }
    // Left out, but neither as names nor as row numbers.
    let mut text = "a,size,class\n".to_owned();
    (1..40).for_each(|row| text.push_str(&format!("\"{row},{}\",{row},{}\n", 200 + row, row % 2)));
    let (_, remarks) = cells_of(&text, &[("columns", "a,size")]);
    assert_has(&remarks, &["Column a: whether a sign in \"1,201\" parts groups of digits", "it is left out"]);
    assert!(!remarks.contains("Left out, as names or row numbers: a"), "{remarks}");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("signs.csv");
    write(&path, text.as_bytes());
    assert_has(&refusal(open_at("table", &path, &[("numbers", "a")])), &["numbers in column a", "no other sign"]);
}

#[test]
fn dates_are_numbers_that_say_what_they_count_and_others_are_told_by_their_true_reason() {
    // A day for each row, all different: neither names nor row numbers.
    let days = |form: &dyn Fn(u32) -> String| {
        let rows = (0..28).map(|at| format!("{},{}\n", form(at + 1), if at % 2 == 0 { "a" } else { "b" }));
        format!("when,class\n{}", rows.collect::<String>())
    };
    let names = |content: &str, query: &[(&str, &str)]| -> Vec<(String, ColumnKind)> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dated.csv");
        write(&path, content.as_bytes());
        let data = open_at("table", &path, query).unwrap();
        data.table().unwrap().table.columns.iter().map(|of| (of.name.clone(), of.kind.clone())).collect()
    };
    let iso = days(&|day| format!("2024-02-{day:02}"));
    let (cells, remarks) = cells_of(&iso, &[]);
    // The first of February 2024, by Python's datetime.
    assert_eq!(cells, (0..28).map(|at| 19_754.0 + f64::from(at)).collect::<Vec<f64>>());
    assert_has(
        &remarks,
        &["Column when: dates were read as days since 1970 (categories= leaves them", "Numbers: when"],
    );
    assert!(!remarks.contains("Left out"), "{remarks}");
    assert_eq!(names(&iso, &[]), [("when (days since 1970)".to_owned(), ColumnKind::Number)]);
    assert_eq!(names(&iso, &[("numbers", "when")]), names(&iso, &[]), "named as in the file");
    let product = names(&iso, &[("products", "when*when")]);
    assert_eq!(product[1].0, "when * when");
    // With a time of day, in another zone, and with a gap.
    let timed = "when,class\n2024-02-29 12:30:15.5,a\n,b\n2024-02-29T14:30:16+02:00,a\n";
    let (cells, remarks) = cells_of(timed, &[]);
    assert_eq!((cells[0], cells[1].is_nan(), cells[2]), (1_709_209_815.5, true, 1_709_209_816.0));
    assert_has(&remarks, &["dates were read as seconds since 1970", "1 values are missing"]);
    // As categories, where that is asked for.
    let few = "when,class\n2024-02-01,a\n2024-03-01,b\n2024-02-01,a\n";
    assert!(matches!(&names(few, &[("categories", "when")])[0].1, ColumnKind::Category(levels) if levels.len() == 2));
    // Nobody can tell whether these are days or months first.
    let doubtful = days(&|day| format!("{:02}/{:02}/2024", day % 12 + 1, day % 11 + 1)).replace("when,", "when,size,");
    let doubtful = doubtful.replace(",a\n", ",1,a\n").replace(",b\n", ",2.5,b\n");
    let unlike = days(&|day| format!("{day:02}.02.2024")).replace(",a\n", ",1,a\n").replace(",b\n", ",2.5,b\n");
    let unlike = unlike.replace("when,", "when,size,");
    let (_, remarks) = cells_of(&unlike, &[]);
    let said = "Column when holds dates, but not all as in 2024-05-31, the first \"01.02.2024\": it is left out; write each as 2024-05-31";
    assert_has(&remarks, &[said]);
    assert!(!remarks.contains("names or row numbers"), "{remarks}");
    let (_, remarks) = cells_of(&doubtful, &[]);
    assert_has(&remarks, &["Column when holds dates, but not all as in 2024-05-31, the first \"02/02/2024\""]);
}
