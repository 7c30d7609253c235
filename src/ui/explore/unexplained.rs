//! An item as it is, while nothing explains it: there is no black box for the data yet, no explainer for the black box, or no answer.

use std::sync::Arc;

use egui::{
    CentralPanel, Frame, Image, Label, Margin, Panel as EguiPanel, Rect, RichText, ScrollArea, TextureHandle, Ui,
    UiBuilder, vec2,
};
use egui_material_icons::icons;

use super::super::theme::{self, space, text, tokens};
use super::super::widgets::{self, command_button, command_choice, muted, showable};
use super::inspector::texture;
use super::thumbs::{Full, Thumbs};
use super::{canvas, cards, channels, items, record, series, viewer};
use crate::data::table::shown_name;
use crate::data::text::readable;
use crate::data::{Dataset, Items, Split};
use crate::figure::layout::series::{Form, Movement, Scales, settle_scales};
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
    /// An answer: what was asked about it failed, and what is known is of another item.
    Answer,
}

impl Lack {
    /// What is lacking in a session whose explorer has nothing to show and waits for nothing.
    pub fn of(session: &Session) -> Option<Self> {
        let explore = &session.explore;
        // What is known of another item would pass for this one.
        let knows_this = explore.explained().is_some_and(|shown| session.is_in_view(shown));
        if explore.shown.error().is_some() && !knows_this && session.own_text().is_none() && explore.item.is_some() {
            return Some(Self::Answer);
        }
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

/// How a series is drawn: its form, which channels were picked, and on which scales.
#[derive(Clone, Debug, Default, PartialEq)]
struct Curves {
    form: Option<Form>,
    picked: Vec<usize>,
    scales: Scales,
}

impl Curves {
    fn of(session: &Session) -> Self {
        let explore = &session.explore;
        Self { form: session.series_form(), picked: explore.picked.clone(), scales: explore.scales }
    }
}

/// What was made of the item last.
#[derive(Default)]
pub struct Unexplained {
    /// Data, item, whether the window is dark, and how a series is drawn.
    key: Option<(String, usize, bool, Curves)>,
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
    fn begins(&mut self, ui: &Ui, data: &Dataset, item: usize, curves: &Curves) -> bool {
        let key = Some((data.hash.clone(), item, ui.visuals().dark_mode, curves.clone()));
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
                channels::scales(ui, session, state.made.as_ref(), commands);
                // Its buttons stay on both sides of it.
                let width = channels::picker_width(ui, session).unwrap_or(0.0);
                if ui.available_size_before_wrap().x < width {
                    ui.end_row();
                    ui.set_row_height(ui.spacing().interact_size.y);
                }
                channels::picker(ui, session, commands);
                let series = state.made.as_ref().and_then(|made| made.series.as_ref());
                if let Some(series) = series.filter(|series| series.form == Form::Map) {
                    viewer::value_legend(ui, series, &[(false, "value")]);
                }
            }
        });
        ui.add_space(space::S);
        match &data.items {
            Items::Text(_) => words(ui, session, data, item, state, commands),
            Items::Dense(_) | Items::Lazy(_) => picture(ui, data, item, (state, thumbs), &name),
            Items::Series(_) | Items::Table(_) => drawn(ui, (data, item, Curves::of(session)), state, &name),
        }
    });
}

/// What is lacking and how it is had.
fn offer(ui: &mut Ui, session: &Session, lack: Lack, commands: &mut Vec<Command>) {
    if let (Lack::Answer, Some(error)) = (lack, session.explore.shown.error()) {
        widgets::failed(ui, session, error, Some(Command::RetryExplanation), commands);
        return;
    }
    let train = |words: &'static str| (Command::Go(Place::Train), words);
    let open = (Command::Ask(Dialog::OpenFolder), "Open a black box…");
    // What is at hand may be of use, or says why nothing is predicted.
    // An explainer that is open needs its own black box: no other will do.
    let lacking = (lack == Lack::Box).then(|| session.box_lacking()).flatten();
    let at_hand = (lack == Lack::Box && can_train(session)).then(|| box_at_hand(session)).flatten();
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
        Lack::Explainer | Lack::Answer => {
            ("There is no explainer for this black box yet.", vec![train("Train an explainer")])
        }
    };
    let sentence = lacking.or(at_hand).unwrap_or_else(|| sentence.to_owned());
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

/// What is to be said of the black boxes that are at hand and not in use.
fn box_at_hand(session: &Session) -> Option<String> {
    if session.fitting_box().is_some() {
        return Some(
            "No black box is in use, so nothing is predicted or explained: choose one in the top bar, train one, or open one."
                .to_owned(),
        );
    }
    let misfit = session.box_misfit(session.boxes.len().checked_sub(1)?)?;
    Some(format!("{misfit}: they are shown without a black box. Train one on them, or open one that reads them."))
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
    if state.begins(ui, data, item, &Curves::default()) {
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
    if state.begins(ui, data, item, &Curves::default()) {
        state.texture = Some(texture(ui, "item as it is", &picture.thumbnail(MOST_SIDE)));
    }
    let Some(texture) = &state.texture else { return };
    let (size, room) = (vec2(picture.width as f32, picture.height as f32), ui.available_size());
    let fitted = (room.x / size.x).min(room.y / size.y);
    let scale = if fitted > 1.0 { fitted.floor() } else { fitted };
    ui.add(Image::new((texture.id(), size * scale)).alt_text(name));
}

/// A series or a row of a table, drawn as an explained one is, with nothing selected.
fn drawn(ui: &mut Ui, (data, item, curves): (&Dataset, usize, Curves), state: &mut Unexplained, name: &str) {
    if state.begins(ui, data, item, &curves) {
        state.made =
            as_it_is(data, item, &curves).map(|made| ExplainedPicture { theme: theme::figure_theme(ui), ..made });
        if let Some(made) = &mut state.made {
            settle_scales(made);
        }
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
    let (panel, heat) = (Panel::Input, None);
    let page = series::Page { picture: made, panel, at: (0, 0), name, opacity: 1.0, texture, heat, is_told: false };
    // Nothing is selected, so that there is no bar of a group to choose by.
    (state.zoom, _) = series::show(&mut inner, area, &page, state.zoom, &mut Vec::new());
}

/// A series, in the form asked for where it fits, or a row without scores; `None` for other items.
fn as_it_is(data: &Dataset, item: usize, curves: &Curves) -> Option<ExplainedPicture> {
    match &data.items {
        Items::Series(items) => {
            let (shape, values) = (items.shape, items.get(item).to_vec());
            let names = channel_names(data.channel_names(), shape.channels);
            let series = ExplainedSeries {
                steps: shape.width,
                form: Form::or_usual(curves.form, shape.channels, &names),
                movement: Movement::named(&names).unwrap_or_default(),
                names,
                unit_of: vec![0; values.len()],
                fill: values.clone(),
                values,
                group: None,
                picked: curves.picked.clone(),
                scales: curves.scales,
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
