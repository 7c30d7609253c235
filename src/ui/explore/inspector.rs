//! The inspector: what the model answers, the unit under the pointer, overlap, the method's card, how the picture is fitted.

use std::sync::Arc;

use egui::{
    Align, ComboBox, Grid, Label, Layout, RichText, ScrollArea, TextEdit, TextStyle, TextWrapMode, TextureHandle,
    TextureOptions, Ui, WidgetText, vec2,
};
use egui_material_icons::icons;

use super::super::theme::{space, tokens};
use super::super::widgets::{self, bar_row, command_icon, group, muted};
use super::canvas::Canvas;
use super::thumbs::Thumbs;
use super::{fit, groups};
use crate::data::{Dataset, Modality, Picture, Split};
use crate::explain::mask::top_k;
use crate::figure::layout::series::Form;
use crate::jobs::{Explained, Lens, MethodResult};
use crate::session::describe;
use crate::session::{Command, Session};

/// How many of the likeliest classes are listed, whatever is answered to parts.
const LISTED_CLASSES: usize = 5;

/// Room of the three icons beside the item's name, in points.
const HEAD_ICONS: f32 = 124.0;

/// Width in points that the names of methods keep beside their numbers.
const LEAST_NAME: f32 = 56.0;

/// Signs of a note at most.
const MOST_NOTED: usize = 300;

/// What the inspector remembers.
#[derive(Default)]
pub struct InspectorUi {
    /// What the user's picture looks like, and what the model gets.
    pub(super) previews: Option<(fit::PreviewKey, TextureHandle, TextureHandle)>,
    /// What generators rebuilt.
    pub(super) rebuilt: super::rebuilt::RebuiltUi,
    /// The list of words by rank.
    pub(super) words: super::words::WordsUi,
    /// Fields for other values of a row.
    pub(super) what_if: super::what_if::WhatIfUi,
}

/// The panel.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    state: &mut InspectorUi,
    canvas: &Canvas,
    thumbs: &mut Thumbs,
    commands: &mut Vec<Command>,
) {
    ScrollArea::vertical().id_salt("inspector").auto_shrink([false, false]).show(ui, |ui| {
        let Some((data, item)) = session.in_view() else {
            muted(ui, "Choose an item on the left.");
            return;
        };
        match (session.own_text(), session.own_row(), &session.data) {
            (Some(_), ..) => super::own::head(ui, session, commands),
            // It is still known by the item that it began as.
            (None, Some(own), Some(data)) => item_head(ui, session, data, own.item, commands),
            (None, ..) => item_head(ui, session, data, item, commands),
        }
        // While a value is being changed, what was answered before stays: fields below would jump.
        let is_shown = |of: &&Arc<Explained>| session.is_in_view(of) || session.own_row().is_some();
        let explained = session.explore.explained().filter(is_shown).cloned();
        if let Some(explained) = &explained {
            widgets::rule(ui);
            ui.scope(|ui| {
                if !session.is_in_view(explained) {
                    ui.multiply_opacity(super::super::theme::DIMMED);
                }
                answers(ui, session, explained, commands);
            });
            // Of a table nothing follows: its columns tell their values themselves.
            if explained.units.unit.modality() != Modality::Table {
                widgets::rule(ui);
            }
            let modality = explained.units.unit.modality();
            let rebuilt = session.explore.focused_result().filter(|result| !result.rebuilt.is_empty());
            // Before what can be long: what is pointed at must be seen.
            if modality == Modality::Series {
                pointed_step(ui, session, canvas);
                if rebuilt.is_some() {
                    widgets::rule(ui);
                }
            }
            if let Some(result) = rebuilt {
                super::rebuilt::show(ui, session, explained, result, &mut state.rebuilt);
                if modality != Modality::Series {
                    widgets::rule(ui);
                }
            }
            if explained.text.is_some() {
                super::words::list(ui, session, canvas, &mut state.words, commands);
                super::words::pointed(ui, session, canvas, explained, commands);
            } else if modality == Modality::Image {
                pointed(ui, session, canvas, explained);
            }
            if fit::is_wanted(session, data) {
                widgets::rule(ui);
                fit::show(ui, session, data, item, explained, state, thumbs, commands);
            }
        }
        super::what_if::show(ui, session, &mut state.what_if, commands);
        widgets::rule(ui);
        method_card(ui, session);
    });
}

fn item_head(ui: &mut Ui, session: &Session, data: &Dataset, item: usize, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let name = crate::jobs::picture::item_title(data, item);
        // A long name leaves the icons their room.
        let room = (ui.available_width() - HEAD_ICONS).max(40.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            ui.add(Label::new(RichText::new(name).strong()).truncate());
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            command_icon(ui, session, Command::KeepFigure, icons::ICON_PHOTO_LIBRARY, commands);
            command_icon(ui, session, Command::Pin, icons::ICON_PUSH_PIN, commands);
            command_icon(ui, session, Command::Mark, icons::ICON_FLAG, commands);
        });
    });
    let mut facts = Vec::new();
    match session.label_name(item) {
        Some(label) => facts.push(format!("class {label}")),
        None => facts.push("no label".to_owned()),
    }
    facts.push(
        match data.splits.get(item) {
            Some(Split::Train) => "training",
            Some(Split::Validation) => "validation",
            Some(Split::Test) => "test",
            None => "no split",
        }
        .to_owned(),
    );
    let explore = &session.explore;
    let is_unknown = session
        .active_box()
        .zip(session.label_name(item))
        .is_some_and(|(active, label)| !active.card.classes.iter().any(|known| known == label));
    if explore.marked.contains(&item) {
        facts.push("marked".to_owned());
    }
    if explore.pinned.contains(&item) {
        facts.push("pinned".to_owned());
    }
    muted(ui, facts.join(" · "));
    if explore.marked.contains(&item) {
        note(ui, session, item, commands);
    }
    if let Some(active) = session.active_box().filter(|_| is_unknown) {
        let words = format!("This black box knows only {}", describe::in_words(&active.card.classes));
        ui.add(Label::new(RichText::new(words).small().color(tokens(ui).warning)).wrap());
    }
}

/// What the user notes on a marked item.
fn note(ui: &mut Ui, session: &Session, item: usize, commands: &mut Vec<Command>) {
    let before = session.explore.note(item).unwrap_or_default();
    let mut note = before.to_owned();
    let field = TextEdit::singleline(&mut note)
        .id_salt(("note", item))
        .hint_text("Note")
        .char_limit(MOST_NOTED)
        .desired_width(f32::INFINITY);
    let field = ui.add(field).accessible_name("Note on the item");
    field.on_hover_text("Kept with the mark and shown with the item in the list");
    if note != before {
        commands.push(Command::SetNote(item, note));
    }
}

fn answers(ui: &mut Ui, session: &Session, explained: &Explained, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    let full = crate::model::argmax(&explained.probs_full);
    let class = explore.class_focus.unwrap_or(full).min(explained.probs_full.len().saturating_sub(1));
    ui.horizontal(|ui| {
        ui.label(RichText::new("Probability of").strong());
        let shown = match explore.class_focus {
            None => format!("{} (predicted)", session.class_name(class)),
            Some(class) => session.class_name(class),
        };
        ComboBox::from_id_salt("class")
            .selected_text(shown)
            .width(ui.available_width().min(130.0))
            .truncate()
            .show_ui(ui, |ui| {
                if ui.selectable_label(explore.class_focus.is_none(), "the predicted class").clicked()
                    && explore.class_focus.is_some()
                {
                    commands.push(Command::FocusClass(None));
                }
                for at in 0..explained.probs_full.len() {
                    let is_followed = explore.class_focus == Some(at);
                    if ui.selectable_label(is_followed, session.class_name(at)).clicked() && !is_followed {
                        commands.push(Command::FocusClass(Some(at)));
                    }
                }
            })
            .response
            .accessible_name("Class in focus")
            .on_hover_text("Digits 0 to 9 choose a class, too");
    });
    let t = tokens(ui);
    let p = |probs: &[f32]| probs.get(class).copied().unwrap_or(f32::NAN);
    let p_full = p(&explained.probs_full);
    bar_row(ui, "Full input", p_full, &describe::probability(p_full), t.full, false);
    // Of a text without a word that the black box gets, nothing is selected.
    let has_units = |result: &&MethodResult| result.selectable() > 0;
    let Some(result) = explore.focused_result().filter(has_units) else { return };
    ui.scope(|ui| {
        if explained.k != explore.k {
            ui.multiply_opacity(super::super::theme::DIMMED);
        }
        // With a class in focus the picture shows that class's units, and the method's own selection is another.
        let shown = session.lens(result).map(|lens| (lens, result.only_through(lens)));
        if let Some((lens, probs)) = &shown {
            let noun = explained.units.unit.noun(2);
            let n_shown = result.n_speaking(*lens, explore.k);
            if n_shown == 0 {
                muted(ui, format!("Nothing speaks for {}", session.lens_words(*lens)));
            } else if !probs.is_empty() {
                let tip = format!("The black box sees the {noun} shown for {} alone", session.lens_words(*lens));
                bar_row(ui, "With these only", p(probs), &describe::probability(p(probs)), t.selected, false)
                    .on_hover_text(tip);
                if n_shown < result.selectable() {
                    let rest = p(result.rest_through(*lens));
                    let tip = format!("The black box sees all but the {noun} shown for {}", session.lens_words(*lens));
                    bar_row(ui, "Without these", rest, &describe::probability(rest), t.unselected, true)
                        .on_hover_text(tip);
                }
            }
            let nothing = result.by_class.as_ref().map_or(&[][..], |by_class| &by_class.nothing);
            if !nothing.is_empty() {
                bar_row(ui, "Nothing left", p(nothing), &describe::probability(p(nothing)), t.muted, false)
                    .on_hover_text(format!("All {noun} are hidden: what the probability is with none of them"));
            }
        }
        // What is shown for a class may be what the method selects anyway: its bars stand there already.
        let is_told =
            shown.as_ref().is_some_and(|(lens, probs)| !probs.is_empty() && session.shows_own_selection(result, *lens));
        if shown.is_some() {
            ui.add_space(space::XS);
            let noun = explained.units.unit.noun(2);
            muted(
                ui,
                if is_told {
                    format!("The method's own {noun} are the same")
                } else {
                    format!("By the method's own {noun}:")
                },
            );
        }
        if !is_told {
            let (selected, unselected) = (p(&result.probs_selected), p(&result.probs_unselected));
            bar_row(ui, "Selected only", selected, &describe::probability(selected), t.selected, false)
                .on_hover_text("S: the black box sees the selected units, all others are filled");
            if explore.k < result.selectable() {
                bar_row(ui, "Unselected only", unselected, &describe::probability(unselected), t.unselected, true)
                    .on_hover_text("The complement of S: the black box sees all but the selected units");
            } else {
                muted(ui, "Unselected only: nothing is left");
            }
        }
        if explained.probs_full.len() > 2 {
            ui.add_space(space::XS);
            // To nothing there is no answer that is this class's.
            let speaks = |lens: Lens| result.n_speaking(lens, 1) > 0;
            let shown = shown.map(|(lens, probs)| if speaks(lens) { probs } else { &[][..] });
            classes(ui, session, explained, result, shown);
        }
    });
}

/// The classes that are listed, the likeliest by the full input first: some of these, those that are answered to any of `answers`, and the one that is
/// followed.
fn listed_classes(full: &[f32], answers: &[&[f32]], followed: Option<usize>) -> Vec<usize> {
    let mut listed = top_k(full, LISTED_CLASSES);
    let answered = answers.iter().filter(|probs| !probs.is_empty()).map(|probs| crate::model::argmax(probs));
    for class in answered.chain(followed).filter(|class| *class < full.len()) {
        if !listed.contains(&class) {
            listed.push(class);
        }
    }
    listed.sort_by(|a, b| full[*b].total_cmp(&full[*a]).then(a.cmp(b)));
    listed
}

/// The likeliest classes, by the full input, and by the method's own parts or what is shown of a class.
fn classes(ui: &mut Ui, session: &Session, explained: &Explained, result: &MethodResult, shown: Option<&[f32]>) {
    let mut columns = vec![("full", explained.probs_full.as_slice())];
    match shown {
        Some(probs) if !probs.is_empty() => columns.push(("shown", probs)),
        Some(_) => {}
        None => columns.extend([("sel.", result.probs_selected.as_slice()), ("unsel.", &result.probs_unselected)]),
    }
    // With a class in focus both parts are told above, and the class that each is answered with is looked for here.
    let answers = [result.probs_selected.as_slice(), &result.probs_unselected, shown.unwrap_or_default()];
    let listed = listed_classes(&explained.probs_full, &answers, session.explore.class_focus);
    // The longest probability; names get what is left, so that nothing is wider than the panel.
    let number = groups::word(ui, "<0.01", &TextStyle::Body) + space::M;
    let room = (ui.available_width() - columns.len() as f32 * number).max(LEAST_NAME);
    Grid::new(("classes", columns.len())).num_columns(columns.len() + 1).spacing([space::M, 2.0]).striped(true).show(
        ui,
        |ui| {
            muted(ui, "Class");
            for (head, _) in &columns {
                muted(ui, *head);
            }
            ui.end_row();
            for class in listed {
                let name = WidgetText::from(super::super::chrome::shorten(&session.class_name(class), 16));
                let name = name.into_galley(ui, Some(TextWrapMode::Truncate), room, TextStyle::Body);
                ui.label(name);
                for (_, probs) in &columns {
                    ui.label(describe::probability(probs.get(class).copied().unwrap_or(f32::NAN)));
                }
                ui.end_row();
            }
        },
    );
}

/// The step or cell of a series under the pointer: beside the curves, since over them it would hide them.
fn pointed_step(ui: &mut Ui, session: &Session, canvas: &Canvas) {
    let is_map = session.series_form() == Some(Form::Map);
    group(ui, if is_map { "Cell under the pointer" } else { "Step under the pointer" });
    // What stands below moves as little as can be.
    let least = 4.0 * ui.text_style_height(&TextStyle::Body);
    ui.scope(|ui| {
        ui.set_min_height(least);
        match &canvas.told {
            Some(words) => {
                ui.add(Label::new(words).wrap());
            }
            None if is_map => {
                muted(ui, "Point at a cell for its value, score and rank. Scroll to zoom, drag to move, double-click for all.");
            }
            None => {
                muted(ui, "Point at a step for its value and score. Scroll to zoom along the steps, drag to move, double-click for all.");
            }
        }
    });
}

fn pointed(ui: &mut Ui, session: &Session, canvas: &Canvas, explained: &Explained) {
    group(ui, "Unit under the pointer");
    let Some(spot) = canvas.pointed else {
        muted(ui, "Move the pointer over a picture. Scroll to zoom, drag to move, double-click for all of it.");
        return;
    };
    let shape = explained.units.shape;
    let unit = explained.units.unit_at(spot.y, spot.x);
    let plane = shape.height * shape.width;
    let values: Vec<String> = (0..shape.channels)
        .filter_map(|channel| explained.row.get(channel * plane + spot.y * shape.width + spot.x))
        .map(|value| format!("{value:.3}"))
        .collect();
    ui.label(format!("Row {}, column {}: value {}", spot.y, spot.x, values.join(", ")));
    let mut lines = Vec::new();
    for (column, result) in explained.methods.iter().enumerate() {
        let Ok(result) = result else { continue };
        // As the picture shows it: with a class in focus, by that class's scores.
        let result = session.seen(result);
        let explainer = session.explore.columns.get(column).and_then(|&at| session.explainers.get(at));
        lines.push(UnitLine {
            method: explainer.map_or_else(String::new, |explainer| explainer.card.name.clone()),
            score: result.scores.get(unit).map_or_else(String::new, |score| format!("{score:.4}")),
            rank: result.ranks.get(unit).map_or_else(String::new, |rank| (rank + 1).to_string()),
            is_selected: result.is_selected(unit, session.explore.k),
        });
    }
    unit_lines(ui, &lines, explained.units.count());
}

/// What a method says of the unit under the pointer.
pub(super) struct UnitLine {
    /// Its name.
    pub method: String,
    /// Its score of the unit, as a number in words.
    pub score: String,
    /// Its rank of the unit.
    pub rank: String,
    /// Whether it selects the unit.
    pub is_selected: bool,
}

/// Methods in lines, with what each says of one unit. Numbers have columns of fixed widths and names what is left, so that nothing moves from unit to
/// unit. Ranks go up to `units`.
pub(super) fn unit_lines(ui: &mut Ui, lines: &[UnitLine], units: usize) {
    let body = |words: &str| groups::word(ui, words, &TextStyle::Body).ceil() + 1.0;
    let small = |words: &str| groups::word(ui, words, &TextStyle::Small).ceil() + 1.0;
    // Most scores have no more signs; what is longer ends in "…" and is whole in its tooltip.
    let numbers = [body("\u{2212}88.8888"), body(&units.to_string()).max(body("none")), small("selected")];
    let gap = space::S;
    let names = (ui.available_width() - numbers.iter().sum::<f32>() - 3.0 * gap).max(LEAST_NAME);
    let widths = [names, numbers[0], numbers[1], numbers[2]];
    let line = |ui: &mut Ui, cells: [RichText; 4]| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for (words, width) in cells.into_iter().zip(widths) {
                let size = vec2(width, ui.spacing().interact_size.y);
                ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                    ui.set_min_width(width);
                    ui.add(Label::new(words).truncate());
                });
            }
        });
    };
    ui.scope(|ui| {
        // Lines of text, not as high as those of controls.
        ui.spacing_mut().interact_size.y = ui.text_style_height(&TextStyle::Body);
        ui.spacing_mut().item_spacing.y = 2.0;
        let muted = tokens(ui).muted;
        line(ui, ["Method", "score", "rank", "selected"].map(|head| RichText::new(head).small().color(muted)));
        for one in lines {
            let selected = if one.is_selected { "yes" } else { "no" };
            line(ui, [one.method.as_str(), &one.score, &one.rank, selected].map(RichText::new));
        }
    });
}

fn method_card(ui: &mut Ui, session: &Session) {
    let Some(explainer) = session.explore.columns.get(session.explore.focus).and_then(|&at| session.explainers.get(at))
    else {
        return;
    };
    let card = &explainer.card;
    group(ui, "Method");
    ui.label(RichText::new(&card.name).strong());
    if let Ok(method) = crate::explain::method(&card.method) {
        let spec = method.spec();
        ui.add(Label::new(spec.summary).wrap());
        ui.add_space(space::XS);
        ui.add(Label::new(RichText::new(spec.citation).small().color(tokens(ui).muted)).wrap());
        if spec.trains {
            ui.add_space(space::XS);
            let state = if card.complete { "" } else { ", not finished" };
            muted(
                ui,
                format!(
                    "Trained to select {} {}, seed {}, {} epochs{state}",
                    card.k,
                    card.unit.noun(card.k),
                    card.seed,
                    card.epochs
                ),
            );
        }
    }
    if !card.validation.is_empty() {
        ui.add_space(space::XS);
        Grid::new("validation").num_columns(2).spacing([space::M, 2.0]).show(ui, |ui| {
            muted(ui, "On validation items");
            muted(ui, "%");
            ui.end_row();
            for (metric, value) in &card.validation {
                ui.label(super::super::measure_place::metric_title(metric));
                ui.label(format!("{value:.1}"));
                ui.end_row();
            }
        });
    }
}

/// A picture as a texture with sharp pixels.
pub(super) fn texture(ui: &Ui, name: &str, picture: &Picture) -> TextureHandle {
    ui.ctx().load_texture(name, super::thumbs::color_image(picture), TextureOptions::NEAREST)
}

#[cfg(test)]
mod tests {
    use super::listed_classes;

    #[test]
    fn every_class_that_is_named_as_an_answer_is_listed() {
        let full = [0.30, 0.04, 0.15, 0.03, 0.01, 0.12, 0.05, 0.02, 0.18, 0.10];
        assert_eq!(listed_classes(&full, &[&full], None), [0, 8, 2, 5, 9]);
        let mut selected = [0.01; 10];
        selected[3] = 0.89;
        let mut unselected = [0.01; 10];
        unselected[4] = 0.5;
        assert_eq!(listed_classes(&full, &[&selected, &unselected, &[]], Some(7)), [0, 8, 2, 5, 9, 3, 7, 4]);
        // Nothing twice, and nothing that does not exist.
        assert_eq!(listed_classes(&full[..3], &[&full[..3]], Some(9)), [0, 2, 1]);
    }
}
