//! An item as it is, while nothing can explain it: there is no black box for the data yet, or no explainer for the black box.

use std::sync::Arc;

use egui::{
    CentralPanel, Frame, Image, Label, Margin, Panel as EguiPanel, Rect, RichText, ScrollArea, TextureHandle, Ui,
    UiBuilder, vec2,
};
use egui_material_icons::icons;

use super::super::theme::{self, space, text, tokens};
use super::super::widgets::{command_button, command_choice, muted, showable};
use super::inspector::texture;
use super::thumbs::{Full, Thumbs};
use super::{canvas, cards, items, record, series};
use crate::data::table::shown_name;
use crate::data::text::readable;
use crate::data::{Dataset, Items, Split};
use crate::figure::layout::series::{Form, Movement};
use crate::figure::layout::{ExplainedPicture, ExplainedRow, ExplainedSeries, Panel};
use crate::jobs::picture::channel_names;
use crate::session::{Command, Dialog, Place, Purpose, Session};

/// Characters of a text that are set; the rest is named.
const MOST_CHARACTERS: usize = 100_000;
/// Longer side of a picture on screen, in its own pixels: graphics cards take no textures of any size.
const MOST_SIDE: usize = 2048;

/// What an item lacks to be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A black box.
    Box,
    /// An explainer for the black box.
    Explainer,
}

impl Lack {
    /// What is lacking in a session whose explorer has nothing to show and waits for nothing.
    pub fn of(session: &Session) -> Option<Self> {
        let explore = &session.explore;
        if explore.explained().is_some() || explore.shown.error().is_some() || explore.item.is_none() {
            return None;
        }
        if session.active_box().is_none() {
            return Some(Self::Box);
        }
        let is_coming = session.running.all().iter().any(|job| matches!(job.purpose, Purpose::MakeExplainer));
        (explore.columns.is_empty() && !is_coming).then_some(Self::Explainer)
    }
}

/// What was made of the item last.
#[derive(Default)]
pub struct Unexplained {
    /// Data, item, whether the window is dark, and the form in which a series is drawn.
    key: Option<(String, usize, bool, Option<Form>)>,
    /// A text without its HTML, and how many more characters it has.
    text: String,
    unset: usize,
    made: Option<ExplainedPicture>,
    texture: Option<TextureHandle>,
    /// Of the map of a series.
    zoom: canvas::Zoom,
}

impl Unexplained {
    /// Whether this item is another one than that of which something was made last, or in other colours or another form; from now on it is the last one.
    fn begins(&mut self, ui: &Ui, data: &Dataset, item: usize, form: Option<Form>) -> bool {
        let key = Some((data.hash.clone(), item, ui.visuals().dark_mode, form));
        let is_other = self.key != key;
        self.key = key;
        is_other
    }
}

/// The item in view with what it lacks.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    data: &Arc<Dataset>,
    lack: Lack,
    (state, thumbs): (&mut Unexplained, &mut Thumbs),
    commands: &mut Vec<Command>,
) {
    let t = tokens(ui);
    EguiPanel::top("what is lacking")
        .resizable(false)
        .frame(Frame::new().fill(t.panel).inner_margin(Margin::symmetric(space::M as i8, space::S as i8)))
        .show(ui, |ui| offer(ui, session, lack, commands));
    let Some(item) = session.explore.item else { return };
    CentralPanel::default().frame(Frame::new().fill(t.canvas).inner_margin(space::M)).show(ui, |ui| {
        let name = items::words_of(session, data, item, false);
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(&name).strong());
            if let Some(shown) = session.series_form() {
                let fits = |form: &Form| Command::SetForm(*form).availability(session).is_ok();
                for form in Form::ALL.into_iter().filter(fits) {
                    command_choice(ui, session, Command::SetForm(form), form == shown, form.title(), commands);
                }
            }
        });
        ui.add_space(space::S);
        match &data.items {
            Items::Text(_) => words(ui, session, data, item, state, commands),
            Items::Dense(_) | Items::Lazy(_) => picture(ui, data, item, (state, thumbs), &name),
            Items::Series(_) | Items::Table(_) => drawn(ui, (data, item, session.series_form()), state, &name),
        }
    });
}

/// What is lacking and how it is had.
fn offer(ui: &mut Ui, session: &Session, lack: Lack, commands: &mut Vec<Command>) {
    let train = |words: &'static str| (Command::Go(Place::Train), words);
    let open = (Command::Ask(Dialog::OpenFolder), "Open a black box…");
    let (sentence, offers) = match lack {
        Lack::Box if can_train(session) => (
            "There is no black box for this data yet, so nothing is predicted or explained: train one, or open one.",
            vec![train("Train a black box"), open],
        ),
        Lack::Box => (
            "There is no black box for this data yet, so nothing is predicted or explained, and none can be trained on it: that takes training items of at \
             least two classes. Open a black box that reads such items, or data with labels.",
            vec![open, (Command::Ask(Dialog::OpenFiles), "Open data with labels…")],
        ),
        Lack::Explainer => ("There is no explainer for this black box yet.", vec![train("Train an explainer")]),
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(icons::ICON_MODEL_TRAINING.rich_text().size(text::ICON).color(tokens(ui).muted));
        ui.add(Label::new(sentence).wrap());
    });
    ui.horizontal_wrapped(|ui| {
        for (command, words) in offers {
            command_button(ui, session, command, words, commands);
        }
    });
}

/// Whether a black box can be trained on the open data.
fn can_train(session: &Session) -> bool {
    session.data.as_ref().is_some_and(|data| {
        let is_taught = |(split, label): (&Split, &Option<u16>)| *split == Split::Train && label.is_some();
        data.classes.len() > 1 && data.splits.iter().zip(&data.labels).any(is_taught)
    })
}

/// A text as it is read: without its HTML.
fn words(
    ui: &mut Ui,
    session: &Session,
    data: &Dataset,
    item: usize,
    state: &mut Unexplained,
    commands: &mut Vec<Command>,
) {
    if session.is_blurred() {
        cards::hidden(ui, session, commands);
        return;
    }
    if state.begins(ui, data, item, None) {
        let text = readable(data.text(item).unwrap_or_default());
        let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(end, _)| end);
        state.text = showable(&text[..end]);
        state.unset = text[end..].chars().count();
    }
    ScrollArea::vertical().id_salt("text as written").auto_shrink([false, false]).show(ui, |ui| {
        // Lines as long as in the reading view are read with ease.
        ui.set_max_width(ui.available_width().min(720.0));
        ui.add(Label::new(RichText::new(&state.text).size(text::BODY)).wrap());
        if state.unset > 0 {
            muted(ui, format!("{} more characters are not shown.", state.unset));
        }
    });
}

/// A picture as large as there is room for, in whole steps where it is small.
fn picture(
    ui: &mut Ui,
    data: &Arc<Dataset>,
    item: usize,
    (state, thumbs): (&mut Unexplained, &mut Thumbs),
    name: &str,
) {
    thumbs.begin(ui.ctx(), data);
    let picture = match thumbs.full(ui.ctx(), data, item) {
        Full::Ready(picture) => picture,
        Full::Pending => {
            muted(ui, "Reading…");
            return;
        }
        Full::Failed(reason) => {
            ui.add(Label::new(reason).wrap());
            return;
        }
    };
    if state.begins(ui, data, item, None) {
        state.texture = Some(texture(ui, "item as it is", &picture.thumbnail(MOST_SIDE)));
    }
    let Some(texture) = &state.texture else { return };
    let (size, room) = (vec2(picture.width as f32, picture.height as f32), ui.available_size());
    let fitted = (room.x / size.x).min(room.y / size.y);
    let scale = if fitted > 1.0 { fitted.floor() } else { fitted };
    ui.add(Image::new((texture.id(), size * scale)).alt_text(name));
}

/// A series or a row of a table, drawn as an explained one is, with nothing selected.
fn drawn(ui: &mut Ui, (data, item, form): (&Dataset, usize, Option<Form>), state: &mut Unexplained, name: &str) {
    if state.begins(ui, data, item, form) {
        state.made = as_it_is(data, item, form).map(|made| ExplainedPicture { theme: theme::figure_theme(ui), ..made });
        state.texture = state.made.as_ref().and_then(|made| canvas::map_of(ui.ctx(), made));
    }
    let Some(made) = &state.made else { return };
    let area = Rect::from_min_size(ui.cursor().min, ui.available_size());
    if made.row.is_some() {
        record::show(ui, made, (Panel::Input, area), name, 1.0);
        return;
    }
    let mut inner = ui.new_child(UiBuilder::new().id_salt("series as it is").max_rect(area));
    let texture = state.texture.as_ref().map(TextureHandle::id);
    let page = series::Page { picture: made, panel: Panel::Input, at: (0, 0), name, opacity: 1.0, texture };
    // Nothing is selected, so that there is no bar of a group to choose by.
    state.zoom = series::show(&mut inner, area, &page, state.zoom, &mut Vec::new());
}

/// A series, in the form asked for where it fits, or a row without scores; `None` for other items.
fn as_it_is(data: &Dataset, item: usize, form: Option<Form>) -> Option<ExplainedPicture> {
    match &data.items {
        Items::Series(items) => {
            let (shape, values) = (items.shape, items.get(item).to_vec());
            let names = channel_names(data.channel_names(), shape.channels);
            let series = ExplainedSeries {
                steps: shape.width,
                form: Form::or_usual(form, shape.channels, &names),
                movement: Movement::named(&names).unwrap_or_default(),
                names,
                unit_of: vec![0; values.len()],
                fill: values.clone(),
                values,
                group: None,
            };
            Some(ExplainedPicture {
                series: Some(series),
                scores: vec![0.0],
                selected: vec![false],
                ..ExplainedPicture::default()
            })
        }
        Items::Table(items) => {
            let columns = &items.table.columns;
            let values: Vec<String> = (0..columns.len()).map(|column| data.cell(item, column)).collect();
            let row = ExplainedRow {
                names: columns.iter().map(|column| shown_name(&column.name).to_owned()).collect(),
                fill: values.clone(),
                values,
                ranks: (0..columns.len() as u32).collect(),
            };
            let n = columns.len();
            Some(ExplainedPicture {
                row: Some(row),
                scores: vec![0.0; n],
                selected: vec![false; n],
                ..ExplainedPicture::default()
            })
        }
        Items::Dense(_) | Items::Lazy(_) | Items::Text(_) => None,
    }
}
