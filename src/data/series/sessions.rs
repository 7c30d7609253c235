//! Recorded mouse sessions of the Balabit Mouse Dynamics Challenge: whose user is it? Items are windows of a session, two channels: how far the
//! pointer went along each axis from one event to the next. `mouse:ARCHIVE?window=128`.
//!
//! The first recordings of each user in `training_files` are for training, the last for validation; those of `test_files` that the labels call
//! legal are for testing: windows of one session are never on two sides.
//!
//! `task=edits` asks what DoRaR's mouse task asks (Qin et al., section V), of real movements: was it edited? In half of the windows of each part, drawn by
//! `seed=`, the first 16 steps of the last tenth become four straight pieces that lead to the same place; those steps are the truth.

use std::collections::{BTreeMap, HashMap};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::{described, raw_of};
use crate::data::archive::{Member, Tree, byte_size};
use crate::data::open::{Loader, Raw, Watch};
use crate::data::options::{Key, Value};
use crate::data::samples::pointer::{EDITED, edit};
use crate::data::spec::DataSpec;
use crate::data::{DataError, MAX_DENSE_BYTES, Shape, Split};

/// Reads the sessions.
pub static LOADER: Loader = Loader {
    names: &["mouse"],
    about: "recorded mouse sessions (Balabit Mouse Dynamics Challenge)",
    endings: &[],
    keys: &[
        Key::new(
            "task",
            "Classes are",
            "Whose movements they are, or whether some were edited by the program.",
            Value::Choice(&[("user", "the users"), ("edits", "untouched and edited")]),
        ),
        Key::new(
            "window",
            "Events of an item",
            "Recordings are cut into items of so many events.",
            Value::Number("128"),
        ),
        Key::new("seed", "Seed of the edits", "Another number edits other movements.", Value::Number("0")),
    ],
    guess: |tree| {
        let n = sessions(tree).len();
        (n > 0).then(|| format!("it holds {n} recorded mouse sessions"))
    },
    load,
};

/// Events of a window where `window=` says nothing.
const WINDOW: u64 = 128;
/// The same for edited movements: ten of 160 steps, as in the paper.
const EDITS_WINDOW: u64 = 1600;
/// Longest window.
const MOST_WINDOW: u64 = 4096;
/// Most bytes of a session.
const MOST_SESSION: u64 = 64 << 20;
/// Pointers beyond this are no positions on a screen: the recordings hold 65535 where there was none.
const MOST_PIXELS: f32 = 20_000.0;
/// The first line of every session.
const HEADER: &str = "record timestamp,client timestamp,button,state,x,y";
/// Most users.
const MOST_USERS: usize = 1000;

/// The session files with their user and whether they are for training, by path.
fn sessions(tree: &Tree) -> Vec<(&Member, &str, bool)> {
    fn place(member: &Member) -> Option<(&str, bool)> {
        let mut folders = member.path.rsplit('/').skip(1);
        let user = folders.next().filter(|user| user.starts_with("user"))?;
        match folders.next()? {
            "training_files" => Some((user, true)),
            "test_files" => Some((user, false)),
            _ => None,
        }
    }
    let files = tree.members.iter().filter(|member| member.plain_name().starts_with("session_"));
    files.filter_map(|member| place(member).map(|(user, is_training)| (member, user, is_training))).collect()
}

/// What the labels say: file name and whether another user sat there.
fn illegal(tree: &Tree) -> Result<HashMap<String, bool>, DataError> {
    let is_labels = |member: &&Member| member.plain_name().starts_with("public_labels");
    let Some(member) = tree.members.iter().find(is_labels) else { return Ok(HashMap::new()) };
    let text = member.read_text()?;
    let mut out = HashMap::new();
    for (at, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let flag = line.split_once(',').and_then(|(name, flag)| Some((name, flag.trim().parse::<u8>().ok()?)));
        let Some((name, flag)) = flag else {
            let found = format!("\"{}\" on line {}", line.chars().take(40).collect::<String>(), at + 1);
            return Err(member.unfit("a file name and 0 or 1 on each line", found, "fetch the file again"));
        };
        out.insert(name.trim().to_owned(), flag != 0);
    }
    Ok(out)
}

/// Positions of the pointer in a session, in pixels, and how many were left out.
fn positions(member: &Member) -> Result<(Vec<[f32; 2]>, usize), DataError> {
    let bytes = member.read(MOST_SESSION)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().enumerate();
    if lines.next().is_none_or(|(_, header)| header.trim() != HEADER) {
        let found: String = text.lines().next().unwrap_or("nothing").chars().take(60).collect();
        return Err(member.unfit(format!("the first line \"{HEADER}\""), found, "fetch the file again"));
    }
    let (mut out, mut left_out) = (Vec::new(), 0);
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let mut fields = line.split(',');
        let state = fields.nth(3);
        let mut place =
            || -> Option<[f32; 2]> { Some([fields.next()?.trim().parse().ok()?, fields.next()?.trim().parse().ok()?]) };
        let Some((state, place)) = state.zip(place()) else {
            let found = format!("\"{}\" on line {}", line.chars().take(40).collect::<String>(), at + 1);
            return Err(member.unfit("two times, button, state, x and y", found, "fetch the file again"));
        };
        if !matches!(state, "Move" | "Drag") {
            continue;
        }
        if place.iter().all(|value| (0.0..MOST_PIXELS).contains(value)) {
            out.push(place);
        } else {
            left_out += 1;
        }
    }
    Ok((out, left_out))
}

fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let has_edits = match spec.query.get("task").map(String::as_str) {
        None | Some("user") => false,
        Some("edits") => true,
        Some(other) => return Err(spec.refuse(format!("task is \"{other}\""), "write task=user or task=edits")),
    };
    let window = spec.number("window")?.unwrap_or(if has_edits { EDITS_WINDOW } else { WINDOW });
    // The last tenth has room for what is edited.
    let least = if has_edits { 10 * EDITED as u64 } else { 8 };
    if !(least..=MOST_WINDOW).contains(&window) {
        return Err(spec.refuse(format!("window is {window}"), format!("ask for {least} to {MOST_WINDOW} events")));
    }
    let window = window as usize;
    let found = sessions(tree);
    if found.is_empty() {
        let expected = "training_files/USER/session_ID with mouse events";
        let advice = "name the folder or the archive of the recordings";
        return Err(tree.unfit(expected, format!("{} other files", tree.members.len()), advice));
    }
    let total: u64 = found.iter().map(|(member, ..)| member.len).sum();
    if total > MAX_DENSE_BYTES {
        return Err(tree.unfit(
            format!("at most {}", byte_size(MAX_DENSE_BYTES)),
            byte_size(total),
            "take fewer sessions",
        ));
    }
    let illegal = illegal(tree)?;
    let mut users: Vec<&str> = found.iter().map(|(_, user, _)| *user).collect();
    users.sort_by_key(|user| (user.len(), *user));
    users.dedup();
    if users.len() > MOST_USERS {
        return Err(tree.unfit(format!("at most {MOST_USERS} users"), users.len().to_string(), "take fewer"));
    }
    // The last training session of each user is for validation, where there are several.
    let mut last: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for (member, user, _) in found.iter().filter(|(_, _, is_training)| *is_training) {
        let entry = last.entry(user).or_insert((&member.path, 0));
        *entry = (&member.path, entry.1 + 1);
    }
    let shape = Shape::new(2, 1, window);
    let (mut values, mut labels, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    let (mut n_illegal, mut n_unknown, mut n_off) = (0, 0, 0);
    for (at, (member, user, is_training)) in found.iter().enumerate() {
        watch.step("Reading sessions", at as u64, Some(found.len() as u64))?;
        let part = if *is_training {
            let is_last = last.get(user).is_some_and(|(path, n)| *n > 1 && *path == member.path);
            if is_last { Split::Validation } else { Split::Train }
        } else {
            match illegal.get(member.plain_name()) {
                Some(false) => Split::Test,
                // Whose it is instead is not published.
                Some(true) => {
                    n_illegal += 1;
                    continue;
                }
                None => {
                    n_unknown += 1;
                    continue;
                }
            }
        };
        let (places, off) = positions(member)?;
        n_off += off;
        let steps: Vec<[f32; 2]> =
            places.windows(2).map(|pair| [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]]).collect();
        let class = users.iter().position(|known| known == user).map(|class| class as u16);
        for window in steps.chunks_exact(window) {
            for axis in 0..2 {
                values.extend(window.iter().map(|step| step[axis]));
            }
            labels.push(class);
            parts.push(Some(part));
        }
        if values.len() as u64 * 4 > MAX_DENSE_BYTES {
            return Err(tree.unfit(format!("at most {}", byte_size(MAX_DENSE_BYTES)), "more", "take fewer sessions"));
        }
    }
    if labels.is_empty() {
        return Err(tree.unfit(
            format!("sessions of at least {window} events"),
            "shorter ones",
            "ask for a smaller window=",
        ));
    }
    let mut remarks = vec![
        format!(
            "Each item is one of {}: steps of the pointer in pixels, {window} events of a session (window= changes it)",
            described(shape)
        ),
        "The last recording of each user in training_files is for validation, legal ones of test_files are for testing"
            .to_owned(),
    ];
    let mut classes: Vec<String> = users.iter().map(|user| (*user).to_owned()).collect();
    let truth = if has_edits {
        let seed = spec.number("seed")?.unwrap_or(0);
        let edited = edit_half(&mut values, &parts, window, ChaCha8Rng::seed_from_u64(seed));
        labels = edited.iter().map(|edited| Some(u16::from(*edited))).collect();
        classes = vec!["original".to_owned(), "edited".to_owned()];
        remarks.push(format!(
            "In half of them {EDITED} steps from {} on were replaced by straight pieces (seed {seed}): these are the truth",
            first_edited(window)
        ));
        Some(edited.iter().map(|edited| truth_of(*edited, window)).collect())
    } else {
        None
    };
    if n_illegal > 0 {
        remarks.push(format!("{n_illegal} sessions by some other user are left out: whose they are is not published"));
    }
    if n_unknown > 0 {
        remarks.push(format!("{n_unknown} sessions of test_files without a public label are left out"));
    }
    if n_off > 0 {
        remarks.push(format!("{n_off} events without a position on the screen are left out"));
    }
    let raw = raw_of(shape, values, labels, classes, truth);
    let raw = raw.called(vec!["x velocity".to_owned(), "y velocity".to_owned()]);
    Ok(Raw { parts, remarks, ..raw })
}

/// The first step that is edited: where the last tenth of a window begins.
const fn first_edited(window: usize) -> usize {
    window - window / 10
}

/// The edited values of a window, `[x, y]` after each other; none of one that was left as it is.
fn truth_of(is_edited: bool, window: usize) -> Vec<u32> {
    let first = first_edited(window);
    let of_axis = |axis: usize| (first..first + EDITED).map(move |step| (axis * window + step) as u32);
    (0..2).filter(|_| is_edited).flat_map(of_axis).collect()
}

/// Edits half of the windows of each part; which ones.
fn edit_half(values: &mut [f32], parts: &[Option<Split>], window: usize, mut rng: ChaCha8Rng) -> Vec<bool> {
    let mut edited = vec![false; parts.len()];
    for part in Split::ALL {
        let mut own: Vec<usize> = (0..parts.len()).filter(|&item| parts[item] == Some(part)).collect();
        own.shuffle(&mut rng);
        own.truncate(own.len().div_ceil(2));
        own.iter().for_each(|&item| edited[item] = true);
    }
    let first = first_edited(window);
    for item in (0..parts.len()).filter(|&item| edited[item]) {
        let (x, y) = values[2 * window * item..2 * window * (item + 1)].split_at_mut(window);
        let mut steps: Vec<[f32; 2]> = (first..first + EDITED).map(|step| [x[step], y[step]]).collect();
        edit(&mut steps, &mut rng);
        for (at, [along, down]) in steps.into_iter().enumerate() {
            (x[first + at], y[first + at]) = (along, down);
        }
    }
    edited
}
