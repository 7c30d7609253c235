//! Which column of a table holds the classes where nobody says so, infinite numbers, and remarks that name their file.

use unmask::data::table::ColumnKind;

use super::{Dataset, assert_has, open_at, refusal, write};

/// Opens forty rows, of which `line` gives one, as a table.
fn opened(header: &str, line: impl Fn(usize) -> String, query: &[(&str, &str)]) -> Result<Dataset, super::DataError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rows.csv");
    let lines: String = (0..40).map(|at| line(at) + "\n").collect();
    write(&path, format!("{header}\n{lines}").as_bytes());
    open_at("table", &path, query)
}

/// The first class, and what is said of the column that holds it.
fn guessed(header: &str, line: impl Fn(usize) -> String, query: &[(&str, &str)]) -> (String, String) {
    let data = opened(header, line, query).unwrap();
    let said = data.remarks.iter().find(|remark| remark.starts_with("Classes are in column")).unwrap();
    assert_has(said, &["(guessed ", "label= changes it"]);
    (data.classes[0].clone(), said.clone())
}

fn column_names(data: &Dataset) -> Vec<&str> {
    data.table().unwrap().table.columns.iter().map(|column| column.name.as_str()).collect()
}

/// A fraction, another one in each row.
fn real(at: usize) -> String {
    format!("{}.5", 3 * at)
}

/// One of two words.
fn word(at: usize) -> &'static str {
    ["no", "yes"][at % 2]
}

#[test]
fn the_sample_table_opened_by_itself_says_what_thrives() {
    let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample_data/table.csv"));
    let data = open_at("auto", path, &[]).unwrap();
    assert_eq!(data.classes, ["no", "yes"]);
    assert!(column_names(&data).contains(&"species") && !column_names(&data).contains(&"thrives"));
    assert_has(&data.remarks.join("; "), &["column thrives (guessed as the last column, with 2 different values;"]);
    assert_eq!(data.hash, open_at("table", path, &[("label", "thrives")]).unwrap().hash);
    let species = open_at("table", path, &[("label", "species")]).unwrap();
    assert_eq!(species.classes, ["cactus", "fern", "orchid", "palm"], "whoever names a column gets it");
}

#[test]
fn strong_names_come_before_weak_ones_and_what_cannot_be_classes_is_passed_over() {
    // Wherever they stand, and whatever stands last.
    let line = |at: usize| format!("{},{},{},{}", at % 3, real(at), word(at), at % 4);
    let (first, said) = guessed("species,income,Outcome,rooms", line, &[]);
    assert_eq!(first, "no");
    assert_has(&said, &["column Outcome (guessed by its name"]);
    // Numbers beyond count, a single value, another word in each row.
    let line = |at: usize| format!("a,{},name {at},{},{}", real(at), word(at), real(at + 1));
    let (first, said) = guessed("label,target,class,outcome,y", line, &[]);
    assert_eq!(first, "no");
    assert_has(&said, &["column outcome (guessed by its name", "column label has one value only"]);
    assert_has(
        &said,
        &["column class has another value in each row", "column target has 40 different values, too many"],
    );
    assert_has(&said, &["column y has 40 different values"]);
    // A weak name decides only where neither the last nor the first column may.
    let line = |at: usize| format!("{},{},{}", real(at), word(at), real(at));
    assert_has(&guessed("id,diagnosis,radius", line, &[]).1, &["column diagnosis (guessed by its name"]);
}

#[test]
fn the_last_column_of_few_values_or_else_the_first_holds_the_classes() {
    let line = |at: usize| format!("{},{},{}", ["fern", "palm", "moss"][at % 3], real(at), at % 2);
    assert_has(&guessed("species,light,thriving", line, &[]).1, &["column thriving (guessed as the last column"]);
    let line = |at: usize| format!("{},{},{}", ["fern", "palm", "moss"][at % 3], real(at), real(at));
    assert_has(&guessed("kind,light,size", line, &[]).1, &["column kind (guessed as the first column, with 3"]);
    // Fractions and dates are no classes though they are few, and an empty column says nothing.
    let line = |at: usize| format!("{},{},{}.5,", word(at), real(at), at % 3);
    assert_has(&guessed("kind,light,size,", line, &[]).1, &["column kind (guessed as the first column"]);
    let line = |at: usize| format!("{},{},2024-05-{:02}", word(at), real(at), 1 + at % 3);
    assert_has(&guessed("kind,light,when", line, &[]).1, &["column kind (guessed as the first column"]);
    // Nothing else: it is refused with what can be done.
    let sentence = refusal(opened("light,size", |at| format!("{},{}", real(at), real(at)), &[]));
    assert_has(&sentence, &["column size has 40 different values, too many for classes", "label=", "threshold="]);
}

#[test]
fn what_the_query_or_a_column_of_parts_takes_is_no_column_of_classes() {
    let line = |at: usize| format!("{},{},{}", word(at), real(at), ["train", "test"][at % 2]);
    let (first, said) = guessed("kind,light,split", line, &[]);
    assert_eq!(first, "no");
    assert_has(&said, &["column kind "]);
    let line = |at: usize| format!("{},{},{},{}", word(at), real(at), at % 3, at % 2);
    for query in [[("ignore", "last")], [("columns", "light,last")], [("indicators", "last")]] {
        assert_has(&guessed("kind,light,rooms,last", line, &query).1, &["column rooms (guessed as the last column"]);
    }
    // Listed among the columns that are read, a column that is called so holds the classes nevertheless.
    let line = |at: usize| format!("{},{},{}", word(at), real(at), at % 3);
    assert_has(
        &guessed("class,light,rooms", line, &[("columns", "class,light")]).1,
        &["column class (guessed by its name"],
    );
    let data = opened("class,light,rooms", line, &[("columns", "class,light")]).unwrap();
    assert_eq!(column_names(&data), ["light"]);
    // A threshold makes classes of numbers, however many, and of nothing else.
    let line = |at: usize| format!("{},{},{}", real(at), real(at + 7), word(at));
    let divided = opened("target,light,kind", line, &[("threshold", "30")]).unwrap();
    assert_eq!((column_names(&divided), divided.classes[0].as_str()), (vec!["light", "kind"], "at most 30"));
    let line = |at: usize| format!("{},{},{}", word(at), at % 2, real(at));
    let divided = opened("kind,rooms,price", line, &[("threshold", "30")]).unwrap();
    assert_eq!(column_names(&divided), ["kind", "rooms"]);
}

/// One column of numbers, the second infinite and the third no number, and one of classes.
fn infinite_in_parquet() -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
    let schema = "message rows { REQUIRED DOUBLE x; REQUIRED BYTE_ARRAY class (UTF8); }";
    let schema = std::sync::Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let mut out = Vec::new();
    let mut writer =
        parquet::file::writer::SerializedFileWriter::new(&mut out, schema, std::sync::Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[1.0, f64::INFINITY, f64::NAN, 4.0], None, None).unwrap();
    column.close().unwrap();
    let classes = ["a", "b", "a", "b"].map(ByteArray::from);
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&classes, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    out
}

#[test]
fn infinite_numbers_count_as_missing_and_it_is_said_by_column() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rows.csv");
    let cells = |data: &Dataset| data.table().unwrap().table.cells.clone();
    let is_missing = |data: &Dataset| cells(data).iter().map(|cell| cell.is_nan()).collect::<Vec<_>>();
    write(&path, b"x,size,class\n1,2,a\ninf,3,b\n-Infinity,1e999,a\n,5,b\n");
    for query in [&[][..], &[("numbers", "x")]] {
        let data = open_at("table", &path, query).unwrap();
        assert_eq!(is_missing(&data), [false, false, true, false, true, true, true, false]);
        assert_has(
            &data.remarks.join("; "),
            &["Infinite numbers count as missing: 2 in column x and 1 in column size", "4 values are missing"],
        );
    }
    // Of what is not used nothing is said, and among words it is a word.
    let data = open_at("table", &path, &[("columns", "size")]).unwrap();
    assert_has(&data.remarks.join("; "), &["Infinite numbers count as missing: 1 in column size"]);
    write(&path, b"x,size,class\n1,inf,a\n2,fin,b\n3.5,inf,a\n");
    let data = open_at("table", &path, &[]).unwrap();
    let kind = &data.table().unwrap().table.columns[1].kind;
    assert_eq!(*kind, ColumnKind::Category(vec!["fin".to_owned(), "inf".to_owned()]));
    assert!(!data.remarks.join("; ").contains("Infinite"), "{:?}", data.remarks);
    // In Parquet what is no number is missing, as ever.
    let path = dir.path().join("rows.parquet");
    write(&path, &infinite_in_parquet());
    let data = open_at("table", &path, &[]).unwrap();
    assert_eq!(is_missing(&data), [false, true, true, false]);
    assert_has(&data.remarks.join("; "), &["Infinite numbers count as missing: 1 in column x", "2 values are missing"]);
}

#[test]
fn a_remark_names_its_file_once() {
    let line = |at: usize| format!("{},{},{}", real(at), at % 4, word(at));
    for (query, name) in [(&[][..], "rows.csv"), (&[("classes", "yes")][..], "rows.csv yes")] {
        let data = opened("light,rooms,kind", line, query).unwrap();
        assert!(data.remarks.iter().any(|remark| remark.starts_with("rows.csv: fields end at each comma")));
        let said: Vec<String> = data.said_remarks().collect();
        assert_eq!(said.len(), data.remarks.len());
        for sentence in &said {
            assert!(sentence.starts_with(&format!("{name}: ")), "{sentence}");
            assert_eq!(sentence.matches("rows.csv: ").count(), usize::from(name == "rows.csv"), "{sentence}");
        }
        assert!(said.contains(&format!("{name}: {}", data.remarks.last().unwrap())), "{said:?}");
    }
}
