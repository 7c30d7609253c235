//! How the data are read: a field for each option that their kind knows, and the same on one line as the command line takes it. Fields and line are kept
//! in step. Also for data that could not be opened.

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
/// Options on which it depends what the columns of a table are called.
const OF_COLUMNS: [&str; 3] = ["header", "delimiter", "quotes"];

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
}

impl Edited {
    fn of(typed: String) -> Self {
        Self { spec: DataSpec::from_argument(typed.trim()).ok(), typed }
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
}

/// The form, while it is open.
pub fn show(ui: &mut Ui, session: &Session, state: &mut SpecForm, commands: &mut Vec<Command>) {
    if !session.open.spec {
        state.edited = None;
        return;
    }
    let is_new = state.edited.is_none();
    let edited = state.edited.get_or_insert_with(|| Edited::of(session.spec_text().unwrap_or_default()));
    if is_new && let Some(spec) = &edited.spec {
        commands.push(Command::LookAtData(spec.clone()));
    }
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
        let mut is_entered = fields(ui, session, edited, commands);
        ui.add_space(space::XS);
        is_entered |= line(ui, session, edited, commands);
        if let Some(data) = session.data.as_ref().filter(|_| session.spec_is_open()) {
            // Among it which columns were taken for what.
            let remarks = ScrollArea::vertical().id_salt("remarks").max_height(REMARKS).auto_shrink([false, true]);
            remarks.show(ui, |ui| {
                for remark in &data.remarks {
                    muted(ui, remark.as_str());
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

/// The line, as the command line takes it. Whether Enter was pressed in it.
fn line(ui: &mut Ui, session: &Session, edited: &mut Edited, commands: &mut Vec<Command>) -> bool {
    group(ui, "The same as text, as the command line takes it");
    let edit = TextEdit::singleline(&mut edited.typed).desired_width(f32::INFINITY);
    let edit = ui.add(edit).accessible_name("Data and options");
    if edit.changed()
        && let Ok(spec) = DataSpec::from_argument(edited.typed.trim())
    {
        edited.spec = Some(spec);
    }
    // Another place has other columns.
    if edit.lost_focus()
        && let Some(spec) = edited.spec.as_ref().filter(|spec| session.looked_at(spec).is_none())
    {
        commands.push(Command::LookAtData(spec.clone()));
    }
    is_entered(ui, &edit)
}

fn is_entered(ui: &Ui, edit: &Response) -> bool {
    edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// Kind and options as fields. Whether Enter was pressed in one.
fn fields(ui: &mut Ui, session: &Session, edited: &mut Edited, commands: &mut Vec<Command>) -> bool {
    let Some(spec) = edited.spec.clone() else { return false };
    let looked = session.looked_at(&spec);
    let kind = Some(spec.kind).filter(|kind| *kind != Kind::AUTO).or(looked.and_then(|looked| looked.kind));
    let loader = kind.and_then(Kind::loader);
    if let Some(kind) = kind_field(ui, spec.kind, looked) {
        edited.set_kind(kind);
    }
    let open = session.data.as_deref().filter(|data| session.spec_is_open() && has_all_classes(data));
    let known = Known {
        columns: looked.map_or(&[][..], |looked| looked.columns.as_slice()),
        classes: open.map_or(&[][..], |data| data.classes.as_slice()),
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
    // The columns are called otherwise then.
    if let Some(now) = &edited.spec {
        let is_other = |id: &&str| now.query.get(*id) != spec.query.get(*id);
        if now.kind != spec.kind || OF_COLUMNS.iter().any(is_other) {
            commands.push(Command::LookAtData(now.clone()));
        }
    }
    entered
}

/// Whether the classes of open data are all that their files have, under the names that they have there.
fn has_all_classes(data: &Dataset) -> bool {
    ["classes", "merge"].iter().all(|id| !data.spec.query.contains_key(*id))
}

fn words(loader: &Loader) -> String {
    format!("{}: {}", loader.names[0], loader.about)
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
        let width = (ui.available_width() - space::L).max(80.0);
        let combo = ComboBox::from_id_salt("kind").selected_text(shown).width(width).truncate();
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

/// A field for an option. Whether Enter was pressed in it.
fn option(ui: &mut Ui, edited: &mut Edited, key: options::Key, known: &Known<'_>) -> bool {
    let value = edited.spec.as_ref().and_then(|spec| spec.query.get(key.id)).cloned().unwrap_or_default();
    let mut now = value.clone();
    let tip = format!("{} ({}=)", key.tip.trim_end_matches('.'), key.id);
    let entered = field(ui, key.title, &tip, |ui, label| {
        let response = match key.value {
            // One word alone, that there is no such column, makes no list.
            Value::Column(words) if known.columns.is_empty() && words.len() < 2 => {
                typed(ui, &mut now, "name of a column")
            }
            Value::Column(words) => one_of(ui, key.id, &mut now, words, known.columns),
            Value::Choice(words) => one_of(ui, key.id, &mut now, words, &[]),
            Value::Columns if known.columns.is_empty() => typed(ui, &mut now, "names of columns, with commas"),
            Value::Columns => several_of(ui, key.id, &mut now, known.columns),
            Value::Classes if known.classes.is_empty() => typed(ui, &mut now, "names of classes, with commas"),
            Value::Classes => several_of(ui, key.id, &mut now, known.classes),
            Value::Number(example) | Value::Words(example) => typed(ui, &mut now, example),
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
fn typed(ui: &mut Ui, value: &mut String, hint: &'static str) -> Response {
    ui.add(TextEdit::singleline(value).hint_text(hint).desired_width(width(ui)))
}

/// A list of columns and words, of which one can be taken. What was typed otherwise stays until another is.
fn one_of(ui: &mut Ui, id: &str, value: &mut String, words: Choices, columns: &[String]) -> Response {
    let meaning = words.iter().find(|(word, _)| *word == value.as_str()).map(|(_, meaning)| (*meaning).to_owned());
    let shown = meaning.unwrap_or_else(|| if value.is_empty() { UNSET.to_owned() } else { value.clone() });
    let combo = ComboBox::from_id_salt(id).selected_text(shown).width(width(ui)).truncate();
    let list = combo.show_ui(ui, |ui| {
        if ui.selectable_label(value.is_empty(), UNSET).clicked() {
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
fn several_of(ui: &mut Ui, id: &str, value: &mut String, names: &[String]) -> Response {
    let shown = if value.is_empty() { UNSET.to_owned() } else { value.replace("%2C", ",") };
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
    use super::{Edited, named};
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
