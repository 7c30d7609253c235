//! The report of a closed study: FS-H with its figure, FS-M beside it, arms against each other, agreement, times, confidence, exclusions.

use std::sync::Arc;

use egui::{Label, RichText, ScrollArea, Ui, vec2};
use egui_material_icons::icons;

use super::tables::table;
use super::{StudyState, runs, terms};
use crate::figure::{Figure, Theme};
use crate::jobs::study::StudyReport;
use crate::session::study::{StudyAction, StudyDialog, StudyPart};
use crate::session::{Command, Session};
use crate::study::report::figures_in;
use crate::study::report::words::{interval, number, p, two, wilson};
use crate::study::score::Scores;
use crate::ui::forms::{facts, warning};
use crate::ui::theme::{self, space, text};
use crate::ui::widgets::{command_button, empty, failed, heading, muted};

/// The figures of a report in the colours of a theme.
pub struct Drawn {
    report: Arc<StudyReport>,
    theme: Theme,
    figures: Vec<(&'static str, Arc<Figure>)>,
}

/// The part.
pub fn show(ui: &mut Ui, session: &Session, state: &mut StudyState, commands: &mut Vec<Command>) {
    let study = &session.study;
    let Some(file) = study.current() else {
        let sentence = "No study yet. A report needs a participant file that is closed, and its key.";
        let action = Some((Command::Study(StudyAction::Show(StudyPart::Designs)), "Design a study"));
        empty(ui, session, icons::ICON_GROUP, sentence, action, commands);
        return;
    };
    choose(ui, session, commands);
    let facts_of = match &file.facts {
        Ok(facts) => facts,
        Err(why) => {
            warning(ui, why);
            return;
        }
    };
    if !facts_of.is_closed() {
        ui.vertical_centered(|ui| {
            ui.add_space((ui.available_height() * 0.22).max(space::XL));
            ui.label(icons::ICON_LOCK.rich_text().size(text::EMPTY_ICON));
            ui.add_space(space::S);
            runs::close_from_report(ui, session, commands);
        });
        return;
    }
    if study.key_of(file).is_none() {
        if let Err(why) = &facts_of.key {
            warning(ui, why);
        }
        ui.add_space(space::S);
        command_button(ui, session, StudyDialog::Key.ask(), "Choose the key…", commands);
        return;
    }
    if let Some(error) = study.report.error() {
        failed(ui, session, error, Some(Command::Study(StudyAction::Score)), commands);
        command_button(ui, session, StudyDialog::Key.ask(), "Choose the key…", commands);
    }
    let Some(report) = study.report.value().filter(|report| report.file == file.path) else {
        if study.report.awaited().is_some() {
            muted(ui, "Scoring: intervals are drawn 2,000 times.");
        } else if study.report.error().is_none() {
            command_button(ui, session, Command::Study(StudyAction::Score), "Compute the report", commands);
        }
        return;
    };
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| results(ui, state, report));
    state.figures.sweep();
}

/// Which study is reported, and what can be done with the report.
fn choose(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let study = &session.study;
    let title = |file: &crate::jobs::study::StudyFile| match &file.facts {
        Ok(facts) => facts.title.clone(),
        Err(_) => file.path.display().to_string(),
    };
    ui.horizontal(|ui| {
        let label = ui.label("Study");
        let words = study.current().map(title).unwrap_or_default();
        let shown = egui::ComboBox::from_id_salt("study").selected_text(words).width(300.0).show_ui(ui, |ui| {
            for file in &study.files {
                let chosen = study.selected.as_ref() == Some(&file.path);
                let path = file.path.display().to_string();
                if ui.selectable_label(chosen, title(file)).on_hover_text(path).clicked() {
                    commands.push(Command::Study(StudyAction::Select(file.path.clone())));
                }
            }
        });
        shown.response.labelled_by(label.id);
        command_button(ui, session, StudyDialog::Report.ask(), "Save report…", commands);
        command_button(ui, session, StudyDialog::Export.ask(), "Export everything…", commands);
        command_button(ui, session, StudyDialog::ExportTimes.ask(), "With times of day…", commands);
    });
    ui.add_space(space::S);
}

fn title(ui: &mut Ui, words: &str) {
    ui.add_space(space::M);
    ui.label(RichText::new(words).size(text::HEADING));
}

fn results(ui: &mut Ui, state: &mut StudyState, report: &Arc<StudyReport>) {
    let scores = &report.scores;
    heading(ui, &scores.title);
    ui.add(Label::new(&scores.rule).wrap());
    let frozen = &report.key.frozen;
    let left_out = scores.excluded.len();
    muted(
        ui,
        format!(
            "{} people answered{}{}. {} of {} {} shown. Chance: {} %. Data: {}.",
            scores.people,
            if left_out == 0 { String::new() } else { format!(", {left_out} left out by the rules fixed before") },
            if scores.withdrawn == 0 { String::new() } else { format!("; {} more withdrew", scores.withdrawn) },
            frozen.k,
            frozen.units,
            frozen.unit_noun(),
            number(scores.arms.first().map(|arm| arm.chance)),
            frozen.data_name
        ),
    );
    ui.add_space(space::S);
    draw(ui, state, report);
    picture(ui, state, "fs_h");
    main_table(ui, scores);
    against_model(ui, scores);
    between(ui, scores);
    agreement(ui, scores);
    times(ui, scores);
    picture(ui, state, "times");
    calibration(ui, scores);
    picture(ui, state, "confidence");
    second(ui, scores);
    checks(ui, scores);
    notes(ui, report);
}

/// Makes the figures of a report, in the colours of the theme.
fn draw(ui: &Ui, state: &mut StudyState, report: &Arc<StudyReport>) {
    let theme = theme::figure_theme(ui);
    let is_current =
        state.drawn.as_ref().is_some_and(|drawn| Arc::ptr_eq(&drawn.report, report) && drawn.theme == theme);
    if !is_current {
        let figures = figures_in(&report.scores, theme);
        let figures = figures.into_iter().map(|(name, figure)| (name, Arc::new(figure))).collect();
        state.drawn = Some(Drawn { report: report.clone(), theme, figures });
    }
}

fn picture(ui: &mut Ui, state: &mut StudyState, name: &str) {
    let drawn = state.drawn.iter().flat_map(|drawn| &drawn.figures).find(|(known, _)| *known == name);
    let Some((_, figure)) = drawn.cloned() else { return };
    ui.add_space(space::S);
    let width = ui.available_width().min(1.6 * figure.width);
    let size = vec2(width, width * figure.height / figure.width.max(1.0));
    let (area, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    let words = format!("{}. {}", figure.title, figure.description);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Image, true, &words));
    state.figures.paint(ui, &figure, area);
}

fn main_table(ui: &mut Ui, scores: &Scores) {
    title(ui, "What people understood");
    let head = [
        "arm",
        "shows",
        "FS-H",
        "Wilson 95 %",
        "over people and items",
        "n",
        "p, chance",
        "undecided",
        "human accuracy",
    ];
    let rows: Vec<Vec<String>> = scores
        .arms
        .iter()
        .map(|arm| {
            vec![
                arm.name.clone(),
                arm.kind.words().to_owned(),
                format!("{} %", number(arm.fs_h.percent)),
                wilson(&arm.fs_h),
                interval(arm.fs_h.cluster),
                arm.fs_h.n.to_string(),
                arm.p_chance.map_or_else(|| "-".to_owned(), p),
                format!("{} %", number(arm.undecided_answers.percent)),
                format!("{} %", number(arm.accuracy.percent)),
            ]
        })
        .collect();
    table(ui, "fs-h", &head, &rows);
    for arm in scores.arms.iter().filter(|arm| arm.undecided_items.n > 0) {
        let share = &arm.undecided_items;
        muted(ui, format!("{}: {:.0} of {} items left undecided.", arm.name, share.hits, share.n));
    }
}

fn against_model(ui: &mut Ui, scores: &Scores) {
    title(ui, "People beside the model");
    let head = ["arm", "FS-H", "FS-M", "difference", "both", "only people", "only the model", "neither", "McNemar p"];
    let rows: Vec<Vec<String>> = scores
        .arms
        .iter()
        .map(|arm| {
            let [both, people, model, neither] = arm.model.table.map(|count| count.to_string());
            vec![
                arm.name.clone(),
                format!("{} %", number(arm.fs_h.percent)),
                format!("{} %", number(arm.model.fs_m.percent)),
                format!("{} points", number(arm.model.difference)),
                both,
                people,
                model,
                neither,
                p(arm.model.p),
            ]
        })
        .collect();
    table(ui, "fs-m", &head, &rows);
}

fn between(ui: &mut Ui, scores: &Scores) {
    if scores.pairs.is_empty() {
        return;
    }
    title(ui, "Arms against each other");
    let head =
        ["arms", "difference", "over people and items", "items", "only first, only second", "McNemar p", "Holm p"];
    let rows: Vec<Vec<String>> = scores
        .pairs
        .iter()
        .map(|pair| {
            vec![
                format!("{} - {}", pair.arms[0], pair.arms[1]),
                format!("{} points", number(pair.difference)),
                interval(pair.cluster),
                pair.items.to_string(),
                format!("{}, {}", pair.discordant[0], pair.discordant[1]),
                p(pair.p),
                p(pair.p_holm),
            ]
        })
        .collect();
    table(ui, "pairs", &head, &rows);
}

fn agreement(ui: &mut Ui, scores: &Scores) {
    title(ui, "Do people agree?");
    let head = ["arm", "items", "pairs that agree", "Cohen kappa", "Fleiss kappa", "Krippendorff alpha", "Gwet AC1"];
    let rows: Vec<Vec<String>> = scores
        .arms
        .iter()
        .map(|arm| {
            let a = &arm.agreement;
            let alpha = match a.alpha_scores {
                Some(of_scores) => format!("{} (scores {of_scores:.2})", two(a.alpha)),
                None => two(a.alpha),
            };
            let percent = a.percent.map_or_else(|| "-".to_owned(), |percent| format!("{percent:.1} %"));
            vec![arm.name.clone(), a.items.to_string(), percent, two(a.cohen), two(a.fleiss), alpha, two(a.ac1)]
        })
        .collect();
    table(ui, "agreement", &head, &rows);
}

fn times(ui: &mut Ui, scores: &Scores) {
    title(ui, "How long it took");
    let rows: Vec<Vec<String>> = scores
        .arms
        .iter()
        .map(|arm| {
            let quartiles =
                arm.seconds.quartiles.map_or_else(|| "-".to_owned(), |[low, high]| format!("{low:.2} to {high:.2} s"));
            let error =
                arm.seconds.error.map_or_else(|| "-".to_owned(), |error| format!("{:.0} ms, one frame", 1e3 * error));
            vec![arm.name.clone(), format!("{} s", two(arm.seconds.median)), quartiles, error]
        })
        .collect();
    table(ui, "times", &["arm", "median", "quartiles", "error of a time, at most"], &rows);
}

fn calibration(ui: &mut Ui, scores: &Scores) {
    if scores.arms.iter().all(|arm| arm.calibration.is_none()) {
        return;
    }
    title(ui, "Does confidence tell?");
    terms::term(ui, "calibration");
    let head = ["arm", "sure 1", "2", "3", "4", "sure 5", "area under ROC"];
    let rows: Vec<Vec<String>> = scores
        .arms
        .iter()
        .filter_map(|arm| {
            let calibration = arm.calibration.as_ref()?;
            let mut row = vec![arm.name.clone()];
            row.extend(calibration.levels.iter().map(|level| match level.percent {
                Some(percent) => format!("{percent:.0} % of {}", level.n),
                None => "-".to_owned(),
            }));
            row.push(two(calibration.auroc));
            Some(row)
        })
        .collect();
    table(ui, "calibration", &head, &rows);
}

fn second(ui: &mut Ui, scores: &Scores) {
    if scores.arms.iter().all(|arm| arm.second_accuracy.n == 0) {
        return;
    }
    title(ui, "Second question: what is true");
    let rows: Vec<Vec<String>> = scores
        .arms
        .iter()
        .map(|arm| {
            let share = &arm.second_accuracy;
            vec![arm.name.clone(), format!("{} %", number(share.percent)), wilson(share), share.n.to_string()]
        })
        .collect();
    table(ui, "second", &["arm", "right", "Wilson 95 %", "n"], &rows);
}

fn checks(ui: &mut Ui, scores: &Scores) {
    title(ui, "Checks");
    let retest = scores.retest.as_ref().map_or_else(String::new, |retest| {
        format!(
            "{} % of {} repeats answered the same ({}), kappa {}",
            number(retest.same.percent),
            retest.same.n,
            wilson(&retest.same),
            two(retest.kappa)
        )
    });
    let catch = match scores.catch.n {
        0 => String::new(),
        n => format!("{} % of {n} right", number(scores.catch.percent)),
    };
    facts(ui, "checks", &[("Test-retest", retest), ("Catch items", catch)]);
    if scores.excluded.is_empty() {
        muted(ui, "Nobody is left out by the rules that were fixed before.");
        return;
    }
    for exclusion in &scores.excluded {
        ui.add(Label::new(format!("{} is left out: {}.", exclusion.code, exclusion.reason)).wrap());
    }
    let everybody: Vec<String> =
        scores.arms.iter().map(|arm| format!("{} {} %", arm.name, number(arm.fs_h_everybody.percent))).collect();
    muted(ui, format!("FS-H with everybody: {}.", everybody.join(", ")));
}

fn notes(ui: &mut Ui, report: &StudyReport) {
    let scores = &report.scores;
    if !scores.remarks.is_empty() {
        title(ui, "What a reader should know");
        for remark in &scores.remarks {
            ui.horizontal_top(|ui| {
                ui.label("•");
                ui.add(Label::new(remark).wrap());
            });
        }
    }
    let key = &report.key;
    let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
    title(ui, "Origin");
    facts(
        ui,
        "origin",
        &[
            ("Study", key.study.clone()),
            ("Made with", format!("Unmask {}, seed {}", key.program, key.spec.seed)),
            ("Data", short(&key.frozen.data)),
            ("Black box", short(&key.frozen.black_box)),
            ("Masks", short(&key.frozen.masks)),
            ("Content", key.content.short().to_string()),
        ],
    );
}
