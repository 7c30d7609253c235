//! How a picture of another shape is fitted to the black box: before and after, with everything that can be changed.

use std::sync::Arc;

use egui::{ComboBox, Grid, Label, RichText, Slider, TextureHandle, Ui, vec2};

use super::super::theme::{space, tokens};
use super::super::widgets::{group, muted};
use super::inspector::{InspectorUi, texture};
use super::thumbs::{Full, Thumbs};
use crate::data::fit::Resize;
use crate::data::{Dataset, Fit, Modality, Picture};
use crate::jobs::Explained;
use crate::session::{Command, Session};

/// Side of the two previews in points.
const SIDE: f32 = 112.0;

/// What the previews were made from.
pub(super) type PreviewKey = (String, usize, String);

/// Whether the form is shown: when it was asked for, or when items do not have the black box's shape.
pub fn is_wanted(session: &Session, data: &Dataset) -> bool {
    data.modality == Modality::Image
        && (session.open.fit || session.active_box().is_some_and(|active| data.shape() != Some(active.card.shape)))
}

/// Before, after, and what can be changed.
#[expect(clippy::too_many_arguments, reason = "a panel over all that the explorer holds")]
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    data: &Arc<Dataset>,
    item: usize,
    explained: &Explained,
    state: &mut InspectorUi,
    thumbs: &mut Thumbs,
    commands: &mut Vec<Command>,
) {
    let fit = &session.explore.fit;
    group(ui, "How the picture is fitted");
    let picture = match thumbs.full(ui.ctx(), data, item) {
        Full::Pending => {
            muted(ui, "Reading the picture…");
            return;
        }
        Full::Failed(reason) => {
            ui.add(Label::new(RichText::new(reason).color(tokens(ui).error)).wrap());
            return;
        }
        Full::Ready(picture) => picture,
    };
    let shape = explained.units.shape;
    let key = (data.hash.clone(), item, format!("{fit:?}{}", explained.row.len()));
    if state.previews.as_ref().is_none_or(|(known, _, _)| *known != key) {
        let before = texture(ui, "before", &picture.thumbnail(512));
        // Exactly the row that the model got, not a second computation of it.
        let after = texture(ui, "after", &Picture::from_row(&explained.row, shape));
        state.previews = Some((key, before, after));
    }
    if let Some((_, before, after)) = &state.previews {
        ui.horizontal(|ui| {
            preview(ui, before, "Your picture", &format!("{} x {}", picture.width, picture.height));
            preview(ui, after, "What the model gets", &format!("{} x {}", shape.width, shape.height));
        });
    }
    ui.add(Label::new(RichText::new(fit.describe(&picture, shape)).small().color(tokens(ui).muted)).wrap());
    let mut changed = *fit;
    form(ui, &mut changed, &picture, shape);
    if changed != *fit {
        commands.push(Command::SetFit(changed));
    }
}

fn preview(ui: &mut Ui, texture: &TextureHandle, title: &str, size: &str) {
    ui.vertical(|ui| {
        muted(ui, title);
        let natural = texture.size_vec2();
        let scale = (SIDE / natural.x).min(SIDE / natural.y);
        ui.add(egui::Image::new(texture).fit_to_exact_size(natural * scale).alt_text(title));
        muted(ui, size);
        ui.set_min_size(vec2(SIDE, 0.0));
    });
}

fn form(ui: &mut Ui, fit: &mut Fit, picture: &Picture, shape: crate::data::Shape) {
    Grid::new("fit").num_columns(2).spacing([space::S, space::XS]).show(ui, |ui| {
        let options = [
            (Resize::Contain { pad: None }, "whole picture, with margins"),
            (Resize::CenterCrop, "fill, cut off the rest"),
            (Resize::Stretch, "stretch"),
            (Resize::Identity, "do not scale"),
        ];
        let is_same = |a: &Resize, b: &Resize| std::mem::discriminant(a) == std::mem::discriminant(b);
        let shown = options.iter().find(|(resize, _)| is_same(resize, &fit.resize)).map_or("", |(_, name)| name);
        let label = ui.label("Resize");
        ComboBox::from_id_salt("resize")
            .selected_text(shown)
            .width(150.0)
            .truncate()
            .show_ui(ui, |ui| {
                for (resize, name) in options {
                    if ui.selectable_label(is_same(&resize, &fit.resize), name).clicked() {
                        fit.resize = resize;
                    }
                }
            })
            .response
            .labelled_by(label.id)
            .accessible_name("Resize");
        ui.end_row();
        if shape.channels > 1 {
            by_itself(ui, "Grey", &mut fit.grey, "no");
        }
        let inverts = Fit { invert: None, ..*fit }.inverts(picture, shape);
        by_itself(ui, "Invert", &mut fit.invert, if inverts { "yes" } else { "no" });
    });
    let mut is_cropped = fit.crop.is_some();
    if ui.checkbox(&mut is_cropped, "Crop").on_hover_text("Use only a part of the picture").changed() {
        fit.crop = is_cropped.then_some([0.1, 0.1, 0.9, 0.9]);
    }
    if let Some(crop) = &mut fit.crop {
        Grid::new("crop").num_columns(2).spacing([space::S, 2.0]).show(ui, |ui| {
            for (at, name) in ["Left", "Top", "Right", "Bottom"].into_iter().enumerate() {
                let label = ui.label(name);
                let range = if at < 2 { 0.0..=0.9 } else { 0.1..=1.0 };
                let mut percent = crop[at] * 100.0;
                ui.spacing_mut().slider_width = 110.0;
                let slider = Slider::new(&mut percent, range.start() * 100.0..=range.end() * 100.0)
                    .fixed_decimals(0)
                    .suffix(" %");
                if ui.add(slider).labelled_by(label.id).changed() {
                    crop[at] = percent / 100.0;
                }
                ui.end_row();
            }
        });
        // The part keeps at least a hundredth of each side.
        crop[2] = crop[2].max(crop[0] + 0.01);
        crop[3] = crop[3].max(crop[1] + 0.01);
    }
    if *fit != Fit::default() && ui.button("As at first").clicked() {
        *fit = Fit { background: fit.background, ..Fit::default() };
    }
}

/// Yes, no, or decided by the picture.
fn by_itself(ui: &mut Ui, name: &str, value: &mut Option<bool>, now: &str) {
    let label = ui.label(name);
    let words = |value: Option<bool>| match value {
        None => format!("by itself ({now})"),
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
    };
    ComboBox::from_id_salt(name)
        .selected_text(words(*value))
        .width(150.0)
        .show_ui(ui, |ui| {
            for option in [None, Some(true), Some(false)] {
                ui.selectable_value(value, option, words(option));
            }
        })
        .response
        .labelled_by(label.id)
        .accessible_name(name);
    ui.end_row();
}
