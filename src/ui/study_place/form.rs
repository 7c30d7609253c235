//! The form of a design, group by group.

use egui::{ComboBox, DragValue, TextEdit, Ui};

use super::arms;
use crate::data::Unit;
use crate::session::reading::{fill_words_for, fills_for};
use crate::session::study::{DesignForm, ItemsFrom};
use crate::session::{Session, describe};
use crate::study::design::{Form, Later, Only, Order, Protocol, Sees};
use crate::ui::forms::{field, field_width};
use crate::ui::widgets::{group, muted};

/// A choice among a few.
fn choice<T: PartialEq + Copy>(ui: &mut Ui, label: &str, tip: &str, value: &mut T, options: &[(T, &str)]) {
    field(ui, label, tip, |ui, name| {
        let words = options.iter().find(|(option, _)| option == value).map_or("", |(_, words)| words);
        let combo = ComboBox::from_id_salt(label).selected_text(words).width(field_width(ui).min(280.0)).truncate();
        let shown = combo.show_ui(ui, |ui| {
            for (option, words) in options {
                ui.selectable_value(value, *option, *words);
            }
        });
        shown.response.labelled_by(name.id);
    });
}

fn number(ui: &mut Ui, label: &str, tip: &str, value: &mut usize, range: std::ops::RangeInclusive<usize>, after: &str) {
    field(ui, label, tip, |ui, name| {
        ui.add(DragValue::new(value).range(range).speed(0.25)).labelled_by(name.id);
        if !after.is_empty() {
            muted(ui, after);
        }
    });
}

fn line(ui: &mut Ui, label: &str, tip: &str, value: &mut String, hint: &str) {
    field(ui, label, tip, |ui, name| {
        let width = field_width(ui);
        ui.add(TextEdit::singleline(value).hint_text(hint).desired_width(width)).labelled_by(name.id);
    });
}

fn paragraph(ui: &mut Ui, label: &str, value: &mut String, hint: &str) {
    let name = ui.label(label);
    let edit = TextEdit::multiline(value).hint_text(hint).desired_rows(3).desired_width(f32::INFINITY);
    ui.add(edit).labelled_by(name.id);
}

/// A rule that may be off: a tick, and its number in percent.
fn percent_rule(ui: &mut Ui, label: &str, tip: &str, value: &mut Option<f64>, start: f64) {
    field(ui, label, tip, |ui, name| {
        let mut on = value.is_some();
        let tick = ui.checkbox(&mut on, "");
        tick.labelled_by(name.id);
        if on != value.is_some() {
            *value = on.then_some(start);
        }
        if let Some(share) = value {
            let mut percent = (*share * 100.0).round();
            let edit = ui.add(DragValue::new(&mut percent).range(0.0..=100.0).suffix(" %"));
            edit.labelled_by(name.id);
            *share = percent / 100.0;
        }
    });
}

/// The whole form.
pub fn show(ui: &mut Ui, session: &Session, form: &mut DesignForm) {
    line(ui, "Title", "For you; participants see the heading", &mut form.spec.title, "a name for the study");
    arms::show(ui, session, form);
    items(ui, session, form);
    shown(ui, session, form);
    answers(ui, form);
    people(ui, form);
    checks(ui, form);
    texts(ui, session, form);
}

fn items(ui: &mut Ui, session: &Session, form: &mut DesignForm) {
    group(ui, "Items");
    let marked = format!("the {}", describe::count(session.explore.marked.len(), "marked item", "marked items"));
    let listed = format!("the {} listed in Explore", session.explore.list.visible().len());
    choice(
        ui,
        "Taken from",
        "Marked and listed items come from Explore; all must lie in the chosen split",
        &mut form.items,
        &[
            (ItemsFrom::Split, "the split, drawn by the seed"),
            (ItemsFrom::Marked, &marked),
            (ItemsFrom::Listed, &listed),
        ],
    );
    field(ui, "Split", "Test items: nothing was learned or chosen on them", |ui, name| {
        let words = form.spec.split().to_owned();
        let shown = ComboBox::from_id_salt("split").selected_text(words).width(110.0).show_ui(ui, |ui| {
            for split in ["test", "validation", "train"] {
                ui.selectable_value(&mut form.spec.data.split, split.to_owned(), split);
            }
        });
        shown.response.labelled_by(name.id);
    });
    let items = &mut form.spec.items;
    if form.items == ItemsFrom::Split {
        number(ui, "How many", "Beside practice and catch items", &mut items.count, 1..=20_000, "");
    }
    choice(
        ui,
        "Only where",
        "Where the model is right, an answer cannot tell the model's class from the true one",
        &mut items.only,
        &[
            (Only::Any, "anything goes"),
            (Only::ModelRight, "the model is right"),
            (Only::ModelWrong, "the model is wrong"),
        ],
    );
    field(ui, "Balanced by", "As far as there are enough items", |ui, _| {
        ui.checkbox(&mut items.balance_classes, "class");
        ui.checkbox(&mut items.balance_correct, "model right or wrong");
    });
    choice(
        ui,
        "Order",
        "Mixed at random, no more than three of a class in a row; or one section per arm",
        &mut form.spec.people.order,
        &[(Order::Mixed, "arms mixed"), (Order::Sections, "one section per arm")],
    );
    choice(
        ui,
        "Each person sees an item",
        "Once is the rule of a careful study; every arm is AIM's",
        &mut form.spec.people.sees,
        &[(Sees::Once, "once, under one arm"), (Sees::EveryArm, "once in every arm")],
    );
}

fn unit_words(unit: Unit) -> String {
    match unit {
        Unit::Patch { rows, cols } => format!("patches of {rows} x {cols}"),
        unit => unit.noun(2),
    }
}

fn shown(ui: &mut Ui, session: &Session, form: &mut DesignForm) {
    group(ui, "What people see");
    let show = &mut form.spec.show;
    let Some(active) = session.active_box() else { return };
    let offered = Session::offered_units(&active.card);
    let unit = show.unit.get_or_insert(session.explore.unit);
    field(ui, "Units", "What is selected; the same in every arm", |ui, name| {
        let shown = ComboBox::from_id_salt("unit").selected_text(unit_words(*unit)).width(150.0).show_ui(ui, |ui| {
            for option in &offered {
                ui.selectable_value(unit, *option, unit_words(*option));
            }
        });
        shown.response.labelled_by(name.id);
    });
    let most = crate::data::Units::new(*unit, active.card.shape).count().max(1);
    let k = show.k.get_or_insert(session.explore.k);
    *k = (*k).clamp(1, most);
    number(ui, "How many are shown (k)", "The same in every arm", k, 1..=most, &format!("of {most}"));
    let modality = session.modality();
    let fills: Vec<_> = fills_for(modality).iter().map(|&fill| (fill, fill_words_for(fill, modality))).collect();
    choice(ui, "Hidden units become", "What the model gets in their place", &mut show.fill, &fills);
    if modality == crate::data::Modality::Image {
        use crate::figure::layout::Hidden;
        choice(
            ui,
            "Drawn",
            "A hidden dark pixel looks like background; hatching tells them apart. One way for the whole study",
            &mut show.hidden,
            &[(Hidden::AsModelSees, "as the model gets them"), (Hidden::Hatched, "hatched")],
        );
    }
}

fn answers(ui: &mut Ui, form: &mut DesignForm) {
    group(ui, "Answers");
    let spec = &mut form.spec;
    let before = spec.protocol;
    choice(
        ui,
        "Scored by",
        "Whose rule turns answers into FS-H",
        &mut spec.protocol,
        &[
            (Protocol::Standard, "forced choice (careful study)"),
            (Protocol::L2x, "L2X: undecided left out"),
            (Protocol::Meed, "MEED: guesses, or two scores"),
            (Protocol::Aim, "AIM: share right per person"),
        ],
    );
    if spec.protocol != before {
        // Each rule goes with one form of answers; the design stays one that can be made.
        match spec.protocol {
            Protocol::Standard | Protocol::Meed if spec.answer.form == Form::ClassOrUndecided => {
                spec.answer.form = Form::Class;
            }
            Protocol::L2x | Protocol::Aim => spec.answer.form = Form::ClassOrUndecided,
            _ => {}
        }
        if spec.protocol == Protocol::Aim {
            spec.items.only = Only::ModelRight;
        }
    }
    choice(
        ui,
        "Form",
        "How people answer",
        &mut spec.answer.form,
        &[
            (Form::Class, "one class"),
            (Form::ClassOrUndecided, "one class, or \"can't decide\""),
            (Form::Scores, "a score from 0 to 1 per class"),
        ],
    );
    field(ui, "Asked", "The question is always what the model will answer", |ui, _| {
        ui.checkbox(&mut spec.answer.confidence, "confidence 1 to 5");
        ui.checkbox(&mut spec.answer.truth_too, "then what is true").on_hover_text("A second, separate question");
    });
    field(ui, "Keys", "Pressing Enter guards against slips; without, an answer counts at once", |ui, _| {
        ui.checkbox(&mut spec.answer.confirm, "confirm by Enter");
        ui.checkbox(&mut spec.answer.turn_buttons, "turn the buttons round")
            .on_hover_text("For every second group of people, so that no side is favoured");
    });
}

fn people(ui: &mut Ui, form: &mut DesignForm) {
    group(ui, "People");
    let arms = form.arms.len().max(1);
    let n_items = form.spec.items.count;
    let people = &mut form.spec.people;
    number(
        ui,
        "How many",
        "A multiple of the number of arms fills the Latin square",
        &mut people.count,
        1..=5000,
        &format!("best a multiple of {arms}"),
    );
    field(ui, "Items each", "Fewer than all: nobody sits longer than they can look", |ui, name| {
        let mut all = people.each.is_none();
        if ui.checkbox(&mut all, "all").changed() {
            people.each = (!all).then_some(n_items.min(60));
        }
        if let Some(each) = &mut people.each {
            ui.add(DragValue::new(each).range(1..=n_items.max(1)).speed(0.5)).labelled_by(name.id);
        }
    });
    number(ui, "Spare places", "For people who stop", &mut people.spare, 0..=500, "");
    number(ui, "Machines", "One participant file for each; they are merged afterwards", &mut form.copies, 1..=200, "");
}

fn checks(ui: &mut Ui, form: &mut DesignForm) {
    group(ui, "Checks");
    let spec = &mut form.spec;
    number(
        ui,
        "Practice items",
        "With feedback, before the first item; 2 to 5 are usual",
        &mut spec.checks.practice,
        0..=50,
        "with feedback",
    );
    number(
        ui,
        "Catch items",
        super::terms::explain("catch items").unwrap_or_default(),
        &mut spec.checks.catch,
        0..=200,
        "full input, obvious answer",
    );
    number(
        ui,
        "Repeats",
        super::terms::explain("repeats").unwrap_or_default(),
        &mut spec.checks.repeats,
        0..=500,
        "shown a second time",
    );
    egui::CollapsingHeader::new("Who is left out (fixed now, before anything is unblinded)").show(ui, |ui| {
        let exclude = &mut spec.exclude;
        percent_rule(
            ui,
            "Catch items right below",
            "People with a smaller share right",
            &mut exclude.catch_below,
            0.75,
        );
        percent_rule(
            ui,
            "Too fast answers above",
            "People with a larger share of answers that are too fast",
            &mut exclude.fast_above,
            0.2,
        );
        field(ui, "Too fast is below", "An answer given sooner", |ui, name| {
            ui.add(DragValue::new(&mut exclude.fast_below_ms).range(0..=10_000).suffix(" ms")).labelled_by(name.id);
        });
        percent_rule(ui, "Items answered below", "People who stopped early", &mut exclude.answered_below, 0.5);
        field(ui, "Same answer in a row", "People who press one key again and again", |ui, name| {
            let mut on = exclude.same_above.is_some();
            ui.checkbox(&mut on, "").labelled_by(name.id);
            if on != exclude.same_above.is_some() {
                exclude.same_above = on.then_some(15);
            }
            if let Some(most) = &mut exclude.same_above {
                ui.add(DragValue::new(most).range(2..=500).prefix("more than ")).labelled_by(name.id);
            }
        });
    });
    egui::CollapsingHeader::new("After a pause or a crash").show(ui, |ui| {
        field(ui, "Go on within", "A person goes on at the same item within this time", |ui, name| {
            let hours = &mut spec.resume.within_hours;
            ui.add(DragValue::new(hours).range(0.0..=10_000.0).suffix(" hours")).labelled_by(name.id);
        });
        choice(
            ui,
            "Later",
            "What happens when somebody comes back after that",
            &mut spec.resume.later,
            &[(Later::Resume, "go on all the same"), (Later::Restart, "begin anew"), (Later::Block, "no return")],
        );
    });
    field(ui, "Seed", "Of items, allocation, orders and codes", |ui, name| {
        ui.add(DragValue::new(&mut spec.seed).range(0..=u64::from(u32::MAX))).labelled_by(name.id);
    });
}

fn texts(ui: &mut Ui, session: &Session, form: &mut DesignForm) {
    egui::CollapsingHeader::new("What participants read (in your language)").show(ui, |ui| {
        muted(ui, "An empty text is the program's own English one. No name of an arm may stand here.");
        let form_of = form.spec.answer.form;
        let truth_too = form.spec.answer.truth_too;
        let texts = &mut form.spec.texts;
        line(ui, "Heading", "On the participant's screen", &mut texts.heading, "Study");
        paragraph(ui, "Consent", &mut texts.consent, "Taking part is voluntary…");
        paragraph(ui, "Instructions", &mut texts.instructions, "You will see pictures one after the other…");
        line(ui, "Question", "Under each stimulus", &mut texts.question, "Which answer did the program give?");
        if truth_too {
            line(ui, "Second question", "What is true", &mut texts.truth_question, "And which is right?");
        }
        if form_of == Form::ClassOrUndecided {
            line(ui, "Words for undecided", "The answer that is no class", &mut texts.undecided, "Can't decide");
        }
        paragraph(ui, "Thanks", &mut texts.thanks, "Thank you…");
        let classes = session.active_box().map(|active| active.card.classes.clone()).unwrap_or_default();
        if classes.len() > 12 {
            return;
        }
        for (at, class) in classes.iter().enumerate() {
            let mut word = texts.classes.get(at).cloned().unwrap_or_default();
            let label = format!("Button for {class}");
            let before = word.clone();
            line(ui, &label, "The word on the answer's button", &mut word, class);
            if word != before {
                if texts.classes.len() != classes.len() {
                    texts.classes.clone_from(&classes);
                }
                texts.classes[at] = if word.trim().is_empty() { class.clone() } else { word };
                if texts.classes == classes {
                    texts.classes.clear();
                }
            }
        }
    });
}
