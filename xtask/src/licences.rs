//! Writes `THIRD_PARTY.md`: what the program is made of besides its own code, and under which licences.
//!
//! The list of crates comes from the locked dependency graph for Linux x86-64, what is linked only; the parts that are not crates are
//! described by hand below.

use crate::{Outcome, Stop, cargo, failed};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const FILE: &str = "THIRD_PARTY.md";

const PREFACE: &str = "\
# Third-party notices

Unmask's own code is under MIT or Apache-2.0, as you choose (`LICENSE-MIT`, `LICENSE-APACHE`). It uses the work of others, listed here.
This file is written by `cargo xtask licences`; do not edit it by hand.

## Libraries that are not in this repository

`cargo xtask setup` fetches them from the Python package index into `.libtorch/`. Their licence texts lie there, in the folders
`*.dist-info/licenses`. They are not part of a clone, but of any package that ships them beside the program.

| part | licence |
| --- | --- |
| libtorch 2.11.0, the C++ part of PyTorch | BSD-3-Clause; its `NOTICE` and `LICENSE` name the parts it contains |
| GNU OpenMP (`libgomp`), inside the PyTorch package | GPL-3.0 with the GCC runtime library exception |
| NVIDIA CUDA run-time libraries, cuDNN, NCCL and others (the first two packages always, the rest with `--cuda`) | NVIDIA's own licence agreements; NCCL is BSD-3-Clause |

## Fonts and symbols inside the program

| part | from | licence |
| --- | --- | --- |
| Ubuntu Light | `epaint_default_fonts` | Ubuntu Font Licence 1.0 |
| Hack | `epaint_default_fonts` | MIT and Bitstream Vera licence |
| Noto Emoji | `epaint_default_fonts` | SIL Open Font Licence 1.1 |
| emoji-icon-font | `epaint_default_fonts` | MIT |
| egui-icons, a subset of emoji-icon-font | `epaint_default_fonts` | MIT |
| Material Symbols | `egui_material_icons` | Apache-2.0 |

The licence texts of the fonts lie in the folder `fonts` of `epaint_default_fonts`. Exported figures contain outlines or subsets of these
fonts; all of the licences above permit that.

## With conditions beyond a notice

- `nucleo-matcher` and `option-ext` are under the Mozilla Public License 2.0. They are used unchanged; their sources are at the
  addresses in the table.

## Crates

Every crate's licence text comes with its source, which `cargo vendor` or `cargo fetch` brings.
";

/// Writes the file, or with `only_check` compares it and fails when it is out of date.
pub fn write(root: &Path, only_check: bool) -> Outcome {
    let mut command =
        cargo(root, &["tree", "--locked", "-p", "unmask", "-e", "normal", "--prefix", "none", "--no-dedupe"]);
    command.args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}|{l}|{r}"]).current_dir(root);
    let output = command.output().map_err(|e| failed(format!("cannot start cargo: {e}")))?;
    if !output.status.success() {
        return Err(failed(format!(
            "cargo could not list the dependencies: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )));
    }
    let crates = parse(&String::from_utf8_lossy(&output.stdout));
    let unlicensed: Vec<&str> = crates.iter().filter(|c| c.licence.is_empty()).map(|c| c.name.as_str()).collect();
    if !unlicensed.is_empty() {
        return Err(failed(format!("these crates name no licence, look at their sources: {}", unlicensed.join(", "))));
    }
    let text = document(&crates);
    let path = root.join(FILE);
    if only_check {
        return match std::fs::read_to_string(&path) {
            Ok(found) if found == text => Ok(()),
            _ => Err(Stop::Failed(format!("{FILE} is out of date; write it again with: cargo xtask licences"))),
        };
    }
    std::fs::write(&path, text).map_err(|e| failed(format!("cannot write {}: {e}", path.display())))?;
    println!("{FILE}: {} crates", crates.len());
    Ok(())
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    source: String,
}

/// Lines such as `adler2 v2.0.1|0BSD OR MIT|https://...`, as `cargo tree` prints them. Crates of this repository have a path
/// in parentheses and are left out.
fn parse(tree: &str) -> BTreeSet<Crate> {
    let of_line = |line: &str| {
        let (package, rest) = line.split_once('|')?;
        let (licence, source) = rest.split_once('|')?;
        let mut words = package.split_whitespace();
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        if words.any(|word| word.starts_with("(/")) {
            return None;
        }
        let source = source.trim().trim_end_matches("(*)").trim();
        // The old way to write `OR`.
        let licence = licence.trim().replace('/', " OR ");
        Some(Crate { name: name.into(), version: version.into(), licence, source: source.into() })
    };
    tree.lines().filter_map(of_line).collect()
}

fn document(crates: &BTreeSet<Crate>) -> String {
    let mut by_licence: BTreeMap<&str, usize> = BTreeMap::new();
    for one in crates {
        *by_licence.entry(&one.licence).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = by_licence.into_iter().collect();
    counts.sort_by_key(|&(licence, n)| (std::cmp::Reverse(n), licence));

    let mut text = format!("{PREFACE}\n{} crates:\n\n| licence | crates |\n| --- | ---: |\n", crates.len());
    for (licence, n) in counts {
        text.push_str(&format!("| {licence} | {n} |\n"));
    }
    text.push_str("\n| crate | version | licence | source |\n| --- | --- | --- | --- |\n");
    for Crate { name, version, licence, source } in crates {
        text.push_str(&format!("| {name} | {version} | {licence} | {source} |\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_listed_once_and_own_ones_left_out() {
        let tree = "unmask v0.1.0 (/somewhere/unmask)|MIT OR Apache-2.0|\nadler2 v2.0.1|0BSD OR MIT|https://x/adler2\nadler2 v2.0.1|0BSD OR MIT|https://x/adler2 (*)\nserde_derive v1.0.1 (proc-macro)|MIT/Apache-2.0|\n";
        let found: Vec<String> =
            parse(tree).into_iter().map(|c| format!("{} {} {} {}", c.name, c.version, c.licence, c.source)).collect();
        assert_eq!(found, ["adler2 2.0.1 0BSD OR MIT https://x/adler2", "serde_derive 1.0.1 MIT OR Apache-2.0 "]);
    }
}
