//! What a method's generators rebuild from the selected part and from the rest, and what the black box says to it (DoRaR).

use std::sync::Arc;

use egui::{
    Align, Align2, Id, Label, Layout, Modal, Rect, RichText, Sense, Stroke, TextStyle, TextureHandle, Ui, Vec2,
    WidgetInfo, accesskit::Role, pos2, vec2,
};
use egui_material_icons::icons;

use super::super::theme::{space, tokens};
use super::super::widgets::{group, icon_button, muted, swatch};
use super::answers::with_probability;
use super::inspector::texture;
use crate::data::series::own_steps;
use crate::data::{Modality, Picture, Shape};
use crate::jobs::picture::channel_names;
use crate::jobs::{Explained, MethodResult, Rebuilt};
use crate::session::Session;

/// Largest side of a picture on screen.
const SIDE: f32 = 108.0;
/// Least and greatest height of a channel of a series with its name, in the inspector.
const CHANNEL: [f32; 2] = [60.0, 120.0];
/// Share of the inspector's height that the channels take.
const SHARE: f32 = 0.5;
/// Height of what stands around the channels where they are drawn large.
const AROUND: f32 = 120.0;
/// Height of the name.
const NAME: f32 = 14.0;
/// Most channels that are drawn.
const MOST_CHANNELS: usize = 4;

/// The pictures that were made last, of which explanation and column.
#[derive(Default)]
pub struct RebuiltUi {
    of: Option<(Arc<Explained>, usize)>,
    pictures: Vec<TextureHandle>,
    /// Whether a series is drawn large, over the window.
    is_large: bool,
}

/// What the parts are that generators get.
const TITLES: [&str; 2] = ["From the selected part", "From the rest"];

/// What the black box answers to a rebuilt input: a name for its picture, and a line under it.
fn answer_words(session: &Session, rebuilt: &Rebuilt, title: &str, full: usize) -> [String; 2] {
    let class = crate::model::argmax(&rebuilt.probs);
    let answer = with_probability(session, &rebuilt.probs, class);
    let stays = if class == full { "class stays" } else { "class changes" };
    [format!("{title}: the black box says {answer}"), format!("{answer}, {stays}")]
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
    let shown = is_series.then(|| Channels::of(session, explained, result));
    if let Some(shown) = &shown {
        shown.legend(ui);
        state.is_large |= icon_button(ui, icons::ICON_OPEN_IN_FULL, "Show the rebuilt series large").clicked();
    }
    let seen = ui.clip_rect().height();
    ui.with_layout(layout, |ui| {
        let sides = result.rebuilt.iter().zip(TITLES);
        for (at, (rebuilt, title)) in sides.enumerate() {
            ui.vertical(|ui| {
                muted(ui, title);
                let [name, answer] = answer_words(session, rebuilt, title, full);
                if let Some(picture) = state.pictures.get(at) {
                    let natural = picture.size_vec2();
                    let scale = (SIDE / natural.x).min(SIDE / natural.y);
                    ui.add(egui::Image::new(picture).fit_to_exact_size(natural * scale).alt_text(&name))
                        .on_hover_text(&name);
                }
                if let Some(shown) = &shown {
                    let n = result.rebuilt.len() * shown.numbers.len();
                    let height = (SHARE * seen / n.max(1) as f32).clamp(CHANNEL[0], CHANNEL[1]);
                    let rows = [&explained.row, &rebuilt.row].map(|row| shown.taken_from(row));
                    lines(ui, (&rows[0], &rows[1]), shown, height, &name);
                }
                ui.label(answer);
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
    if let Some(shown) = shown.filter(|_| state.is_large) {
        state.is_large = !large(ui, session, (&**explained, full), result, &shown);
    }
}

/// Both sides of a series beside each other over the window, as large as that is; gives whether it is to be closed.
fn large(
    ui: &Ui,
    session: &Session,
    (explained, full): (&Explained, usize),
    result: &MethodResult,
    shown: &Channels,
) -> bool {
    let room = (ui.ctx().content_rect().size() - Vec2::splat(4.0 * space::XL)).max(vec2(2.0 * SIDE, 2.0 * SIDE));
    let n = result.rebuilt.len().max(1) as f32;
    let width = (room.x - space::L * (n - 1.0)) / n;
    let height = ((room.y - AROUND) / shown.numbers.len().max(1) as f32).max(CHANNEL[0]);
    let mut is_closed = false;
    let response = Modal::new(Id::unique("rebuilt series")).show(ui.ctx(), |ui| {
        ui.set_width(room.x);
        ui.horizontal(|ui| {
            is_closed = ui.button("Close").clicked();
            shown.legend(ui);
        });
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            for (rebuilt, title) in result.rebuilt.iter().zip(TITLES) {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    muted(ui, title);
                    let [name, answer] = answer_words(session, rebuilt, title, full);
                    let rows = [&explained.row, &rebuilt.row].map(|row| shown.taken_from(row));
                    lines(ui, (&rows[0], &rows[1]), shown, height, &format!("Large. {name}"));
                    ui.label(answer);
                });
            }
        });
    });
    is_closed || response.should_close()
}

/// The channels of a series that are drawn.
struct Channels {
    /// Their numbers, ascending.
    numbers: Vec<usize>,
    names: Vec<String>,
    /// The shape of a row that holds them alone.
    shape: Shape,
    /// How many of the steps are the item's own.
    own: usize,
    /// Which they are, where there are others: "4 of 60 channels: those with most selected steps".
    part: Option<String>,
}

impl Channels {
    fn of(session: &Session, explained: &Explained, result: &MethodResult) -> Self {
        let shape = explained.units.shape;
        let known = session.data.as_ref().map_or(&[][..], |data| data.channel_names());
        let names = channel_names(known, shape.channels);
        let mut selected = vec![0_usize; shape.channels];
        let steps = (shape.height * shape.width).max(1);
        let own = own_steps(&explained.row, steps);
        if shape.channels > MOST_CHANNELS {
            let of_values = explained.units.unit_of_values().into_iter().enumerate();
            for (place, unit) in of_values.filter(|(place, _)| place % steps < own) {
                selected[place / steps] += usize::from(result.is_selected(unit as usize, session.explore.k));
            }
        }
        let (numbers, part) = chosen(&selected);
        Self {
            names: numbers.iter().map(|channel| names[*channel].clone()).collect(),
            shape: Shape { channels: numbers.len(), ..shape },
            numbers,
            own,
            part,
        }
    }

    /// Their values of a whole row.
    fn taken_from(&self, row: &[f32]) -> Vec<f32> {
        let steps = self.shape.height * self.shape.width;
        let of = |channel: &usize| row.get(channel * steps..(channel + 1) * steps).unwrap_or_default();
        self.numbers.iter().flat_map(of).copied().collect()
    }

    /// Which channels are drawn and what their two lines are.
    fn legend(&self, ui: &mut Ui) {
        if let Some(part) = &self.part {
            ui.add(Label::new(RichText::new(part).small().color(tokens(ui).muted)).wrap());
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let t = tokens(ui);
            for (color, words) in [(t.outline, "the series as it is"), (t.selected, "rebuilt")] {
                swatch(ui, color, false);
                muted(ui, words);
                ui.add_space(space::S);
            }
        });
    }
}

/// Which of the channels with so many selected steps each are drawn, and in words which these are, where there are others.
fn chosen(selected: &[usize]) -> (Vec<usize>, Option<String>) {
    let n = selected.len();
    let mut numbers: Vec<usize> = (0..n).collect();
    if n <= MOST_CHANNELS {
        return (numbers, None);
    }
    // Equal ones stay in their order.
    numbers.sort_by_key(|channel| std::cmp::Reverse(selected[*channel]));
    let with_some = selected.iter().filter(|count| **count > 0).count();
    numbers.truncate(if with_some == 0 { MOST_CHANNELS } else { with_some.min(MOST_CHANNELS) });
    numbers.sort_unstable();
    let which = match selected.iter().all(|count| *count == selected[0]) {
        true => "the first",
        false if with_some == 1 => "the only one with selected steps",
        false if with_some <= MOST_CHANNELS => "all that have selected steps",
        false => "those with most selected steps",
    };
    let part = format!("{} of {n} channels: {which}", numbers.len());
    (numbers, Some(part))
}

/// The channels of a series as it is (pale) and as it was rebuilt, each under its name and from where to where it reaches, and each so high.
fn lines(ui: &mut Ui, (whole, rebuilt): (&[f32], &[f32]), shown: &Channels, height: f32, name: &str) {
    let t = tokens(ui);
    let Channels { shape, own, names, .. } = shown;
    if *own == 0 {
        // Without a step there is no line, and nothing that it reaches from or to.
        return;
    }
    let channels = shape.channels;
    let width = ui.available_width().max(SIDE);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height * channels as f32), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let steps = shape.height * shape.width;
    for channel in 0..channels {
        let of = channel * steps..channel * steps + *own;
        let (Some(whole), Some(rebuilt)) = (whole.get(of.clone()), rebuilt.get(of)) else { return };
        let both = || whole.iter().chain(rebuilt).copied();
        let (low, high) = (both().fold(f32::MAX, f32::min), both().fold(f32::MIN, f32::max));
        let top = rect.top() + height * channel as f32;
        let room = Rect::from_min_size(pos2(rect.left(), top + NAME), vec2(width, height - NAME - 4.0));
        let range = format!("{low:.2} to {high:.2}").replace('-', "\u{2212}");
        let said = format!("{}, {range}", names.get(channel).map_or("", String::as_str));
        let font = TextStyle::Small.resolve(ui.style());
        ui.painter_at(rect).text(pos2(rect.left(), top), Align2::LEFT_TOP, said, font, t.muted);
        ui.painter().rect_filled(room, 2.0, t.canvas);
        let span = if high > low { high - low } else { 1.0 };
        let points = |values: &[f32]| {
            let x = |step: usize| room.left() + room.width() * (step as f32 + 0.5) / *own as f32;
            let y = |value: f32| room.bottom() - room.height() * (value - low) / span;
            values.iter().enumerate().map(|(step, value)| pos2(x(step), y(*value))).collect::<Vec<_>>()
        };
        ui.painter().line(points(whole), Stroke::new(1.0, t.outline));
        ui.painter().line(points(rebuilt), Stroke::new(1.5, t.selected));
    }
    response.on_hover_text(format!("{name}. Pale: the series as it is."));
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn the_channels_that_are_drawn_are_those_with_most_selected_steps_and_are_named() {
        let (numbers, part) = chosen(&[0, 3, 0, 0, 1, 0]);
        assert_eq!(numbers, [1, 4], "none without a selected step");
        assert_eq!(part.as_deref(), Some("2 of 6 channels: all that have selected steps"));
        let (numbers, part) = chosen(&[1, 2, 3, 1, 5, 2]);
        assert_eq!(numbers, [1, 2, 4, 5]);
        assert_eq!(part.as_deref(), Some("4 of 6 channels: those with most selected steps"));
        let (numbers, part) = chosen(&[7; 6]);
        assert_eq!((numbers, part.as_deref()), (vec![0, 1, 2, 3], Some("4 of 6 channels: the first")));
        assert_eq!(chosen(&[0, 1]), (vec![0, 1], None), "a few are all drawn");
    }
}
