//! Names of channels that stand beside the arrays of series, as an array of words.

use super::{array_name, arrays};
use crate::data::DataError;
use crate::data::archive::Tree;
use crate::data::columns::counted;
use crate::data::delimited::unique;

/// What such an array is called, best first.
const CALLED: [&str; 3] = ["channel_names", "channels", "feature_names"];

/// Names for `n` channels, and what is to be said of the array that has them, or of one that is called so and has none for them. An array that was named
/// by itself has nothing beside it.
///
/// # Errors
/// An array of words that is cut off.
pub(super) fn beside(tree: &Tree, n: usize) -> Result<(Vec<String>, Option<String>), DataError> {
    let called = |name: &str| tree.members.iter().find(|member| array_name(member).as_deref() == Some(name));
    let found = CALLED.iter().find_map(|name| Some((*name, called(name)?)));
    let Some((name, member)) = found.filter(|_| tree.focus.is_none()) else { return Ok((Vec::new(), None)) };
    let left_out = |why: String| Ok((Vec::new(), Some(format!("The array {name} {why} and was left out"))));
    let Some(mut words) = arrays::words(member)? else {
        return left_out("holds no words (channels= names channels)".to_owned());
    };
    words.iter_mut().for_each(|word| *word = word.split_whitespace().collect::<Vec<_>>().join(" "));
    if words.len() != n {
        return left_out(format!("has {} for {}", counted(words.len(), "name"), counted(n, "channel")));
    }
    if words.iter().any(String::is_empty) {
        return left_out("has a blank name".to_owned());
    }
    // Figures and lists tell channels apart by their names.
    unique(&mut words);
    Ok((words, Some(format!("Channel names are those of the array {name} (channels= changes them)"))))
}
