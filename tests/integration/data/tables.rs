//! Texts in files: CSV, TSV, JSON Lines, folders, HateXplain; roles of columns, encodings, and what is refused.

use unmask::data::{DataSpec, Split};

use super::*;

/// A page as it might be saved.
pub(super) const PAGE: &str =
    "<html><body><h1>Title</h1><p>It isn&#39;t <b>bad</b>. Mr. Fox liked it...</p>\n<br />Überraschung!</body></html>";
/// Four posts in HateXplain's form: two normal, one offensive, one on which all differ.
pub(super) const POSTS: &str = r#"{
"c": {"post_id": "c", "annotators": [{"label": "normal", "annotator_id": 1, "target": ["None"]}, {"label": "offensive", "annotator_id": 2, "target": []}, {"label": "hatespeech", "annotator_id": 3, "target": []}], "rationales": [[0, 1]], "post_tokens": ["all", "differ"]},
"a": {"post_id": "a", "annotators": [{"label": "normal"}, {"label": "normal"}, {"label": "offensive"}], "rationales": [], "post_tokens": ["good", "<user>", "day"]},
"b": {"post_id": "b", "annotators": [{"label": "offensive"}, {"label": "offensive"}, {"label": "offensive"}], "rationales": [], "post_tokens": ["bad"]},
"d": {"post_id": "d", "annotators": [{"label": "normal"}, {"label": "normal"}, {"label": "normal"}], "rationales": [], "post_tokens": ["fine"]}}"#;
pub(super) const DIVISIONS: &str = r#"{"train": ["a", "c"], "val": ["d"], "test": ["b"]}"#;

/// Opens `content` as the file `name`.
fn open_file(name: &str, content: &[u8], query: &[(&str, &str)]) -> Result<Dataset, DataError> {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join(name), content);
    open_at("auto", &dir.path().join(name), query)
}

fn csv(content: &str, query: &[(&str, &str)]) -> Result<Dataset, DataError> {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a.csv"), content.as_bytes());
    open_at("csv", &dir.path().join("a.csv"), query)
}

fn texts(dataset: &Dataset) -> Vec<&str> {
    (0..dataset.len()).map(|item_idx| dataset.text(item_idx).unwrap()).collect()
}

fn remarked(dataset: &Dataset, part: &str) {
    assert!(
        dataset.remarks.iter().any(|remark| remark.contains(part)),
        "\"{part}\" is missing in {:#?}",
        dataset.remarks
    );
}

const REVIEWS: &str = "id,review,sentiment,split\n\
    7,\"A \"\"good\"\" film, really.\nTwice.\",positive,train\n\
    8,it was a rather dull evening,negative,test\n\
    9,\"\",negative,test\n\
    10,we all liked it very much,positive,test\n";

#[test]
fn columns_are_guessed_and_said() {
    let dataset = open_file("reviews.csv", REVIEWS.as_bytes(), &[("split", "official")]).unwrap();
    assert_eq!(dataset.spec.kind.name(), "csv");
    assert_eq!(
        texts(&dataset),
        ["A \"good\" film, really.\nTwice.", "it was a rather dull evening", "we all liked it very much"]
    );
    assert_eq!(
        (dataset.classes.clone(), dataset.labels.clone()),
        (vec!["negative".to_owned(), "positive".to_owned()], [1, 0, 1].map(Some).to_vec())
    );
    assert_eq!(dataset.splits, [Split::Train, Split::Test, Split::Test]);
    assert_eq!(dataset.source_index, [0, 1, 3]);
    assert_eq!(dataset.item_name(1), "it was a rather dull evening");
    remarked(&dataset, "Text is column review, classes are column sentiment, parts are column split (guessed");
    remarked(&dataset, "fields end at each comma, with a header (guessed");
    remarked(&dataset, "Left out 1 row without text");
    remarked(&dataset, "column review of reviews.csv holds text");
}

#[test]
fn columns_are_changed_by_the_query() {
    let table = "a,b,c,d\none two three four five,x,good,train\nsix seven eight nine ten,y,bad,test\nand so on it goes,x,bad,dev\n";
    let dataset = csv(table, &[("text", "c,b"), ("label", "4"), ("split", "80-10-10")]).unwrap();
    assert_eq!(texts(&dataset)[0], "good\nx");
    assert_eq!(dataset.classes, ["dev", "test", "train"]);
    let dataset = csv(table, &[("label", "none"), ("split", "D,official")]).unwrap();
    assert_eq!((texts(&dataset)[1], dataset.classes.len()), ("six seven eight nine ten", 0));
    assert_eq!(dataset.splits, [Split::Train, Split::Test, Split::Validation]);
    let dataset = csv(table, &[("header", "no"), ("label", "3"), ("text", "1")]).unwrap();
    assert_eq!((dataset.len(), texts(&dataset)[0]), (4, "a"));
    let dataset = csv(table, &[("label", "b"), ("names", "left,right")]).unwrap();
    assert_eq!(dataset.classes, ["left", "right"]);
    let spec: DataSpec = "csv:FILE?text=title,description&label=class&split=split&header=no".parse().unwrap();
    assert_eq!(spec.list("text").unwrap(), ["title", "description"]);
}

#[test]
fn wrong_names_are_refused_with_the_columns_there_are() {
    let refused = |query: &[(&str, &str)]| refusal(csv(REVIEWS, query));
    for key in ["text", "label", "split"] {
        assert_has(&refused(&[(key, "titel")]), &["no column \"titel\"", "id, review, sentiment and split"]);
    }
    assert_has(&refused(&[("split", "thirds")]), &["half-test, dorar, aim, official and 80-10-10"]);
    assert_has(&refused(&[("split", "id")]), &["rows of text", "found 4 with the part \"7\""]);
    assert_has(&refused(&[("header", "maybe")]), &["header=yes or header=no"]);
    assert_has(&refused(&[("delimiter", "dots")]), &["delimiter=comma"]);
    assert_has(&refused(&[("names", "a")]), &["1 names for the 2 classes"]);
    assert_has(&refused(&[("titles", "a")]), &["no option \"titles\"", "text, label, names, header"]);
    assert_has(&refusal(csv("a,b\n1,2\n3,4\n", &[])), &["a column of text", "the columns a and b", "text="]);
}

#[test]
fn files_without_header_have_numbered_columns_and_classes_txt() {
    let dir = tempfile::tempdir().unwrap();
    let row =
        |class: usize, i: usize| format!("\"{class}\",\"Title of story {i}\",\"What was told in story number {i}\"\n");
    for (name, n) in [("train", 9), ("test", 6)] {
        let table: String = (0..n).map(|i| row(3 - i % 3, i)).collect();
        write(&dir.path().join(format!("{name}_part.csv.gz")), &gz(table.as_bytes()));
    }
    write(&dir.path().join("classes.txt"), b"World\nSports\nBusiness\n");
    write(&dir.path().join("readme.txt"), b"About this data");
    let dataset = open(&DataSpec::from_path(dir.path()).with("split", "official")).unwrap();
    assert_eq!(dataset.classes, ["World", "Sports", "Business"]);
    assert_eq!(dataset.labels[..3], [2, 1, 0].map(Some));
    assert_eq!(dataset.text(0), Some("Title of story 0\nWhat was told in story number 0"));
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [9, 0, 6]);
    remarked(&dataset, "Text is columns 2 and 3, classes are column 1");
    remarked(&dataset, "without a header");
    // By itself, a file is divided afresh.
    let one = open(&DataSpec::from_path(dir.path().join("train_part.csv.gz"))).unwrap();
    assert_eq!(Split::ALL.map(|split| one.in_split(split).len()), [7, 1, 1]);
    write(&dir.path().join("other.csv"), b"text\nsome words\n");
    assert_eq!(open(&DataSpec::from_path(dir.path())).unwrap().len(), 15);
    write(&dir.path().join("test_2.csv"), b"text\nsome words\n");
    assert_has(&refusal(open(&DataSpec::from_path(dir.path()))), &["one file per part", "test_2.csv"]);
}

#[test]
fn delimiters_and_quotes_are_guessed() {
    let rows = |d: &str| {
        format!(
            "label{d}text\ngood{d}we like it, all of us; yes\nbad{d}not at all | never, ever\ngood{d}fine, by me, that is\n"
        )
    };
    for (name, delimiter) in [("a.tsv", "\t"), ("a.csv", ";"), ("a.csv", "\t"), ("a.csv", "|")] {
        let rows = if delimiter == ";" { rows(";").replace("; yes", "") } else { rows(delimiter) };
        let rows = if delimiter == "|" { rows.replace(" | never", "") } else { rows };
        let dataset = open_file(name, rows.as_bytes(), &[]).unwrap();
        assert_eq!((dataset.classes.len(), texts(&dataset)[2]), (2, "fine, by me, that is"), "{delimiter}");
    }
    let kaggle = "id\tsentiment\treview\n\"1\"\t1\t\"He said \\\"go on\\\" to us all\"\n\"2\"\t0\t\"it was a \\\"film\\\" at most\"\n";
    let dataset = open_file("a.tsv", kaggle.as_bytes(), &[]).unwrap();
    assert_eq!(texts(&dataset), ["He said \"go on\" to us all", "it was a \"film\" at most"]);
    let inches = "text\tlabel\n\"5\" is a small size, they say\t0\na \"second opinion\" was had here\t1\n";
    let dataset = open_file("a.tsv", inches.as_bytes(), &[("quotes", "no")]).unwrap();
    assert_eq!(texts(&dataset)[0], "\"5\" is a small size, they say");
}

#[test]
fn malformed_tables_are_refused_with_a_sentence() {
    let row = "1,some words that make a text\n".repeat(5);
    assert_has(
        &refusal(csv(&format!("label,text\n{row}2,one,too many\n"), &[])),
        &["a.csv", "2 fields in each row", "found 3", "line 7"],
    );
    assert_has(&refusal(csv(&format!("label,text\n{row}2\n"), &[])), &["found 1 in the row that begins on line 7"]);
    let unclosed = format!("label,text\n{row}2,\"never closed\n{row}");
    assert_has(&refusal(csv(&unclosed, &[])), &["quotes in pairs", "quotes=no"]);
    assert_has(&refusal(csv("", &[])), &["an empty file"]);
    assert_has(&refusal(csv("text,label\n", &[])), &["a.csv"]);
    let many: String = (0..1200).map(|i| format!("w{i},some words that make a text {i}\n")).collect();
    assert_has(
        &refusal(csv(&format!("label,text\n{many}"), &[("label", "label")])),
        &["at most 1000 classes", "label=none"],
    );
    let junk: Vec<u8> = (0..4000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for name in ["a.csv", "a.txt", "a.jsonl"] {
        let dir = tempfile::tempdir().unwrap();
        write(&dir.path().join(name), &junk);
        let kind = name.strip_prefix("a.").unwrap().replace("txt", "text");
        assert_has(&refusal(open_at(&kind, &dir.path().join(name), &[])), &[name, "expected text", "binary data"]);
    }
}

#[test]
fn json_lines_are_tables() {
    let lines = "{\"text\": \"one and two\\nthree\", \"label\": 1, \"meta\": {\"x\": 1}}\n\n{\"label\": 0, \"text\": \"four \\u00e9 five\"}\n{\"text\": null, \"label\": 1}\n";
    let dataset = open_file("a.jsonl", lines.as_bytes(), &[]).unwrap();
    assert_eq!(dataset.spec.kind.name(), "jsonl");
    assert_eq!(
        (texts(&dataset), dataset.classes.clone()),
        (vec!["one and two\nthree", "four é five"], vec!["0".to_owned(), "1".to_owned()])
    );
    let list = "[{\"tokens\": [\"so\", \"it\", \"is\", \"now\"], \"class\": true}, {\"tokens\": [\"or\", \"is\", \"it\", \"not\"], \"class\": false}]";
    let dataset = open_file("a.json", list.as_bytes(), &[]).unwrap();
    assert_eq!((texts(&dataset), dataset.classes.len()), (vec!["so it is now", "or is it not"], 2));
    let refused = |lines: &str| refusal(open_file("a.jsonl", lines.as_bytes(), &[("text", "text")]));
    assert_has(
        &refused("{\"text\": \"fine it is so far\"}\n{\"text\": \"so is this one here\"}\n{\"text\": \n"),
        &["one JSON object per line", "found one that breaks off on line 3"],
    );
    let wrong = |third: &str| {
        refused(&format!("{{\"text\": \"fine it is so far\"}}\n{{\"text\": \"so is this one here\"}}\n{third}\n"))
    };
    assert_has(
        &wrong("{\"text\": \"é\" \"label\": 1}"),
        &["found something else at character 14 of line 3, where `,` or `}` is wanted; mend"],
    );
    assert_has(&wrong("{\"text\": oh}"), &["found something else at character 10 of line 3, where a value is wanted"]);
    assert_has(&wrong("[1, 2]"), &["found a list in place of an object on line 3"]);
    assert_has(
        &refusal(open_file("a.jsonl", lines.as_bytes(), &[("text", "words")])),
        &["no column \"words\"", "label, meta and text"],
    );
    for (name, content, found) in [
        ("a.json", "[]", "found no rows"),
        ("a.jsonl", "\n \n", "found no rows"),
        ("a.json", "[{}, {}]", "found objects without fields"),
    ] {
        let sentence = refusal(open_file(name, content.as_bytes(), &[]));
        assert_has(&sentence, &[name, "expected JSON objects with a field of text", found, "name another file"]);
    }
    let deep = format!("{{\"text\": {}1{}}}\n", "[".repeat(5000), "]".repeat(5000));
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a.jsonl"), deep.as_bytes());
    refusal(open_at("jsonl", &dir.path().join("a.jsonl"), &[]));
    write(&dir.path().join("list.json"), b"[{\"text\": \"one\"},\n {\"text\" 2}]");
    assert_has(
        &refusal(open_at("jsonl", &dir.path().join("list.json"), &[])),
        &["a list of JSON objects, found something else at character 10 of line 2, where `:` is wanted; mend the file"],
    );
}

#[test]
fn folders_of_texts_are_read_as_imdb_has_them() {
    let dir = tempfile::tempdir().unwrap();
    for part in ["train", "test"] {
        for (class, n) in [("pos", 2), ("neg", 3)] {
            for i in 0..n {
                write(
                    &dir.path().join(format!("aclImdb/{part}/{class}/{i}_9.txt")),
                    format!("{part} {class} {i}").as_bytes(),
                );
            }
        }
    }
    write(&dir.path().join("aclImdb/train/unsup/0_0.txt"), b"no label");
    write(&dir.path().join("aclImdb/train/urls_pos.txt"), b"http");
    write(&dir.path().join("aclImdb/imdbEr.txt"), b"0.1");
    write(&dir.path().join("aclImdb/train/pos/bad.txt"), b"\0\x01\x02\0\0\0");
    let dataset = open(&DataSpec::from_path(dir.path()).with("split", "official")).unwrap();
    assert_eq!((dataset.spec.kind.name(), dataset.len()), ("text", 10));
    assert_eq!(dataset.classes, ["neg", "pos"]);
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [5, 0, 5]);
    assert_eq!((dataset.item_name(0), dataset.text(0)), ("0_9.txt".to_owned(), Some("test neg 0")));
    remarked(&dataset, "Left out 1 file outside the folders of parts");
    remarked(&dataset, "Left out 2 files without a class");
    remarked(&dataset, "Left out 1 file of no text: aclImdb/train/pos/bad.txt");
    let one = open(&DataSpec::from_path(dir.path().join("aclImdb/train/pos/1_9.txt"))).unwrap();
    assert_eq!((one.len(), one.labels[0], one.splits[0], one.text(0)), (1, None, Split::Test, Some("train pos 1")));
    let packed = dir.path().join("set.zip");
    write(&packed, &archives::zip_of(&[("x/a/1.txt", b"first"), ("x/b/2.txt", b"second")]));
    assert_eq!(open(&DataSpec::from_path(&packed)).unwrap().classes, ["a", "b"]);
    assert_has(&refusal(open_file("a.txt", b"", &[])), &["a.txt", "an empty file"]);
    assert_has(&refusal(open_file("a.txt", b" \n", &[])), &["a.txt", "no text but spaces and line breaks"]);
}

#[test]
fn a_text_of_nothing_but_tags_is_as_good_as_blank_and_other_signs_are_something() {
    let tags = "<br/><p>&nbsp;</p>\n<script>let x = 1;</script>";
    assert_has(&refusal(open_file("a.txt", tags.as_bytes(), &[])), &["a.txt", "no text but HTML tags"]);
    // Placeholders are words, and signs can be seen.
    for text in ["<user>", "<br/>?!", "& that", "<p>word</p>"] {
        assert_eq!(texts(&open_file("a.txt", text.as_bytes(), &[]).unwrap()), [text]);
    }
    let table = format!("text,label\nso good it is,1\n\"{tags}\",0\n<b>so bad it is</b>,0\n");
    let dataset = csv(&table, &[("delimiter", "comma")]).unwrap();
    assert_eq!(
        (texts(&dataset), dataset.source_index.clone()),
        (vec!["so good it is", "<b>so bad it is</b>"], vec![0, 2])
    );
    remarked(&dataset, "Left out 1 row without text");
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a.txt"), b"words");
    write(&dir.path().join("b.txt"), tags.as_bytes());
    let dataset = open_at("text", dir.path(), &[]).unwrap();
    assert_eq!(texts(&dataset), ["words"]);
    remarked(&dataset, "Left out 1 file of no text: b.txt");
    // What is typed into the window may say nothing.
    assert_eq!(Dataset::of_text("own", tags).len(), 1);
}

#[test]
fn encodings_are_detected_and_said() {
    let words = "Käse und Brötchen, schön für alle Gäste. Größer ist nicht müde, möglich wäre es.";
    let one_byte: Vec<u8> = words.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16 = |big: bool| -> Vec<u8> {
        words.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let cases: [(Vec<u8>, Option<&str>); 7] = [
        (words.as_bytes().to_vec(), None),
        ([b"\xef\xbb\xbf", words.as_bytes()].concat(), None),
        (one_byte, Some("windows-1252 (guessed")),
        ([b"\xff\xfe".as_slice(), &utf16(false)].concat(), Some("UTF-16LE")),
        ([b"\xfe\xff".as_slice(), &utf16(true)].concat(), Some("UTF-16BE")),
        (utf16(false), Some("UTF-16LE")),
        (utf16(true), Some("UTF-16BE")),
    ];
    for (at, (bytes, said)) in cases.into_iter().enumerate() {
        let dataset = open_file("a.txt", &bytes, &[]).unwrap();
        assert_eq!(dataset.text(0), Some(words), "case {at}");
        match said {
            Some(said) => remarked(&dataset, &format!("read as {said}")),
            None => assert!(!dataset.remarks.iter().any(|remark| remark.contains("read as ")), "{:?}", dataset.remarks),
        }
    }
    // One damaged byte does not make another language of the rest.
    let mut damaged = words.as_bytes().repeat(3);
    damaged.insert(3, 0xff);
    let dataset = open_file("a.txt", &damaged, &[]).unwrap();
    assert!(dataset.text(0).unwrap().starts_with("Kä\u{fffd}se und Brötchen"));
    remarked(&dataset, "UTF-8 with 1 place replaced");
    let russian = "Это был очень хороший фильм, который мы смотрели вчера вечером.";
    let one_byte: Vec<u8> = russian
        .chars()
        .map(|c| match u32::from(c) {
            code @ 0x410..=0x44f => (code - 0x410 + 0xc0) as u8,
            code => code as u8,
        })
        .collect();
    let table = [b"text,label\n\"".as_slice(), &one_byte, b"\",1\n\"", &one_byte, b"\",0\n"].concat();
    let dataset = open_file("a.csv", &table, &[]).unwrap();
    assert_eq!(dataset.text(1), Some(russian));
    remarked(&dataset, "a.csv was read as windows-1251");
}

#[test]
fn hatexplain_is_read_with_its_majority_and_parts() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("dataset.json"), POSTS.as_bytes());
    let dataset = open(&DataSpec::from_path(dir.path())).unwrap();
    assert_eq!(dataset.spec.kind.name(), "hatexplain");
    remarked(&dataset, "no official parts");
    write(&dir.path().join("post_id_divisions.json"), DIVISIONS.as_bytes());
    let dataset = open(&DataSpec::from_path(dir.path().join("dataset.json"))).unwrap();
    assert_eq!(texts(&dataset), ["good <user> day", "bad", "fine"]);
    assert_eq!(
        (dataset.classes.clone(), dataset.labels.clone()),
        (vec!["normal".to_owned(), "offensive".to_owned()], [0, 1, 0].map(Some).to_vec())
    );
    assert_eq!(dataset.splits, [Split::Train, Split::Test, Split::Validation]);
    assert_eq!(dataset.source_index, [1, 2, 3]);
    remarked(&dataset, "Left out 1 post ");
    // Merged before the vote: the post on which all differ has a majority then.
    let query = [("merge", "offensive:hatespeech"), ("classes", "normal,hatespeech")];
    let two = open_at("hatexplain", dir.path(), &query).unwrap();
    assert_eq!(two.labels, [1, 0, 1, 0].map(Some));
    assert_has(
        &refusal(open_at("hatexplain", dir.path(), &[("merge", "rude:normal")])),
        &["\"rude\"", "normal and offensive"],
    );
    write(&dir.path().join("dataset.json"), b"{\"a\": {\"post_tokens\": 3}}");
    assert_has(&refusal(open_at("hatexplain", dir.path(), &[])), &["dataset.json", "post_tokens"]);
}

#[test]
fn a_hundred_thousand_rows_open_filter_and_have_names() {
    let mut table = "text,label\n".to_owned();
    for i in 0..100_000 {
        table.push_str(&format!("\"Row {i} of many, all of them short and <b>plain</b>\",{}\n", i % 4));
    }
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("many.csv"), table.as_bytes());
    let start = std::time::Instant::now();
    let dataset = open(&DataSpec::from_path(dir.path().join("many.csv"))).unwrap();
    let opened = start.elapsed();
    let start = std::time::Instant::now();
    let n: usize = (0..dataset.len()).map(|item_idx| dataset.item_name(item_idx).len()).sum();
    println!("100,000 rows opened in {:.2} s, named in {:.2} s", opened.as_secs_f64(), start.elapsed().as_secs_f64());
    assert!(n > 3_000_000);
    assert_eq!(dataset.item_name(5), "Row 5 of many, all of them short and plain");
    let some = open_at("csv", &dir.path().join("many.csv"), &[("classes", "2"), ("limit", "50")]).unwrap();
    assert_eq!(Split::ALL.map(|split| some.in_split(split).len()), [50; 3]);
    assert!(some.text(0).unwrap().starts_with("Row "));
}

#[test]
fn a_file_that_no_kind_recognises_is_told_what_its_name_promises() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes, parts) in [
        ("junk.csv", b"\x00\x01\x02\xff\xfe\x00\x00\x07 binary".as_slice(), ["junk.csv", "found"]),
        ("junk.jsonl", b"no object\n", ["junk.jsonl", "JSON"]),
        ("empty.csv", b"", ["empty.csv", "found"]),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let sentence = refusal(open(&DataSpec::from_path(&path)));
        for part in parts {
            assert!(sentence.contains(part), "{sentence}");
        }
        assert!(!sentence.contains("Balabit"), "not the list of everything: {sentence}");
    }
}
