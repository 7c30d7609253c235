//! What a method's generators rebuild from the selected part and from the rest, and what the black box says to it (DoRaR).

use std::sync::Arc;

use egui::{
    Align, Label, Layout, Rect, RichText, Sense, Stroke, TextureHandle, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::super::theme::{space, tokens};
use super::super::widgets::{group, muted};
use super::answers::with_probability;
use super::inspector::texture;
use crate::data::series::own_steps;
use crate::data::{Modality, Picture, Shape};
use crate::jobs::{Explained, MethodResult};
use crate::session::Session;

/// Largest side of a picture on screen.
const SIDE: f32 = 108.0;
/// Height of a channel of a series.
const CHANNEL: f32 = 48.0;
/// Most channels that are drawn.
const MOST_CHANNELS: usize = 4;

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
        let is_picture = explained.units.unit.modality() == Modality::Image;
        let pictures = result.rebuilt.iter().filter(|_| is_picture).zip(names);
        state.pictures = pictures.map(|(rebuilt, name)| picture(&rebuilt.row, name)).collect();
        state.of = Some((explained.clone(), focus));
    }
    let full = crate::model::argmax(&explained.probs_full);
    group(ui, "Rebuilt by its generators");
    let is_series = explained.units.unit.modality() == Modality::Series;
    // A series needs the whole width, so that the two stand below each other.
    let layout = if is_series { Layout::top_down(Align::Min) } else { Layout::left_to_right(Align::Min) };
    ui.with_layout(layout, |ui| {
        let sides = result.rebuilt.iter().zip(["From the selected part", "From the rest"]);
        for (at, (rebuilt, title)) in sides.enumerate() {
            ui.vertical(|ui| {
                muted(ui, title);
                let class = crate::model::argmax(&rebuilt.probs);
                let answer = with_probability(session, &rebuilt.probs, class);
                let name = format!("{title}: the black box says {answer}");
                if let Some(picture) = state.pictures.get(at) {
                    let natural = picture.size_vec2();
                    let scale = (SIDE / natural.x).min(SIDE / natural.y);
                    ui.add(egui::Image::new(picture).fit_to_exact_size(natural * scale).alt_text(&name))
                        .on_hover_text(&name);
                }
                if is_series {
                    lines(ui, (&explained.row, &rebuilt.row), explained.units.shape, &name);
                }
                let stays = if class == full { "class stays" } else { "class changes" };
                ui.label(format!("{answer}, {stays}"));
                ui.set_min_size(vec2(SIDE, 0.0));
            });
            ui.add_space(space::S);
        }
    });
    let good = match (result.rebuilt.len() > 1, is_series) {
        (false, _) => "the class stays",
        (true, true) => "the class stays above and changes below",
        (true, false) => "the class stays on the left and changes on the right",
    };
    let words = format!("Hidden places hold noise from data. Good: {good}.");
    ui.add(Label::new(RichText::new(words).small().color(tokens(ui).muted)).wrap());
}

/// The first channels of a series as it is (pale) and as it was rebuilt.
fn lines(ui: &mut Ui, (whole, rebuilt): (&[f32], &[f32]), shape: Shape, name: &str) {
    let t = tokens(ui);
    let channels = shape.channels.min(MOST_CHANNELS);
    let width = ui.available_width().max(SIDE);
    let (rect, response) = ui.allocate_exact_size(vec2(width, CHANNEL * channels as f32), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let steps = shape.height * shape.width;
    let own = own_steps(whole, steps);
    for channel in 0..channels {
        let of = channel * steps..channel * steps + own;
        let (Some(whole), Some(rebuilt)) = (whole.get(of.clone()), rebuilt.get(of)) else { return };
        let both = || whole.iter().chain(rebuilt).copied();
        let (low, high) = (both().fold(f32::MAX, f32::min), both().fold(f32::MIN, f32::max));
        let top = rect.top() + CHANNEL * channel as f32;
        let room = Rect::from_min_size(pos2(rect.left(), top + 2.0), vec2(width, CHANNEL - 4.0));
        ui.painter().rect_filled(room, 2.0, t.canvas);
        let span = if high > low { high - low } else { 1.0 };
        let points = |values: &[f32]| {
            let x = |step: usize| room.left() + room.width() * (step as f32 + 0.5) / steps.max(1) as f32;
            let y = |value: f32| room.bottom() - room.height() * (value - low) / span;
            values.iter().enumerate().map(|(step, value)| pos2(x(step), y(*value))).collect::<Vec<_>>()
        };
        ui.painter().line(points(whole), Stroke::new(1.0, t.outline));
        ui.painter().line(points(rebuilt), Stroke::new(1.5, t.selected));
    }
    let more = shape.channels - channels;
    let more = if more > 0 { format!(" {more} more channels are not drawn.") } else { String::new() };
    response.on_hover_text(format!("{name}. Pale: the series as it is.{more}"));
}
