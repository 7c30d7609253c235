//! How open data were read, in words: which columns hold what, what else is to be known, and the way to change it.

use super::notices::Level;
use super::{Command, Session};
use crate::data::Dataset;
use crate::data::options::in_form_words;
use crate::work::Notice;

/// Most names of classes in a line; of more, only how many there are.
const MOST_NAMES: usize = 4;

impl Session {
    /// Which columns of the open data are taken for what, and which classes were found, in a line; `None` where they have no columns.
    pub fn read_line(&self) -> Option<String> {
        let data = self.data.as_ref()?;
        let columns = in_short(&columns_of(data)?);
        Some(match data.classes.len() {
            0 => columns,
            n if n <= MOST_NAMES => format!("{columns} ({})", data.classes.join(", ")),
            n => format!("{columns} ({n} classes)"),
        })
    }

    /// What changes how the open data are read.
    pub fn change_reading(&self) -> Option<Command> {
        Some(Command::ShowReading(self.data.as_ref()?.spec.to_string()))
    }

    /// Opens the form with the open data, whatever was tried since.
    pub(super) fn show_reading(&mut self) {
        self.no_spec = None;
        if let Some(failed) = self.data_retry.take() {
            self.notices.retarget(&Command::RetryData, &Command::OpenSpec(failed.to_string()));
        }
        self.open.spec = true;
    }

    /// Tells how data were read: one notice for all that is to be said, with the way to change it.
    pub(super) fn tell_reading(&mut self, data: &Dataset) {
        let mut said: Vec<String> = data.said_remarks().map(|said| in_form_words(&said, data.spec.kind)).collect();
        // What matters most goes first.
        said.sort_by_key(|said| !tells_columns(said));
        let Some((first, rest)) = said.split_first() else { return };
        let name = format!("{}: ", data.name);
        let rest: Vec<&str> = rest.iter().map(|said| said.strip_prefix(name.as_str()).unwrap_or(said)).collect();
        let notice = Notice::new("data-remark", first.as_str());
        let notice = if rest.is_empty() { notice } else { notice.with_hint(rest.join("\n")) };
        self.notices.push_anew(Level::Info, notice, Some(Command::ShowReading(data.spec.to_string())));
    }
}

/// Whether a remark says which column holds the classes.
fn tells_columns(remark: &str) -> bool {
    remark.contains("lasses are column")
        || remark.contains("lasses are in column")
        || remark.contains("no column holds classes")
}

/// What the columns of `data` were taken for: what was said when they were read, else what was asked for.
fn columns_of(data: &Dataset) -> Option<String> {
    let said = data.remarks.iter().find_map(|remark| {
        let (roles, _) = remark.split_once(" (").unwrap_or((remark.as_str(), ""));
        let roles = roles.rsplit_once(": ").filter(|(file, _)| !file.contains(' ')).map_or(roles, |(_, rest)| rest);
        tells_columns(roles).then(|| roles.to_owned())
    });
    said.or_else(|| Some(format!("Classes are in column {}", data.spec.query.get("label")?)))
}

/// "Text is column review, classes are column stars" as "review → stars"; other sentences as they are.
fn in_short(roles: &str) -> String {
    let text = roles.strip_prefix("Text is column ").or_else(|| roles.strip_prefix("Text is columns "));
    let label = |rest: &str| rest.split(", parts are column ").next().unwrap_or(rest).to_owned();
    match text.and_then(|rest| rest.split_once(", classes are column ")) {
        Some((text, rest)) => format!("{text} \u{2192} {}", label(rest)),
        None => roles
            .strip_prefix("Classes are in column ")
            .map_or_else(|| label(roles), |rest| format!("classes are {rest}")),
    }
}

#[cfg(test)]
mod tests {
    use super::in_short;

    #[test]
    fn roles_of_columns_are_told_in_few_words() {
        for (roles, short) in [
            ("Text is column review, classes are column stars, parts are column split", "review \u{2192} stars"),
            ("Text is columns title and body, classes are column topic", "title and body \u{2192} topic"),
            ("Text is column review, no column holds classes", "Text is column review, no column holds classes"),
            ("Classes are in column income", "classes are income"),
        ] {
            assert_eq!(in_short(roles), short);
        }
    }
}
