//! Designs: the form on the left; beside it what the chosen numbers give, what a careful reader would say, and how making goes.

use egui::{CentralPanel, Frame, Label, Margin, RichText, ScrollArea, Ui};
use egui_material_icons::icons;

use super::{changed, form, terms};
use crate::session::study::{DesignForm, StudyAction, StudyDialog, StudyPart};
use crate::session::{Command, Place, Session};
use crate::study::design::{PRESETS, Plan, half_width, plan};
use crate::ui::forms::{facts, primary, warning};
use crate::ui::panels::{Side, SidePanel};
use crate::ui::theme::{space, text, tokens};
use crate::ui::widgets::{command_button, empty, group, muted, progress_bar};
use crate::work::Progress;

/// The part.
pub fn show(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.canvas).inner_margin(Margin::same(space::L as i8));
    if session.active_box().is_none() || session.data.is_none() {
        CentralPanel::default().frame(frame).show(ui, |ui| {
            let sentence = "Designing a study needs data, a black box and an explainer.";
            let action = Some((Command::Go(Place::Train), "Go to Train"));
            empty(ui, session, icons::ICON_GROUP, sentence, action, commands);
        });
        return;
    }
    let before = session.design_form();
    let mut design = before.clone();
    let panel = Frame::new().fill(t.panel).inner_margin(Margin::same(space::S as i8));
    let left = SidePanel { side: Side::Left, name: "study design", width: 500.0, range: [420.0, 680.0], frame: panel };
    left.show(ui, session, commands, |ui, commands| {
        start_from(ui, session, commands);
        let room = (ui.available_height() - 74.0).max(120.0);
        ScrollArea::vertical().max_height(room).min_scrolled_height(room).auto_shrink([false, true]).show(ui, |ui| {
            form::show(ui, session, &mut design);
        });
        ui.separator();
        let problem = session.study.making.map(|_| "A study is being made".to_owned());
        let problem = problem.or_else(|| session.design_problem(&before));
        let what = format!("{}, {} people", session.study_items(&before), before.spec.people.count);
        // People's answers belong where the researcher will look for them, never into work that has no name yet.
        let (words, command) = if session.has_home() {
            (format!("Make the study: {what}"), Command::Study(StudyAction::Make(None)))
        } else {
            (format!("Make the study in a folder…: {what}"), StudyDialog::Folder.ask())
        };
        primary(ui, session, command, &words, problem, commands);
    });
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            // Lines as long as are read with ease, but never longer than there is room for.
            ui.set_max_width(ui.available_width().min(640.0));
            making(ui, session, commands);
            planner(ui, session, &before);
            remarks(ui, session, &before);
            ui.add_space(space::M);
            group(ui, "Files");
            ui.horizontal_wrapped(|ui| {
                command_button(ui, session, StudyDialog::OpenDesign.ask(), "Open design…", commands);
                command_button(ui, session, StudyDialog::SaveDesign.ask(), "Save design…", commands);
                command_button(ui, session, StudyDialog::Folder.ask(), "Make it in another folder…", commands);
            });
            muted(
                ui,
                "Making writes three files: the participant file (stimuli and opaque codes), the key (what the codes mean; keep it to \
                 yourself) and the design. The design is frozen, with hashes of data, model and masks, when the first participant starts.",
            );
        });
    });
    changed(design, &before, commands);
}

fn start_from(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let label = ui.label("Start from");
        let combo = egui::ComboBox::from_id_salt("start from").selected_text("a protocol…").width(250.0);
        let shown = combo.show_ui(ui, |ui| {
            let standard = ui.selectable_label(false, "The rules of a careful study");
            if standard
                .on_hover_text("Forced choice, control arms, each item once per person, catch items, repeats")
                .clicked()
            {
                commands.push(Command::Study(StudyAction::StartFrom("")));
            }
            for preset in PRESETS {
                if ui.selectable_label(false, preset.id).on_hover_text(preset.summary).clicked() {
                    commands.push(Command::Study(StudyAction::StartFrom(preset.id)));
                }
            }
        });
        shown.response.labelled_by(label.id).on_hover_text("A paper's protocol, or the rules of a careful study");
        if session.study.form.is_none() {
            muted(ui, "fits what is open");
        }
    });
}

/// The study that is being made, or was made last.
fn making(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let study = &session.study;
    if let Some(job) = study.making.and_then(|id| session.running.get(id)) {
        let line = job.progress.as_ref().map_or_else(|| "waiting for its turn".to_owned(), Progress::line);
        ui.label(RichText::new("Making the study").strong());
        progress_bar(ui, "Making the study", job.progress.as_ref(), ui.available_width());
        ui.horizontal(|ui| {
            muted(ui, line);
            command_button(ui, session, Command::CancelJob(job.id), "Cancel", commands);
        });
        ui.add_space(space::M);
    }
    if let Some(notice) = &study.make_error {
        warning(ui, &notice.summary);
        ui.add_space(space::M);
    }
    let Some(made) = &study.made else { return };
    Frame::new().fill(tokens(ui).raised).corner_radius(crate::ui::theme::RADIUS).inner_margin(space::M).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new("The study is made").strong());
            let mut lines: Vec<(&str, String)> =
                made.participants.iter().map(|path| ("For participants", path.display().to_string())).collect();
            lines.push(("Keep to yourself", made.key.display().to_string()));
            lines.push(("Holds", format!("{} stimuli for {} people", made.stimuli, made.places)));
            facts(ui, "made", &lines);
            ui.add_space(space::XS);
            ui.horizontal(|ui| {
                if let Some(first) = made.participants.first() {
                    command_button(ui, session, Command::TakePart(first.clone()), "Start participant mode", commands);
                }
                command_button(ui, session, Command::Study(StudyAction::Show(StudyPart::Runs)), "Go to Runs", commands);
            });
        },
    );
    ui.add_space(space::M);
}

/// What the numbers give.
fn planner(ui: &mut Ui, session: &Session, design: &DesignForm) {
    let spec = session.study_spec(design);
    let at = plan(&spec, 0.8);
    let points = |share: f64| format!("{:.1}", 100.0 * share);
    let half = 50.0 * (at.interval[1] - at.interval[0]);
    ui.label(RichText::new("What to expect").size(text::HEADING));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.label("An");
        terms::term(ui, "FS-H");
        ui.label(format!(
            "of 80 % will be known to ± {half:.1} points ({} to {} %), since each arm gets {} {}.",
            points(at.interval[0]),
            points(at.interval[1]),
            at.counted_per_arm,
            counted_words(&at)
        ));
    });
    ui.add_space(space::XS);
    let counts = [50, 100, 200, 300, 500, 1000];
    let row: Vec<String> = counts.iter().map(|&n| format!("± {:.1}", 100.0 * half_width(0.8, n))).collect();
    let mut head = vec!["answers per arm".to_owned()];
    head.extend(counts.iter().map(ToString::to_string));
    let mut cells = vec!["points at 80 %".to_owned()];
    cells.extend(row);
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    super::tables::table(ui, "planner", &head, &[cells]);
    ui.add_space(space::S);
    facts(
        ui,
        "plan",
        &[
            ("Each person", format!("{} answers, about {:.0} minutes", at.answers_each, at.minutes_each.ceil())),
            ("Each arm", format!("{} answers, {:.1} per item", at.answers_per_arm, at.answers_per_item)),
            ("Places", format!("{} in whole groups of {} arms", spec.slots(), spec.arms.len())),
            ("Chance", chance(session)),
        ],
    );
}

fn counted_words(plan: &Plan) -> &'static str {
    if plan.counted_per_arm == plan.answers_per_arm { "answers" } else { "items with a verdict" }
}

fn chance(session: &Session) -> String {
    let classes = session.active_box().map_or(2, |active| active.card.classes.len()).max(1);
    format!("{:.0} % with {classes} classes", 100.0 / classes as f64)
}

/// What a careful reader would say, with the rules that a paper's protocol overrides.
fn remarks(ui: &mut Ui, session: &Session, design: &DesignForm) {
    let spec = session.study_spec(design);
    ui.add_space(space::M);
    ui.label(RichText::new("How it will be scored").size(text::HEADING));
    ui.add(Label::new(spec.protocol.rule()).wrap());
    let remarks = spec.remarks();
    if remarks.is_empty() {
        return;
    }
    ui.add_space(space::M);
    ui.label(RichText::new("What a careful reader would say").size(text::HEADING));
    for remark in &remarks {
        ui.horizontal_top(|ui| {
            ui.label(icons::ICON_INFO.rich_text().size(text::BODY).color(tokens(ui).muted));
            ui.add(Label::new(remark).wrap());
        });
    }
}
