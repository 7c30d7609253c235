//! The architecture and the house rules, checked on the sources: who may use whom, where torch, the window, printing and colours live,
//! what no file may contain, and that README and RESULTS name only commands that exist.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Which modules of this crate each module may use, beside itself. A new folder gets a line here.
const MAY_USE: &[(&str, &[&str])] = &[
    ("store", &[]),
    ("work", &[]),
    ("device", &[]),
    ("data", &["store"]),
    ("figure", &["data", "store"]),
    ("model", &["data", "work", "store", "device"]),
    ("explain", &["data", "model", "work", "store"]),
    ("metric", &["data", "model", "explain", "work", "store"]),
    ("experiment", &["data", "model", "explain", "metric", "work", "store", "device"]),
    ("study", &["data", "explain", "figure", "store"]),
    ("jobs", &["data", "model", "explain", "metric", "experiment", "figure", "work", "store", "device", "study"]),
    (
        "session",
        &["data", "model", "explain", "metric", "experiment", "figure", "work", "jobs", "store", "device", "study"],
    ),
    (
        "ui",
        &[
            "data",
            "model",
            "explain",
            "metric",
            "experiment",
            "figure",
            "work",
            "jobs",
            "session",
            "store",
            "device",
            "study",
        ],
    ),
    (
        "cli",
        &[
            "data",
            "model",
            "explain",
            "metric",
            "experiment",
            "figure",
            "work",
            "jobs",
            "session",
            "store",
            "device",
            "study",
        ],
    ),
];

/// Crates (or beginnings of their names) and the places that may name them.
const CRATES: &[(&[&str], &[&str], &str)] = &[
    (&["tch", "torch_sys"], &["model/", "explain/learn/"], "torch lives in model/ and explain/learn/ only"),
    (&["egui*", "eframe", "rfd", "winit"], &["ui/"], "the window lives in ui/ only"),
    (&["rusqlite"], &["study/store.rs", "study/store/"], "the database lives in study/store only"),
    (&["libloading"], &["device.rs"], "libraries are opened in device.rs only"),
    (&["unsafe"], &["device.rs"], "unsafe code lives in device.rs only"),
];

/// Text in code (not in comments or strings), the places that may hold it, and why. Test code may hold the last group.
const TEXTS: &[(&str, &[&str], &str, bool)] = &[
    ("Color32::from_", &["ui/theme.rs", "ui/theme/"], "colours are made in ui/theme.rs only", true),
    ("#[allow(", &[], "use #[expect(lint, reason = \"..\")]", true),
    ("#![allow(", &[], "use #![expect(lint, reason = \"..\")]", true),
    ("dbg!", &[], "dbg! is for the moment only", true),
    ("println!", &["cli/", "main.rs", "build.rs"], "only the command line prints", false),
    ("eprintln!", &["cli/", "main.rs", "build.rs"], "only the command line prints", false),
    ("print!", &["cli/", "main.rs", "build.rs"], "only the command line prints", false),
    ("eprint!", &["cli/", "main.rs", "build.rs"], "only the command line prints", false),
    (".unwrap()", &[], "name the impossible case with expect, or pass the error on", false),
    ("todo!", &[], "nothing is left undone in the program", false),
    ("unimplemented!", &[], "nothing is left undone in the program", false),
];

const MAX_LINES: usize = 800;

/// Everything wrong with one source file. `path` is relative to `src/`, with forward slashes.
fn check_source(path: &str, text: &str) -> Vec<String> {
    let mut findings = check_any_rust(path, text);
    let code = without_comments_and_strings(text);
    let program = without_tests(&code);
    let is_test_file = path.ends_with("/tests.rs") || path.ends_with("_tests.rs");

    for (names, places, rule) in CRATES {
        let fits = |word: &str| {
            names.iter().any(|name| match name.strip_suffix('*') {
                Some(beginning) => word.starts_with(beginning),
                None => word == *name,
            })
        };
        if allowed(path, places) {
            continue;
        }
        for (line, word) in named_crates(&code).filter(|(_, word)| fits(word)) {
            findings.push(format!("src/{path}:{line}: `{word}`: {rule}"));
        }
    }
    for (what, places, rule, in_tests_too) in TEXTS {
        if allowed(path, places) || (is_test_file && !in_tests_too) {
            continue;
        }
        let searched = if *in_tests_too { &code } else { &program };
        for (position, _) in searched.match_indices(what) {
            // `eprintln!` contains `println!`: only whole names count.
            let before = searched[..position].chars().next_back();
            if what.starts_with(char::is_alphabetic) && before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            findings.push(format!("src/{path}:{}: `{what}`: {rule}", line_of(searched, position)));
        }
    }

    let module = path.split('/').next().unwrap_or(path).trim_end_matches(".rs");
    if !matches!(module, "lib" | "main" | "build") {
        match MAY_USE.iter().find(|(name, _)| *name == module) {
            None => {
                findings.push(format!("src/{path}: module `{module}` is not in the table of tests/integration/tidy.rs"))
            }
            Some((_, may_use)) => {
                for (line, used) in used_modules(&code) {
                    let known = MAY_USE.iter().any(|(name, _)| *name == used);
                    if known && used != module && !may_use.contains(&used.as_str()) {
                        findings.push(format!("src/{path}:{line}: `{module}` must not know `{used}`"));
                    }
                }
            }
        }
    }
    findings.sort();
    findings
}

/// What holds for every Rust file of the repository.
fn check_any_rust(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    if !text.starts_with("//!") {
        findings.push(format!("{path}:1: begin with `//!` and say what is in the file"));
    }
    let n_lines = text.lines().count();
    if n_lines > MAX_LINES {
        findings.push(format!("{path}: {n_lines} lines, at most {MAX_LINES}: split it"));
    }
    findings
}

/// Absolute paths of one machine. `src/work/` is a folder of ours, so only a path's beginning counts.
fn check_paths(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for begin in ["/work/", "/root/", "/tmp/"] {
        for (position, _) in text.match_indices(begin) {
            let before = text[..position].chars().next_back();
            if !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '*' | '}' | ')')) {
                findings.push(format!("{path}:{}: `{begin}` is a path of one machine", line_of(text, position)));
            }
        }
    }
    findings
}

fn allowed(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path == *place || (place.ends_with('/') && path.starts_with(place)))
}

fn line_of(text: &str, position: usize) -> usize {
    text[..position].matches('\n').count() + 1
}

/// What could name a crate, with its line: words before `::`, words in a `use`, and the keyword `unsafe`. A field or a variable that is
/// called like a crate is none.
fn named_crates(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.lines().enumerate().flat_map(move |(i, line)| {
        let is_use = line.split(|c| !is_word(c)).any(|word| word == "use" || word == "extern");
        let begin = |word: &str| word.as_ptr() as usize - line.as_ptr() as usize;
        let counts = move |word: &&str| {
            let after = &line[begin(word) + word.len()..];
            !line[..begin(word)].ends_with('.') && (is_use || after.starts_with("::") || *word == "unsafe")
        };
        line.split(move |c| !is_word(c)).filter(counts).map(move |word| (i + 1, word))
    })
}

/// The first path segment after each `crate::`, also those of `crate::{a::x, b}`.
fn used_modules(code: &str) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (position, found) in code.match_indices("crate::") {
        let line = line_of(code, position);
        let rest = &code[position + found.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            used.push((line, first_word(rest)));
            continue;
        };
        // Only what stands at the group's own level names a module.
        let (mut depth, mut begin) = (0_usize, 0_usize);
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    used.push((line, first_word(&group[begin..i])));
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    used.push((line, first_word(&group[begin..i])));
                    begin = i + 1;
                }
                _ => {}
            }
        }
    }
    used.retain(|(_, name)| !name.is_empty());
    used
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The same text with comments, strings and character literals blanked; line breaks stay.
fn without_comments_and_strings(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    let mut i = 0;
    while i < chars.len() {
        let end = match (at(i), at(i + 1)) {
            ('/', '/') => (i..chars.len()).find(|&j| at(j) == '\n').unwrap_or(chars.len()),
            ('/', '*') => {
                let (mut depth, mut j) = (1, i + 2);
                while depth > 0 && j < chars.len() {
                    match (at(j), at(j + 1)) {
                        ('/', '*') => (depth, j) = (depth + 1, j + 2),
                        ('*', '/') => (depth, j) = (depth - 1, j + 2),
                        _ => j += 1,
                    }
                }
                j
            }
            ('r', '"' | '#') if i == 0 || !(at(i - 1).is_alphanumeric() && at(i - 1) != 'b' || at(i - 1) == '_') => {
                let n = (i + 1..chars.len()).take_while(|&j| at(j) == '#').count();
                if at(i + 1 + n) == '"' {
                    let closes = |j: usize| at(j) == '"' && (1..=n).all(|k| at(j + k) == '#');
                    (i + n + 2..chars.len()).find(|&j| closes(j)).map_or(chars.len(), |j| j + n + 1)
                } else {
                    i // a raw identifier
                }
            }
            ('"', _) => {
                let mut j = i + 1;
                while j < chars.len() && at(j) != '"' {
                    j += if at(j) == '\\' { 2 } else { 1 };
                }
                (j + 1).min(chars.len())
            }
            // 'a' and '\n' are literals, 'a without a closing quote is a lifetime.
            ('\'', '\\') => (i + 3..chars.len()).find(|&j| at(j) == '\'').map_or(chars.len(), |j| j + 1),
            ('\'', _) if at(i + 2) == '\'' => i + 3,
            _ => i,
        };
        if end == i {
            out.push(at(i));
            i += 1;
        } else {
            out.extend(chars[i..end].iter().copied().map(blank));
            i = end;
        }
    }
    out
}

/// Blanks every item behind `#[cfg(test)]`, up to its closing brace or semicolon. Expects text without comments and strings.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(begin) = out.find("#[cfg(test)]") {
        let mut depth = 0_usize;
        let mut end = out.len();
        for (i, c) in out[begin..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        end = begin + i + 1;
                        break;
                    }
                }
                ';' if depth == 0 => {
                    end = begin + i + 1;
                    break;
                }
                _ => {}
            }
        }
        let blanked: String = out[begin..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(begin..end, &blanked);
    }
    out
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` with one of the endings, sorted, relative to the repository with forward slashes.
fn files_below(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| endings.iter().any(|ending| end == *ending)) {
                let relative = path.strip_prefix(root()).expect("below the repository");
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn sources_keep_to_the_architecture() {
    let files = files_below("src", &["rs"]);
    assert!(files.len() > 5, "the sources were not found: {files:?}");
    let findings: Vec<String> =
        files.iter().flat_map(|path| check_source(path.trim_start_matches("src/"), &read(path))).collect();
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn every_rust_file_says_what_is_in_it_and_is_short() {
    let files = ["tests", "xtask"].into_iter().flat_map(|folder| files_below(folder, &["rs"]));
    let findings: Vec<String> = files.flat_map(|path| check_any_rust(&path, &read(&path))).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    let own = "tests/integration/tidy.rs";
    let mut files: Vec<String> = ["src", "tests", "xtask"]
        .into_iter()
        .flat_map(|folder| files_below(folder, &["rs", "toml", "py", "md"]))
        .collect();
    files.retain(|path| path != own);
    files.extend(["README.md", "RESULTS.md", "Cargo.toml", ".cargo/config.toml", ".ci/run"].map(String::from));
    let findings: Vec<String> = files.iter().flat_map(|path| check_paths(path, &read(path))).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// Every `cargo xtask X` and `unmask X` in code of `readme`, as (program, subcommand).
fn commands_in(readme: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in readme.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let pieces: Vec<&str> = if in_block { vec![line] } else { line.split('`').skip(1).step_by(2).collect() };
        for piece in pieces {
            // What follows a `#` explains the command.
            let words: Vec<&str> = piece.split(" #").next().unwrap_or("").split_whitespace().collect();
            let (program, rest) = match words.as_slice() {
                ["cargo", "xtask", rest @ ..] => ("xtask", rest),
                ["unmask" | "target/release/unmask" | "./target/release/unmask", rest @ ..] => ("unmask", rest),
                _ => continue,
            };
            let is_name = |word: &&&str| {
                !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-')
            };
            if let Some(name) = rest.first().filter(is_name) {
                found.push((program.to_owned(), (*name).to_owned()));
            }
            // `cargo xtask run -- doctor` is a command of unmask, too.
            if let ["run", "--", name, ..] = rest
                && is_name(&name)
            {
                found.push(("unmask".to_owned(), (*name).to_owned()));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_command_in_readme_and_results_exists() {
    let mut commands = commands_in(&read("README.md"));
    assert!(commands.contains(&("xtask".into(), "run".into())), "README does not say how to start: {commands:?}");
    commands.extend(commands_in(&read("RESULTS.md")));
    let xtask = read("xtask/src/main.rs");
    for (program, name) in commands {
        let exists = match program.as_str() {
            "xtask" => xtask.contains(&format!("\"{name}\"")),
            _ => {
                let help = Command::new(env!("CARGO_BIN_EXE_unmask"))
                    .args([&name, "--help"])
                    .output()
                    .expect("the program starts");
                // A word that is no subcommand is taken for a path, and then the help is the program's own.
                help.status.success() && String::from_utf8_lossy(&help.stdout).contains(&format!("unmask {name}"))
            }
        };
        assert!(exists, "README or RESULTS names `{program} {name}`, which does not exist");
    }
}

#[test]
fn licences_of_code_and_parts_are_there() {
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "THIRD_PARTY.md"] {
        assert!(read(file).len() > 500, "{file} is empty");
    }
    let notices = read("THIRD_PARTY.md");
    for part in ["libtorch", "Ubuntu Font Licence", "Hack", "Noto Emoji", "nucleo-matcher"] {
        assert!(
            notices.contains(part),
            "THIRD_PARTY.md does not name {part}; write it again with: cargo xtask licences"
        );
    }
}

mod the_checker_can_fail {
    use super::*;

    /// `text` placed at `path` gives findings that contain `expected`, or none for an empty `expected`.
    fn check(path: &str, text: &str, expected: &str) {
        let findings = check_source(path, &format!("//! About.\n{text}")).join("\n");
        match expected {
            "" => assert_eq!(findings, "", "{path}: {text}"),
            _ => assert!(findings.contains(expected), "{path}: {text}: expected `{expected}`, found `{findings}`"),
        }
    }

    #[test]
    fn on_dependencies_against_the_direction() {
        check("data/text.rs", "use crate::model::Probs;", "src/data/text.rs:2: `data` must not know `model`");
        check("data/text.rs", "use crate::{store, figure::{Figure, Rect}};", "`data` must not know `figure`");
        check("figure/svg.rs", "fn f() -> crate::session::Session {}", "`figure` must not know `session`");
        check("ui/mod.rs", "use crate::cli;", "`ui` must not know `cli`");
        check("explain/lime.rs", "use crate::{data::{a, model}, model::b};", "");
        check("metric/mod.rs", "use crate::metric::stats;", "");
        check("main.rs", "use unmask::{ui, cli};", "");
        check("newcomer/mod.rs", "", "module `newcomer` is not in the table");
    }

    #[test]
    fn on_torch_and_the_window_in_the_wrong_place() {
        check("session/mod.rs", "use tch::Tensor;", "torch lives in model/");
        check("explain/lime.rs", "fn f(x: &tch::Tensor) {}", "torch lives in model/");
        check("explain/learn/l2x.rs", "use tch::Tensor;", "");
        check("figure/png.rs", "use egui_extras::X;", "the window lives in ui/");
        check("session/mod.rs", "rfd::FileDialog::new()", "the window lives in ui/");
        check("session/mod.rs", "use tch as torch;", "torch lives in model/");
        check("session/mod.rs", "let text = versions.tch; struct V { tch: String }", "");
        check("figure/fonts.rs", "use epaint_default_fonts::HACK_REGULAR; // as egui has it", "");
        check("model/nets.rs", "unsafe { f() }", "unsafe code lives in device.rs");
    }

    #[test]
    fn on_colours_prints_and_unfinished_work() {
        check("ui/panes.rs", "let c = egui::Color32::from_rgb(1, 2, 3);", "colours are made in ui/theme.rs");
        check("ui/theme.rs", "let c = egui::Color32::from_rgb(1, 2, 3);", "");
        check("jobs/mod.rs", "println!(\"x\");", "only the command line prints");
        check("jobs/mod.rs", "eprintln!(\"x\");", "only the command line prints");
        check("cli/fit.rs", "println!(\"x\");", "");
        check("data/csv.rs", "let n = text.parse().unwrap();", "src/data/csv.rs:2: `.unwrap()`");
        check("data/csv.rs", "fn f() { todo!() }", "nothing is left undone");
        check("data/csv.rs", "#[allow(dead_code)]\nfn f() {}", "use #[expect");
    }

    #[test]
    fn but_not_on_tests_comments_and_strings() {
        check("data/csv.rs", "#[cfg(test)]\nmod tests {\n    fn f() { x.unwrap(); { } }\n}\n", "");
        check(
            "data/csv.rs",
            "#[cfg(test)]\nmod tests { fn f() {} }\nfn g() { x.unwrap(); }",
            "src/data/csv.rs:4: `.unwrap()`",
        );
        check("data/csv.rs", "// use tch::Tensor; x.unwrap()\n/* egui /* rfd */ todo!() */", "");
        check(
            "data/csv.rs",
            "const A: &str = \"use tch::Tensor; \\\" x.unwrap()\"; const B: &str = r#\"a\" println!\"#;",
            "",
        );
        check("data/csv.rs", "fn f<'a>(x: &'a str) -> char { let q = '\"'; x.unwrap(); '\\'' }", "`.unwrap()`");
    }

    #[test]
    fn on_long_and_silent_files() {
        assert!(check_any_rust("a.rs", "fn f() {}\n").join("").contains("begin with `//!`"));
        assert!(check_any_rust("a.rs", &"//! x\n".repeat(MAX_LINES + 1)).join("").contains("split it"));
        assert_eq!(check_any_rust("a.rs", &"//! x\n".repeat(MAX_LINES)), Vec::<String>::new());
    }

    #[test]
    fn on_paths_of_one_machine() {
        assert_eq!(check_paths("a.rs", "x\nlet p = \"/work/main\";"), ["a.rs:2: `/work/` is a path of one machine"]);
        assert_eq!(
            check_paths("a.rs", "see src/work/mod.rs, $root/work/x"),
            ["a.rs:1: `/root/` is a path of one machine"; 0]
        );
    }

    #[test]
    fn on_commands_of_the_readme() {
        let readme = "Call `cargo xtask run` or\n```\nunmask doctor   # all of it\ncargo xtask run -- fit --data x\nunmask PATH\nls\n```\nand `unmask study new`.";
        let expected = [("unmask", "doctor"), ("unmask", "fit"), ("unmask", "study"), ("xtask", "run")];
        assert_eq!(commands_in(readme), expected.map(|(program, name)| (program.to_owned(), name.to_owned())));
    }
}
