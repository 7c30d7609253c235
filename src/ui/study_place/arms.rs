//! The arms of a design: what is compared.

use egui::{ComboBox, TextEdit, Ui};
use egui_material_icons::icons;

use crate::session::Session;
use crate::session::study::{DesignForm, FormArm};
use crate::study::design::ArmKind;
use crate::ui::theme::space;
use crate::ui::widgets::{group, icon_button, muted};

const KINDS: [(ArmKind, &str); 4] = [
    (ArmKind::Selected, "Selected part"),
    (ArmKind::Unselected, "Unselected part"),
    (ArmKind::Random, "Random units"),
    (ArmKind::Full, "Full input"),
];

fn title_of(kind: ArmKind) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("", |(_, words)| *words)
}

/// The list of arms and the buttons that add one.
pub fn show(ui: &mut Ui, session: &Session, form: &mut DesignForm) {
    group(ui, "Arms: what is compared. Participants never see these names.");
    let usable = session.usable_explainers();
    let mut removed = None;
    for (at, arm) in form.arms.iter_mut().enumerate() {
        ui.push_id(("arm", at), |ui| {
            ui.horizontal(|ui| {
                let name = ui.add(TextEdit::singleline(&mut arm.name).desired_width(128.0));
                name.accessible_name(format!("Name of arm {}", at + 1));
                let combo = ComboBox::from_id_salt("kind").selected_text(title_of(arm.kind)).width(116.0);
                let shown = combo.show_ui(ui, |ui| {
                    for (kind, words) in KINDS {
                        ui.selectable_value(&mut arm.kind, kind, words);
                    }
                });
                shown.response.accessible_name(format!("What arm {} shows", at + 1));
                match arm.kind {
                    ArmKind::Selected | ArmKind::Unselected => explainer(ui, session, &usable, at, arm),
                    ArmKind::Random => {
                        muted(ui, "the floor");
                    }
                    ArmKind::Full => {
                        muted(ui, "the ceiling");
                    }
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if icon_button(ui, icons::ICON_CLOSE, &format!("Remove arm {}", at + 1)).clicked() {
                        removed = Some(at);
                    }
                });
            });
        });
    }
    if let Some(at) = removed {
        form.arms.remove(at);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (kind, words) in KINDS {
            let tip = match kind {
                ArmKind::Selected => "What an explainer selects: FS-H",
                ArmKind::Unselected => "What an explainer leaves out: FU-H",
                ArmKind::Random => "As many units drawn at random: the floor",
                ArmKind::Full => "The whole input: the ceiling",
            };
            if ui.button(format!("+ {words}")).on_hover_text(tip).clicked() {
                add(session, form, kind, words);
            }
        }
    });
}

fn add(session: &Session, form: &mut DesignForm, kind: ArmKind, words: &str) {
    let needs = matches!(kind, ArmKind::Selected | ArmKind::Unselected);
    let taken = |hash: &str| form.arms.iter().any(|arm| arm.kind == kind && arm.explainer.as_deref() == Some(hash));
    let usable = session.usable_explainers();
    let mut free = usable.iter().map(|&at| &session.explainers[at]).filter(|explainer| !taken(&explainer.card.hash));
    let next = if needs { free.find(|explainer| explainer.card.method != "random") } else { None };
    let name = match (kind, next) {
        (ArmKind::Selected, Some(explainer)) => explainer.card.name.clone(),
        (ArmKind::Unselected, Some(explainer)) => format!("Not {}", explainer.card.name),
        _ => words.to_owned(),
    };
    let explainer = next.map(|explainer| explainer.card.hash.clone());
    let name = form.free_name(&name);
    form.arms.push(FormArm { name, kind, explainer });
}

fn explainer(ui: &mut Ui, session: &Session, usable: &[usize], at: usize, arm: &mut FormArm) {
    let chosen = arm.explainer.as_ref().and_then(|hash| session.explainers.iter().find(|e| e.card.hash == *hash));
    let words = chosen.map_or("choose…", |explainer| explainer.card.name.as_str());
    ui.scope(|ui| {
        // A long name must not lie under the button that removes the arm.
        ui.set_max_width((ui.available_width() - 40.0).clamp(80.0, 180.0));
        let combo = ComboBox::from_id_salt("explainer").selected_text(words).width(134.0).truncate();
        let shown = combo.show_ui(ui, |ui| {
            for &index in usable {
                let card = &session.explainers[index].card;
                let name = if card.epochs == 0 {
                    card.name.clone()
                } else {
                    format!("{}, trained for {} {}", card.name, card.k, card.unit.noun(card.k))
                };
                ui.selectable_value(&mut arm.explainer, Some(card.hash.clone()), name);
            }
        });
        shown.response.accessible_name(format!("Explainer of arm {}", at + 1));
    });
}
