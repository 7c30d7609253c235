//! Keys of the participant's screens, without a keyboard: digits and letters answer, four named keys do the rest, so that none collide.

use crate::study::store::Shown;

/// A key that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// A digit or a capital letter.
    Sign(char),
    /// A decimal point or comma.
    Point,
    /// Confirms, continues.
    Enter,
    /// Clears, or takes the last answer back.
    Back,
    /// Pauses, leaves.
    Escape,
    /// "Can't decide".
    Space,
    /// To the question before.
    Up,
    /// To the next question.
    Down,
    /// One less.
    Left,
    /// One more.
    Right,
}

/// The keys of the classes, in the order of the buttons: a class that is called by a digit has that digit where all are, else 1 to 9, 0
/// and then letters. Designs hold at most 36 classes.
pub fn class_keys(shown: &Shown, buttons: &[u16]) -> Vec<char> {
    let digit = |class: &u16| {
        let mut signs = shown.classes.get(usize::from(*class))?.chars();
        match (signs.next(), signs.next()) {
            (Some(sign @ '0'..='9'), None) => Some(sign),
            _ => None,
        }
    };
    let own: Option<Vec<char>> = buttons.iter().map(digit).collect();
    if let Some(own) = own {
        let mut sorted = own.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() == own.len() {
            return own;
        }
    }
    "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().take(buttons.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(classes: &[&str], buttons: &[u16]) -> String {
        let classes: Vec<String> = classes.iter().map(|class| (*class).to_owned()).collect();
        let json = serde_json::json!({
            "heading": "", "consent": "", "instructions": "", "question": "", "truth_question": null, "undecided": null,
            "classes": classes, "thanks": "", "form": "class", "confidence": false, "confirm": true, "within_hours": 1.0,
            "later": "resume",
        });
        class_keys(&serde_json::from_value(json).unwrap(), buttons).into_iter().collect()
    }

    #[test]
    fn classes_that_are_digits_keep_them_and_others_count() {
        assert_eq!(keys(&["3", "8"], &[1, 0]), "83");
        assert_eq!(keys(&["positive", "negative"], &[1, 0]), "12");
        assert_eq!(keys(&["3", "3"], &[0, 1]), "12", "one key for each");
        let many: Vec<String> = (0..36).map(|at| format!("class {at}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let all = keys(&many, &(0..36).collect::<Vec<u16>>());
        assert_eq!((all.len(), &all[..11]), (36, "1234567890A"));
    }
}
