//! What went wrong, for the participant's screen: without the name of a file, which could tell what is compared.

use crate::study::StudyError;

/// One sentence on what happened and one on what to do.
pub fn sentence(error: &StudyError) -> String {
    match error {
        StudyError::Full { .. } => {
            "The disk is full, so this was not saved; everything before it is safe. Please call the researcher: when there is room \
             again, trying again saves it."
        }
        StudyError::ReadOnly { .. } => {
            "The study cannot be written: the file or its folder is read-only. Nothing was lost; copy the study to a folder of your own \
             and open it there."
        }
        StudyError::Busy { .. } => {
            "The study is open in another window, and only one may take answers. Close it there, then try again."
        }
        StudyError::Closed { .. } => "The study is closed and takes no more answers. Please call the researcher.",
        StudyError::Damaged { .. } => {
            "The study file is damaged, so no answers are taken. Nothing was changed; please restore it from a copy."
        }
        StudyError::OtherFile { .. } => "This is not a study of this program. Nothing was changed; choose another file.",
        StudyError::Newer { .. } => "The study was made by a newer version of this program. Open it with that version.",
        StudyError::Open { .. } => "The study file is not there or cannot be read. Look whether it was moved, then try again.",
        StudyError::TooOld { code, hours, limit } => {
            return format!(
                "With the code {code}, the last answer is {hours:.0} hours old, and this study allows no return after {limit:.0}. What \
                 was answered is kept; please begin as a new participant."
            );
        }
        StudyError::Render(_) => {
            "This item cannot be shown, so nothing is asked about it. What was confirmed is safe; please call the researcher."
        }
        _ => "The study could not be written. What was confirmed is safe; please call the researcher, then try again.",
    }
    .to_owned()
}
