//! The item itself: a picture as a texture made before it is needed, or the words of a text. Its accessible name says nothing of it.

use egui::{
    Color32, ColorImage, Pos2, Rect, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

use super::parts::Cx;
use crate::study::stimulus::Media;
use crate::study::words::Word;
use crate::ui::theme::{self, large, space, tokens};

/// Textures that are kept: the item on screen, the next one, and one to come back to.
const KEPT: usize = 3;

/// Items as textures, and how far a long text is scrolled.
pub(super) struct Pictures {
    textures: Vec<(Vec<u8>, TextureHandle)>,
    /// Hash of the text on screen, so that a new one begins at its top.
    text: u64,
    scrolled: f32,
    scroll_wish: f32,
    /// Where the item was drawn last.
    pub drawn: Rect,
    /// Whether the item could not be drawn.
    pub is_broken: bool,
    /// Height of the questions under it.
    pub below: f32,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            textures: Vec::new(),
            text: 0,
            scrolled: 0.0,
            scroll_wish: 0.0,
            drawn: Rect::NOTHING,
            is_broken: false,
            below: 0.0,
        }
    }
}

impl Pictures {
    /// Makes the texture of an item that comes next.
    pub(super) fn prepare(&mut self, ctx: &egui::Context, media: &Media) {
        if let Media::Image(png) = media {
            self.texture(ctx, png);
        }
    }

    /// Scrolls a text by so many of its screens.
    pub(super) fn scroll_by(&mut self, by: f32) {
        self.scroll_wish += by;
    }

    fn texture(&mut self, ctx: &egui::Context, png: &[u8]) -> Option<TextureHandle> {
        if let Some(at) = self.textures.iter().position(|(known, _)| known == png) {
            let found = self.textures.remove(at);
            let texture = found.1.clone();
            self.textures.push(found);
            return Some(texture);
        }
        let image = image::load_from_memory_with_format(png, image::ImageFormat::Png)
            .inspect_err(|error| log::error!("an item cannot be shown: {error}"))
            .ok()?;
        let most = ctx.input(|input| input.max_texture_side) as u32;
        let image = if image.width().max(image.height()) > most { image.thumbnail(most, most) } else { image };
        let rgba = image.to_rgba8();
        let size = [rgba.width() as usize, rgba.height() as usize];
        let pixels = ColorImage::from_rgba_unmultiplied(size, rgba.as_raw());
        // Whole pixels of the item when it is enlarged, their mean when it is made smaller.
        let options = TextureOptions { minification: egui::TextureFilter::Linear, ..TextureOptions::NEAREST };
        let texture = ctx.load_texture("item", pixels, options);
        if self.textures.len() == KEPT {
            drop(self.textures.remove(0));
        }
        self.textures.push((png.to_vec(), texture.clone()));
        Some(texture)
    }

    /// Draws an item into `area`.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, media: &Media, area: Rect) {
        let response = ui.allocate_rect(area, Sense::hover());
        let name = cx.word(Word::PictureSize);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        match media {
            Media::Image(png) => self.picture(ui, cx, png, area),
            Media::Text(runs) => self.words(ui, cx, runs, area),
        }
    }

    fn picture(&mut self, ui: &Ui, cx: &Cx<'_>, png: &[u8], area: Rect) {
        self.drawn = area;
        let Some(texture) = self.texture(ui.ctx(), png) else {
            self.is_broken = true;
            return;
        };
        let size = texture.size_vec2();
        let fit = (area.width() / size.x).min(area.height() / size.y);
        let rect = Rect::from_center_size(area.center(), size * (fit * cx.looks.picture.min(1.0)));
        // Whole pixels of the screen, so that nothing is blurred.
        let rect = egui::emath::GuiRounding::round_to_pixels(rect, ui.pixels_per_point());
        ui.painter().rect_stroke(rect.expand(1.0), 0.0, Stroke::new(1.0, tokens(ui).outline), StrokeKind::Outside);
        ui.painter().image(texture.id(), rect, Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)), theme::UNTINTED);
        self.drawn = rect;
    }

    /// Words that stand together are one run on one ground; runs flow like words, with a wide gap between.
    fn words(&mut self, ui: &Ui, cx: &Cx<'_>, runs: &[String], area: Rect) {
        let t = tokens(ui);
        let width = (area.width()).min(1000.0 * cx.looks.picture.max(1.0));
        let area = Rect::from_center_size(area.center(), vec2(width, area.height()));
        self.drawn = area;
        ui.painter().rect(area, f32::from(theme::RADIUS), t.raised, Stroke::new(1.0, t.line), StrokeKind::Inside);
        let inner = area.shrink(space::L);
        let font = egui::FontId::proportional((large::STIMULUS * cx.looks.picture).round());
        let pad = vec2(space::S, space::XS);
        let gap = vec2(space::L, space::M);
        let mut at = Vec2::ZERO;
        let mut placed = Vec::with_capacity(runs.len());
        let mut row_height = 0.0_f32;
        for run in runs {
            let galley = ui.painter().layout(run.clone(), font.clone(), t.text, inner.width() - 2.0 * pad.x);
            let size = galley.size() + 2.0 * pad;
            if at.x > 0.0 && at.x + size.x > inner.width() {
                at = vec2(0.0, at.y + row_height + gap.y);
                row_height = 0.0;
            }
            placed.push((at, size, galley));
            at.x += size.x + gap.x;
            row_height = row_height.max(size.y);
        }
        let height = at.y + row_height;
        self.scroll_to_wish(runs, height, inner.height());
        // A few words stand in the middle, near the question, not lost in a corner.
        let widest = placed.iter().map(|(at, size, _)| at.x + size.x).fold(0.0, f32::max);
        let middle = (0.5 * (inner.size() - vec2(widest, height))).max(Vec2::ZERO);
        let painter = ui.painter_at(inner.expand(space::S));
        for (at, size, galley) in placed {
            let rect = Rect::from_min_size(inner.min + middle + at - vec2(0.0, self.scrolled), size);
            if rect.intersects(inner) {
                painter.rect(rect, f32::from(theme::RADIUS), t.button, Stroke::NONE, StrokeKind::Inside);
                painter.galley(rect.min + pad, galley, Color32::PLACEHOLDER);
            }
        }
        if self.scrolled + inner.height() < height - 1.0 {
            self.more(ui, cx, area);
        }
    }

    fn scroll_to_wish(&mut self, runs: &[String], height: f32, room: f32) {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        runs.hash(&mut hasher);
        let text = hasher.finish();
        if text != self.text {
            (self.text, self.scrolled) = (text, 0.0);
        }
        let wish = std::mem::take(&mut self.scroll_wish);
        let moved = if wish.is_finite() { wish * room } else { wish };
        self.scrolled = (self.scrolled + moved).clamp(0.0, (height - room).max(0.0));
    }

    /// Says inside the item that it goes on.
    fn more(&self, ui: &Ui, cx: &Cx<'_>, area: Rect) {
        let t = tokens(ui);
        let words = format!("{} {}", egui_material_icons::icons::ICON_ARROW_DOWNWARD.codepoint, cx.word(Word::More));
        let galley = ui.painter().layout_no_wrap(words, egui::FontId::proportional(large::SMALL), t.on_chosen);
        let size = galley.size() + vec2(2.0 * space::S, space::S);
        let rect = Rect::from_min_size(area.right_bottom() - size - vec2(space::S, space::S), size);
        ui.painter().rect_filled(rect, f32::from(theme::RADIUS), t.chosen);
        ui.painter().galley(rect.min + vec2(space::S, space::XS), galley, t.on_chosen);
    }
}
