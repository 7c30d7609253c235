//! The questions under an item: classes, "can't decide", scores, confidence, the true class. The one that the keys answer is marked.

use egui::{Align2, RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2};

use super::parts::{Cx, Did, Look, button_width, centred_row, key_button};
use crate::session::participant::{Answering, Question, class_keys};
use crate::study::design::Form;
use crate::study::responses::normalised;
use crate::study::session::{Choice, Input, TrialView};
use crate::study::store::Shown;
use crate::study::words::Word;
use crate::ui::theme::{self, large, space, tokens};

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, shown: &Shown, answering: &Answering, trial: &TrialView<'_>) {
    let active = answering.question(shown);
    let is_alone = !shown.confidence && shown.truth_question.is_none();
    match shown.form {
        Form::Class | Form::ClassOrUndecided => {
            heading(ui, cx, &shown.question, active == Question::Class, is_alone);
            let chosen = match trial.draft.choice {
                Choice::Class(class) => Some(class),
                _ => None,
            };
            let is_undecided = trial.draft.choice == Choice::Undecided;
            let other = shown.undecided.as_deref().map(|words| (words, is_undecided));
            classes(ui, cx, shown, trial.buttons, chosen, other, Input::Choose);
        }
        Form::Scores => {
            heading(ui, cx, &shown.question, matches!(active, Question::Score(_)), is_alone);
            scores(ui, cx, shown, active, trial);
        }
    }
    if shown.confidence {
        let words = cx.word(Word::Sure);
        heading(ui, cx, &words, active == Question::Confidence, false);
        confidence(ui, cx, trial.draft.confidence);
    }
    if let Some(question) = &shown.truth_question {
        heading(ui, cx, question, active == Question::Truth, false);
        classes(ui, cx, shown, trial.buttons, trial.draft.truth, None, Input::Truth);
    }
}

/// A question; the one that the keys answer has an arrow before it and full ink.
fn heading(ui: &mut Ui, cx: &Cx<'_>, words: &str, is_active: bool, is_alone: bool) {
    let t = tokens(ui);
    let ink = if is_active { t.text } else { t.muted };
    ui.vertical_centered(|ui| {
        let font = cx.looks.font(large::QUESTION);
        let response = ui.label(RichText::new(words).font(font.clone()).color(ink));
        if is_active && !is_alone {
            let at = response.rect.left_center() - vec2(space::S, 0.0);
            let arrow = egui_material_icons::icons::ICON_ARROW_FORWARD.codepoint;
            ui.painter().text(at, Align2::RIGHT_CENTER, arrow, font, t.accent);
        }
    });
}

fn classes(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    shown: &Shown,
    buttons: &[u16],
    chosen: Option<u16>,
    undecided: Option<(&str, bool)>,
    input: fn(u16) -> Input,
) {
    let keys = class_keys(shown, buttons);
    let space_key = cx.word(Word::Space);
    // Key, words, whether it is chosen, what it does.
    let mut all: Vec<(String, String, bool, Input)> = buttons
        .iter()
        .zip(keys)
        .map(|(&class, key)| {
            let name = shown.classes.get(usize::from(class)).cloned().unwrap_or_default();
            // A class that is called by its key needs no second one.
            let key = Some(key.to_string()).filter(|key| *key != name).unwrap_or_default();
            (key, name, chosen == Some(class), input(class))
        })
        .collect();
    if let Some((words, is_chosen)) = undecided {
        all.push((space_key, words.to_owned(), is_chosen, Input::Undecided));
    }
    let least = if all.len() > 7 { 60.0 } else { 120.0 };
    let widths: Vec<f32> = all.iter().map(|(key, words, ..)| button_width(ui, cx, key, words, least)).collect();
    centred_row(ui, cx, &widths, |ui, cx, at| {
        let (key, words, is_chosen, input) = &all[at];
        let look =
            Look { is_chosen: *is_chosen, is_enabled: true, least: least as u16, is_choice: true, ..Look::default() };
        if key_button(ui, cx, key, words, look).clicked() {
            cx.did.push(Did::Answer(input.clone()));
        }
    });
}

fn confidence(ui: &mut Ui, cx: &mut Cx<'_>, chosen: Option<u8>) {
    let (least, most) = (cx.word(Word::NotSure), cx.word(Word::VerySure));
    let words = |level: u8| match level {
        1 => format!("1 {least}"),
        5 => format!("5 {most}"),
        _ => level.to_string(),
    };
    let labels: Vec<String> = (1..=5).map(words).collect();
    let widths: Vec<f32> = labels.iter().map(|words| button_width(ui, cx, "", words, 70.0)).collect();
    centred_row(ui, cx, &widths, |ui, cx, at| {
        let level = at as u8 + 1;
        let look =
            Look { is_chosen: chosen == Some(level), is_enabled: true, least: 70, is_choice: true, ..Look::default() };
        if key_button(ui, cx, "", &labels[at], look).clicked() {
            cx.did.push(Did::Answer(Input::Confidence(level)));
        }
    });
}

/// A row for each class: name, a bar from 0 to 1, the score, and what it counts once all are given.
fn scores(ui: &mut Ui, cx: &mut Cx<'_>, shown: &Shown, active: Question, trial: &TrialView<'_>) {
    let Choice::Scores(given) = &trial.draft.choice else { return };
    let shares = trial.draft.scores().map(|scores| normalised(&scores));
    let width = (640.0 * cx.looks.text).min(ui.available_width());
    let inset = (ui.available_width() - width) / 2.0;
    for (at, &class) in trial.buttons.iter().enumerate() {
        let class_at = usize::from(class);
        let name = shown.classes.get(class_at).cloned().unwrap_or_default();
        let score = given.get(class_at).copied().flatten();
        let share = shares.as_ref().and_then(|shares| shares.get(class_at)).copied();
        ui.horizontal(|ui| {
            ui.add_space(inset);
            if let Some(did) = score_row(ui, cx, &name, score, share, active == Question::Score(at), class, width) {
                cx.did.push(did);
            }
        });
    }
    ui.vertical_centered(|ui| {
        let words = cx.word(Word::ScoreNote);
        super::parts::note(ui, cx, &words);
    });
}

#[expect(clippy::too_many_arguments, reason = "one row is drawn from one class")]
fn score_row(
    ui: &mut Ui,
    cx: &Cx<'_>,
    name: &str,
    score: Option<f64>,
    share: Option<f64>,
    is_active: bool,
    class: u16,
    width: f32,
) -> Option<Did> {
    let height = large::BODY * cx.looks.text * 1.35 + 2.0 * space::S;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click_and_drag());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Slider, true, name);
        info.value = score;
        info
    });
    let t = tokens(ui);
    let painter = ui.painter();
    let line = if is_active { Stroke::new(3.0, t.accent) } else { Stroke::new(1.0, t.line) };
    painter.rect(rect, f32::from(theme::RADIUS) + 2.0, t.canvas, line, StrokeKind::Inside);
    let inner = rect.shrink2(vec2(space::M, 0.0));
    let font = cx.looks.font(large::BODY);
    let y = rect.center().y;
    let clip = egui::Rect::from_min_max(inner.min, egui::pos2(inner.left() + width * 0.26, inner.bottom()));
    ui.painter_at(clip).text(egui::pos2(inner.left(), y), Align2::LEFT_CENTER, name, font.clone(), t.text);
    let track = egui::Rect::from_min_max(
        egui::pos2(inner.left() + width * 0.28, y - 7.0),
        egui::pos2(inner.right() - width * 0.3, y + 7.0),
    );
    painter.rect(track, 4.0, t.track, Stroke::new(1.0, t.outline), StrokeKind::Outside);
    if let Some(score) = score {
        let filled = egui::Rect::from_min_size(track.min, vec2(track.width() * score as f32, track.height()));
        painter.rect_filled(filled, 4.0, t.accent);
    }
    let value = score.map_or_else(|| "–".to_owned(), |score| format!("{score:.2}"));
    painter.text(egui::pos2(track.right() + space::L, y), Align2::LEFT_CENTER, value, font, t.text);
    if let Some(share) = share {
        let words = cx.filled(Word::ScoreShare, &[("n", format!("{:.0}", share * 100.0))]);
        painter.text(egui::pos2(inner.right(), y), Align2::RIGHT_CENTER, words, cx.looks.font(large::SMALL), t.muted);
    }
    if (response.clicked() || response.dragged())
        && let Some(at) = response.interact_pointer_pos()
    {
        let value = f64::from(((at.x - track.left()) / track.width()).clamp(0.0, 1.0));
        return Some(Did::Answer(Input::Score { class, value: (value * 20.0).round() / 20.0 }));
    }
    None
}
