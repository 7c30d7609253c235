//! kill -9 at random moments: no confirmed answer is lost, none is there twice, and each session resumes at the right item.
//!
//! The child is this very test program with one test that answers studies as long as it is let. It writes down what was confirmed, after
//! it was confirmed. 20 kills; `UNMASK_KILLS=1000` for the long run.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use unmask::study::dice::Dice;
use unmask::study::key::Key;
use unmask::study::simulate::{Profile, Seen, Skill, simulate};
use unmask::study::store::{PersonState, Store};

use super::support::{OnDisk, spec};

const FOLDER: &str = "UNMASK_KILL_FOLDER";

/// Does nothing unless it is started by the test below.
#[test]
fn child_of_the_kill_test() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let key = Key::read(&folder.join("key.json")).unwrap();
    let store = Store::open(&folder.join("participants.sqlite")).unwrap();
    let mut log = std::fs::OpenOptions::new().append(true).create(true).open(folder.join("log")).unwrap();
    let people = vec![Profile::of(Skill::Skilled(0.8)); 6];
    simulate(store, &key, &people, 4, &mut |seen| {
        let line = match seen {
            Seen::Begun { code, position } => format!("begun {code} {position}\n"),
            Seen::Saved { code, position, revision } => format!("saved {code} {position} {revision}\n"),
            Seen::Finished { code } => format!("finished {code}\n"),
        };
        log.write_all(line.as_bytes()).unwrap();
    })
    .unwrap();
}

fn start(folder: &Path) -> Child {
    let module = module_path!().split_once("::").unwrap().1;
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("{module}::child_of_the_kill_test"), "--test-threads=1"]).env(FOLDER, folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn log_lines(folder: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    // A line cut by the kill says nothing that was confirmed.
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    whole.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

/// What must hold at every moment; gives, for whoever has begun and not finished, their code and their first trial without an answer.
fn check(study: &OnDisk, kills: usize) -> Option<(String, usize)> {
    let store = Store::open(study.file()).unwrap();
    let people = store.people().unwrap();
    let answers = store.answers().unwrap();
    let code_of = |id: i64| people.iter().find(|person| person.id == id).unwrap().code.clone();
    let stored: Vec<(String, usize, u32)> =
        answers.iter().map(|a| (code_of(a.person), a.position, a.revision)).collect();
    let distinct: BTreeSet<_> = stored.iter().cloned().collect();
    assert_eq!(distinct.len(), stored.len(), "an answer is there twice");
    let confirmed: Vec<(String, usize, u32)> = log_lines(&study.root)
        .into_iter()
        .filter(|words| words[0] == "saved")
        .map(|words| (words[1].clone(), words[2].parse().unwrap(), words[3].parse().unwrap()))
        .collect();
    for answer in &confirmed {
        assert!(distinct.contains(answer), "{answer:?} was confirmed and is lost");
    }
    assert!(
        stored.len() <= confirmed.len() + kills,
        "each kill leaves one answer at most that was saved and not yet confirmed"
    );
    let mut unfinished = None;
    for person in &people {
        let answered: Vec<usize> =
            store.answered(person.id, person.attempt).unwrap().into_iter().map(|(at, _)| at).collect();
        assert_eq!(answered, (0..answered.len()).collect::<Vec<_>>(), "a gap in the answers of {}", person.code);
        if person.state == PersonState::Active && answered.len() < store.place(person.slot).unwrap().trials.len() {
            assert_eq!(unfinished, None, "one person at a time");
            unfinished = Some((person.code.clone(), answered.len()));
        }
    }
    unfinished
}

#[test]
fn kill_9_at_random_moments_loses_nothing_and_resumes_at_the_right_item() {
    let wanted: usize = std::env::var("UNMASK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let mut dice = Dice::new(8, 8);
    let (mut kills, mut studies, mut resumed, mut answers) = (0, 0, 0, 0);
    while kills < wanted {
        let study = OnDisk::new(&spec(), 1);
        studies += 1;
        let mut kills_here = 0;
        loop {
            let expected = check(&study, kills_here);
            let before = log_lines(&study.root).len();
            let mut child = start(&study.root);
            let began = Instant::now();
            // One in five is killed while it opens the file; the others some time after they have begun to answer.
            let waits_for_answers = !dice.happens(0.2);
            let pause = Duration::from_micros(dice.below(60_000) as u64);
            while waits_for_answers
                && log_lines(&study.root).len() <= before
                && began.elapsed() < Duration::from_secs(60)
            {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(pause);
            let is_done = child.try_wait().unwrap();
            if is_done.is_none() {
                // SIGKILL
                child.kill().unwrap();
                kills += 1;
                kills_here += 1;
            }
            let status = child.wait().unwrap();
            let lines = log_lines(&study.root);
            if let (Some((code, position)), Some(first)) = (&expected, lines.get(before)) {
                assert_eq!(
                    first,
                    &["begun".to_owned(), code.clone(), position.to_string()],
                    "resumes at the right item"
                );
                resumed += 1;
            }
            if is_done.is_some() {
                assert!(status.success(), "the child failed: {status}");
                break;
            }
            if kills >= wanted {
                break;
            }
        }
        check(&study, kills_here);
        answers += Store::open(study.file()).unwrap().answers().unwrap().len();
    }
    println!("{kills} kills in {studies} studies with {answers} answers, {resumed} sessions resumed at the right item");
    assert!(resumed > 0);
}
