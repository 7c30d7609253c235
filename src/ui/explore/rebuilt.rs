//! What a method's generators rebuild from the selected part and from the rest, and what the black box says to it (DoRaR).

use std::sync::Arc;

use egui::{Label, RichText, TextureHandle, Ui, vec2};

use super::super::theme::{space, tokens};
use super::super::widgets::{group, muted};
use super::inspector::texture;
use crate::data::{Modality, Picture};
use crate::jobs::{Explained, MethodResult};
use crate::session::{Session, describe};

/// Largest side of a picture on screen.
const SIDE: f32 = 108.0;

/// The pictures that were made last, of which explanation and column.
#[derive(Default)]
pub struct RebuiltUi {
    of: Option<(Arc<Explained>, usize)>,
    pictures: Vec<TextureHandle>,
}

/// The pictures and what the model answers to them.
pub fn show(ui: &mut Ui, session: &Session, explained: &Arc<Explained>, result: &MethodResult, state: &mut RebuiltUi) {
    let focus = session.explore.focus;
    let is_known = state.of.as_ref().is_some_and(|(of, column)| Arc::ptr_eq(of, explained) && *column == focus);
    if !is_known {
        let shape = explained.units.shape;
        let picture = |row: &[f32], name| texture(ui, name, &Picture::from_row(row, shape));
        let names = ["rebuilt from the selected part", "rebuilt from the rest"];
        // Of a series only the answers are shown: two channels make no picture.
        let is_picture = explained.units.unit.modality() == Modality::Image;
        let pictures = result.rebuilt.iter().filter(|_| is_picture).zip(names);
        state.pictures = pictures.map(|(rebuilt, name)| picture(&rebuilt.row, name)).collect();
        state.of = Some((explained.clone(), focus));
    }
    let full = crate::model::argmax(&explained.probs_full);
    group(ui, "Rebuilt by its generators");
    ui.horizontal(|ui| {
        for (at, (rebuilt, title)) in result.rebuilt.iter().zip(["From the selected part", "From the rest"]).enumerate()
        {
            ui.vertical(|ui| {
                muted(ui, title);
                let class = crate::model::argmax(&rebuilt.probs);
                let answer = format!(
                    "{} {}",
                    session.class_name(class),
                    describe::probability(rebuilt.probs.get(class).copied().unwrap_or(f32::NAN))
                );
                let name = format!("{title}: the black box says {answer}");
                if let Some(picture) = state.pictures.get(at) {
                    let natural = picture.size_vec2();
                    let scale = (SIDE / natural.x).min(SIDE / natural.y);
                    ui.add(egui::Image::new(picture).fit_to_exact_size(natural * scale).alt_text(&name))
                        .on_hover_text(&name);
                }
                let stays = if class == full { "class stays" } else { "class changes" };
                ui.label(format!("{answer}, {stays}"));
                ui.set_min_size(vec2(SIDE, 0.0));
            });
            ui.add_space(space::S);
        }
    });
    let words = "Hidden places hold noise from data. Good: the class stays on the left and changes on the right.";
    ui.add(Label::new(RichText::new(words).small().color(tokens(ui).muted)).wrap());
}
