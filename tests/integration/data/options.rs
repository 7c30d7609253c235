//! Options: what their values can name is known without reading the data, also where opening them fails.

use unmask::data::options::{Looked, look};
use unmask::data::{DataSpec, spec::Kind};

use super::{assert_has, open, refusal, tabular, write};

fn looked(text: &str) -> Looked {
    look(&text.parse().unwrap(), &mut |_| true).unwrap()
}

#[test]
fn columns_are_known_without_reading_and_after_a_failure() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    write(&dir.path().join("a.csv"), b"stars;review\n5;we all liked it very much\n1;a rather dull evening it was\n");
    let csv = format!("{}?text=nothing", at("a.csv"));
    refusal(open(&csv.parse().unwrap()));
    let found = looked(&csv);
    assert_eq!((found.kind, &found.columns[..]), (Kind::named("csv"), &["stars".to_owned(), "review".to_owned()][..]));
    // With a kind for tables also under any other name, and as the other options say.
    std::fs::copy(dir.path().join("a.csv"), dir.path().join("a.data")).unwrap();
    assert_eq!(looked(&format!("csv:{}?header=no", at("a.data"))).columns, ["1", "2"]);
    assert!(looked(&at("a.data")).columns.is_empty());
    write(&dir.path().join("a.jsonl"), b"{\"body\": \"we all liked it\", \"stars\": 5}\n{\"body\": \"it was dull\"}\n");
    assert_eq!(looked(&at("a.jsonl")).columns, ["body", "stars"]);
    write(&dir.path().join("a.parquet"), &tabular::people_in_parquet(parquet::basic::Compression::SNAPPY));
    assert!(looked(&at("a.parquet")).columns.contains(&"income".to_owned()));
    write(&dir.path().join("b.parquet"), b"PAR1 and nothing else PAR1");
    assert!(looked(&at("b.parquet")).columns.is_empty());
    assert_eq!(looked("synthetic:xor").kind, Kind::named("synthetic"));
}

#[test]
fn of_a_file_of_no_known_kind_the_reason_comes_before_the_list_of_kinds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("junk.bin");
    write(&path, &[0, 159, 146, 150, 7, 200]);
    let sentence = refusal(open(&DataSpec::from_path(&path)));
    assert_has(&sentence, &["junk.bin: found a file of a kind that is not known here", "; expected IDX files"]);
    assert_eq!(looked(&path.display().to_string()), Looked::default());
}
