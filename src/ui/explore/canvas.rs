//! One explained picture on screen: exact pixels, linked zoom and pan, the marks of the figure, the unit under the pointer.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use egui::{
    ColorImage, Context, Rect, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

use super::super::widgets::showable;
use super::super::{figure_view, theme};
use super::classes::ClassesUi;
use super::reading::{self, InView, Page, Pages, Setting, TextView, numbers};
use crate::data::text::unshapeable;
use crate::figure::color::Range;
use crate::figure::layout::series::{Form, map_pixels, settle_scales};
use crate::figure::layout::{ExplainedPicture, ExplainedText, Panel, TextSpan, View, overlay_marks, overlay_rgba};
use crate::figure::{Element, FigureError, Pixels, rect};
use crate::jobs::{Explained, MethodResult};
use crate::session::Session;

/// Zoom and pan, shared by all pictures in view.
#[derive(Clone, Copy, Debug)]
pub struct Zoom {
    /// 1 shows the whole picture.
    pub factor: f32,
    /// Where of the picture the middle lies, 0..=1.
    pub center: Vec2,
}

impl Default for Zoom {
    fn default() -> Self {
        Self { factor: 1.0, center: vec2(0.5, 0.5) }
    }
}

impl Zoom {
    /// Follows the pointer over `area`, in which the whole picture lies at `image`: scrolling zooms, dragging moves, a double click shows all.
    pub fn follow(&mut self, ui: &Ui, response: &egui::Response, area: Rect, image: Rect) {
        if response.double_clicked() {
            *self = Self::default();
        }
        if response.dragged() && self.factor > 1.0 {
            let moved = response.drag_delta() / image.size();
            self.center = (self.center - moved).clamp(Vec2::ZERO, Vec2::splat(1.0));
        }
        let Some(pointer) = response.hover_pos() else { return };
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let by = pinch * (scroll / 240.0).exp2();
        if (by - 1.0).abs() > 1e-3 {
            let factor = (self.factor * by).clamp(1.0, 64.0);
            // The spot under the pointer stays under it.
            let spot = (pointer - image.min) / image.size();
            let from_middle = (pointer - area.center()) / (image.size() / self.factor * factor);
            self.factor = factor;
            self.center =
                if factor <= 1.001 { vec2(0.5, 0.5) } else { (spot - from_middle).clamp(Vec2::ZERO, Vec2::splat(1.0)) };
        }
    }
}

/// A pixel under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointed {
    /// Row.
    pub y: usize,
    /// Column.
    pub x: usize,
}

/// Outlines and hatches, and the rectangle they were made for.
type Marks = (Rect, Vec<Element>);

/// A picture with its texture and its marks, made again only when something it shows changes.
#[derive(Default)]
struct Painted {
    key: u64,
    /// What it was painted from: kept, so that no other explanation comes to lie at its address, which is part of the key.
    explained: Option<Arc<Explained>>,
    picture: Option<ExplainedPicture>,
    /// Scores that the ends of the heat colours stand for.
    range: Option<Range>,
    panels: Vec<(Panel, TextureHandle, Option<Marks>)>,
    /// What is known of a text; nothing for pictures.
    text: TextView,
    problem: Option<String>,
}

/// Writes the name of its script in place of each word that the window's fonts cannot show, the number of a sign in place of that, and a blank in place of
/// a control sign: boxes would look like a fault. In `words`, those of each unit (`noun`), a name alone has the number of its unit, or many would be the
/// same.
fn name_scripts(text: &mut ExplainedText, words: &mut [String], noun: &str) {
    let numbers = numbers(text, words.len());
    text.blank_controls();
    for (words, number) in words.iter_mut().zip(numbers) {
        if words.contains(char::is_control) {
            *words = words.replace(char::is_control, " ");
        }
        if words.is_ascii() {
            continue;
        }
        let is_unshown = unshapeable(words).is_some();
        *words = showable(words);
        if is_unshown && words.starts_with('[') && words.ends_with(']') {
            *words = format!("{noun} {number} {words}");
        }
    }
    for part in text.parts_mut().filter(|part| !part.is_ascii()) {
        *part = showable(part);
    }
}

/// All pictures in view.
#[derive(Default)]
pub struct Canvas {
    /// Zoom and pan.
    pub zoom: Zoom,
    /// What is under the pointer, as the frame before found it: every column marks it.
    pub pointed: Option<Pointed>,
    found: Option<Pointed>,
    /// What is said of the step or cell of a series under the pointer, as the frame before found it.
    pub told: Option<String>,
    found_told: Option<String>,
    /// Whether the inspector is there to say it.
    pub has_inspector: bool,
    /// Unit of a text under the pointer in this frame.
    found_unit: Option<usize>,
    painted: Vec<Painted>,
    /// Where texts are set.
    pages: Pages,
    /// Which words of the text are seen.
    in_view: InView,
    /// Height that the viewer needs for the whole text in view with what is said of it, as the last frame had it; `None` where no text is drawn.
    pub needs: Option<f32>,
    /// The panel of classes.
    pub classes: ClassesUi,
}

impl Canvas {
    /// Call before the pictures of a frame are drawn.
    pub fn begin(&mut self, ctx: &Context) {
        let found = self.found.take();
        if self.pointed != found {
            self.pointed = found;
            ctx.request_repaint();
        }
        let told = self.found_told.take();
        if self.told != told {
            self.told = told;
            ctx.request_repaint();
        }
    }

    /// The picture of a column, with textures for its panels.
    pub fn prepare(
        &mut self,
        ctx: &Context,
        session: &Session,
        column: usize,
        explained: &Arc<Explained>,
        result: &MethodResult,
        dark: crate::figure::Theme,
    ) {
        let explore = &session.explore;
        let view = explore.view;
        let mut hasher = DefaultHasher::new();
        (Arc::as_ptr(explained) as usize, column, view, explore.hidden, explore.k, dark, explore.peek)
            .hash(&mut hasher);
        (&result.explainer, explore.class_focus, explore.reading.against, explore.form, explore.shows_truth)
            .hash(&mut hasher);
        (explore.group, &explore.picked, explore.scales).hash(&mut hasher);
        let key = hasher.finish();
        while self.painted.len() <= column {
            self.painted.push(Painted::default());
        }
        let painted = &mut self.painted[column];
        if painted.key == key && painted.picture.is_some() {
            return;
        }
        painted.key = key;
        painted.explained = Some(explained.clone());
        painted.problem = None;
        let result = session.seen(result);
        let mut picture = session.picture_of(explained, &result, view, explore.hidden, dark);
        // Once, not in each frame.
        settle_scales(&mut picture);
        let wanted: &[Panel] = if explore.peek { &[Panel::Input] } else { view.panels() };
        let is_heat = view == View::Heat && !explore.peek;
        painted.range = is_heat.then(|| Range::robust(&picture.scores, picture.scale()));
        // A view of two panels keeps both places while peeking, so that nothing jumps.
        let wanted: Vec<Panel> =
            if explore.peek && view == View::Side { vec![Panel::Input, Panel::Input] } else { wanted.to_vec() };
        if picture.text.is_some() {
            let mut hasher = DefaultHasher::new();
            (explained.text.as_deref(), session.active_box().map(|active| &active.card.hash)).hash(&mut hasher);
            let original = explained.text.as_deref();
            painted.text.update(hasher.finish(), &picture, &result.ranks, &wanted, original, session);
            // Only now: what the black box knows is looked up in the words as written.
            if let Some(text) = &mut picture.text {
                painted.text.written = text.may_be_shown_otherwise().then(|| text.clone());
                name_scripts(text, &mut painted.text.words, &explained.units.unit.noun(1));
            }
            painted.panels.clear();
            painted.picture = Some(picture);
            // The list of words was drawn before the text.
            ctx.request_repaint();
            return;
        }
        if picture.row.is_some() {
            painted.panels.clear();
            painted.picture = Some(picture);
            // The panel of classes was drawn before the names of the columns were known.
            ctx.request_repaint();
            return;
        }
        painted.panels.truncate(wanted.len());
        for (at, panel) in wanted.into_iter().enumerate() {
            match pixels_of(&picture, panel) {
                Ok(pixels) => {
                    let image = image_of(&pixels);
                    match painted.panels.get_mut(at) {
                        Some((known, texture, marks)) => {
                            texture.set(image, TextureOptions::NEAREST);
                            (*known, *marks) = (panel, None);
                        }
                        None => {
                            let texture =
                                ctx.load_texture(format!("picture {column} {at}"), image, TextureOptions::NEAREST);
                            painted.panels.push((panel, texture, None));
                        }
                    }
                }
                Err(error) => painted.problem = Some(error.to_string()),
            }
        }
        painted.picture = Some(picture);
    }

    /// The picture of a column, as prepared.
    pub fn picture(&self, column: usize) -> Option<&ExplainedPicture> {
        self.painted.get(column)?.picture.as_ref()
    }

    /// The same, where it was prepared from `explained`.
    pub fn picture_of(&self, column: usize, explained: &Arc<Explained>) -> Option<&ExplainedPicture> {
        let painted = self.painted.get(column)?;
        let is_of_it = painted.explained.as_ref().is_some_and(|known| Arc::ptr_eq(known, explained));
        painted.picture.as_ref().filter(|_| is_of_it)
    }

    /// Scores that the ends of a column's heat colours stand for, while it is coloured by them.
    pub fn heat_range(&self, column: usize) -> Option<Range> {
        self.painted.get(column)?.range
    }

    /// The text of a column with what is known of it, as prepared.
    pub fn text_view(&self, column: usize) -> Option<(&ExplainedPicture, &TextView)> {
        let painted = self.painted.get(column)?;
        Some((painted.picture.as_ref().filter(|picture| picture.text.is_some())?, &painted.text))
    }

    /// The unit of a text under the pointer, taken once a frame.
    pub fn take_found_unit(&mut self) -> Option<usize> {
        self.found_unit.take()
    }

    /// The pointer is over a unit of another list.
    pub fn point(&mut self, unit: Option<usize>) {
        self.found_unit = self.found_unit.or(unit);
    }

    /// Words on the step or cell of a series under the pointer.
    pub fn tell(&mut self, words: Option<String>) {
        self.found_told = words.or(self.found_told.take());
    }

    /// Call when all columns are prepared: finds out which words of a text are seen in some column, so that long stretches of none can be folded. The chosen
    /// unit always has its place.
    pub fn gather(&mut self, explained: &Arc<Explained>, chosen: Option<usize>) {
        let is_of_it =
            |painted: &&Painted| painted.explained.as_ref().is_some_and(|known| Arc::ptr_eq(known, explained));
        let painted: Vec<&Painted> = self.painted.iter().take(explained.methods.len()).filter(is_of_it).collect();
        let Some(text) = painted.iter().find_map(|painted| painted.picture.as_ref()?.text.as_ref()) else { return };
        let mut hasher = DefaultHasher::new();
        painted.iter().for_each(|painted| painted.key.hash(&mut hasher));
        chosen.hash(&mut hasher);
        let key = hasher.finish();
        if self.in_view.key == key {
            return;
        }
        let looks = || painted.iter().flat_map(|painted| &painted.text.looks);
        let is_seen = |span: &TextSpan| {
            let is_chosen = chosen.is_some() && span.unit.map(|unit| unit as usize) == chosen;
            is_chosen || looks().any(|(_, looks)| looks.of_word(span).ink.is_some())
        };
        self.in_view = InView { key, spans: text.spans.iter().map(is_seen).collect() };
    }

    /// Height of the text in view, all of it in sight, as the last frame had it; `None` where no text is drawn.
    pub fn text_height(&self) -> Option<f32> {
        Some(self.pages.whole_height()).filter(|height| *height > 0.0)
    }

    /// Call after all columns are drawn.
    pub fn end(&mut self, session: &Session) {
        self.pages.end(session);
    }

    /// Draws one panel of a column's text into an area, in letters of a size; gives the unit that was clicked.
    pub fn read(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        (area, setting): (Rect, Setting),
        at: (usize, usize),
        name: &str,
        opacity: f32,
    ) -> Option<usize> {
        let painted = self.painted.get(at.0)?;
        let picture = painted.picture.as_ref()?;
        self.pages.begin(painted.text.id);
        let page = Page { picture, view: &painted.text, in_view: &self.in_view, at, area, setting, name, opacity };
        let (pointed, clicked) = reading::show(ui, &mut self.pages, &page, session);
        self.found_unit = self.found_unit.or(pointed);
        clicked
    }

    /// The texture of a panel of a column, as prepared.
    pub fn texture(&self, column: usize, panel_at: usize) -> Option<egui::TextureId> {
        self.painted.get(column)?.panels.get(panel_at).map(|(_, texture, _)| texture.id())
    }

    /// Draws one panel of a column into `area`.
    pub fn show(&mut self, ui: &mut Ui, area: Rect, column: usize, panel_at: usize, name: &str, opacity: f32) {
        let response = ui.allocate_rect(area, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        let Some(painted) = self.painted.get_mut(column) else { return };
        let Some(picture) = &painted.picture else { return };
        if let Some(problem) = &painted.problem {
            ui.put(area, egui::Label::new(problem).wrap());
            return;
        }
        let Some((panel, texture, marks)) = painted.panels.get_mut(panel_at) else { return };
        let size = vec2(picture.width as f32, picture.height as f32);
        let image = image_rect(area, size, self.zoom, ui.ctx().pixels_per_point());
        let painter = ui.painter_at(area);
        let tint = theme::UNTINTED.gamma_multiply(opacity);
        painter.image(texture.id(), image, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), tint);
        if marks.as_ref().is_none_or(|(drawn_for, _)| *drawn_for != image) {
            let target = rect(image.left(), image.top(), image.width(), image.height());
            *marks = Some((image, overlay_marks(picture, *panel, target)));
        }
        if let Some((_, marks)) = marks
            && opacity >= 1.0
        {
            figure_view::paint_marks(&painter, marks);
        }
        let t = theme::tokens(ui);
        painter.rect_stroke(image.intersect(area), 0.0, Stroke::new(1.0, t.line), StrokeKind::Outside);
        self.follow_pointer(ui, &response, area, image, size);
        if let Some(pointed) = self.pointed {
            let cell = vec2(image.width() / size.x, image.height() / size.y);
            let at = image.min + vec2(pointed.x as f32 * cell.x, pointed.y as f32 * cell.y);
            let frame = Rect::from_min_size(at, cell).expand(1.0);
            painter.rect_stroke(frame, 0.0, Stroke::new(2.0, t.text), StrokeKind::Outside);
            painter.rect_stroke(frame, 0.0, Stroke::new(1.0, t.canvas), StrokeKind::Inside);
        }
    }

    fn follow_pointer(&mut self, ui: &Ui, response: &egui::Response, area: Rect, image: Rect, size: Vec2) {
        self.zoom.follow(ui, response, area, image);
        let Some(pointer) = response.hover_pos() else { return };
        let spot = (pointer - image.min) / image.size() * size;
        if image.contains(pointer) && spot.x >= 0.0 && spot.y >= 0.0 {
            let (x, y) = ((spot.x as usize).min(size.x as usize - 1), (spot.y as usize).min(size.y as usize - 1));
            self.found = Some(Pointed { y, x });
            if self.found != self.pointed {
                ui.ctx().request_repaint();
            }
        }
    }
}

/// Where the whole picture lies when `area` shows it at `zoom`: a pixel measures whole screen pixels where it can.
pub fn image_rect(area: Rect, size: Vec2, zoom: Zoom, pixels_per_point: f32) -> Rect {
    let fit = (area.width() / size.x).min(area.height() / size.y).max(0.01);
    let on_screen = fit * zoom.factor * pixels_per_point;
    let exact = if on_screen >= 1.0 { on_screen.floor() } else { on_screen } / pixels_per_point;
    let shown = size * exact;
    let shift = (vec2(0.5, 0.5) - zoom.center) * shown;
    let rect = Rect::from_center_size(area.center() + shift, shown);
    let snap = |v: f32| (v * pixels_per_point).round() / pixels_per_point;
    Rect::from_min_size(pos2(snap(rect.left()), snap(rect.top())), shown)
}

/// Pixels of a panel: of a series those of its map.
fn pixels_of(picture: &ExplainedPicture, panel: Panel) -> Result<Pixels, FigureError> {
    match &picture.series {
        Some(series) => {
            picture.check()?;
            let range = Range::robust(&picture.scores, picture.scale());
            Ok(map_pixels(picture, series, panel, range))
        }
        None => overlay_rgba(picture, panel, None),
    }
}

/// The map of a series whose form is one, as a texture.
pub fn map_of(ctx: &Context, picture: &ExplainedPicture) -> Option<egui::TextureHandle> {
    let series = picture.series.as_ref().filter(|series| series.form == Form::Map)?;
    picture.check().ok()?;
    let range = Range::robust(&picture.scores, picture.scale());
    let image = image_of(&map_pixels(picture, series, Panel::Input, range));
    Some(ctx.load_texture("map of the series", image, TextureOptions::NEAREST))
}

fn image_of(pixels: &Pixels) -> ColorImage {
    ColorImage::from_rgba_unmultiplied([pixels.width, pixels.height], &pixels.rgba)
}

#[cfg(test)]
mod tests {
    use super::name_scripts;
    use crate::figure::layout::{ExplainedText, TextSpan};

    #[test]
    fn control_signs_are_blanks_and_a_line_still_ends() {
        let span = |before: &str, word: &str| TextSpan {
            before: before.to_owned(),
            word: word.to_owned(),
            unit: Some(0),
            ..TextSpan::default()
        };
        let mut text = ExplainedText {
            spans: vec![span("", "a"), span("\u{7}\n\u{85}", "b\u{1b}c")],
            after: "\u{0}.".to_owned(),
            ..ExplainedText::default()
        };
        assert!(text.may_be_shown_otherwise());
        let mut words = ["a \u{7}b".to_owned()];
        name_scripts(&mut text, &mut words, "word");
        assert_eq!((text.spans[1].before.as_str(), text.spans[1].word.as_str()), (" \n ", "b c"));
        assert_eq!((text.after.as_str(), words[0].as_str()), (" .", "a  b"));
        assert!(!text.may_be_shown_otherwise());
    }

    #[test]
    fn words_of_a_script_that_is_named_have_their_number_and_others_do_not() {
        let span = |word: &str, unit: Option<u32>| TextSpan { word: word.to_owned(), unit, ..TextSpan::default() };
        let mut text = ExplainedText {
            spans: vec![
                span("a", Some(1)),
                span("\u{4f60}\u{597d}", Some(2)),
                // Not read by the black box, and a word of the text all the same.
                span("lost", None),
                span("caf\u{e9}", Some(3)),
                span("\u{5929}\u{6c14}", Some(4)),
            ],
            ..ExplainedText::default()
        };
        let mut words = ["", "a", "\u{4f60}\u{597d}", "caf\u{e9}", "\u{5929}\u{6c14}"].map(str::to_owned);
        name_scripts(&mut text, &mut words, "word");
        let named = ["", "a", "word 2 [Chinese or Japanese]", "caf\u{e9}", "word 5 [Chinese or Japanese]"];
        assert_eq!(words, named);
        assert_eq!(text.spans[1].word, "[Chinese or Japanese]", "in the text its place tells");
        // Done again, as for each change of the view, it changes nothing.
        name_scripts(&mut text, &mut words, "word");
        assert_eq!(words, named);
    }
}
