//! How the data are read: a field for each option that their kind knows, and the same on one line of text. Fields and line are kept in step. Also for data
//! that could not be opened.

use egui::{Align, Button, ComboBox, Id, Key, Layout, Modal, PopupCloseBehavior, Response, ScrollArea, TextEdit, Ui};
use egui_material_icons::icons;

use super::forms::{LABEL_WIDTH, field};
use super::theme::{space, tokens};
use super::widgets::{group, heading, icon_button, muted};
use crate::data::open::{COMMON_KEYS, LOADERS, Loader};
use crate::data::options::{self, Choices, Looked, Value};
use crate::data::spec::Kind;
use crate::data::{DataSpec, Dataset};
use crate::session::{Command, Session};

/// Width of the form.
const WIDTH: f32 = 640.0;
/// Height of what was said of the data when they were read.
const REMARKS: f32 = 96.0;
/// What the form needs beside its fields.
const OTHERS: f32 = 380.0;
/// What stands for an option that is not set.
const UNSET: &str = "as found";
/// What stands for those for which nothing is found: without them all classes or columns are taken, or none is treated so.
const UNSET_LISTS: [(&str, &str); 4] =
    [("classes", "all"), ("columns", "all"), ("ignore", "none"), ("indicators", "none")];
/// Options on which it depends what the columns of a table are called, and how a row is read.
const OF_COLUMNS: [&str; 4] = ["header", "delimiter", "quotes", "layout"];
/// Options that take columns for something: where one is not set, it is found out which column is taken.
const OF_ROLES: [&str; 6] = ["text", "label", "item", "step", "channels", options::PARTS];

/// What the form remembers.
#[derive(Default)]
pub struct SpecForm {
    edited: Option<Edited>,
}

/// What is to be opened, while the form is open.
struct Edited {
    /// On one line.
    typed: String,
    /// The same taken apart, as far as the line could be.
    spec: Option<DataSpec>,
    /// What was looked at last.
    looked: Option<DataSpec>,
}

impl Edited {
    fn of(typed: String) -> Self {
        Self { spec: DataSpec::from_argument(typed.trim()).ok(), looked: None, typed }
    }

    /// Whether the line can be read, so that the fields say the same. While it cannot they would take away what was typed.
    fn is_in_step(&self) -> bool {
        DataSpec::from_argument(self.typed.trim()).is_ok()
    }

    /// What is to be looked at anew, since other columns may be found: at once under other options, at another place when it was typed to its end.
    fn next_look(&mut self, is_typed: bool) -> Option<DataSpec> {
        let now = self.spec.as_ref()?;
        let is_other = match &self.looked {
            None => true,
            Some(last) if last.path != now.path => is_typed,
            Some(last) => {
                let differs = |id: &&str| last.query.get(*id) != now.query.get(*id);
                let is_given = |id: &&str| last.query.contains_key(*id) != now.query.contains_key(*id);
                last.kind != now.kind || OF_COLUMNS.iter().any(differs) || OF_ROLES.iter().any(is_given)
            }
        };
        if is_other {
            self.looked.clone_from(&self.spec);
        }
        is_other.then(|| now.clone())
    }

    /// Sets an option, or takes it away where the value is empty.
    fn set(&mut self, id: &str, value: String) {
        let Some(spec) = &mut self.spec else { return };
        if value.is_empty() {
            spec.query.remove(id);
        } else {
            spec.query.insert(id.to_owned(), value);
        }
        self.typed = spec.to_string();
    }

    /// Sets the kind; options that it does not know are taken away.
    fn set_kind(&mut self, kind: Kind) {
        let Some(spec) = &mut self.spec else { return };
        spec.kind = kind;
        if let Some(loader) = kind.loader() {
            spec.query.retain(|id, _| loader.reads(id) || COMMON_KEYS.iter().any(|key| key.id == id));
        }
        self.typed = spec.to_string();
    }

    /// Why it cannot be opened so.
    fn problem(&self) -> Option<String> {
        let spec = match DataSpec::from_argument(self.typed.trim()) {
            Ok(spec) => spec,
            Err(error) => return Some(error.to_string()),
        };
        let own = spec.kind.loader().map_or(&[][..], |loader| loader.keys);
        let mut numbers = own.iter().chain(COMMON_KEYS).filter(|key| matches!(key.value, Value::Number(_)));
        numbers.find_map(|key| spec.number(key.id).err()).map(|error| error.to_string())
    }
}

/// What can be named in the fields.
struct Known<'a> {
    columns: &'a [String],
    classes: &'a [String],
    /// What stands for options that are not set.
    found: &'a [(&'static str, String)],
}

/// The form, while it is open.
pub fn show(ui: &mut Ui, session: &Session, state: &mut SpecForm, commands: &mut Vec<Command>) {
    if !session.open.spec {
        state.edited = None;
        return;
    }
    let edited = state.edited.get_or_insert_with(|| Edited::of(session.spec_text().unwrap_or_default()));
    let response = Modal::new(Id::unique("data spec")).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 2.0 * space::XL));
        ui.horizontal(|ui| {
            heading(ui, "How the data are read");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::ICON_CLOSE, "Close the form").clicked() {
                    commands.push(Command::ToggleSpec);
                }
            });
        });
        let is_in_step = edited.is_in_step();
        let mut is_entered = ui.add_enabled_ui(is_in_step, |ui| fields(ui, session, edited)).inner;
        if !is_in_step {
            muted(ui, "The line below cannot be read as it stands: the fields wait until it can.");
        }
        ui.add_space(space::XS);
        let (is_entered_in_line, is_left) = line(ui, edited);
        is_entered |= is_entered_in_line;
        commands.extend(edited.next_look(is_left).map(Command::LookAtData));
        if let Some(data) = session.data.as_ref().filter(|_| session.spec_is_open()) {
            // Among it which columns were taken for what.
            let remarks = ScrollArea::vertical().id_salt("remarks").max_height(REMARKS).auto_shrink([false, true]);
            remarks.show(ui, |ui| {
                for remark in &data.remarks {
                    muted(ui, options::in_form_words(remark, data.spec.kind));
                }
            });
        }
        if !session.explore.marked.is_empty() || !session.explore.pinned.is_empty() {
            muted(
                ui,
                "Where other options change the items, marks and pins are taken off: they name items by their place.",
            );
        }
        ui.add_space(space::XS);
        let problem = edited.problem();
        let is_pressed = ui.add_enabled(problem.is_none(), Button::new("Open again")).clicked();
        match problem {
            Some(problem) => {
                ui.colored_label(tokens(ui).warning, problem);
            }
            None if is_pressed || is_entered => {
                commands.extend([Command::ToggleSpec, Command::OpenSpec(edited.typed.trim().to_owned())]);
            }
            None => {}
        }
    });
    if response.should_close() && !commands.contains(&Command::ToggleSpec) {
        commands.push(Command::ToggleSpec);
    }
}

/// The same on one line, for copying and pasting. Whether Enter was pressed in it, and whether it was left.
fn line(ui: &mut Ui, edited: &mut Edited) -> (bool, bool) {
    group(ui, "The same as one line of text");
    let edit = TextEdit::singleline(&mut edited.typed).desired_width(f32::INFINITY);
    let edit = ui.add(edit).accessible_name("Data and options");
    if edit.changed()
        && let Ok(spec) = DataSpec::from_argument(edited.typed.trim())
    {
        edited.spec = Some(spec);
    }
    (is_entered(ui, &edit), edit.lost_focus())
}

fn is_entered(ui: &Ui, edit: &Response) -> bool {
    edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// Kind and options as fields. Whether Enter was pressed in one.
fn fields(ui: &mut Ui, session: &Session, edited: &mut Edited) -> bool {
    let Some(spec) = edited.spec.clone() else { return false };
    let looked = session.looked_at(&spec);
    let kind = Some(spec.kind).filter(|kind| *kind != Kind::AUTO).or(looked.and_then(|looked| looked.kind));
    let loader = kind.and_then(Kind::loader);
    if let Some(kind) = kind_field(ui, spec.kind, looked) {
        edited.set_kind(kind);
    }
    let open = session.data.as_deref().filter(|data| session.spec_is_open() && has_all_classes(data));
    let mut found = looked.map_or_else(Vec::new, |looked| looked.found.clone());
    let is_told = |id: &str, found: &[(&str, String)]| found.iter().any(|(known, _)| *known == id);
    // Which column of a table holds the classes is told only by all its rows: what was said of them when it was read.
    if let Some(label) = session.data.as_deref().filter(|_| session.spec_is_open()).and_then(class_column)
        && !is_told("label", &found)
    {
        found.push(("label", label));
    }
    let known = Known {
        columns: looked.map_or(&[][..], |looked| looked.columns.as_slice()),
        classes: open.map_or(&[][..], |data| data.classes.as_slice()),
        found: &found,
    };
    let mut entered = false;
    let height = (ui.ctx().content_rect().height() - OTHERS).max(120.0);
    ScrollArea::vertical().id_salt("options").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        let own = loader.map_or(&[][..], |loader| loader.keys);
        match loader {
            Some(loader) if !own.is_empty() => group(ui, &format!("Options of {}", loader.about)),
            Some(_) => {}
            None => {
                muted(ui, "Their kind is not known: choose it to see its options.");
            }
        }
        for key in own {
            entered |= option(ui, edited, *key, &known);
        }
        group(ui, "Options of all data");
        for key in COMMON_KEYS.iter().filter(|key| own.iter().all(|own| own.id != key.id)) {
            entered |= option(ui, edited, *key, &known);
        }
    });
    entered
}

/// Whether the classes of open data are all that their files have, under the names that they have there.
fn has_all_classes(data: &Dataset) -> bool {
    ["classes", "merge"].iter().all(|id| !data.spec.query.contains_key(*id))
}

/// The column of a table that was taken for its classes, as its remark says; `None` where it was named.
fn class_column(data: &Dataset) -> Option<String> {
    let said = data.remarks.iter().find_map(|remark| remark.strip_prefix("Classes are in column "))?;
    said.split_once(" (guessed").map(|(name, _)| name.to_owned())
}

/// What a loader reads, as an entry of a list.
fn words(loader: &Loader) -> String {
    let mut letters = loader.about.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The kind: that of the chosen entry, where one was.
fn kind_field(ui: &mut Ui, kind: Kind, looked: Option<&Looked>) -> Option<Kind> {
    let found = looked.and_then(|looked| looked.kind).and_then(Kind::loader).filter(|_| kind == Kind::AUTO);
    let shown = match (kind.loader(), found) {
        (Some(loader), _) => words(loader),
        (None, Some(loader)) => format!("{UNSET} ({})", loader.about),
        (None, None) => UNSET.to_owned(),
    };
    let mut chosen = None;
    field(ui, "Kind", "What the files hold. Without it they are recognised by name and content.", |ui, label| {
        let combo = ComboBox::from_id_salt("kind").selected_text(shown).width(width(ui)).truncate();
        let list = combo.show_ui(ui, |ui| {
            if ui.selectable_label(kind == Kind::AUTO, UNSET).clicked() {
                chosen = Some(Kind::AUTO);
            }
            for loader in LOADERS {
                let is_it = kind.loader().is_some_and(|known| known.names == loader.names);
                if ui.selectable_label(is_it, words(loader)).clicked() {
                    chosen = Kind::named(loader.names[0]);
                }
            }
        });
        list.response.labelled_by(label.id);
    });
    chosen
}

/// What a field shows of an option that is not set: what was found in its place, where that is known.
fn unset(id: &str, found: Option<&str>, words: Choices) -> String {
    if let Some((_, word)) = UNSET_LISTS.iter().find(|(known, _)| *known == id).filter(|_| found.is_none()) {
        return (*word).to_owned();
    }
    let meaning = |found: &str| {
        let word = words.iter().find(|(word, _)| *word == found);
        word.map_or_else(|| found.to_owned(), |(_, meaning)| (*meaning).to_owned())
    };
    found.map_or_else(|| UNSET.to_owned(), |found| format!("{}, {UNSET}", meaning(found)))
}

/// A field for an option. Whether Enter was pressed in it.
fn option(ui: &mut Ui, edited: &mut Edited, key: options::Key, known: &Known<'_>) -> bool {
    let value = edited.spec.as_ref().and_then(|spec| spec.query.get(key.id)).cloned().unwrap_or_default();
    let mut now = value.clone();
    let found = known.found.iter().find(|(id, _)| *id == key.id).map(|(_, found)| found.as_str());
    let tip = format!("{} ({}=)", key.tip.trim_end_matches('.'), key.id);
    let entered = field(ui, key.title, &tip, |ui, label| {
        let response = match key.value {
            // One word alone, that there is no such column, makes no list.
            Value::Column(words) if known.columns.is_empty() && words.len() < 2 => {
                typed(ui, &mut now, "name of a column".to_owned())
            }
            Value::Column(words) => one_of(ui, key.id, &mut now, &unset(key.id, found, words), words, known.columns),
            Value::Choice(words) => one_of(ui, key.id, &mut now, &unset(key.id, found, words), words, &[]),
            Value::Columns if known.columns.is_empty() => {
                typed(ui, &mut now, "names of columns, with commas".to_owned())
            }
            Value::Columns => several_of(ui, key.id, &mut now, &unset(key.id, found, &[]), known.columns),
            Value::Classes if known.classes.is_empty() => {
                typed(ui, &mut now, "names of classes, with commas".to_owned())
            }
            Value::Classes => several_of(ui, key.id, &mut now, &unset(key.id, found, &[]), known.classes),
            // Without "e.g." an example would pass for a value that is set.
            Value::Number(example) | Value::Words(example) => typed(ui, &mut now, format!("e.g. {example}")),
        };
        let is_entered = is_entered(ui, &response);
        response.labelled_by(label.id).on_hover_text(&tip);
        is_entered
    });
    if now != value {
        edited.set(key.id, now);
    }
    entered
}

/// Width of the field of an option.
fn width(ui: &Ui) -> f32 {
    (WIDTH - LABEL_WIDTH - 3.0 * space::XL).min(ui.available_width() - space::L).max(80.0)
}

/// A field that anything is typed into.
fn typed(ui: &mut Ui, value: &mut String, hint: String) -> Response {
    ui.add(TextEdit::singleline(value).hint_text(hint).desired_width(width(ui)))
}

/// A list of columns and words, of which one can be taken. What was typed otherwise stays until another is.
fn one_of(ui: &mut Ui, id: &str, value: &mut String, unset: &str, words: Choices, columns: &[String]) -> Response {
    let meaning = words.iter().find(|(word, _)| *word == value.as_str()).map(|(_, meaning)| (*meaning).to_owned());
    let shown = meaning.unwrap_or_else(|| if value.is_empty() { unset.to_owned() } else { value.clone() });
    let combo = ComboBox::from_id_salt(id).selected_text(shown).width(width(ui)).truncate();
    let list = combo.show_ui(ui, |ui| {
        // While another is set, what was found without it is not known.
        if ui.selectable_label(value.is_empty(), if value.is_empty() { unset } else { UNSET }).clicked() {
            value.clear();
        }
        for column in columns {
            let name = named(id, column);
            if ui.selectable_label(*value == name, column).clicked() {
                *value = name;
            }
        }
        for (word, meaning) in words {
            if ui.selectable_label(value.as_str() == *word, *meaning).clicked() {
                *value = (*word).to_owned();
            }
        }
    });
    list.response
}

/// A list of names of which several can be taken, in the order in which they were.
fn several_of(ui: &mut Ui, id: &str, value: &mut String, unset: &str, names: &[String]) -> Response {
    let shown = if value.is_empty() { unset.to_owned() } else { value.replace("%2C", ",") };
    let combo = ComboBox::from_id_salt(id).selected_text(shown).width(width(ui)).truncate();
    let list = combo.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show_ui(ui, |ui| {
        let taken = value.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let mut taken: Vec<String> = taken.collect();
        for name in names {
            let of_list = written(name);
            let mut is_taken = taken.contains(&of_list);
            if ui.checkbox(&mut is_taken, name).changed() {
                taken.retain(|known| *known != of_list);
                if is_taken {
                    taken.push(of_list);
                }
                *value = taken.join(",");
            }
        }
    });
    list.response
}

/// The name of a column as the value of an option that takes one. Only that of parts is a list, since a way to divide can stand beside the column.
fn named(id: &str, column: &str) -> String {
    if id == options::PARTS { written(column) } else { column.to_owned() }
}

/// A name as it stands in a list of an option.
fn written(name: &str) -> String {
    name.replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{Edited, class_column, named, unset, words};
    use crate::data::spec::Kind;
    use crate::data::{DataSpec, open};

    #[test]
    fn fields_and_line_say_the_same_and_spaces_at_the_end_stay() {
        let mut edited = Edited::of("csv:reviews.csv?text=review".to_owned());
        edited.set("label", "my ".to_owned());
        assert_eq!(edited.typed, "csv:reviews.csv?label=my &text=review");
        let value = |edited: &Edited| edited.spec.as_ref().and_then(|spec| spec.query.get("label").cloned());
        assert_eq!(value(&edited).as_deref(), Some("my "), "the next word can be typed");
        edited.set("label", String::new());
        assert_eq!((edited.typed.as_str(), value(&edited)), ("csv:reviews.csv?text=review", None));
        assert_eq!(edited.problem(), None);
    }

    #[test]
    fn columns_are_looked_at_anew_as_soon_as_the_line_says_how_and_elsewhere_once_it_is_typed() {
        let mut edited = Edited::of("csv:reviews.csv".to_owned());
        assert!(edited.next_look(false).is_some(), "when the form opens");
        assert!(edited.next_look(true).is_none(), "once");
        let mut typed = |text: &str, is_typed: bool| {
            edited.spec = text.parse().ok();
            edited.next_look(is_typed).map(|spec| spec.to_string())
        };
        assert_eq!(typed("csv:reviews.csv?header=no", false).as_deref(), Some("csv:reviews.csv?header=no"));
        assert_eq!(typed("csv:reviews.csv?header=no&limit=5", false), None, "that changes no column");
        assert_eq!(typed("csv:other", false), None, "on the way to a name");
        assert_eq!(typed("csv:other.csv", true).as_deref(), Some("csv:other.csv"));
    }

    #[test]
    fn what_is_not_set_says_what_was_found_in_the_words_of_the_list() {
        assert_eq!(
            unset("layout", Some("long"), &[("long", "one step"), ("wide", "a whole item")]),
            "one step, as found"
        );
        assert_eq!(
            (unset("item", Some("machine"), &[]), unset("item", None, &[])),
            ("machine, as found".to_owned(), "as found".to_owned())
        );
        // Of what nothing is found, all are taken or none.
        assert_eq!((unset("classes", None, &[]), unset("ignore", None, &[])), ("all".to_owned(), "none".to_owned()));
    }

    #[test]
    fn a_table_says_which_column_was_taken_for_the_classes_unless_it_was_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("people.csv");
        std::fs::write(&path, "age,income\n39,low\n50,high\n38,low\n53,high\n").expect("a file");
        let kind = Kind::named("table").expect("a kind");
        let spec = DataSpec { kind, ..DataSpec::from_path(&path) };
        let data = open(&spec, &mut |_| true).expect("a table");
        assert_eq!(class_column(&data).as_deref(), Some("income"));
        let named = open(&spec.with("label", "income"), &mut |_| true).expect("a table");
        assert_eq!(class_column(&named), None);
    }

    #[test]
    fn kinds_are_listed_by_what_they_are() {
        let csv = Kind::named("csv").and_then(Kind::loader).expect("a kind");
        assert_eq!(words(csv), "CSV and TSV with a column of text");
        let series = Kind::named("series").and_then(Kind::loader).expect("a kind");
        assert_eq!(words(series), "Time series (.npz, .npy or CSV)");
    }

    #[test]
    fn fields_wait_while_the_line_cannot_be_read() {
        let mut edited = Edited::of("csv:reviews.csv?label=stars".to_owned());
        assert!(edited.is_in_step());
        edited.typed.push_str("&colour=red");
        assert!(!edited.is_in_step(), "the fields know nothing of this");
    }

    #[test]
    fn another_kind_keeps_the_options_that_it_knows() {
        let mut edited = Edited::of("csv:a.csv?text=review&label=stars&limit=5".to_owned());
        edited.set_kind(Kind::named("table").expect("a kind"));
        assert_eq!(edited.typed, "table:a.csv?label=stars&limit=5");
        edited.set("limit", "few".to_owned());
        assert!(edited.problem().is_some_and(|problem| problem.contains("limit is \"few\", not a whole number")));
    }

    #[test]
    fn a_column_with_a_comma_in_its_name_is_found_again_by_what_the_form_writes() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("reviews.csv");
        let rows = "A good film in every way,pos,train\nA dull film without an end,neg,test\n";
        std::fs::write(&path, format!("review,\"class, as given\",\"part, as given\"\n{rows}")).expect("a file");
        let kind = Kind::named("csv").expect("a kind");
        let spec = DataSpec { kind, ..DataSpec::from_path(&path) }
            .with("header", "yes")
            .with("label", named("label", "class, as given"))
            .with("split", named("split", "part, as given"));
        let data = open(&spec, &mut |_| true).expect("both columns are found");
        assert_eq!(data.classes, ["neg", "pos"]);
    }
}
