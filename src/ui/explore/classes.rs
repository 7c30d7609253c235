//! What speaks for each class: a heat table of units by class, the best units of each class side by side, contrasts, and what the black
//! box answers to one class's units alone. Pictures get a small picture for each class.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use egui::accesskit::Role;
use egui::{
    Align, Button, ComboBox, Frame, Label, Layout, Margin, Panel, PanelState, RichText, ScrollArea, Sense, Stroke,
    StrokeKind, TextStyle, TextureHandle, TextureOptions, Ui, UiBuilder, WidgetInfo, vec2,
};
use egui_material_icons::icons;

use super::super::chrome::shorten;
use super::super::panels::is_resized;
use super::super::theme::{self, space, text, tokens};
use super::super::widgets::{command_choice, muted};
use super::answers::with_probability;
use super::canvas::Canvas;
use super::{by_hand, class_table, groups};
use crate::data::Modality;
use crate::figure::color::{Range, Scale};
use crate::figure::layout::{ExplainedPicture, Panel as FigurePanel, overlay_rgba};
use crate::jobs::{ByClass, Explained, Lens, MethodResult};
use crate::model::argmax;
use crate::session::reading::Action;
use crate::session::{Command, Session, describe};

/// Digits after the point of a class's scores, at least.
pub(super) const LEAST_DIGITS: usize = 2;
/// Width of a column of the table.
pub(super) const CELL: f32 = 78.0;
/// Least width of its words.
pub(super) const WORD: f32 = 90.0;
/// In a panel so wide its title stands beside what is coloured by.
const WITH_TITLE: f32 = 640.0;
/// Height of a panel of small pictures that shows all that stands under them, and the least that is of use, in points.
const PICTURES: f32 = 280.0;
const LEAST_PICTURES: f32 = 236.0;
/// Least height of a panel of lists in points: three of their rows under what is said and chosen above them.
const LEAST_LISTS: f32 = 170.0;
/// The same where there is hardly room: a row and the answers to each class.
const TIGHT_LISTS: f32 = 130.0;
/// Share of the window's height that is left to the viewer beside a table, and what it keeps also of a panel that is larger than that by itself or by
/// the user.
const HALF: f32 = 0.5;
const LEAST_VIEWER: f32 = 0.4;
/// Name by which the height of the panel is kept.
const NAME: &str = "classes";
/// Most height that it takes by itself, and that it can be given, in points.
const MOST_BY_ITSELF: f32 = 560.0;
const MOST: f32 = 900.0;
/// Units listed for each class at least; as many more as there is room for, so that the list need not be scrolled beside the table.
const LISTED: usize = 3;
/// Least width of the list of a class, and the width in which most of its words are whole, in points.
const LEAST_TOP: f32 = 76.0;
const TOP: f32 = 104.0;
/// Height of a listed unit, and of the head over them.
const LISTED_ROW: f32 = 28.0;
const LISTED_HEAD: f32 = 60.0;
/// Side of a small picture.
const SIDE: f32 = 104.0;
/// What is coloured by where no class is followed.
const OWN_SCORES: &str = "the method's own scores";
/// What the answer to nothing is for.
const NOTHING_LEFT: &str = "What the black box answers when everything is hidden: an answer to a class's units alone says something of them where it \
                            differs from this one";
/// What is said of small pictures.
const ONE_SCALE: &str = "One scale for all classes.";
/// What a class is compared with where no other is chosen.
const NO_OTHER: &str = "no other class";

/// What the panel remembers.
#[derive(Default)]
pub struct ClassesUi {
    /// Whether the user asked for it where there is no room for it.
    insists: bool,
    /// Whether there was no room for it in the frame before.
    lacks_room: bool,
    /// Whether the user wanted it in the frame before.
    was_wanted: Option<bool>,
    /// How often the user gave it another height.
    resized: u32,
    /// Column that the table is sorted by.
    pub(super) sort: Sort,
    key: u64,
    /// What [`ClassesUi::key`] is about: kept, so that no other explanation comes to lie at its address.
    explained: Option<Arc<Explained>>,
    pub(super) order: Vec<usize>,
    /// How scores become colours.
    pub(super) range: Option<(Scale, Range)>,
    pictures: Vec<TextureHandle>,
}

/// Column that a table of units by class is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The method's own rank.
    #[default]
    Rank,
    /// The scores of a class.
    Class(usize),
    /// The difference of two classes.
    Contrast,
}

impl ClassesUi {
    /// Whether something of `explained`, or of `parts`, is new since the call before.
    pub(super) fn is_new(&mut self, explained: &Arc<Explained>, parts: impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        let key = hasher.finish();
        let is_known = self.key == key && self.explained.as_ref().is_some_and(|known| Arc::ptr_eq(known, explained));
        if !is_known {
            self.key = key;
            self.explained = Some(explained.clone());
        }
        !is_known
    }

    /// Whether a panel that is wanted or not is seen.
    fn is_open(&self, is_wanted: bool) -> bool {
        is_wanted && (self.insists || !self.lacks_room)
    }

    /// Takes note of the user's wish: who asks for the panel anew wants to see it, also where there is little room.
    fn follow(&mut self, is_wanted: bool) {
        let before = self.was_wanted.replace(is_wanted);
        if before.is_some_and(|before| before != is_wanted) {
            self.insists = is_wanted;
        }
    }
}

/// The explanation in view, and what the method in focus says of it.
pub type Focused<'a> = (&'a Arc<Explained>, &'a MethodResult, &'a ByClass);

fn focused(session: &Session) -> Option<Focused<'_>> {
    let result = session.explore.focused_result().filter(|result| result.selectable() > 0)?;
    Some((session.explore.explained()?, result, result.by_class.as_ref()?))
}

/// Whether there is a panel to open: for methods that tell classes apart.
pub fn is_offered(session: &Session) -> bool {
    focused(session).is_some() && !session.open.viewer_alone && !session.hides_text()
}

/// A button that opens and closes the panel. One that is wanted and has no room is opened where it is, and the user's wish stays.
pub fn toggle(ui: &mut Ui, session: &Session, canvas: &mut Canvas, commands: &mut Vec<Command>) {
    if !is_offered(session) {
        return;
    }
    let is_wanted = session.explore.shows_classes;
    let is_open = canvas.classes.is_open(is_wanted);
    let mut asked = Vec::new();
    command_choice(ui, session, Command::ToggleClasses, is_open, "Classes", &mut asked);
    if is_wanted && !is_open && !asked.is_empty() {
        canvas.classes.insists = true;
    } else {
        commands.append(&mut asked);
    }
}

/// What the black box answers to the units of a class alone, and whether that is the class; nothing where no unit speaks for it.
fn alone_words(
    session: &Session,
    (result, by_class): (&MethodResult, &ByClass),
    class: usize,
) -> Option<(String, bool)> {
    let probs = by_class.only(class);
    let speaks = result.n_speaking(Lens::Class(class), 1) > 0;
    let answer = (speaks && !probs.is_empty()).then(|| argmax(probs))?;
    let words = with_probability(session, probs, answer);
    Some(if answer == class {
        (words, true)
    } else {
        let p = describe::probability(probs.get(class).copied().unwrap_or(f32::NAN));
        (format!("{words}, {} {p}", session.class_name(class)), false)
    })
}

/// The panel under the viewer. In a small window it is lower, and closed where the viewer would have hardly more than a line: until the user opens it.
pub fn panel(ui: &mut Ui, session: &Session, canvas: &mut Canvas, commands: &mut Vec<Command>) {
    canvas.classes.follow(session.explore.shows_classes);
    if !is_offered(session) {
        return;
    }
    let Some(focused) = focused(session) else { return };
    let (explained, _, by_class) = focused;
    let modality = explained.units.unit.modality();
    let window = ui.ctx().content_rect().height();
    // Small pictures with their names and answers need their height; a table scrolls.
    let (wished, least) = match modality {
        Modality::Text => ((window * 0.34).clamp(250.0, 460.0), LEAST_LISTS),
        Modality::Table => ((window * 0.3).clamp(LEAST_LISTS, 320.0), LEAST_LISTS),
        Modality::Image | Modality::Series => (PICTURES, LEAST_PICTURES),
    };
    let room = ui.available_height();
    let lacks = |least: f32| room - least < LEAST_VIEWER * window;
    let is_listed = matches!(modality, Modality::Text | Modality::Table);
    let least = if is_listed && lacks(least) { TIGHT_LISTS } else { least };
    let lacks_room = lacks(least);
    if lacks_room != canvas.classes.lacks_room {
        canvas.classes.lacks_room = lacks_room;
        // The button was drawn before.
        ui.ctx().request_repaint();
    }
    if !canvas.classes.is_open(session.explore.shows_classes) {
        return;
    }
    // As in the viewer: an old result stays, but never passes for the one that was asked for.
    let is_old = session.explore.shown.is_dimmed(Instant::now()) || !session.is_in_view(explained);
    let t = tokens(ui);
    let frame = Frame::new().fill(t.panel).inner_margin(Margin::symmetric(space::M as i8, space::S as i8));
    // The line of what is taken out by hand lies between the two.
    let room = room - by_hand::height(ui, session);
    // A short text leaves the rest of the viewer empty: the panel takes it.
    let needs = canvas.needs.filter(|_| modality == Modality::Text);
    let viewer = needs.map_or(LEAST_VIEWER * window, |needs| needs.min(LEAST_VIEWER * window));
    let most = (room - viewer).min(if is_listed { MOST } else { MOST_BY_ITSELF }).max(least);
    let share = if is_listed { HALF } else { LEAST_VIEWER };
    let by_itself = wished.min(room - share * window);
    let by_itself = needs.map_or(by_itself, |needs| by_itself.max((room - needs).min(MOST_BY_ITSELF)));
    let kept = session.settings.panels.get(NAME).copied();
    let height = kept.unwrap_or(by_itself).clamp(least, most);
    // A panel keeps the height that it had first: with another it begins anew.
    let salt = (NAME, session.settings.layout_version, canvas.classes.resized, (height / 8.0) as u32);
    let id = ui.scope_id().with(salt);
    let panel = Panel::bottom(salt).resizable(true).default_size(height).size_range(least..=most).frame(frame);
    panel.show(ui, |ui| {
        if is_old {
            muted(ui, "Of the result before; the one asked for follows");
            ui.multiply_opacity(theme::DIMMED);
        }
        contrast(ui, session, by_class, commands);
        ui.add_space(space::XS);
        if is_listed {
            let area = ui.available_rect_before_wrap();
            let n_columns = by_class.classes + usize::from(current_contrast(session, focused.1).is_some());
            let table_width = table_width(area.width(), n_columns, by_class.classes);
            let (left, right) = area.split_left_right_at_x(area.left() + table_width);
            let child = |ui: &mut Ui, name: &str, rect| {
                ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect).layout(Layout::top_down(Align::Min)))
            };
            let mut table_ui = child(ui, "class table", left.with_max_x(left.right() - space::M));
            class_table::show(&mut table_ui, session, canvas, focused, commands);
            let mut top_ui = child(ui, "class tops", right);
            tops(&mut top_ui, session, canvas, focused, commands);
            ui.allocate_rect(area, Sense::hover());
        } else {
            pictures(ui, session, canvas, focused, commands);
        }
    });
    if is_resized(ui, id)
        && let Some(state) = PanelState::load(ui.ctx(), id)
    {
        let given = state.size().y.round();
        if given != height.round() {
            canvas.classes.resized += 1;
            commands.push(Command::SetPanelWidth(NAME, given));
        }
    }
}

/// Width in points of the table of units beside the lists of so many classes, in so much room. Where the lists would be cut, the words of the table give
/// way to them.
fn table_width(room: f32, columns: usize, classes: usize) -> f32 {
    let cells = CELL * columns as f32;
    let most = room * 0.6;
    let wished = (WORD + cells + 120.0).min(most);
    let lists = (TOP + space::S) * classes as f32;
    // With its scroll bar and the gap after it.
    let least = WORD + cells + 2.0 * space::M;
    wished.min((room - lists).max(least.min(most)))
}

/// Why this class, against that one.
fn contrast(ui: &mut Ui, session: &Session, by_class: &ByClass, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    let nothing = (!by_class.nothing.is_empty()).then(|| {
        let answer = with_probability(session, &by_class.nothing, argmax(&by_class.nothing));
        format!("With nothing left: {answer}")
    });
    let scale = matches!(session.modality(), Modality::Image | Modality::Series).then_some(ONE_SCALE);
    let room_of =
        |words: Option<&str>| words.map_or(0.0, |words| groups::word(ui, words, &TextStyle::Small) + space::M);
    let said_width = room_of(nothing.as_deref()) + room_of(scale);
    let head = |ui: &mut Ui| {
        ui.label(RichText::new("What speaks for each class").strong());
        if let Some(words) = &nothing {
            muted(ui, words).on_hover_text(NOTHING_LEFT);
        }
        if let Some(words) = scale {
            muted(ui, words);
        }
    };
    let is_wide = ui.available_width() >= WITH_TITLE + said_width;
    if !is_wide {
        ui.scope(|ui| {
            // A line of text, not as high as one of controls.
            ui.spacing_mut().interact_size.y = text::BODY;
            ui.horizontal_wrapped(head);
        });
    }
    // In a narrow viewer both still stand on one line.
    let room = (ui.available_width() - 150.0).max(120.0);
    ui.horizontal_wrapped(|ui| {
        if is_wide {
            head(ui);
        }
        ui.label("Colour by");
        let shown = explore.class_focus.map_or_else(|| OWN_SCORES.to_owned(), |class| session.class_name(class));
        ComboBox::from_id_salt("colour by")
            .selected_text(shown)
            .width((room * 0.6).min(164.0))
            .truncate()
            .show_ui(ui, |ui| {
                if ui.selectable_label(explore.class_focus.is_none(), OWN_SCORES).clicked() {
                    commands.push(Command::FocusClass(None));
                }
                for class in 0..by_class.classes {
                    let chosen = explore.class_focus == Some(class);
                    if ui.selectable_label(chosen, session.class_name(class)).clicked() && !chosen {
                        commands.push(Command::FocusClass(Some(class)));
                    }
                }
            })
            .response
            .accessible_name("Colour by class");
        ui.label("against");
        let against = explore.reading.against.filter(|class| Some(*class) != explore.class_focus);
        let shown = against.map_or_else(|| NO_OTHER.to_owned(), |class| session.class_name(class));
        ui.add_enabled_ui(explore.class_focus.is_some(), |ui| {
            ComboBox::from_id_salt("against")
                .selected_text(shown)
                .width((room * 0.4).min(110.0))
                .truncate()
                .show_ui(ui, |ui| {
                    if ui.selectable_label(against.is_none(), NO_OTHER).clicked() {
                        commands.push(Command::Reading(Action::Against(None)));
                    }
                    for class in (0..by_class.classes).filter(|class| Some(*class) != explore.class_focus) {
                        if ui.selectable_label(against == Some(class), session.class_name(class)).clicked() {
                            commands.push(Command::Reading(Action::Against(Some(class))));
                        }
                    }
                })
                .response
                .accessible_name("Against class")
                .on_hover_text("The difference of two classes: why this one rather than that one");
        });
    });
}

/// Scores of all classes on one scale, so that cells can be compared.
pub(super) fn range_of(result: &MethodResult, by_class: &ByClass) -> (Scale, Range) {
    let units = (0..by_class.units()).filter(|&unit| result.scores.get(unit) != Some(&f32::NEG_INFINITY));
    let values: Vec<f32> = units
        .flat_map(|unit| (0..by_class.classes).map(move |class| (unit, class)))
        .map(|(unit, class)| by_class.score(unit, class))
        .collect();
    let scale = if values.iter().any(|value| *value < 0.0) { Scale::Signed } else { Scale::Sequential };
    (scale, Range::robust(&values, scale))
}

pub(super) fn current_contrast(session: &Session, result: &MethodResult) -> Option<(usize, usize)> {
    match session.lens(result)? {
        Lens::Contrast(a, b) => Some((a, b)),
        Lens::Class(_) => None,
    }
}

/// What a unit is called in the head of a list, and the names of all: the words of a text, the columns of a row.
pub(super) fn unit_names(canvas: &Canvas, column: usize) -> (&'static str, &[String]) {
    if let Some((_, view)) = canvas.text_view(column) {
        return ("Word", &view.words);
    }
    let row = canvas.picture(column).and_then(|picture| picture.row.as_ref());
    ("Column", row.map_or(&[], |row| row.names.as_slice()))
}

/// Marks a unit under the pointer in the other lists of a text.
pub(super) fn point(canvas: &mut Canvas, session: &Session, found: Option<usize>) {
    if session.modality() == Modality::Text {
        canvas.point(found);
    }
}

/// The best units of each class, class beside class.
fn tops(ui: &mut Ui, session: &Session, canvas: &mut Canvas, focused: Focused<'_>, commands: &mut Vec<Command>) {
    let (_, result, by_class) = focused;
    let (_, words) = unit_names(canvas, session.explore.focus);
    let n = by_class.classes.max(1) as f32;
    let least = if (TOP + space::S) * n <= ui.available_width() { TOP } else { LEAST_TOP };
    let width = ((ui.available_width() - space::S) / n - space::S).clamp(least, 220.0);
    let room = ((ui.available_height() - LISTED_HEAD) / LISTED_ROW).max(0.0) as usize;
    let most = LISTED.max(room);
    let digits = describe::digits(&by_class.scores, LEAST_DIGITS);
    let mut found = None;
    ScrollArea::both().id_salt("tops").auto_shrink([false, false]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            for class in 0..by_class.classes {
                ui.allocate_ui_with_layout(vec2(width, ui.available_height()), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(width);
                    class_head(ui, session, focused, class, commands);
                    ui.spacing_mut().item_spacing.y = 1.0;
                    let top = result.top_through(Lens::Class(class), most);
                    let speaks = top.iter().filter(|&&unit| by_class.score(unit, class) > 0.0).count();
                    if speaks == 0 {
                        muted(ui, "Nothing speaks for it. Least against:");
                    }
                    // What speaks against it is no reason for it.
                    let listed = if speaks == 0 { top.len() } else { speaks };
                    for unit in top.into_iter().take(listed) {
                        let score = by_class.score(unit, class);
                        let name = words.get(unit).map_or("", |words| words.as_str());
                        let is_here = session.explore.reading.pointed == Some(unit);
                        let label = RichText::new(shorten(name, 22));
                        let label = if is_here { label.strong().underline() } else { label };
                        // The number is a text of its own, before the word: in one run with a word of Arabic or Hebrew its digits would be turned round.
                        let response = ui
                            .horizontal(|ui| {
                                ui.label(RichText::new(describe::signed(score, digits)).color(tokens(ui).muted));
                                ui.add(Label::new(label).truncate().sense(Sense::click()))
                            })
                            .inner;
                        if response.hovered() {
                            found = Some(unit);
                        }
                        if response.clicked() {
                            commands.push(Command::Reading(Action::Choose(Some(unit))));
                        }
                    }
                });
            }
        });
    });
    point(canvas, session, found);
}

/// Name of a class, and what its units alone make the black box answer.
fn class_head(ui: &mut Ui, session: &Session, focused: Focused<'_>, class: usize, commands: &mut Vec<Command>) {
    let (explained, result, by_class) = focused;
    let chosen = session.explore.class_focus == Some(class);
    let name = session.class_name(class);
    let response = ui.add(Button::selectable(chosen, RichText::new(shorten(&name, 22)).strong()).truncate());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("Colour by {name}")));
    if response.on_hover_text("Colour by this class").clicked() {
        commands.push(Command::FocusClass(Some(class)));
    }
    let Some((words, is_class)) = alone_words(session, (result, by_class), class) else { return };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let t = tokens(ui);
        let (icon, color) = if is_class { (icons::ICON_CHECK, t.text) } else { (icons::ICON_CLOSE, t.error) };
        ui.label(icon.rich_text().size(text::SMALL).color(color));
        let n = result.n_speaking(Lens::Class(class), explained.k);
        let line = RichText::new(format!("best {n} alone: {words}")).small().color(t.muted);
        // Its number must not be what is cut off.
        ui.add(Label::new(line).wrap()).on_hover_text(
            "What the black box answers when only the best units of this class are left: as many as are selected, or as speak for it",
        );
    });
}

/// A small picture of the scores for each class.
fn pictures(
    ui: &mut Ui,
    session: &Session,
    canvas: &mut Canvas,
    (explained, result, by_class): Focused<'_>,
    commands: &mut Vec<Command>,
) {
    if canvas.classes.is_new(explained, (session.explore.focus, session.explore.k, theme::figure_theme(ui))) {
        // In the first frame of an explanation its picture is not there yet, or is that of the one before: it is drawn after this panel.
        let Some(base) = canvas.picture_of(session.explore.focus, explained).cloned() else {
            canvas.classes.explained = None;
            ui.ctx().request_repaint();
            return;
        };
        canvas.classes.pictures.clear();
        let (scale, range) = range_of(result, by_class);
        for class in 0..by_class.classes {
            let shown =
                ExplainedPicture { scores: by_class.column(class), signed: scale == Scale::Signed, ..base.clone() };
            let Ok(pixels) = overlay_rgba(&shown, FigurePanel::Heat, Some(range)) else { continue };
            let image = egui::ColorImage::from_rgba_unmultiplied([pixels.width, pixels.height], &pixels.rgba);
            let texture = ui.ctx().load_texture(format!("class {class}"), image, TextureOptions::NEAREST);
            canvas.classes.pictures.push(texture);
        }
    }
    let t = tokens(ui);
    // What stands after an area that takes all the height would make the panel grow in every frame.
    ScrollArea::both().id_salt("class pictures").auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            for (class, texture) in canvas.classes.pictures.iter().enumerate() {
                ui.allocate_ui_with_layout(vec2(SIDE + 24.0, 160.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(SIDE + 24.0);
                    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
                    let size = texture.size_vec2();
                    let shown = egui::Rect::from_center_size(rect.center(), size * (SIDE / size.x.max(size.y)));
                    let all = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
                    ui.painter().image(texture.id(), shown, all, theme::UNTINTED);
                    let chosen = session.explore.class_focus == Some(class);
                    if chosen || response.hovered() {
                        let color = if chosen { t.accent } else { t.outline };
                        ui.painter().rect_stroke(shown, 0.0, Stroke::new(2.0, color), StrokeKind::Outside);
                    }
                    let name = session.class_name(class);
                    response.widget_info(|| {
                        WidgetInfo::selected(Role::Button, true, chosen, format!("Scores for class {name}"))
                    });
                    if response.clicked() {
                        commands.push(Command::FocusClass(Some(class)));
                    }
                    class_head(ui, session, (explained, result, by_class), class, commands);
                });
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::{CELL, LEAST_TOP, WORD, space, table_width};

    #[test]
    fn table_and_lists_of_two_classes_are_whole_beside_each_other_in_a_narrow_viewer() {
        for room in (460..1800).map(|room| room as f32) {
            let table = table_width(room, 2, 2);
            assert!(table >= (WORD + 2.0 * CELL).min(0.6 * room), "{table} of {room}");
            let list = (room - table - space::S) / 2.0 - space::S;
            assert!(list >= LEAST_TOP, "{list} beside {table} in {room}");
        }
        // Of many classes both are scrolled, and the table keeps its share.
        assert!((table_width(900.0, 10, 10) - 540.0).abs() < 0.1);
    }
}
