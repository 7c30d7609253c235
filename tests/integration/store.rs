//! Saved things: never half-written, never silently wrong, never lost.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use unmask::store::cache::MAX_RECENT;
use unmask::store::hash::PartHasher;
use unmask::store::{
    Cache, Format, Hash, Opened, Project, ProjectKind, ProjectNotice, ProjectState, Recent, RecentKind, SavedRef,
    StoreError, atomic,
};

fn temp() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A message is one sentence that names the file: no line breaks, no debug output, something on both sides of a colon.
fn assert_sentence(error: &StoreError, path: &Path) {
    let message = error.to_string();
    assert!(message.contains(&*path.to_string_lossy()), "names {}: {message}", path.display());
    assert!(!message.contains('\n') && !message.contains("Os {") && message.len() > 30, "{message}");
}

// Files -----------------------------------------------------------------------------------------------------------------

#[test]
fn a_failing_writer_leaves_the_old_bytes_and_nothing_beside() {
    let dir = temp();
    let path = dir.path().join("card.json");
    atomic::write(&path, b"old").unwrap();
    let error = atomic::write_with(&path, |file| {
        file.write_all(&vec![7; 1 << 20])?;
        file.flush()?;
        assert_eq!(fs::read(&path)?, b"old", "nothing is seen before the commit");
        Err(io::Error::new(io::ErrorKind::StorageFull, "no space left"))
    })
    .unwrap_err();
    assert_sentence(&error, &path);
    assert!(error.to_string().contains("no space left") && error.to_string().contains("unchanged"), "{error}");
    let panicked = std::panic::catch_unwind(|| atomic::write_with(&path, |_| panic!("writer broke (expected output)")));
    assert!(panicked.is_err());
    assert_eq!((fs::read(&path).unwrap().as_slice(), names(dir.path())), (&b"old"[..], vec!["card.json".to_owned()]));
    atomic::write(&path, b"new").unwrap();
    assert_eq!((fs::read(&path).unwrap().as_slice(), names(dir.path()).len()), (&b"new"[..], 1));
}

#[test]
fn places_that_cannot_be_written_are_refused_before_any_work() {
    let dir = temp();
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let protected = dir.path().join("protected.json");
    fs::write(&protected, "old").unwrap();
    let mut permissions = fs::metadata(&protected).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&protected, permissions).unwrap();
    for (path, reason) in [
        (folder, "it is a folder"),
        (protected.clone(), "it is write-protected"),
        (dir.path().join("missing/figure.svg"), "does not exist"),
    ] {
        let error = atomic::write_with(&path, |_| panic!("not reached")).unwrap_err();
        assert_sentence(&error, &path);
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(error.code(), "cannot-write");
    }
    assert_eq!(fs::read(&protected).unwrap(), b"old");
    assert_eq!(names(dir.path()), ["folder", "protected.json"]);
}

#[cfg(unix)]
#[test]
fn a_link_goes_on_pointing_to_the_file_that_is_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let dir = temp();
    let (file, link) = (dir.path().join("file"), dir.path().join("link"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    atomic::write(&link, b"new").unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read(&file).unwrap(), b"new");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "private stays private");
}

#[test]
fn a_new_folder_is_there_as_a_whole_or_not_at_all_and_replaces_nothing() {
    let dir = temp();
    let target = dir.path().join("box");
    let dropped = atomic::NewFolder::create(&target).unwrap();
    fs::write(dropped.path().join("weights"), "w").unwrap();
    drop(dropped);
    assert!(names(dir.path()).is_empty());
    let (first, second) = (atomic::NewFolder::create(&target).unwrap(), atomic::NewFolder::create(&target).unwrap());
    for (new, text) in [(&first, "1"), (&second, "2")] {
        fs::create_dir(new.path().join("sub")).unwrap();
        fs::write(new.path().join("sub/weights"), text).unwrap();
    }
    assert!(!target.exists());
    first.commit().unwrap();
    assert_sentence(&second.commit().unwrap_err(), &target);
    assert_sentence(&atomic::NewFolder::create(&target).unwrap_err(), &target);
    assert_eq!(fs::read(target.join("sub/weights")).unwrap(), b"1");
    assert_eq!(names(dir.path()), ["box"]);
    atomic::remove_folder(&target).unwrap();
    assert!(names(dir.path()).is_empty());
}

#[test]
fn only_old_parts_of_ours_are_cleared_away() {
    let dir = temp();
    let ours = [".card.json.123-0.part", ".a.b.9-77.part"];
    let others = [".hidden", "x.part", ".x.part", ".x.1-.part", ".x.a-1.part", "y.1-1.part", ".z.1-1.parts"];
    for name in ours.iter().chain(&others) {
        fs::write(dir.path().join(name), "").unwrap();
    }
    assert_eq!(atomic::remove_leftovers(dir.path(), Duration::from_secs(3600)), 0, "too young");
    assert_eq!(atomic::remove_leftovers(dir.path(), Duration::ZERO), ours.len());
    assert_eq!(names(dir.path()).len(), others.len());
    assert_eq!(atomic::remove_leftovers(&dir.path().join("missing"), Duration::ZERO), 0);
}

#[test]
fn a_file_above_its_limit_is_refused_with_both_sizes() {
    let dir = temp();
    let path = dir.path().join("big");
    fs::write(&path, [0; 11]).unwrap();
    assert_eq!(atomic::read_limited(&path, 11).unwrap().len(), 11);
    let error = atomic::read_limited(&path, 10).unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { limit: 10, found: 11, .. }), "{error}");
    assert_sentence(&error, &path);
    assert_sentence(&atomic::read_limited(&dir.path().join("no"), 10).unwrap_err(), &dir.path().join("no"));
    #[cfg(target_os = "linux")]
    assert!(atomic::read_limited(Path::new("/dev/zero"), 10).is_err(), "endless, though its size is told as 0");
}

// Hashes ----------------------------------------------------------------------------------------------------------------

#[test]
fn hashes_are_blake3_of_bytes_files_and_streams() {
    // From the BLAKE3 reference: the hash of no bytes, and of "abc".
    let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    let abc = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
    assert_eq!(Hash::of_bytes(b"").to_string(), empty);
    assert_eq!(Hash::of_bytes(b"abc").to_string(), abc);
    assert_eq!(Hash::of_bytes(b"abc").short(), "6437b3ac3846");
    let dir = temp();
    let path = dir.path().join("abc");
    fs::write(&path, "abc").unwrap();
    assert_eq!(Hash::of_file(&path).unwrap(), abc.parse().unwrap());
    assert_eq!(Hash::of_reader(io::repeat(7).take(1 << 20)).unwrap(), Hash::of_bytes(&[7; 1 << 20]));
    assert_eq!(serde_json::to_value(Hash::of_bytes(b"abc")).unwrap(), json!(abc));
    assert_eq!(serde_json::from_value::<Hash>(json!(abc)).unwrap(), Hash::of_bytes(b"abc"));
    for wrong in ["", "abc", &abc[1..], &format!("{abc}0"), &abc.replace('6', "g"), &"é".repeat(32)] {
        assert!(wrong.parse::<Hash>().is_err(), "{wrong}");
        assert!(serde_json::from_value::<Hash>(json!(wrong)).is_err());
    }
    let error = Hash::of_bytes(b"").check(Hash::of_bytes(b"abc"), &path).unwrap_err();
    assert!(error.to_string().contains("af1349b9f5f9") && error.to_string().contains("6437b3ac3846"), "{error}");
    assert_sentence(&error, &path);
}

#[test]
fn parts_do_not_run_together() {
    let one = PartHasher::new().part("a", b"bc").part("d", b"").finish();
    let all = [
        one,
        PartHasher::new().part("ab", b"c").part("d", b"").finish(),
        PartHasher::new().part("a", b"bcd").finish(),
        PartHasher::new().part("a", b"bc").part("", b"d").finish(),
        PartHasher::new().part("d", b"").part("a", b"bc").finish(),
    ];
    for (idx, hash) in all.iter().enumerate() {
        assert!(!all[..idx].contains(hash), "{idx}");
    }
    assert_eq!(one, PartHasher::new().part("a", b"bc").part("d", b"").finish());
}

// Cards -----------------------------------------------------------------------------------------------------------------

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct ToyCard {
    name: String,
    accuracy: f64,
    seed: u64,
}

const TOY: Format = Format { oldest: 2, ..Format::new("unmask-toy", 3) };

fn toy() -> ToyCard {
    ToyCard { name: "cnn é".to_owned(), accuracy: 0.1 + 0.2, seed: u64::MAX }
}

#[test]
fn a_card_says_what_it_is_and_comes_back_exactly() {
    let dir = temp();
    let path = dir.path().join("card.json");
    TOY.write(&path, &toy()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("{\n  \"format\": \"unmask-toy\",\n  \"version\": 3,\n  \"name\": \"cnn é\""), "{text}");
    assert_eq!(TOY.read::<ToyCard>(&path).unwrap(), toy());
    TOY.write(&path, &toy()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "the same bytes again");
}

#[test]
fn a_number_that_json_cannot_hold_is_refused_before_the_old_card_is_lost() {
    let dir = temp();
    let path = dir.path().join("card.json");
    TOY.write(&path, &toy()).unwrap();
    let error = TOY.write(&path, &ToyCard { accuracy: f64::NAN, ..toy() }).unwrap_err();
    assert_sentence(&error, &path);
    assert_eq!(TOY.read::<ToyCard>(&path).unwrap(), toy());
}

#[test]
fn what_does_not_fit_is_refused_naming_file_expected_and_found() {
    let path = PathBuf::from("some/card.json");
    let good = |format: &str, version: &str| {
        format!(r#"{{"format": {format}, "version": {version}, "name": "a", "accuracy": 1.0, "seed": 1}}"#)
    };
    let ours = r#""unmask-toy""#;
    assert!(TOY.parse::<ToyCard>(good(ours, "2").as_bytes(), &path).is_ok(), "an older version that is known");
    let deep = "[".repeat(100_000);
    let cases = [
        ("", "damaged", "EOF"),
        ("{\"format\": \"unmask-toy\", \"version\": 3, \"na", "damaged", "EOF"),
        (deep.as_str(), "damaged", "recursion"),
        ("[1, 2]", "damaged", "a list"),
        ("\u{0}\u{1}", "damaged", "expected value"),
        ("{}", "other-format", "none"),
        (&good(r#""unmask-box""#, "3"), "other-format", "'unmask-box'"),
        (&good("17", "3"), "other-format", "17"),
        (&good(ours, "1"), "other-version", "expected unmask-toy version 2 to 3, found 1"),
        (&good(ours, "4"), "other-version", "found 4"),
        (&good(ours, "-3"), "other-version", "found -3"),
        (&good(ours, "3.0"), "other-version", "found 3.0"),
        (&good(ours, "99999999999999999999"), "other-version", "found 1"),
        (&good(ours, "\"3\""), "other-version", "found '3'"),
        (&good(ours, "3").replace("accuracy", "acuracy"), "damaged", "missing field `accuracy`"),
        (&good(ours, "3").replace("1.0", "\"high\""), "damaged", "invalid type"),
    ];
    for (text, code, found) in cases {
        let error = TOY.parse::<ToyCard>(text.as_bytes(), &path).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(found), "{found}: {error}");
        assert_sentence(&error, &path);
    }
    let long = good(&format!("\"{}\"", "é\\n".repeat(500)), "3");
    assert!(TOY.parse::<ToyCard>(long.as_bytes(), &path).unwrap_err().to_string().len() < 300);
}

// Cache -----------------------------------------------------------------------------------------------------------------

#[test]
fn a_black_box_is_found_by_its_hash_and_never_half_stored() {
    let dir = temp();
    let cache = Cache::at(dir.path().join("cache"));
    let (hash, other, recipe) = (Hash::of_bytes(b"box"), Hash::of_bytes(b"other"), Hash::of_bytes(b"recipe"));
    assert!(cache.find(hash).is_none() && cache.list().is_empty() && cache.find_by_recipe(recipe).is_none());
    assert!(!cache.root().exists(), "looking creates nothing");
    let full = || StoreError::Place { path: "weights".into(), reason: "no space left".to_owned() };
    let failed = cache.store(hash, |folder| {
        fs::write(folder.join("weights"), "half").map_err(|_| full())?;
        Err(full())
    });
    assert!(failed.is_err() && cache.find(hash).is_none());
    let folder = cache.store(hash, |folder| fs::write(folder.join("weights"), "w").map_err(|_| full())).unwrap();
    assert_eq!(folder.file_name().unwrap().to_str().unwrap(), hash.to_string());
    assert_eq!(fs::read(cache.find(hash).unwrap().join("weights")).unwrap(), b"w");
    let again: Result<_, StoreError> = cache.store(hash, |_| panic!("it is there already"));
    assert_eq!(again.unwrap(), folder);
    cache.note_recipe(recipe, hash).unwrap();
    assert_eq!(cache.find_by_recipe(recipe), Some(folder));
    assert!(cache.find_by_recipe(other).is_none());
    fs::write(cache.root().join("blackboxes/readme"), "").unwrap();
    assert_eq!(cache.list(), [hash]);
    assert!(cache.remove(hash).unwrap() && !cache.remove(hash).unwrap());
    assert!(cache.find_by_recipe(recipe).is_none() && cache.list().is_empty());
}

#[test]
fn the_recent_list_keeps_twenty_newest_first_without_repeats() {
    let dir = temp();
    let cache = Cache::at(dir.path().join("cache"));
    let mut recent = Recent::load(&cache);
    for idx in 0..25 {
        recent.push(RecentKind::Data, &format!("images:{idx}")).unwrap();
    }
    recent.push(RecentKind::Data, "images:20").unwrap();
    recent.push(RecentKind::Project, "images:20").unwrap();
    // A second window adds to what the first one saved.
    let mut second = Recent::load(&cache);
    second.push(RecentKind::Study, "s").unwrap();
    recent.push(RecentKind::Study, "t").unwrap();
    let shown: Vec<&str> = recent.entries().iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(shown[..7], ["t", "s", "images:20", "images:20", "images:24", "images:23", "images:22"]);
    assert_eq!(shown.len(), MAX_RECENT);
    assert_eq!(Recent::load(&cache).entries(), recent.entries());
    recent.remove(RecentKind::Study, "t").unwrap();
    assert_eq!(recent.entries()[0].what, "s");
    fs::write(cache.root().join("recent.json"), "{\"format\":").unwrap();
    let mut anew = Recent::load(&cache);
    assert!(anew.entries().is_empty());
    anew.push(RecentKind::Data, "again").unwrap();
    assert_eq!(Recent::load(&cache).entries().len(), 1);
}

// Projects --------------------------------------------------------------------------------------------------------------

fn state(step: u64) -> ProjectState {
    ProjectState {
        data: vec!["mnist:../shared data/é?classes=3,8".to_owned()],
        black_boxes: vec![SavedRef { folder: "blackboxes/cnn".into(), hash: Hash::of_bytes(b"cnn") }],
        active_black_box: Some(Hash::of_bytes(b"cnn")),
        explainers: vec![SavedRef { folder: "explainers/meed".into(), hash: Hash::of_bytes(&step.to_le_bytes()) }],
        layout: json!({"tiles": [1, 2, {"share": 0.1}]}),
        view: json!({"place": "explore", "item": step}),
        seeds: [("training".to_owned(), u64::MAX - step)].into(),
        versions: [("unmask".to_owned(), "0.1.0".to_owned())].into(),
        undo: step.is_multiple_of(2).then(|| json!(["k", step])),
        other: [("later".to_owned(), json!([step]))].into_iter().collect(),
    }
}

fn open(folder: &Path) -> Opened {
    Project::open(folder).unwrap_or_else(|error| panic!("{error}"))
}

fn codes(opened: &Opened) -> Vec<&'static str> {
    opened.notices.iter().map(ProjectNotice::code).collect()
}

/// A project whose main file holds step 2, its backup step 1.
fn saved_twice(folder: &Path) {
    let mut project = Project::create(folder, state(1)).unwrap();
    project.state = state(2);
    project.save().unwrap();
}

#[test]
fn a_project_comes_back_as_it_was_saved() {
    let dir = temp();
    let folder = dir.path().join("new/my project");
    saved_twice(&folder);
    let expected =
        [".project.lock", "blackboxes", "explainers", "figures", "project.backup.json", "project.json", "studies"];
    assert_eq!(names(&folder), expected);
    for path in [folder.clone(), folder.join("project.json")] {
        let opened = open(&path);
        assert_eq!(opened.project.state, state(2));
        assert!(opened.notices.is_empty() && opened.saved_state.is_none() && !opened.project.is_changed());
        assert_eq!(opened.project.folder(), folder);
    }
    let text = fs::read_to_string(folder.join("project.json")).unwrap();
    let mut opened = open(&folder);
    opened.project.save().unwrap();
    let changed: Vec<_> = fs::read_to_string(folder.join("project.json"))
        .unwrap()
        .lines()
        .zip(text.lines())
        .filter(|(new, old)| new != old)
        .map(|(new, _)| new.trim().to_owned())
        .collect();
    assert_eq!(changed, ["\"revision\": 3,"], "no clock, no chance in the file");
}

#[test]
fn a_folder_with_other_things_is_not_made_a_project_and_one_without_is_not_opened() {
    let dir = temp();
    fs::write(dir.path().join("thesis.tex"), "").unwrap();
    assert_sentence(&Project::create(dir.path(), state(1)).unwrap_err(), dir.path());
    let error = Project::open(dir.path()).unwrap_err();
    assert_eq!(error.code(), "no-project");
    assert_sentence(&error, dir.path());
    assert_eq!(Project::open(&dir.path().join("missing")).unwrap_err().code(), "no-project");
    let folder = dir.path().join("p");
    drop(Project::create(&folder, state(1)).unwrap());
    assert!(Project::create(&folder, state(2)).unwrap_err().to_string().contains("a project already"));
    assert_eq!(open(&folder).project.state, state(1));
}

#[test]
fn unsaved_work_is_restored_and_the_saved_state_stays_within_reach() {
    let dir = temp();
    let folder = dir.path().join("p");
    saved_twice(&folder);
    let mut project = open(&folder).project;
    assert!(!project.autosave().unwrap(), "nothing changed");
    project.state = state(3);
    assert!(project.is_changed() && project.autosave().unwrap() && !project.autosave().unwrap());
    drop(project);
    let mut opened = open(&folder);
    assert_eq!((codes(&opened), &opened.project.state), (vec!["project-restored"], &state(3)));
    assert_eq!(opened.saved_state, Some(state(2)));
    assert!(opened.project.is_changed() && !opened.project.autosave().unwrap());
    opened.project.save().unwrap();
    drop(opened);
    let mut opened = open(&folder);
    assert_eq!((codes(&opened), &opened.project.state), (vec![], &state(3)));
    // A change that is taken back leaves nothing to restore.
    opened.project.state = state(4);
    assert!(opened.project.autosave().unwrap());
    opened.project.state = state(3);
    assert!(!opened.project.autosave().unwrap());
    drop(opened);
    assert!(open(&folder).notices.is_empty());
}

#[test]
fn unsaved_work_older_than_the_save_is_not_restored() {
    let dir = temp();
    let folder = dir.path().join("p");
    saved_twice(&folder);
    let mut project = open(&folder).project;
    project.state = state(3);
    project.autosave().unwrap();
    let stale = fs::read(folder.join("project.autosave.json")).unwrap();
    project.state = state(4);
    project.save().unwrap();
    assert!(!folder.join("project.autosave.json").exists());
    drop(project);
    // Killed after the save, before the removal.
    fs::write(folder.join("project.autosave.json"), stale).unwrap();
    let opened = open(&folder);
    assert_eq!((codes(&opened), &opened.project.state), (vec![], &state(4)));
}

#[test]
fn a_damaged_project_falls_back_to_the_last_good_copy_and_loses_neither() {
    let main = "project.json";
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 4] = [
        ("cut", |path| fs::write(path, &fs::read(path).unwrap()[..100]).unwrap()),
        ("emptied", |path| fs::write(path, "").unwrap()),
        ("removed", |path| fs::remove_file(path).unwrap()),
        ("field lost", |path| {
            fs::write(path, fs::read_to_string(path).unwrap().replace("\"data\"", "\"dada\"")).unwrap();
        }),
    ];
    for (name, damage) in damages {
        let dir = temp();
        let folder = dir.path().join("p");
        saved_twice(&folder);
        damage(&folder.join(main));
        let broken = fs::read(folder.join(main)).ok();
        let mut opened = open(&folder);
        assert_eq!((codes(&opened), &opened.project.state), (vec!["project-fell-back"], &state(1)), "{name}");
        let notice = opened.notices[0].to_string();
        assert!(notice.contains(main) && notice.contains("less than a minute ago"), "{notice}");
        assert!(opened.project.is_changed());
        assert_eq!(fs::read(folder.join(main)).ok(), broken, "opening changes nothing");
        opened.project.state = state(5);
        opened.project.save().unwrap();
        drop(opened);
        assert_eq!(fs::read(folder.join("project.broken.json")).ok(), broken, "{name}");
        assert_eq!(open(&folder).project.state, state(5));
        // The good backup was not replaced by the damaged file.
        fs::write(folder.join(main), "").unwrap();
        assert_eq!(open(&folder).project.state, state(1));
    }
}

#[test]
fn unsaved_work_survives_damage_of_everything_else_and_damage_of_it_is_told() {
    let dir = temp();
    let folder = dir.path().join("p");
    saved_twice(&folder);
    let mut project = open(&folder).project;
    project.state = state(3);
    project.autosave().unwrap();
    drop(project);
    let autosave = folder.join("project.autosave.json");
    let bytes = fs::read(&autosave).unwrap();
    for name in ["project.json", "project.backup.json"] {
        fs::write(folder.join(name), "{").unwrap();
    }
    let opened = open(&folder);
    assert_eq!((codes(&opened), &opened.project.state), (vec!["project-fell-back"], &state(3)));
    drop(opened);
    fs::write(&autosave, &bytes[..50]).unwrap();
    let error = Project::open(&folder).unwrap_err();
    assert_eq!(error.code(), "project-lost");
    for name in ["project.json", "project.backup.json", "project.autosave.json"] {
        assert_sentence(&error, &folder.join(name));
    }
    let folder = dir.path().join("q");
    saved_twice(&folder);
    fs::write(folder.join("project.autosave.json"), &bytes[..50]).unwrap();
    let opened = open(&folder);
    assert_eq!((codes(&opened), &opened.project.state), (vec!["project-autosave-lost"], &state(2)));
    assert_eq!(fs::read(folder.join("project.autosave.broken.json")).unwrap(), &bytes[..50]);
}

#[test]
fn a_project_of_another_version_or_format_is_refused_even_with_a_good_backup_beside() {
    let dir = temp();
    let folder = dir.path().join("p");
    saved_twice(&folder);
    let main = folder.join("project.json");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(&main, text.replace("\"version\": 1", "\"version\": 2")).unwrap();
    let error = Project::open(&folder).unwrap_err();
    assert_eq!(error.code(), "other-version");
    assert!(error.to_string().contains("expected unmask-project version 1, found 2"), "{error}");
    assert_sentence(&error, &main);
    fs::write(&main, text.replace("unmask-project", "webpack")).unwrap();
    assert_eq!(codes(&open(&folder)), ["project-fell-back"]);
    fs::remove_file(folder.join("project.backup.json")).unwrap();
    let error = Project::open(&folder).unwrap_err();
    assert_eq!(error.code(), "other-format");
    assert_sentence(&error, &main);
}

#[test]
fn a_second_window_is_told_and_cannot_overwrite_the_first() {
    let dir = temp();
    let folder = dir.path().join("p");
    saved_twice(&folder);
    let mut first = open(&folder).project;
    let mut second = open(&folder);
    assert_eq!(codes(&second), ["project-open-elsewhere"]);
    assert!(second.notices[0].to_string().contains(&format!("process {}", std::process::id())), "{:?}", second.notices);
    let mut third = open(&folder).project;
    second.project.state = state(7);
    for result in [second.project.save(), second.project.autosave().map(drop)] {
        let error = result.unwrap_err();
        assert_eq!(error.code(), "open-elsewhere");
        assert_sentence(&error, &folder);
    }
    // The unsaved work of the first is not shown as if it were left from a crash.
    first.state = state(3);
    first.autosave().unwrap();
    assert_eq!(codes(&open(&folder)), ["project-open-elsewhere"]);
    drop(first);
    // The first closed without saving: now the second may.
    second.project.save().unwrap();
    drop(second);
    third.state = state(8);
    let error = third.save().unwrap_err();
    assert_eq!(error.code(), "changed-elsewhere");
    assert_sentence(&error, &folder);
    assert_eq!(open(&folder).project.state, state(7));
}

#[test]
fn names_and_references_stay_inside_the_project() {
    let dir = temp();
    let folder = dir.path().join("p");
    let project = Project::create(&folder, state(1)).unwrap();
    let kind = ProjectKind::Explainers;
    let free = |wished: &str| {
        let path = project.free_path(kind, wished, "").unwrap();
        path.strip_prefix(folder.join("explainers")).unwrap().to_str().unwrap().to_owned()
    };
    for (wished, expected) in [
        ("MEED, k = 25 (3 vs 8)", "meed-k-25-3-vs-8"),
        ("../../etc/passwd", "etc-passwd"),
        ("", "unnamed"),
        ("日本", "unnamed"),
    ] {
        assert_eq!(free(wished), expected);
    }
    assert!(free(&"x".repeat(500)).len() <= 60);
    let path = project.free_path(kind, "L2X", "").unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(free("l2x"), "l2x-2");
    assert_eq!(
        project.free_path(ProjectKind::Studies, "Pilot", "sqlite").unwrap(),
        folder.join("studies/pilot.sqlite")
    );

    // Found where it was, where it was moved to, in the cache; by hash, never by name alone.
    let hash_of = |folder: &Path| fs::read_to_string(folder.join("hash")).ok()?.parse().ok();
    let hash = Hash::of_bytes(b"l2x");
    fs::write(path.join("hash"), hash.to_string()).unwrap();
    let saved = project.reference(&path, hash);
    assert_eq!(saved.folder, Path::new("explainers/l2x"));
    let cache = Cache::at(dir.path().join("cache"));
    let find = || project.resolve(&saved, kind, Some(&cache), hash_of);
    assert_eq!(find(), Some(path.clone()));
    let moved = folder.join("explainers/renamed");
    fs::rename(&path, &moved).unwrap();
    assert_eq!(find(), Some(moved.clone()));
    fs::write(moved.join("hash"), Hash::of_bytes(b"other").to_string()).unwrap();
    assert_eq!(find(), None);
    let cached = cache.store(hash, |_| Ok::<_, StoreError>(())).unwrap();
    assert_eq!(find(), Some(cached));
    assert_eq!(project.reference(dir.path(), hash).folder, dir.path(), "outside: as it is");
    // A relative one would be looked up from the project's folder.
    let here = std::env::current_dir().unwrap();
    assert_eq!(project.reference(Path::new("elsewhere/box"), hash).folder, here.join("elsewhere/box"));
}

/// How many cases a property is tried on; `PROPTEST_CASES` makes long runs.
fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

const COPIES: [&str; 3] = ["project.json", "project.backup.json", "project.autosave.json"];

/// The three copies of a project: step 2 saved, step 1 before that, step 3 not saved.
fn three_copies() -> &'static [Vec<u8>; 3] {
    static BYTES: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    BYTES.get_or_init(|| {
        let dir = temp();
        let folder = dir.path().join("p");
        saved_twice(&folder);
        let mut project = open(&folder).project;
        project.state = state(3);
        project.autosave().unwrap();
        COPIES.map(|name| fs::read(folder.join(name)).unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(300), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_projects_open_or_are_refused_with_a_sentence(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..6),
        which in 0..3usize, also_backup in any::<bool>(),
    ) {
        let dir = temp();
        let folder = dir.path();
        for (idx, name) in COPIES.iter().enumerate() {
            let mut bytes = three_copies()[idx].clone();
            let is_mutated = idx == which || (idx == 1 && also_backup);
            for (at, byte, kind) in edits.iter().filter(|_| is_mutated) {
                let at = at.index(bytes.len().max(1));
                match kind {
                    _ if bytes.is_empty() => {}
                    0 => bytes[at] ^= (*byte).max(1),
                    1 => bytes.truncate(at),
                    2 => bytes.insert(at, *byte),
                    _ => drop(bytes.drain(at..=at)),
                }
            }
            fs::write(folder.join(name), bytes).unwrap();
        }
        match Project::open(folder) {
            Ok(mut opened) => {
                opened.project.save().unwrap();
                let state = opened.project.state.clone();
                drop(opened);
                prop_assert_eq!(open(folder).project.state, state);
            }
            Err(error) => assert_sentence(&error, folder),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(64), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_states_come_back(
        data in prop::collection::vec(".*", 0..4),
        seeds in prop::collection::btree_map("[a-z]{1,8}", any::<u64>(), 0..4),
        share in any::<f64>().prop_filter("JSON has no NaN", |share| share.is_finite()),
    ) {
        let dir = temp();
        let sent = ProjectState { data, seeds, layout: json!({ "share": share }), ..ProjectState::default() };
        drop(Project::create(dir.path(), sent.clone()).unwrap());
        prop_assert_eq!(open(dir.path()).project.state, sent);
    }
}

// Kills -----------------------------------------------------------------------------------------------------------------

const CHILD: &str = "UNMASK_TEST_STORE_CHILD";
const N_KILLS: u32 = 20;

/// Version `n` of a file: its number, then as many bytes as say so, then a hash of all that.
fn version(n: u32) -> Vec<u8> {
    let mut bytes = n.to_le_bytes().to_vec();
    bytes.resize(4 + 50_000 + (n as usize * 7_919) % 400_000, n as u8);
    let hash = Hash::of_bytes(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    bytes
}

/// Which version a file is; panics unless it is one as a whole.
fn whole_version(path: &Path) -> u32 {
    let bytes = fs::read(path).unwrap();
    let n = u32::from_le_bytes(bytes[..4].try_into().unwrap());
    assert!(bytes == version(n), "{} bytes are no whole version {n}", bytes.len());
    n
}

/// Not tests by themselves: child processes that write until they are killed.
#[test]
fn child_writing_files() {
    if let Some(path) = std::env::var_os(CHILD) {
        for n in 1.. {
            atomic::write(Path::new(&path), &version(n)).unwrap();
        }
    }
}

#[test]
fn child_saving_projects() {
    if let Some(folder) = std::env::var_os(CHILD) {
        let mut project = Project::open(Path::new(&folder)).unwrap().project;
        let begin = project.state.view["item"].as_u64().unwrap();
        for step in begin + 1.. {
            project.state = state(step);
            project.state.undo = Some(Value::String("x".repeat(20_000)));
            if step.is_multiple_of(3) {
                project.save().unwrap();
            } else {
                assert!(project.autosave().unwrap());
            }
        }
    }
}

fn start_child(test: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([test, "--test-threads=1"])
        .env(CHILD, path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a child write, kills it (SIGKILL) at a moment that differs from round to round, and looks at what is left.
fn kill_often(test: &str, path: &Path, n_kills: u32, progress: impl Fn() -> u64) {
    for round in 0..n_kills {
        let before = progress();
        let mut child = start_child(test, path);
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while progress() == before {
            assert!(std::time::Instant::now() < deadline, "the child writes nothing");
            assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(before.wrapping_add(u64::from(round)).wrapping_mul(1_373) % 20_000));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn a_file_is_one_whole_version_whenever_its_writer_is_killed() {
    let dir = temp();
    let path = dir.path().join("weights");
    fs::write(&path, version(0)).unwrap();
    // The children start with version 1 again, so progress is told by the time stamp as well.
    let progress = || {
        whole_version(&path);
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64
    };
    kill_often("child_writing_files", &path, N_KILLS, progress);
    whole_version(&path);
    let left = names(dir.path());
    assert!(left.len() <= 1 + N_KILLS as usize, "{left:?}");
    atomic::remove_leftovers(dir.path(), Duration::ZERO);
    assert_eq!(names(dir.path()), ["weights"]);
}

#[test]
fn a_project_opens_without_loss_whenever_its_window_is_killed() {
    let dir = temp();
    let folder = dir.path().join("p");
    drop(Project::create(&folder, state(1)).unwrap());
    let steps = || {
        let item = |name: &str| {
            let text = fs::read(folder.join(name)).ok()?;
            serde_json::from_slice::<Value>(&text).unwrap()["view"]["item"].as_u64()
        };
        item("project.json").max(item("project.autosave.json")).unwrap_or(0)
    };
    for _ in 0..N_KILLS {
        kill_often("child_saving_projects", &folder, 1, steps);
        let newest = steps();
        let opened = open(&folder);
        assert_eq!(opened.project.state.view["item"].as_u64(), Some(newest));
        assert!(opened.notices.iter().all(|notice| notice.code() == "project-restored"), "{:?}", opened.notices);
    }
}
