//! The real program's start and its `doctor`: how libtorch's threads wait, what is said of devices and data, exit codes.

use std::process::{Command, Output};

fn doctor(policy: Option<&str>, data: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unmask"));
    command.arg("doctor").env_remove("OMP_WAIT_POLICY").env_remove("UNMASK_PREPARED").env_remove("UNMASK_DATA");
    command.envs(policy.map(|policy| ("OMP_WAIT_POLICY", policy))).envs(data.map(|data| ("UNMASK_DATA", data)));
    command.output().expect("the program starts")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What stands behind `name` in the table.
fn value(report: &str, name: &str) -> String {
    let line =
        report.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no line `{name}` in\n{report}"));
    line[name.len()..].trim().to_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn idle_threads_sleep_unless_the_user_says_otherwise() {
    assert_eq!(value(&text(&doctor(None, None)), "idle threads"), "sleep (OMP_WAIT_POLICY=PASSIVE)");
    assert_eq!(
        value(&text(&doctor(Some("ACTIVE"), None)), "idle threads"),
        "wait as you set it (OMP_WAIT_POLICY=ACTIVE)"
    );
}

#[test]
fn the_pinned_libtorch_is_what_runs() {
    let output = doctor(None, None);
    let report = text(&output);
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(value(&report, "libtorch").starts_with("2.11.0"), "{report}");
}

#[test]
fn cuda_is_either_used_or_its_absence_explained() {
    let report = text(&doctor(None, None));
    let cuda = value(&report, "CUDA");
    let reason = cuda.strip_prefix("not used: ").unwrap_or(&cuda);
    assert!(reason.contains("device") || reason.contains("driver") || reason.contains("libtorch"), "{report}");
}

#[test]
fn a_data_folder_that_is_not_there_ends_with_one() {
    let output = doctor(None, Some("no-such-folder"));
    assert_eq!(output.status.code(), Some(1));
    assert!(value(&text(&output), "data sets").starts_with("! UNMASK_DATA names no folder"), "{}", text(&output));
}
