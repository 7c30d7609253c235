//! What comes out: report, table, events, codebook, manifest; and what the stimuli look like.

use unmask::figure::layout::{ExplainedPicture, ExplainedText, Hidden, TextSpan};
use unmask::study::design::{ArmKind, Protocol};
use unmask::study::export::{COLUMNS, Cell, csv_of, export, parquet_of, table};
use unmask::study::report::{figure, json_of, markdown};
use unmask::study::responses::{Responses, normalised};
use unmask::study::score::score;
use unmask::study::simulate::{Profile, Skill, simulate};
use unmask::study::stimulus::{Media, render};
use unmask::study::store::Store;

use super::support::*;

fn finished(protocol: Protocol) -> (OnDisk, Store) {
    let study = OnDisk::new(&spec_of(protocol), 1);
    let mut crowd = vec![Profile::of(Skill::Skilled(0.8)); 5];
    crowd.push(Profile::of(Skill::Careless));
    let mut store = simulate(study.open(), &study.key, &crowd, 2, &mut |_| {}).unwrap();
    store.close_study().unwrap();
    (study, store)
}

#[test]
fn nothing_is_analysed_before_the_study_is_closed() {
    let study = OnDisk::new(&spec(), 1);
    let store = simulate(study.open(), &study.key, &[Profile::of(Skill::Perfect)], 1, &mut |_| {}).unwrap();
    let text = refused(Responses::join(&store, &study.key));
    assert!(text.contains("still open") && text.contains("unmask study close"), "{text}");
    assert!(refused(export(&store, &study.key, &study.root.join("out"), false)).contains("still open"));
    assert!(!study.root.join("out").exists());
}

#[test]
fn the_report_says_what_was_done_by_every_protocol() {
    for protocol in [Protocol::Standard, Protocol::L2x, Protocol::Meed, Protocol::Aim] {
        let (study, store) = finished(protocol);
        let responses = Responses::join(&store, &study.key).unwrap();
        let scores = score(&responses, &study.key).unwrap();
        let text = markdown(&scores, &study.key);
        for part in [
            "# Small",
            protocol.rule(),
            "| alpha |",
            "| beta |",
            "| gamma |",
            "FS-M",
            "McNemar",
            "Krippendorff",
            "left out",
            &study.key.study,
        ] {
            assert!(text.contains(part), "{protocol:?}: \"{part}\" is missing in\n{text}");
        }
        for rule in protocol.overrides() {
            assert!(text.contains(rule), "{rule}");
        }
        assert!(!text.contains("NaN"), "{text}");
        let json: serde_json::Value = serde_json::from_str(&json_of(&scores, &study.key).unwrap()).unwrap();
        assert_eq!(json["scores"]["arms"].as_array().unwrap().len(), 3);
        assert_eq!(json["scores"]["arms"][0]["fs_h"]["percent"].as_f64(), scores.arms[0].fs_h.percent);
        let drawn = figure(&scores);
        assert_eq!(drawn.missing_glyphs(), Vec::<char>::new());
        assert!(drawn.description.contains("alpha: FS-H"));
        unmask::figure::encode(&drawn, unmask::figure::Format::Svg, 1.0).unwrap();
    }
}

#[test]
fn the_export_is_complete_and_holds_no_time_of_day() {
    let (study, store) = finished(Protocol::Standard);
    let dir = study.root.join("export");
    let files = export(&store, &study.key, &dir, false).unwrap();
    assert!(files.iter().all(|path| path.exists()));
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    let rows = csv::Reader::from_reader(read("responses.csv").as_bytes()).into_records().count();
    assert_eq!(rows, store.answers().unwrap().len());
    for column in COLUMNS {
        assert!(read("codebook.md").contains(&format!("| {} |", column.name)), "{}", column.name);
    }
    let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).unwrap();
    for (name, hash) in manifest["files"].as_object().unwrap() {
        let bytes = std::fs::read(dir.join(name)).unwrap();
        assert_eq!(hash.as_str().unwrap(), unmask::store::Hash::of_bytes(&bytes).to_string(), "{name}");
    }
    assert_eq!(manifest["seed"], 5);
    let events = read("events.jsonl");
    assert_eq!(events.lines().count(), store.events().unwrap().len());
    for line in events.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    // The simulated day, to ten seconds: in no file.
    let day = (DAY / 1000).to_string();
    assert!(files.iter().all(|path| !String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(&day)));
    assert!(refused(export(&store, &study.key, &dir, false)).contains("export"), "nothing is overwritten");
    let timed = study.root.join("timed");
    export(&store, &study.key, &timed, true).unwrap();
    assert!(std::fs::read_to_string(timed.join("manifest.json")).unwrap().contains(&day));
}

#[test]
fn parquet_holds_the_same_table_as_csv() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let (study, store) = finished(Protocol::Meed);
    let responses = Responses::join(&store, &study.key).unwrap();
    let table = table(&responses, &study.key);
    let path = study.root.join("t.parquet");
    std::fs::write(&path, parquet_of(&table).unwrap()).unwrap();
    let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut n = 0;
    for (row, expected) in reader.get_row_iter(None).unwrap().zip(&table) {
        for ((name, field), (cell, column)) in row.unwrap().get_column_iter().zip(expected.iter().zip(COLUMNS)) {
            assert_eq!(name, column.name);
            let found = match field {
                Field::Null => Cell::Empty,
                Field::Str(text) => Cell::Text(text.clone()),
                Field::Long(value) => Cell::Int(*value),
                Field::Double(value) => Cell::Number(*value),
                Field::Bool(value) => Cell::Bool(*value),
                other => panic!("{other:?}"),
            };
            assert_eq!(&found, cell, "{name}");
        }
        n += 1;
    }
    assert_eq!(n, table.len());
    let csv = String::from_utf8(csv_of(&table).unwrap()).unwrap();
    assert_eq!(csv.lines().count(), table.len() + 1);
}

#[test]
fn scores_are_normalised_by_their_sum() {
    assert_eq!(normalised(&[0.2, 0.6]), [0.2 / 0.8, 0.6 / 0.8]);
    assert_eq!(normalised(&[0.0, 0.0, 0.0]), [1.0 / 3.0; 3]);
}

/// A grey picture of 4 x 3 whose left half is selected.
fn picture(hidden: Hidden) -> ExplainedPicture {
    ExplainedPicture {
        width: 4,
        height: 3,
        channels: 1,
        pixels: (0..12).map(|i| i as f32 / 12.0).collect(),
        unit_of: (0..12).collect(),
        scores: vec![0.5; 12],
        selected: (0..12).map(|i| i % 4 < 2).collect(),
        fill_pixels: vec![0.0; 12],
        fill: "zero".to_owned(),
        method: "secret method".to_owned(),
        source: "secret source".to_owned(),
        hidden,
        ..ExplainedPicture::default()
    }
}

fn decoded(media: &Media) -> image::GrayImage {
    match media {
        Media::Image(png) => image::load_from_memory(png).unwrap().to_luma8(),
        Media::Text(_) => panic!("a picture"),
    }
}

/// Names and contents of a PNG's chunks, pixels left out.
fn chunks(media: &Media) -> Vec<(String, Vec<u8>)> {
    let Media::Image(png) = media else { panic!("a picture") };
    let (mut at, mut out) = (8, Vec::new());
    while at < png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        let name = String::from_utf8_lossy(&png[at + 4..at + 8]).into_owned();
        if name != "IDAT" {
            out.push((name, png[at + 8..at + 8 + length].to_vec()));
        }
        at += 12 + length;
    }
    out
}

#[test]
fn a_stimulus_is_what_the_model_gets_pixel_by_pixel() {
    let shown = decoded(&render(&picture(Hidden::AsModelSees), ArmKind::Selected, 40).unwrap());
    let rest = decoded(&render(&picture(Hidden::AsModelSees), ArmKind::Unselected, 40).unwrap());
    let full = decoded(&render(&picture(Hidden::AsModelSees), ArmKind::Full, 40).unwrap());
    assert_eq!(shown.dimensions(), (40, 30));
    for (x, y, pixel) in full.enumerate_pixels() {
        let (column, row) = (x / 10, y / 10);
        let value = ((row * 4 + column) as f32 / 12.0 * 255.0).round() as i32;
        assert!((i32::from(pixel.0[0]) - value).abs() <= 1, "at {x}, {y}");
        let is_selected = column < 2;
        assert_eq!(shown.get_pixel(x, y).0[0], if is_selected { pixel.0[0] } else { 0 }, "at {x}, {y}");
        assert_eq!(rest.get_pixel(x, y).0[0], if is_selected { 0 } else { pixel.0[0] }, "at {x}, {y}");
    }
}

#[test]
fn files_of_stimuli_differ_in_nothing_but_pixels() {
    for hidden in [Hidden::AsModelSees, Hidden::Hatched] {
        let kinds = [ArmKind::Full, ArmKind::Selected, ArmKind::Unselected, ArmKind::Random];
        let all: Vec<_> = kinds.iter().map(|kind| render(&picture(hidden), *kind, 64).unwrap()).collect();
        for media in &all {
            assert_eq!(chunks(media), chunks(&all[0]));
            let Media::Image(png) = media else { panic!("a picture") };
            assert!(!png.windows(6).any(|window| window == b"secret"));
        }
        assert_eq!(all[1], all[3], "a random mask is drawn like a selected one");
    }
    let hatched = decoded(&render(&picture(Hidden::Hatched), ArmKind::Selected, 64).unwrap());
    let plain = decoded(&render(&picture(Hidden::AsModelSees), ArmKind::Selected, 64).unwrap());
    let differs = |columns: std::ops::Range<u32>| {
        columns
            .flat_map(|x| (0..48).map(move |y| (x, y)))
            .any(|(x, y)| hatched.get_pixel(x, y) != plain.get_pixel(x, y))
    };
    assert!(differs(33..64) && !differs(0..31), "hatching covers hidden units only");
}

/// "It was not good at all. Bad!" of which the model does not get the last word.
fn text(selected: &[usize]) -> ExplainedPicture {
    let words = [("", "It"), (" ", "was"), (" ", "not"), (" ", "good"), (", ", "at"), (" ", "all"), (".\n", "Bad")];
    let spans = words.iter().enumerate().map(|(at, (before, word))| TextSpan {
        before: (*before).to_owned(),
        word: (*word).to_owned(),
        unit: (at < 6).then_some(at as u32),
        ..TextSpan::default()
    });
    ExplainedPicture {
        text: Some(ExplainedText {
            spans: spans.collect(),
            after: "!".to_owned(),
            most_words: 3,
            ..ExplainedText::default()
        }),
        scores: vec![0.5; 6],
        selected: (0..6).map(|unit| selected.contains(&unit)).collect(),
        ..ExplainedPicture::default()
    }
}

#[test]
fn words_selected_together_keep_their_adjacency() {
    let runs = |kind| match render(&text(&[1, 3, 4, 5]), kind, 448).unwrap() {
        Media::Text(runs) => runs,
        Media::Image(_) => panic!("a text"),
    };
    assert_eq!(runs(ArmKind::Selected), ["was", "good at all"]);
    assert_eq!(runs(ArmKind::Unselected), ["It", "not"]);
    assert_eq!(runs(ArmKind::Full), ["It was not good, at all"]);
    for kind in [ArmKind::Selected, ArmKind::Full] {
        let media = Media::Text(runs(kind));
        assert_eq!(Media::from_bytes(media.kind(), media.to_bytes()), Some(media));
    }
    // In a sentence that is one unit, what the model leaves out is no hole; what is in a script without a font is named.
    let mut sentence = text(&[0]);
    let spans = &mut sentence.text.as_mut().unwrap().spans;
    spans.iter_mut().for_each(|span| span.unit = span.unit.map(|_| 0));
    spans[2].is_left_out = true;
    spans[3].word = "\u{62e}\u{628}\u{631}".to_owned();
    let shown = render(&sentence, ArmKind::Selected, 448).unwrap();
    assert_eq!(shown, Media::Text(vec!["It was not [Arabic], at all".to_owned()]));
    let nothing = render(&text(&[]), ArmKind::Selected, 448).unwrap();
    assert_eq!(Media::from_bytes("text", nothing.to_bytes()), Some(Media::Text(Vec::new())));
}
