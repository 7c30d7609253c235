//! Sizes that the participant chooses.

use egui::{FontFamily, FontId};

/// A change of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Larger text.
    TextLarger,
    /// Smaller text.
    TextSmaller,
    /// A larger item.
    PictureLarger,
    /// A smaller item.
    PictureSmaller,
}

/// Sizes in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Looks {
    /// Of text, as a factor.
    pub text: f32,
    /// Of the item, as a factor; a picture at 1 fills the room there is.
    pub picture: f32,
}

impl Default for Looks {
    fn default() -> Self {
        Self { text: 1.0, picture: 1.0 }
    }
}

const STEP: f32 = 1.1;

impl Looks {
    pub(super) fn change(&mut self, change: Change) {
        let (size, by) = match change {
            Change::TextLarger => (&mut self.text, STEP),
            Change::TextSmaller => (&mut self.text, 1.0 / STEP),
            Change::PictureLarger => (&mut self.picture, STEP),
            Change::PictureSmaller => (&mut self.picture, 1.0 / STEP),
        };
        let range = if matches!(change, Change::TextLarger | Change::TextSmaller) { 0.7..=1.8 } else { 0.3..=2.0 };
        *size = (*size * by).clamp(*range.start(), *range.end());
    }

    /// A font of a size before the participant's factor.
    pub(super) fn font(&self, size: f32) -> FontId {
        FontId::new((size * self.text).round(), FontFamily::Proportional)
    }
}
