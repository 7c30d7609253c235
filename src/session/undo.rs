//! Undo and redo: inverse commands for what a user edits and for how an item is looked at (methods, k, fill, view, class), never for which item is.

use super::{Command, Place};

/// Most steps kept.
const MAX_STEPS: usize = 200;

/// One step: how to go back, how to go forward again, and what it is called.
#[derive(Clone, Debug)]
pub struct Step {
    /// Takes it back.
    pub back: Command,
    /// Does it again.
    pub forward: Command,
    /// What it did, for the bottom line.
    pub title: String,
    /// Where it was done.
    pub place: Place,
}

impl Step {
    /// Whether it opened other data: it is taken back once the earlier ones are there.
    pub(super) const fn opens_data(&self) -> bool {
        matches!(self.back, Command::OpenSpec(_))
    }
}

/// Both stacks.
#[derive(Clone, Debug, Default)]
pub struct Undo {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl Undo {
    /// Notes an edit. Edits of the same kind that follow each other (a dragged slider, flips, one gesture on a figure) become one step, and none
    /// where the last leads back to where the first began.
    pub fn push(&mut self, step: Step) {
        self.undone.clear();
        if let Some(last) = self.done.last_mut()
            && last.forward.merges_with(&step.forward)
        {
            last.forward = step.forward;
            last.title = step.title;
            if last.forward == last.back {
                self.done.pop();
            }
            return;
        }
        self.done.push(step);
        if self.done.len() > MAX_STEPS {
            self.done.remove(0);
        }
    }

    /// What undo would take back.
    pub fn next_undo(&self) -> Option<&Step> {
        self.done.last()
    }

    /// What redo would do again.
    pub fn next_redo(&self) -> Option<&Step> {
        self.undone.last()
    }

    /// Moves the latest edit to the redo stack.
    pub(super) fn take_undo(&mut self) -> Option<Step> {
        let step = self.done.pop()?;
        self.undone.push(step.clone());
        Some(step)
    }

    /// Moves the latest undone edit back.
    pub(super) fn take_redo(&mut self) -> Option<Step> {
        let step = self.undone.pop()?;
        self.done.push(step.clone());
        Some(step)
    }

    /// Forgets what could be taken back: what the steps are about is not there as it was.
    pub(super) fn forget_done(&mut self) {
        self.done.clear();
    }

    /// Forgets what could be done again.
    pub(super) fn forget_undone(&mut self) {
        self.undone.clear();
    }

    /// Forgets everything (another black box makes the steps meaningless).
    pub fn clear(&mut self) {
        self.done.clear();
        self.undone.clear();
    }
}
