//! What speaks for each class: a heat table of units by class, the best units of each class side by side, contrasts, and what the black
//! box answers to one class's units alone. Pictures get a small picture for each class.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use egui::accesskit::Role;
use egui::{
    Align, Align2, Button, ComboBox, FontId, Frame, Id, Label, Layout, Margin, Panel, RichText, ScrollArea, Sense,
    Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, UiBuilder, WidgetInfo, vec2,
};
use egui_extras::{Column, TableBuilder};
use egui_material_icons::icons;

use super::super::chrome::shorten;
use super::super::theme::{self, space, text, tokens};
use super::super::widgets::muted;
use super::answers::with_probability;
use super::canvas::Canvas;
use crate::data::Modality;
use crate::explain::mask::top_k;
use crate::figure::color::{Range, Scale};
use crate::figure::layout::text::readable_on;
use crate::figure::layout::{ExplainedPicture, Panel as FigurePanel, overlay_rgba};
use crate::jobs::{ByClass, Explained, Lens, MethodResult};
use crate::model::argmax;
use crate::session::reading::Action;
use crate::session::{Command, Session, describe};

/// Height of a row of the table.
const ROW: f32 = 22.0;
/// Digits after the point of a class's scores, at least.
const LEAST_DIGITS: usize = 2;
/// Width of a column of the table.
const CELL: f32 = 78.0;
/// Units listed for each class at least; more where there is room.
const LISTED: usize = 8;
/// Height of a listed unit, and of the head over them.
const LISTED_ROW: f32 = 28.0;
const LISTED_HEAD: f32 = 60.0;
/// Side of a small picture.
const SIDE: f32 = 104.0;
/// What is coloured by where no class is followed.
const OWN_SCORES: &str = "the method's own scores";
/// What a class is compared with where no other is chosen.
const NO_OTHER: &str = "no other class";

/// What the panel remembers.
#[derive(Default)]
pub struct ClassesUi {
    is_closed: bool,
    /// Column that the table is sorted by.
    sort: Sort,
    key: u64,
    /// What [`ClassesUi::key`] is about: kept, so that no other explanation comes to lie at its address.
    explained: Option<Arc<Explained>>,
    order: Vec<usize>,
    /// How scores become colours.
    range: Option<(Scale, Range)>,
    pictures: Vec<TextureHandle>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Sort {
    #[default]
    Rank,
    Class(usize),
    Contrast,
}

impl ClassesUi {
    /// Whether something of `explained`, or of `parts`, is new since the call before.
    fn is_new(&mut self, explained: &Arc<Explained>, parts: impl Hash) -> bool {
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
}

/// The explanation in view, and what the method in focus says of it.
type Focused<'a> = (&'a Arc<Explained>, &'a MethodResult, &'a ByClass);

fn focused(session: &Session) -> Option<Focused<'_>> {
    let result = session.explore.focused_result().filter(|result| result.selectable() > 0)?;
    Some((session.explore.explained()?, result, result.by_class.as_ref()?))
}

/// A button that opens and closes the panel, for methods that tell classes apart.
pub fn toggle(ui: &mut Ui, session: &Session, canvas: &mut Canvas) {
    if focused(session).is_none() || session.open.viewer_alone || session.hides_text() {
        return;
    }
    let open = !canvas.classes.is_closed;
    let response = ui.add(Button::selectable(open, "Classes").frame_when_inactive(true));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, "Classes"));
    if response.on_hover_text("What speaks for each class").clicked() {
        canvas.classes.is_closed = open;
    }
}

/// What the black box answers to the units of a class alone, and whether that is the class.
fn alone_words(session: &Session, by_class: &ByClass, class: usize) -> Option<(String, bool)> {
    let probs = by_class.only(class);
    let answer = (!probs.is_empty()).then(|| argmax(probs))?;
    let words = with_probability(session, probs, answer);
    Some(if answer == class {
        (words, true)
    } else {
        let p = describe::probability(probs.get(class).copied().unwrap_or(f32::NAN));
        (format!("{words}, {} {p}", session.class_name(class)), false)
    })
}

/// The panel under the viewer.
pub fn panel(ui: &mut Ui, session: &Session, canvas: &mut Canvas, commands: &mut Vec<Command>) {
    if canvas.classes.is_closed || session.open.viewer_alone || session.hides_text() {
        return;
    }
    let Some(focused) = focused(session) else { return };
    let (explained, _, by_class) = focused;
    // As in the viewer: an old result stays, but never passes for the one that was asked for.
    let is_old = session.explore.shown.is_dimmed(Instant::now()) || !session.is_in_view(explained);
    let t = tokens(ui);
    let frame = Frame::new().fill(t.panel).inner_margin(Margin::symmetric(space::M as i8, space::S as i8));
    // Small pictures with their names and answers need their height; a table scrolls.
    let window = ui.ctx().content_rect().height();
    let (height, least) = match explained.units.unit.modality() {
        Modality::Text => ((window * 0.34).clamp(250.0, 460.0), 150.0),
        Modality::Table => (170.0, 130.0),
        Modality::Image | Modality::Series => (236.0, 236.0),
    };
    let is_listed = matches!(explained.units.unit.modality(), Modality::Text | Modality::Table);
    // A panel keeps the height that it had first: in a much larger or smaller window it begins anew.
    let id = Id::unique(("classes", (window / 120.0) as u32));
    Panel::bottom(id).resizable(true).default_size(height).size_range(least..=560.0).frame(frame).show(ui, |ui| {
        if is_old {
            muted(ui, "Of the result before; the one asked for follows");
            ui.multiply_opacity(theme::DIMMED);
        }
        contrast(ui, session, by_class, commands);
        ui.add_space(space::XS);
        if is_listed {
            let area = ui.available_rect_before_wrap();
            let table_width = (90.0 + CELL * (by_class.classes + 1) as f32 + 150.0).min(area.width() * 0.55);
            let (left, right) = area.split_left_right_at_x(area.left() + table_width);
            let child = |ui: &mut Ui, name: &str, rect| {
                ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect).layout(Layout::top_down(Align::Min)))
            };
            let mut table_ui = child(ui, "class table", left.with_max_x(left.right() - space::M));
            table(&mut table_ui, session, canvas, focused, commands);
            let mut top_ui = child(ui, "class tops", right);
            tops(&mut top_ui, session, canvas, focused, commands);
            ui.allocate_rect(area, Sense::hover());
        } else {
            pictures(ui, session, canvas, focused, commands);
        }
    });
}

/// Why this class, against that one.
fn contrast(ui: &mut Ui, session: &Session, by_class: &ByClass, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    ui.label(RichText::new("What speaks for each class").strong());
    // In a narrow viewer both still stand on one line.
    let room = (ui.available_width() - 150.0).max(120.0);
    ui.horizontal_wrapped(|ui| {
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
fn range_of(result: &MethodResult, by_class: &ByClass) -> (Scale, Range) {
    let units = (0..by_class.units()).filter(|&unit| result.scores.get(unit) != Some(&f32::NEG_INFINITY));
    let values: Vec<f32> = units
        .flat_map(|unit| (0..by_class.classes).map(move |class| (unit, class)))
        .map(|(unit, class)| by_class.score(unit, class))
        .collect();
    let scale = if values.iter().any(|value| *value < 0.0) { Scale::Signed } else { Scale::Sequential };
    (scale, Range::robust(&values, scale))
}

fn current_contrast(session: &Session, result: &MethodResult) -> Option<(usize, usize)> {
    match session.lens(result)? {
        Lens::Contrast(a, b) => Some((a, b)),
        Lens::Class(_) => None,
    }
}

fn table(
    ui: &mut Ui,
    session: &Session,
    canvas: &mut Canvas,
    (explained, result, by_class): Focused<'_>,
    commands: &mut Vec<Command>,
) {
    let contrast = current_contrast(session, result);
    // As the text shows it: with a class in focus, that class's words.
    let seen = session.seen(result);
    let mut state = std::mem::take(&mut canvas.classes);
    if contrast.is_none() && state.sort == Sort::Contrast {
        state.sort = Sort::Rank;
    }
    if state.is_new(explained, (state.sort, contrast, session.explore.focus)) {
        let scores = match (state.sort, contrast) {
            (Sort::Class(class), _) => result.scores_through(Lens::Class(class)),
            (Sort::Contrast, Some((a, b))) => result.scores_through(Lens::Contrast(a, b)),
            _ => None,
        };
        state.order = top_k(scores.as_ref().unwrap_or(&result.scores), result.scores.len());
        state.range = None;
    }
    let (scale, range) = *state.range.get_or_insert_with(|| range_of(result, by_class));
    let digits = describe::digits(&by_class.scores, LEAST_DIGITS);
    let (head, names) = unit_names(canvas, session.explore.focus);
    let reading = &session.explore.reading;
    let mut found = None;
    let is_wide = ui.available_width() < 90.0 + CELL * by_class.classes as f32;
    ScrollArea::horizontal().id_salt("class table scroll").auto_shrink([false, false]).show(ui, |ui| {
        let word = if is_wide { Column::exact(110.0) } else { Column::remainder().at_least(90.0) };
        let mut builder = TableBuilder::new(ui)
            .id_salt("classes")
            .sense(Sense::click())
            .cell_layout(Layout::left_to_right(Align::Center))
            .auto_shrink([false, false])
            .column(word.clip(true));
        for _ in 0..by_class.classes + usize::from(contrast.is_some()) {
            builder = builder.column(Column::exact(CELL));
        }
        builder
            .header(ROW + 2.0, |mut header| {
                header.col(|ui| {
                    if sort_button(ui, head, state.sort == Sort::Rank, "Sort by the method's own rank") {
                        state.sort = Sort::Rank;
                    }
                });
                for class in 0..by_class.classes {
                    header.col(|ui| {
                        let name = session.class_name(class);
                        if sort_button(ui, &name, state.sort == Sort::Class(class), "Sort and colour by this class") {
                            state.sort = Sort::Class(class);
                            if session.explore.class_focus != Some(class) {
                                commands.push(Command::FocusClass(Some(class)));
                            }
                        }
                    });
                }
                if let Some((a, b)) = contrast {
                    header.col(|ui| {
                        let name = format!("{} \u{2212} {}", session.class_name(a), session.class_name(b));
                        if sort_button(ui, &name, state.sort == Sort::Contrast, "Sort by the difference") {
                            state.sort = Sort::Contrast;
                        }
                    });
                }
            })
            .body(|body| {
                body.rows(ROW, state.order.len(), |mut row| {
                    let Some(&unit) = state.order.get(row.index()) else { return };
                    row.set_selected(reading.chosen == Some(unit));
                    row.set_hovered(reading.pointed == Some(unit));
                    let name = names.get(unit).map_or("", String::as_str);
                    row.col(|ui| {
                        let label = RichText::new(shorten(name, 60));
                        let selected = seen.is_selected(unit, session.explore.k);
                        ui.add(Label::new(if selected { label.underline() } else { label }).truncate());
                    });
                    let mut values: Vec<f32> = (0..by_class.classes).map(|class| by_class.score(unit, class)).collect();
                    values.extend(contrast.map(|(a, b)| by_class.score(unit, a) - by_class.score(unit, b)));
                    for value in &values {
                        row.col(|ui| cell(ui, &describe::signed(*value, digits), scale.color(range.position(*value))));
                    }
                    let response = row.response();
                    let said: Vec<String> = values.iter().map(|value| describe::signed(*value, digits)).collect();
                    response.widget_info(|| {
                        let name = format!("{name}: {}", said.join(", "));
                        WidgetInfo::selected(Role::Button, true, reading.chosen == Some(unit), name)
                    });
                    if response.hovered() {
                        found = Some(unit);
                    }
                    if response.clicked() {
                        let choice = (reading.chosen != Some(unit)).then_some(unit);
                        commands.push(Command::Reading(Action::Choose(choice)));
                    }
                });
            });
    });
    canvas.classes = state;
    point(canvas, session, found);
}

/// What a unit is called in the head of a list, and the names of all: the words of a text, the columns of a row.
fn unit_names(canvas: &Canvas, column: usize) -> (&'static str, &[String]) {
    if let Some((_, view)) = canvas.text_view(column) {
        return ("Word", &view.words);
    }
    let row = canvas.picture(column).and_then(|picture| picture.row.as_ref());
    ("Column", row.map_or(&[], |row| row.names.as_slice()))
}

/// Marks a unit under the pointer in the other lists of a text.
fn point(canvas: &mut Canvas, session: &Session, found: Option<usize>) {
    if session.modality() == Modality::Text {
        canvas.point(found);
    }
}

fn sort_button(ui: &mut Ui, name: &str, is_sorted: bool, tip: &str) -> bool {
    let label = RichText::new(shorten(name, if is_sorted { 8 } else { 10 })).small().strong();
    let button = if is_sorted {
        Button::selectable(true, (label, icons::ICON_ARROW_DOWNWARD.rich_text().size(text::SMALL)))
    } else {
        Button::selectable(false, label)
    };
    let response = ui.add(button.truncate());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_sorted, format!("Sort by {name}")));
    response.on_hover_text(format!("{name}. {tip}")).clicked()
}

fn cell(ui: &mut Ui, words: &str, ground: crate::figure::Color) {
    let rect = ui.max_rect().shrink2(vec2(0.5, 0.5));
    ui.painter().rect_filled(rect, 0.0, theme::color(ground));
    let font = FontId::proportional(text::SMALL);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, words, font, theme::color(readable_on(ground)));
}

/// The best units of each class, class beside class.
fn tops(ui: &mut Ui, session: &Session, canvas: &mut Canvas, focused: Focused<'_>, commands: &mut Vec<Command>) {
    let (_, result, by_class) = focused;
    let (_, words) = unit_names(canvas, session.explore.focus);
    let width = ((ui.available_width() - space::S) / by_class.classes.max(1) as f32 - space::S).clamp(104.0, 220.0);
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
    let Some((words, is_class)) = alone_words(session, by_class, class) else { return };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let t = tokens(ui);
        let (icon, color) = if is_class { (icons::ICON_CHECK, t.text) } else { (icons::ICON_CLOSE, t.error) };
        ui.label(icon.rich_text().size(text::SMALL).color(color));
        let k = explained.k.min(result.selectable());
        let line = RichText::new(format!("best {k} alone: {words}")).small().color(t.muted);
        // Its number must not be what is cut off.
        ui.add(Label::new(line).wrap()).on_hover_text(
            "What the black box answers when only the best units of this class are left, as many as are selected",
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
    muted(ui, "One scale for all classes.");
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
