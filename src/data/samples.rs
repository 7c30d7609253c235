//! The data sets that the project makes itself, so that a fresh clone shows every modality offline: drawn, simulated, seeded.
//!
//! One file per kind in `samples/`. The same version writes the same bytes each time.

mod digits;
pub(super) mod pointer;
mod reviews;
mod shapes;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::DataError;

/// The seed of everything in `sample_data/`.
const SEED: u64 = 20_261;

/// Writes all samples below `dir`; gives the files, sorted.
///
/// # Errors
/// A file that cannot be written. Each file is whole or as it was before.
pub fn write_all(dir: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut files = digits::files(stream(1));
    files.extend(shapes::files(stream(2)));
    files.push(("reviews.csv".to_owned(), reviews::csv(stream(3)).into_bytes()));
    files.push(("pointer/movements.npz".to_owned(), pointer::npz(stream(4))?));
    files.push(("table.csv".to_owned(), table::csv(stream(5)).into_bytes()));
    files.push(("README.md".to_owned(), include_str!("samples/README.md").as_bytes().to_vec()));
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files.iter().map(|(path, bytes)| write(dir, path, bytes)).collect()
}

/// The random numbers of one kind: another kind's code can change without changing these.
fn stream(number: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    rng.set_stream(number);
    rng
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, DataError> {
    let path = dir.join(name);
    let beside = path.with_extension("part");
    let written = || -> std::io::Result<()> {
        std::fs::create_dir_all(path.parent().unwrap_or(dir))?;
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        drop(file);
        std::fs::rename(&beside, &path)
    };
    match written() {
        Ok(()) => Ok(path),
        Err(source) => Err(DataError::Io { path, source }),
    }
}
