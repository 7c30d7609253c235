//! Series in CSV, long, wide and in folders, and recorded sessions: what is guessed and said, what is refused, and damaged files.

use std::fmt::Write as _;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use unmask::data::series::own_steps;
use unmask::data::{Modality, Split, Unit, Units};

use super::*;

/// Two items of three steps and two channels, the second with its steps out of order.
const LONG: &str = "item,step,class,ax,ay\n\
    a,0,still,1,10\na,1,still,2,20\na,2,still,3,30\n\
    b,2,moved,6,60\nb,0,moved,4,40\nb,1,moved,5,50\n";

fn values(data: &Dataset, item: usize) -> Vec<f32> {
    match &data.items {
        Items::Series(series) => series.get(item).to_vec(),
        _ => panic!("no series"),
    }
}

fn class_of(data: &Dataset, item: usize) -> &str {
    data.labels[item].map_or("", |label| &data.classes[usize::from(label)])
}

fn said(data: &Dataset) -> String {
    data.remarks.join(" | ")
}

#[test]
fn long_tables_are_put_together_item_by_item_and_say_which_column_is_what() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long.csv");
    write(&path, LONG.as_bytes());
    for kind in ["auto", "series"] {
        let data = open_at(kind, &path, &[]).unwrap();
        assert_eq!((data.modality, data.shape()), (Modality::Series, Some(Shape::new(2, 1, 3))));
        assert_eq!(values(&data, 0), [1.0, 2.0, 3.0, 10.0, 20.0, 30.0], "channel by channel");
        assert_eq!(values(&data, 1), [4.0, 5.0, 6.0, 40.0, 50.0, 60.0], "in the order of its steps");
        assert_eq!(data.classes, ["moved", "still"]);
        assert_eq!((class_of(&data, 0), class_of(&data, 1)), ("still", "moved"));
        assert_eq!(data.channel_names(), ["ax", "ay"]);
        assert_has(
            &said(&data),
            &["items are column item", "steps are column step", "channels ax and ay", "column class"],
        );
    }
    let one = open_at("series", &path, &[("channels", "ay")]).unwrap();
    assert_eq!((one.shape(), values(&one, 0)), (Some(Shape::new(1, 1, 3)), vec![10.0, 20.0, 30.0]));
}

#[test]
fn wide_tables_have_a_row_for_each_item() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("wide.csv");
    let names = |of: &str| (0..9).map(|step| format!("{of}_{step}")).collect::<Vec<_>>().join(",");
    let mut text = format!("label,{},{}\n", names("x"), names("y"));
    for item in 0..4 {
        let numbers: Vec<String> = (0..18).map(|at| (100 * item + at).to_string()).collect();
        writeln!(text, "{},{}", item % 2, numbers.join(",")).unwrap();
    }
    write(&path, text.as_bytes());
    let data = open_at("auto", &path, &[]).unwrap();
    assert_eq!((data.len(), data.shape()), (4, Some(Shape::new(2, 1, 9))));
    assert_eq!(values(&data, 2), (200..218).map(|value| value as f32).collect::<Vec<_>>());
    assert_eq!(
        (data.classes.as_slice(), data.channel_names()),
        (["0", "1"].map(String::from).as_slice(), ["x", "y"].map(String::from).as_slice())
    );
    assert_has(&said(&data), &["A row for each item: 9 columns for each of the channels x and y", "column label"]);
    // The tenth step sorts behind the ninth, not behind the first.
    let ten = format!(
        "{}\n{}\n",
        (0..12).rev().map(|at| format!("v{at}")).collect::<Vec<_>>().join(","),
        (0..12).rev().map(|at| at.to_string()).collect::<Vec<_>>().join(",")
    );
    write(&path, ten.as_bytes());
    let data = open_at("series", &path, &[("header", "yes")]).unwrap();
    assert_eq!(values(&data, 0), (0..12).map(|value| value as f32).collect::<Vec<_>>());
}

#[test]
fn the_one_column_of_words_of_each_item_holds_its_class() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.csv");
    let opened = |text: &str, query: &[(&str, &str)]| {
        write(&path, text.as_bytes());
        open_at("auto", &path, query).unwrap()
    };
    // A row for each step: three items of two steps.
    let long = "id,step,activity,x,y\na,0,run,1,2\na,1,run,3,4\nb,0,walk,5,6\nb,1,walk,7,8\nc,0,run,9,1\nc,1,run,2,3\n";
    let data = opened(long, &[]);
    assert_eq!(
        (data.classes.as_slice(), data.channel_names()),
        (&["run", "walk"].map(String::from)[..], &["x", "y"].map(String::from)[..])
    );
    assert_eq!([0, 1, 2].map(|item| class_of(&data, item)), ["run", "walk", "run"]);
    assert_has(
        &said(&data),
        &[
            "Classes are in column activity (guessed as the only column of words that stays the same within each item",
            "label= names another",
        ],
    );
    assert!(!said(&data).contains("Left out"), "{}", said(&data));
    let none = opened(long, &[("label", "none")]);
    assert!(none.classes.is_empty());
    assert_has(&said(&none), &["Left out: activity", "No labels"]);
    // A row for each item: what is another word in each row is a name.
    let steps: Vec<String> = (0..9).map(|step| format!("t{step}")).collect();
    let mut wide = format!("machine,{},state\n", steps.join(","));
    for item in 0..6 {
        writeln!(wide, "M{item},1,2,3,4,5,6,7,8,9,{}", ["hot", "cold"][item % 2]).unwrap();
    }
    let data = opened(&wide, &[]);
    assert_eq!(data.classes, ["cold", "hot"]);
    assert_has(&said(&data), &["column state (guessed as the only column of words;", "called as in column machine"]);
    assert_eq!(data.item_name(3), "M3");
    // Several: nobody knows which. Dates are none, and neither is what changes within an item.
    let several = long.replace("activity", "activity,place").replace("run", "run,home").replace("walk", "walk,park");
    let data = opened(&several, &[]);
    assert!(data.classes.is_empty());
    assert_has(
        &said(&data),
        &["Columns activity and place may hold classes: label= names one", "Left out: activity and place"],
    );
    let dated =
        long.replace("activity", "activity,day").replace("run", "run,2024-05-31").replace("walk", "walk,2024-06-01");
    assert_eq!(opened(&dated, &[]).classes, ["run", "walk"]);
    let changing = long.replace("c,1,run", "c,1,walk");
    assert!(opened(&changing, &[]).classes.is_empty());
    // Also where it changes far behind the rows from which the form is guessed: such a file opens as ever.
    let mut far = "id,step,activity,x\n".to_owned();
    for (item, name) in ["a", "b", "c"].iter().enumerate() {
        for step in 0..120 {
            let activity = ["run", "walk"][usize::from(item == 1 || (item == 2 && step > 90))];
            writeln!(far, "{name},{step},{activity},{}", step * 2).unwrap();
        }
    }
    let data = opened(&far, &[]);
    assert_eq!((data.len(), data.classes.len()), (3, 0));
}

/// Six files in folders of classes, five steps of two channels.
fn folders(dir: &Path) {
    for (at, place) in
        ["train/walk/1", "train/walk/2", "train/run/1", "train/run/2", "test/walk/3", "test/run/3"].iter().enumerate()
    {
        let rows: String = (0..5).map(|step| format!("{step},{},{}\n", at * 10 + step, step * step)).collect();
        write(&dir.join(format!("{place}.csv")), format!("time,x,y\n{rows}").as_bytes());
    }
}

#[test]
fn folders_hold_a_file_for_each_item() {
    let dir = tempfile::tempdir().unwrap();
    folders(dir.path());
    let data = open_at("auto", dir.path(), &[]).unwrap();
    assert_eq!((data.len(), data.shape()), (6, Some(Shape::new(2, 1, 5))));
    assert_eq!(
        (data.classes.as_slice(), data.channel_names()),
        (["run", "walk"].map(String::from).as_slice(), ["x", "y"].map(String::from).as_slice())
    );
    // The order is that of the paths: test before train, run before walk.
    assert_eq!((class_of(&data, 0), values(&data, 0)[0]), ("run", 50.0));
    assert!(!data.in_split(Split::Test).is_empty(), "{:?}", data.splits);
    assert!(!data.in_split(Split::Test).contains(&2), "a file of train is not tested on");
    assert_has(&said(&data), &["A file for each item", "the folder of a file is its class"]);
    assert_eq!((data.item_name(0), data.item_name(5)), ("file 3".to_owned(), "file 2".to_owned()), "as their files");
}

#[test]
fn what_does_not_fit_is_refused_in_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.csv");
    let refused = |text: &str, query: &[(&str, &str)]| {
        write(&path, text.as_bytes());
        refusal(open_at("series", &path, query))
    };
    let uneven = LONG.replace("a,2,still,3,30\n", "");
    write(&path, uneven.as_bytes());
    let filled = open_at("series", &path, &[("steps", "4")]).unwrap();
    assert_eq!(values(&filled, 0), [1.0, 2.0, 0.0, 0.0, 10.0, 20.0, 0.0, 0.0]);
    assert_has(
        &refused(&LONG.replace("b,0,moved,4,", "b,0,moved,?,"), &[("channels", "ax,ay")]),
        &["numbers", "\"?\" on line 6, column ax"],
    );
    assert_has(&refused(&LONG.replace("b,0,moved", "b,0,still"), &[]), &["one class for each item", "item b"]);
    assert_has(&refused(LONG, &[("item", "who")]), &["there is no column \"who\"", "item, step, class, ax and ay"]);
    assert_has(&refused(LONG, &[("layout", "tall")]), &["layout is \"tall\"", "layout=long"]);
    assert_has(&refused(LONG, &[("steps", "0")]), &["steps is 0"]);
    assert_has(&refused("a,b\n1,2\n", &[("header", "yes")]), &["numbered columns of steps"]);
    assert_has(&refused(&format!("{LONG}b,3\n"), &[]), &["5 fields in each row", "2 on line 8"]);
    folders(dir.path());
    std::fs::remove_file(&path).unwrap();
    write(&dir.path().join("train/run/2.csv"), b"time,z\n0,1\n1,2\n");
    assert_has(
        &refusal(open_at("series", dir.path(), &[])),
        &["the columns time, x and y as in test/run/3.csv", "time and z"],
    );
}

#[test]
fn a_series_that_is_filled_up_still_has_its_own_length_and_measured_zeros_are_steps() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.csv");
    // Items of two and of three steps; the last one of the second was measured as -0 in both channels.
    let uneven = LONG.replace("a,2,still,3,30\n", "").replace("b,2,moved,6,60", "b,2,moved,-0,-0.0");
    write(&path, uneven.as_bytes());
    let data = open_at("series", &path, &[("steps", "5")]).unwrap();
    assert_has(&said(&data), &["filled up with zeros, which are never selected"]);
    let shape = Shape::new(2, 1, 5);
    for (item, own) in [(0, 2), (1, 3)] {
        let row = values(&data, item);
        assert_eq!(own_steps(&row, 5), own, "{row:?}");
        assert!(row.iter().all(|value| value.is_finite()));
        let ends = |unit: Unit| Units::new(unit, shape).padding(&row);
        assert_eq!(ends(Unit::Step), [false, false, own < 3, true, true]);
        // Of a segment some of whose steps are the item's own, these can be selected.
        assert_eq!(ends(Unit::Segment { steps: 2 }), [false, own < 3, true]);
        assert_eq!(ends(Unit::ChannelStep), [false, false, own < 3, true, true].repeat(2));
    }
    // Where nothing is filled up nothing changes: neither values nor the hash, by which models know their data.
    write(&path, LONG.as_bytes());
    let (plain, cut) = (open_at("series", &path, &[]).unwrap(), open_at("series", &path, &[("steps", "3")]).unwrap());
    assert_eq!((values(&plain, 1), &plain.hash), (values(&cut, 1), &cut.hash));
    assert_eq!(own_steps(&values(&cut, 1), 3), 3);
    let longer = open_at("series", &path, &[("steps", "4")]).unwrap();
    assert_ne!(longer.hash, plain.hash);

    // Arrays are filled up alike.
    write(&dir.path().join("x.npy"), &npy("(2, 2, 1)", &[1.0, 0.0, 0.0, -0.0]));
    let data = open_at("series", &dir.path().join("x.npy"), &[("steps", "4")]).unwrap();
    assert_eq!([0, 1].map(|item| own_steps(&values(&data, item), 4)), [2, 2], "zeros in the file were measured");
}

/// Recordings of two users, 40 events each.
fn sessions() -> Vec<(String, Vec<u8>)> {
    let session = |start: usize| {
        let mut text = "record timestamp,client timestamp,button,state,x,y\n".to_owned();
        for at in 0..40 {
            writeln!(text, "{at}.0,{at}.0,NoButton,Move,{},{}", start + at * at, start + at).unwrap();
        }
        text += "40.0,40.0,Left,Pressed,9,9\n41.0,41.0,NoButton,Move,65535,65535\n";
        text.into_bytes()
    };
    let mut files =
        vec![("public_labels_subset.csv".to_owned(), b"filename,is_illegal\nsession_7,0\nsession_8,1\n".to_vec())];
    for (at, place) in [
        "training_files/user7/session_1",
        "training_files/user7/session_2",
        "training_files/user12/session_3",
        "training_files/user12/session_4",
        "test_files/user7/session_7",
        "test_files/user12/session_8",
        "test_files/user12/session_9",
    ]
    .iter()
    .enumerate()
    {
        files.push(((*place).to_owned(), session(100 + at)));
    }
    files
}

#[test]
fn sessions_are_cut_into_windows_that_never_share_a_recording_between_parts() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in sessions() {
        write(&dir.path().join(name), &bytes);
    }
    let data = open_at("auto", dir.path(), &[("window", "16")]).unwrap();
    // 39 steps of 40 events give two windows; five of seven recordings count.
    assert_eq!((data.len(), data.shape()), (10, Some(Shape::new(2, 1, 16))));
    assert_eq!(data.classes, ["user7", "user12"]);
    // x goes by 1, 3, 5, ... from one event to the next, y by 1.
    let first = values(&data, 0);
    assert_eq!(first[16..], [1.0; 16]);
    assert!((0..16).all(|step| first[step] % 2.0 == 1.0));
    let count = |split| data.in_split(split).len();
    assert_eq!((count(Split::Train), count(Split::Validation), count(Split::Test)), (4, 4, 2));
    assert_has(
        &said(&data),
        &[
            "1 sessions by some other user",
            "1 sessions of test_files without a public label",
            "5 events without a position",
        ],
    );
    assert_has(&refusal(open_at("mouse", dir.path(), &[("window", "64")])), &["at least 64 events"]);
    assert_has(&refusal(open_at("mouse", dir.path(), &[("window", "2")])), &["window is 2"]);
}

#[test]
fn real_sessions_open_where_they_are() {
    let Some(root) = std::env::var_os("UNMASK_DATA") else { return };
    let path = Path::new(&root).join("mouse_dynamics/balabit_subset.tar.gz");
    if !path.exists() {
        return;
    }
    let data = open_at("auto", &path, &[]).unwrap();
    assert_eq!((data.classes.len(), data.shape()), (10, Some(Shape::new(2, 1, 128))));
    // 757,835 events in training_files, of which a part are no movement.
    assert!(data.len() > 4000, "{} windows", data.len());
    for split in Split::ALL {
        let items = data.in_split(split);
        let users: std::collections::BTreeSet<_> = items.iter().map(|&item| data.labels[item]).collect();
        assert_eq!(users.len(), 10, "{split} has every user");
    }
    assert_has(&said(&data), &["40 sessions by some other user are left out"]);

    // The same recordings, half of them edited.
    let (plain, data) = (
        open_at("mouse", &path, &[("window", "1600")]).unwrap(),
        open_at("mouse", &path, &[("task", "edits")]).unwrap(),
    );
    assert_eq!((data.len(), data.shape()), (plain.len(), Some(Shape::new(2, 1, 1600))));
    assert_eq!(data.classes, ["original", "edited"]);
    let truth = data.truth.clone().unwrap();
    for item in 0..data.len() {
        let (before, after) = (values(&plain, item), values(&data, item));
        let is_edited = data.labels[item] == Some(1);
        let expected: Vec<u32> = if is_edited { (1440..1456).chain(3040..3056).collect() } else { Vec::new() };
        assert_eq!(truth[item], expected);
        let differs = |place: &usize| before[*place] != after[*place];
        assert!((0..3200).filter(differs).all(|place| expected.contains(&(place as u32))), "item {item}");
        if is_edited {
            // Straight pieces, each along one axis, that lead to the same place.
            let sum = |of: &[f32], from: usize| of[from..from + 16].iter().sum::<f32>();
            for from in [1440, 3040] {
                assert!((sum(&before, from) - sum(&after, from)).abs() < 0.01 * sum(&before, from).abs().max(1.0));
            }
            assert!((1440..1456).all(|step| after[step] == 0.0 || after[1600 + step] == 0.0));
        }
    }
    for split in Split::ALL {
        let items = data.in_split(split);
        let n_edited = items.iter().filter(|&&item| data.labels[item] == Some(1)).count();
        assert_eq!(n_edited, items.len().div_ceil(2), "{split}");
    }
    let again = open_at("mouse", &path, &[("task", "edits")]).unwrap();
    let other = open_at("mouse", &path, &[("task", "edits"), ("seed", "1")]).unwrap();
    assert_eq!((&again.hash, again.hash == other.hash), (&data.hash, false));
    assert_has(
        &refusal(open_at("mouse", &path, &[("task", "edits"), ("window", "100")])),
        &["window is 100", "160 to"],
    );
    assert_has(&refusal(open_at("mouse", &path, &[("task", "guess")])), &["task=user or task=edits"]);
}

/// Flips, cuts and repeats bytes.
fn damaged(bytes: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        if out.is_empty() {
            break;
        }
        let at = rng.random_range(0..out.len());
        match rng.random_range(0..5) {
            0 => out[at] ^= 1 << rng.random_range(0..8),
            1 => out[at] = b",\n\"-9e"[rng.random_range(0..6)],
            2 => out.truncate(at),
            3 => out.insert(at, b"1,\n\"\0"[rng.random_range(0..5)]),
            _ => {
                let end = (at + rng.random_range(1..64)).min(out.len());
                let piece = out[at..end].to_vec();
                out.splice(at..at, piece);
            }
        }
    }
    out
}

#[test]
fn damaged_series_files_never_panic() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let wide = "label,x0,x1,x2,x3,x4,x5,x6,x7,x8\n0,1,2,3,4,5,6,7,8,9\n1,9,8,7,6,5,4,3,2,1\n";
    let mut n_read = 0;
    for case in 0..n_cases(400) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.csv");
        let text = if case % 2 == 0 { LONG } else { wide };
        write(&path, &damaged(text.as_bytes(), &mut rng));
        for kind in ["series", "auto"] {
            match open_at(kind, &path, &[]) {
                Ok(data) => n_read += usize::from(!data.is_empty()),
                Err(error) => assert!(!error.to_string().contains('\n') && error.to_string().len() > 20, "{error}"),
            }
        }
    }
    assert!(n_read > 0, "some damage is harmless");
    // Cut off anywhere within the last field, which is in quotes: rows that it swallows, or that are missing, are never passed over.
    let quoted = LONG.replace("still", "1").replace("moved", "2").replace(",50\n", ",\"50\"\n");
    let (from, to) = (quoted.find('"').unwrap() + 1, quoted.rfind('"').unwrap());
    for end in from..=to {
        for more in ["", "\n", "\nb,3,2,7,70\n"] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("s.csv");
            write(&path, format!("{}{more}", &quoted[..end]).as_bytes());
            let sentence = refusal(open_at("series", &path, &[("steps", "3"), ("gaps", "zero"), ("channels", "ax")]));
            assert_has(&sentence, &["s.csv", "quotes in pairs"]);
        }
    }
    for _ in 0..n_cases(60) {
        let dir = tempfile::tempdir().unwrap();
        let files = sessions();
        let hit = rng.random_range(0..files.len());
        for (at, (name, bytes)) in files.iter().enumerate() {
            let bytes = if at == hit { damaged(bytes, &mut rng) } else { bytes.clone() };
            write(&dir.path().join(name), &bytes);
        }
        if let Err(error) = open_at("mouse", dir.path(), &[("window", "16")]) {
            assert!(!error.to_string().contains('\n') && error.to_string().len() > 20, "{error}");
        }
    }
}

#[test]
fn an_empty_field_is_refused_where_it_stands_or_filled_but_never_drops_a_column() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("gaps.csv");
    write(&path, b"item,step,class,ax,ay\na,0,x,1,\na,1,x,2,20\na,2,x,NA,40\nb,0,y,4,5\nb,1,y,5,6\nb,2,y,6,7\n");
    assert_has(&refusal(open_at("series", &path, &[])), &["\"\" on line 2, column ay", "gaps=previous"]);
    let filled = |gaps: &str| {
        let data = open_at("series", &path, &[("gaps", gaps)]).unwrap();
        assert_has(&said(&data), &["2 empty fields were filled"]);
        values(&data, 0)
    };
    assert_eq!(filled("previous"), [1.0, 2.0, 2.0, 20.0, 20.0, 40.0], "at the beginning the first that there is");
    assert_eq!(filled("mean"), [1.0, 2.0, 1.5, 30.0, 20.0, 40.0]);
    assert_eq!(filled("zero"), [1.0, 2.0, 0.0, 0.0, 20.0, 40.0]);
    assert_has(&refusal(open_at("series", &path, &[("gaps", "guess")])), &["gaps is \"guess\""]);
    // Few in many rows are filled with the step before, which is said, in whatever column they stand.
    let mut long = "item,step,class,ax,ay\n".to_owned();
    for at in 0..40 {
        let ay = if at == 12 { String::new() } else { (2 * at).to_string() };
        writeln!(long, "{},{},{},{at},{ay}", at / 10, at % 10, at / 20).unwrap();
    }
    write(&path, long.as_bytes());
    for kind in ["auto", "series"] {
        let data = open_at(kind, &path, &[]).unwrap();
        assert_has(&said(&data), &["1 empty field was filled with the step before (gaps= changes it)"]);
        assert_eq!(values(&data, 1)[11..14], [22.0, 22.0, 26.0]);
    }
    // What is written where a number should be is no gap, however rare.
    write(&path, long.replace(",13,26", ",13,ten").as_bytes());
    assert_has(&refusal(open_at("series", &path, &[])), &["\"ten\" on line 15, column ay"]);
    // A row for each item: no step is left out either.
    let names: Vec<String> = (0..9).map(|step| format!("x{step}")).collect();
    write(&path, format!("label,{}\na,1,2,3,,5,6,7,8,9\nb,1,2,3,4,5,6,7,8,9\n", names.join(",")).as_bytes());
    assert_has(&refusal(open_at("series", &path, &[])), &["on line 2, column x3"]);
    assert_eq!(values(&open_at("series", &path, &[("gaps", "mean")]).unwrap(), 0)[3], 5.125);
}

#[test]
fn dates_are_put_in_order_and_what_cannot_be_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dated.csv");
    write(&path, b"item,date,v\na,2024-02-01,2\na,2024-01-31T12:00,1\na,2024-03-01,3\n");
    let data = open_at("series", &path, &[("step", "date")]).unwrap();
    assert_eq!(values(&data, 0), [1.0, 2.0, 3.0]);
    write(&path, b"item,date,v,remark\na,1/3/2024,2,x\na,2/1/2024,1,y\n");
    let data = open_at("series", &path, &[("step", "date")]).unwrap();
    assert_eq!(values(&data, 0), [2.0, 1.0]);
    assert_has(&said(&data), &["column date are not all numbers or dates", "Left out: remark"]);
    // Two rows of one step, which nothing tells apart.
    write(&path, b"item,step,v\na,0,1\na,0,2\na,1,3\na,1,4\n");
    assert_has(&refusal(open_at("series", &path, &[])), &["several of one step in item a", "step=none"]);
    assert_eq!(values(&open_at("series", &path, &[("step", "none")]).unwrap(), 0).len(), 8, "step and v, four rows");
}

#[test]
fn a_column_of_parts_is_followed_in_series() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("parts.csv");
    write(&path, b"item,step,split,v\na,0,train,1\na,1,train,2\nb,0,test,3\nb,1,test,4\n");
    let data = open_at("series", &path, &[]).unwrap();
    assert_eq!(
        (data.splits.as_slice(), data.channel_names()),
        (&[Split::Train, Split::Test][..], &["v".to_owned()][..])
    );
    assert_has(&said(&data), &["Parts are column split"]);
    write(&path, b"item,step,split,v\na,0,train,1\na,1,test,2\n");
    assert_has(&refusal(open_at("series", &path, &[])), &["one part for each item", "line 3"]);
    // Arrays have no columns.
    let array = concat!(env!("CARGO_MANIFEST_DIR"), "/sample_data/pointer/movements.npz");
    assert_has(&refusal(open_at("series", Path::new(array), &[("split", "part")])), &["no split \"part\""]);
}

#[test]
fn files_in_folders_are_put_in_the_order_of_their_steps() {
    let dir = tempfile::tempdir().unwrap();
    let fill = |rows: &str| {
        for place in ["walk/1", "walk/2", "run/1", "run/2"] {
            write(&dir.path().join(format!("{place}.csv")), format!("time,clock,x,note\n{rows}").as_bytes());
        }
    };
    fill("2,20,30,c\n0,22,10,a\n1,21,20,b\n");
    let data = open_at("series", dir.path(), &[]).unwrap();
    assert_eq!(values(&data, 0), [22.0, 21.0, 20.0, 10.0, 20.0, 30.0], "clock and x");
    assert_has(&said(&data), &["steps are column time", "channels clock and x", "Left out: note"]);
    let data = open_at("series", dir.path(), &[("step", "clock"), ("channels", "x")]).unwrap();
    assert_eq!(values(&data, 0), [30.0, 20.0, 10.0]);
    assert_has(&said(&data), &["steps are column clock", "Left out: time and note"]);
    let data = open_at("series", dir.path(), &[("step", "none")]).unwrap();
    assert_eq!(data.channel_names(), ["time", "clock", "x"]);
    assert_eq!(values(&data, 0), [2.0, 0.0, 1.0, 20.0, 22.0, 21.0, 30.0, 10.0, 20.0], "in the order of the file");
    assert_has(&said(&data), &["rows in their order are steps"]);
    assert_has(&refusal(open_at("series", dir.path(), &[("step", "hour")])), &["no column \"hour\"", "time, clock, x"]);
    // Two rows of one step in one file; steps that no order is known for.
    write(&dir.path().join("walk/2.csv"), b"time,clock,x,note\n0,20,30,c\n0,22,10,a\n1,21,20,b\n");
    assert_has(
        &refusal(open_at("series", dir.path(), &[])),
        &["walk/2.csv", "one row for each step", "several of one step in column time", "step=none"],
    );
    fill("1/3/2024,20,30,c\n1/2/2024,22,10,a\n2/1/2024,21,20,b\n");
    let data = open_at("series", dir.path(), &[("channels", "x")]).unwrap();
    assert_eq!(values(&data, 0), [30.0, 10.0, 20.0]);
    assert_has(&said(&data), &["column time are not all numbers or dates"]);
}

#[test]
fn a_bad_field_is_refused_where_it_stands_and_removes_no_column() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.csv");
    let refused = |text: &str, query: &[(&str, &str)]| {
        write(&path, text.as_bytes());
        refusal(open_at("series", &path, query))
    };
    assert_has(&refused(&LONG.replace("2,20", "2,2o"), &[]), &["s.csv", "numbers", "\"2o\" on line 3, column ay"]);
    // A step in the middle, at the end, and one without any value.
    let header = format!("label,{}\n", (0..9).map(|step| format!("x{step}")).collect::<Vec<_>>().join(","));
    for (bad, column) in [("a,1,2,3,oops,5,6,7,8,9", "x3"), ("a,1,2,3,4,5,6,7,8,oops", "x8")] {
        let sentence = refused(&format!("{header}{bad}\nb,1,2,3,4,5,6,7,8,9\n"), &[]);
        assert_has(&sentence, &["\"oops\" on line 2", column, "mend it"]);
    }
    let gaps = format!("{header}a,1,2,3,,5,6,7,8,9\nb,1,2,3,,5,6,7,8,9\n");
    assert_has(&refused(&gaps, &[]), &["\"\" on line 2, column x3"]);
    assert_eq!(values(&open_at("series", &path, &[("gaps", "zero")]).unwrap(), 0)[2..5], [3.0, 0.0, 5.0]);
    // Without names the class at the end is no step.
    write(&path, b"1,2,3,a\n4,5,6,b\n");
    assert_eq!(values(&open_at("series", &path, &[("header", "no")]).unwrap(), 1), [4.0, 5.0, 6.0]);
    folders(dir.path());
    std::fs::remove_file(&path).unwrap();
    write(&dir.path().join("test/run/3.csv"), b"time,x,y\n0,1,2\n1,2,?!\n2,3,4\n3,4,5\n4,5,6\n");
    assert_has(&refusal(open_at("series", dir.path(), &[])), &["3.csv", "\"?!\" on line 3, column y"]);
}

#[test]
fn quotes_that_are_never_closed_are_refused_in_series() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.csv");
    let long = "item,step,x,class\na,0,1,p\na,1,2,p\nb,0,3,\"q\nb,1,4,q\nc,0,5,p\nc,1,6,p\n";
    write(&path, long.as_bytes());
    assert_has(&refusal(open_at("series", &path, &[("steps", "2")])), &["quotes in pairs", "b,0,3,\"q"]);
    let names = (0..9).map(|step| format!("x{step}")).collect::<Vec<_>>().join(",");
    write(
        &path,
        format!("{names},label\n1,2,3,4,5,6,7,8,9,a\n1,2,3,4,5,6,7,8,9,\"b\n1,2,3,4,5,6,7,8,9,a\n").as_bytes(),
    );
    assert_has(&refusal(open_at("series", &path, &[])), &["s.csv", "quotes in pairs", "close it"]);
}

/// An array in NumPy's format, of a type as NumPy calls it.
fn npy_of(kind: &str, shape: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&(head.len() as u16).to_le_bytes());
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(content);
    bytes
}

/// One of single-precision numbers.
fn npy(shape: &str, values: &[f32]) -> Vec<u8> {
    npy_of("<f4", shape, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

/// One of words of at most six letters, as `str` or as `bytes`.
fn npy_of_words(words: &[&str], is_unicode: bool) -> Vec<u8> {
    let word = |word: &&str| -> Vec<u8> {
        let letters = word.chars().chain(std::iter::repeat('\0')).take(6);
        if is_unicode {
            letters.flat_map(|letter| u32::from(letter).to_le_bytes()).collect()
        } else {
            letters.map(|letter| letter as u8).collect()
        }
    };
    let content: Vec<u8> = words.iter().flat_map(word).collect();
    npy_of(if is_unicode { "<U6" } else { "|S6" }, &format!("({},)", words.len()), &content)
}

#[test]
fn an_array_of_words_names_the_channels_where_it_has_as_many() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sensors.npz");
    let x = npy("(2, 3, 2)", &[0.0; 12]);
    let opened = |name: &str, array: &[u8], query: &[(&str, &str)]| {
        write(&path, &archives::zip_of(&[("x.npy", &x), (name, array)]));
        open_at("auto", &path, query).unwrap()
    };
    for (name, is_unicode) in [("channel_names.npy", true), ("channels.npy", false), ("feature_names.npy", true)] {
        let array = npy_of_words(&["left", "right"], is_unicode);
        let data = opened(name, &array, &[]);
        assert_eq!(data.channel_names(), ["left", "right"], "{name}");
        let said_so = format!("Channel names are those of the array {}", name.trim_end_matches(".npy"));
        assert_has(&said(&data), &[&said_so, "channels= changes them"]);
        assert_eq!(opened(name, &array, &[("channels", "a,b")]).channel_names(), ["a", "b"]);
    }
    // Two of one name could not be told apart.
    let twice = opened("channel_names.npy", &npy_of_words(&["ax", "ax"], true), &[]);
    assert_eq!(twice.channel_names(), ["ax", "ax (2)"]);
    // What names no channels is not passed over without a word.
    for (array, why) in [
        (npy_of_words(&["left"], true), "has 1 name for 2 channels and was left out"),
        (npy_of_words(&["left", " "], true), "has a blank name and was left out"),
        (npy("(2,)", &[1.0, 2.0]), "holds no words (channels= names channels) and was left out"),
    ] {
        let data = opened("channel_names.npy", &array, &[]);
        assert_eq!((data.len(), data.channel_names().len()), (2, 0));
        assert_has(&said(&data), &[&format!("The array channel_names {why}")]);
    }
    let cut = npy_of_words(&["left", "right"], true);
    write(&path, &archives::zip_of(&[("x.npy", &x), ("channel_names.npy", &cut[..cut.len() - 1])]));
    assert_has(&refusal(open_at("auto", &path, &[])), &["channel_names.npy", "2 entries of 24 bytes"]);
}

#[test]
fn arrays_in_a_folder_are_the_series_though_a_table_lies_beside_them() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("x.npy"), &npy("(2, 3)", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let table = dir.path().join("notes.csv");
    write(&table, LONG.as_bytes());
    let data = open_at("series", dir.path(), &[]).unwrap();
    assert_eq!((data.shape(), values(&data, 1)), (Some(Shape::new(1, 1, 3)), vec![4.0, 5.0, 6.0]));
    let named = open_at("series", &table, &[]).unwrap();
    assert_eq!(named.channel_names(), ["ax", "ay"], "a table that is named is read");
}

#[test]
fn an_array_without_labels_says_how_labels_are_put_beside_it_and_that_works() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.npy");
    write(&path, &npy("(2, 3)", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let alone = open_at("series", &path, &[]).unwrap();
    assert!(alone.classes.is_empty());
    assert_has(&said(&alone), &["No labels", "as y.npy in a folder with x.npy, and open that folder"]);
    write(&dir.path().join("y.npy"), &npy("(2,)", &[0.0, 1.0]));
    let labelled = open_at("series", dir.path(), &[]).unwrap();
    assert_eq!((labelled.classes.len(), labelled.labels.iter().flatten().count()), (2, 2));
}

#[test]
fn a_folder_with_one_archive_of_arrays_is_that_archive() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample_data/pointer/movements.npz"));
    std::fs::copy(archive, dir.path().join("a.npz")).unwrap();
    write(&dir.path().join("README.md"), b"About this data");
    let (folder, file) = (open_at("series", dir.path(), &[]).unwrap(), open_at("series", archive, &[]).unwrap());
    assert_eq!((&folder.hash, folder.len()), (&file.hash, file.len()));
    assert_has(&said(&folder), &["a.npz is the only archive of arrays in the folder"]);
    assert_eq!(
        open_at("auto", dir.path(), &[]).unwrap().hash,
        file.hash,
        "whoever opens the folder need not say what it holds"
    );
    std::fs::copy(archive, dir.path().join("b.npz")).unwrap();
    assert_has(
        &refusal(open_at("series", dir.path(), &[])),
        &["one archive of arrays", "2 of them (a.npz and b.npz)", "name one of the .npz files"],
    );
    std::fs::remove_file(dir.path().join("b.npz")).unwrap();
    write(&dir.path().join("a.npz"), b"no archive");
    assert_has(&refusal(open_at("series", dir.path(), &[])), &["a.npz", "a NumPy array, an archive of them or CSV"]);
}

#[test]
fn arrays_follow_gaps_and_steps_and_refuse_what_only_csv_has() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.npy");
    // Two items of three steps and two channels, the steps of a channel beside each other: 1 gap 3 and 10 20 30, then 4 5 6 and gap 50 60.
    let numbers = [1.0, 10.0, f32::NAN, 20.0, 3.0, 30.0, 4.0, f32::NAN, 5.0, 50.0, 6.0, 60.0];
    write(&path, &npy("(2, 3, 2)", &numbers));
    let sentence = refusal(open_at("series", &path, &[]));
    assert_has(
        &sentence,
        &["finite numbers", "NaN at item 0, step 1, channel 0", "gaps=previous, gaps=mean or gaps=zero"],
    );
    let filled = |gaps: &str| {
        let data = open_at("series", &path, &[("gaps", gaps)]).unwrap();
        assert_has(&said(&data), &["2 gaps (NaN) were filled with "]);
        [values(&data, 0), values(&data, 1)].concat()
    };
    assert_eq!(filled("previous"), [1.0, 1.0, 3.0, 10.0, 20.0, 30.0, 4.0, 5.0, 6.0, 50.0, 50.0, 60.0]);
    assert_eq!(filled("mean"), [1.0, 2.0, 3.0, 10.0, 20.0, 30.0, 4.0, 5.0, 6.0, 55.0, 50.0, 60.0]);
    assert_eq!(filled("zero"), [1.0, 0.0, 3.0, 10.0, 20.0, 30.0, 4.0, 5.0, 6.0, 0.0, 50.0, 60.0]);
    assert_has(&refusal(open_at("series", &path, &[("gaps", "guess")])), &["gaps is \"guess\""]);
    let cut = open_at("series", &path, &[("gaps", "zero"), ("steps", "2")]).unwrap();
    assert_eq!((cut.shape(), values(&cut, 1)), (Some(Shape::new(2, 1, 2)), vec![4.0, 5.0, 0.0, 50.0]));
    assert_has(&said(&cut), &["Items have 3 steps: cut to 2"]);
    let longer = open_at("series", &path, &[("gaps", "zero"), ("steps", "4")]).unwrap();
    assert_eq!(values(&longer, 0), [1.0, 0.0, 3.0, 0.0, 10.0, 20.0, 30.0, 0.0]);
    assert_has(&refusal(open_at("series", &path, &[("gaps", "zero"), ("steps", "0")])), &["steps is 0"]);
    // An infinite number is no gap.
    write(&path, &npy("(1, 2)", &[1.0, f32::INFINITY]));
    assert_has(
        &refusal(open_at("series", &path, &[("gaps", "zero")])),
        &["finite numbers", "inf at item 0", "mend it"],
    );
    for (key, value, what) in [
        ("layout", "long", "a step or an item"),
        ("item", "id", "the column of items"),
        ("step", "t", "the column of steps"),
        ("label", "class", "the column of classes"),
        ("header", "no", "the names of its columns"),
        ("delimiter", "comma", "between the fields"),
        ("quotes", "no", "in quotes"),
    ] {
        let sentence = refusal(open_at("series", &path, &[(key, value)]));
        assert_has(&sentence, &[&format!("{key}= "), what, "arrays have none of that", "leave it out"]);
    }
    write(&path, &npy("(1, 2)", &[1.0, 2.0]));
    assert_has(&refusal(open_at("series", &path, &[("channels", "a,b")])), &["2 names for 1 channels", "only in CSV"]);
    // What decides a class is cut with its steps.
    let array = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample_data/pointer/movements.npz"));
    let (whole, cut) = (open_at("series", array, &[]).unwrap(), open_at("series", array, &[("steps", "100")]).unwrap());
    let (whole, cut) = (whole.truth.unwrap(), cut.truth.unwrap());
    for (whole, cut) in whole.iter().zip(cut.iter()) {
        let kept = whole.iter().filter(|place| *place % 192 < 100).map(|place| place / 192 * 100 + place % 192);
        assert_eq!(*cut, kept.collect::<Vec<u32>>());
    }
}
