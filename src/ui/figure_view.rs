//! Paints figures with egui, element by element, so that what is seen is what the exported file shows.

use std::sync::Arc;

use egui::{
    Color32, ColorImage, CornerRadius, FontId, Painter, Pos2, Shape, Stroke, StrokeKind, TextureHandle, TextureOptions,
    Ui, Vec2, pos2, vec2,
};

use super::theme;
use crate::figure::hatch::hatch_rect;
use crate::figure::{self, Anchor, Element, Figure, Point, Raster, Text, Weight};

/// Smaller text than this, in points on screen, is left out: it would be noise in a small preview.
const LEAST_TEXT: f32 = 3.5;

/// Paints lines and rectangles (pixels and text are left to their own painters).
pub fn paint_marks(painter: &Painter, elements: &[Element]) {
    let at = |p: &Point| -> Pos2 { pos2(p.x, p.y) };
    for element in elements {
        match element {
            Element::Path(path) => {
                let Some(line) = path.stroke else { continue };
                let stroke = Stroke::new(line.width, theme::color(line.color));
                for points in &path.lines {
                    let points: Vec<Pos2> = points.iter().map(at).collect();
                    if let ([from, to], false) = (&points[..], path.closed) {
                        painter.line_segment([*from, *to], stroke);
                    } else if path.closed {
                        painter.add(Shape::closed_line(points, stroke));
                    } else {
                        painter.add(Shape::line(points, stroke));
                    }
                }
            }
            Element::Rect { rect, stroke: Some(line), .. } => {
                let area = egui::Rect::from_min_size(pos2(rect.x, rect.y), egui::vec2(rect.width, rect.height));
                let stroke = Stroke::new(line.width, theme::color(line.color));
                painter.rect_stroke(area, 0.0, stroke, egui::StrokeKind::Middle);
            }
            Element::Group { elements, .. } => paint_marks(painter, elements),
            Element::Rect { .. } | Element::Text(_) | Element::Raster(_) => {}
        }
    }
}

/// Paints a figure without pictures into `area`, which has its shape.
pub fn paint_drawing(ui: &Ui, figure: &Figure, area: egui::Rect) {
    let scale = area.width() / figure.width.max(1.0);
    let painter = ui.painter_at(area);
    painter.rect_filled(area, 0.0, theme::color(figure.background));
    Canvas { origin: area.min, scale, textures: &[], next: 0 }.all(&painter, &figure.elements);
}

/// Figures on screen, with the textures of their pictures.
#[derive(Default)]
pub struct FigureView {
    known: Vec<Known>,
}

struct Known {
    figure: Arc<Figure>,
    textures: Vec<TextureHandle>,
    is_used: bool,
}

impl FigureView {
    /// Paints `figure` into `area`, which has its shape.
    pub fn paint(&mut self, ui: &Ui, figure: &Arc<Figure>, area: egui::Rect) {
        let at = match self.known.iter().position(|known| Arc::ptr_eq(&known.figure, figure)) {
            Some(at) => at,
            None => {
                let mut textures = Vec::new();
                upload(ui, &figure.elements, &mut textures);
                self.known.push(Known { figure: figure.clone(), textures, is_used: true });
                self.known.len() - 1
            }
        };
        let known = &mut self.known[at];
        known.is_used = true;
        let scale = area.width() / figure.width.max(1.0);
        let painter = ui.painter_at(area);
        painter.rect_filled(area, 0.0, theme::color(figure.background));
        Canvas { origin: area.min, scale, textures: &known.textures, next: 0 }.all(&painter, &figure.elements);
    }

    /// Lets go of the textures that were not painted since the last call.
    pub fn sweep(&mut self) {
        self.known.retain(|known| known.is_used);
        self.known.iter_mut().for_each(|known| known.is_used = false);
    }
}

fn upload(ui: &Ui, elements: &[Element], out: &mut Vec<TextureHandle>) {
    for element in elements {
        match element {
            Element::Raster(Raster { pixels, .. }) => {
                let image = ColorImage::from_rgba_unmultiplied([pixels.width, pixels.height], &pixels.rgba);
                out.push(ui.ctx().load_texture("figure", image, TextureOptions::NEAREST));
            }
            Element::Group { elements, .. } => upload(ui, elements, out),
            _ => {}
        }
    }
}

struct Canvas<'a> {
    origin: Pos2,
    scale: f32,
    textures: &'a [TextureHandle],
    next: usize,
}

impl Canvas<'_> {
    fn point(&self, p: &Point) -> Pos2 {
        self.origin + vec2(p.x, p.y) * self.scale
    }

    fn rect(&self, r: &figure::Rect) -> egui::Rect {
        egui::Rect::from_min_size(self.point(&figure::point(r.x, r.y)), vec2(r.width, r.height) * self.scale)
    }

    fn stroke(&self, stroke: &figure::Stroke) -> Stroke {
        Stroke::new(stroke.width * self.scale, theme::color(stroke.color))
    }

    fn all(&mut self, painter: &Painter, elements: &[Element]) {
        for element in elements {
            self.one(painter, element);
        }
    }

    fn one(&mut self, painter: &Painter, element: &Element) {
        match element {
            Element::Rect { rect, fill, stroke, radius, hatch } => {
                let area = self.rect(rect);
                let radius = CornerRadius::same((radius * self.scale).round().clamp(0.0, 255.0) as u8);
                if let Some(fill) = fill {
                    painter.rect_filled(area, radius, theme::color(*fill));
                }
                if let Some(hatch) = hatch {
                    for [from, to] in hatch_rect(*rect, hatch) {
                        painter.line_segment([self.point(&from), self.point(&to)], self.stroke(&hatch.stroke));
                    }
                }
                if let Some(stroke) = stroke {
                    painter.rect_stroke(area, radius, self.stroke(stroke), StrokeKind::Middle);
                }
            }
            Element::Path(path) => {
                for line in &path.lines {
                    let points: Vec<Pos2> = line.iter().map(|p| self.point(p)).collect();
                    if let Some(fill) = path.fill {
                        painter.add(Shape::convex_polygon(points.clone(), theme::color(fill), Stroke::NONE));
                    }
                    let Some(stroke) = &path.stroke else { continue };
                    let stroke = self.stroke(stroke);
                    painter.add(if path.closed {
                        Shape::closed_line(points, stroke)
                    } else {
                        Shape::line(points, stroke)
                    });
                }
            }
            Element::Text(text) => self.text(painter, text),
            Element::Raster(raster) => {
                if let Some(texture) = self.textures.get(self.next) {
                    let whole = egui::Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                    painter.image(texture.id(), self.rect(&raster.rect), whole, theme::UNTINTED);
                }
                self.next += 1;
            }
            Element::Group { clip, elements, .. } => {
                let inner = clip.map(|clip| painter.with_clip_rect(painter.clip_rect().intersect(self.rect(&clip))));
                self.all(inner.as_ref().unwrap_or(painter), elements);
            }
        }
    }

    fn text(&self, painter: &Painter, text: &Text) {
        let size = text.size * self.scale;
        if size < LEAST_TEXT {
            return;
        }
        let color: Color32 = theme::color(text.color);
        let galley = painter.layout_no_wrap(text.text.clone(), FontId::proportional(size), color);
        // The baseline of the first row below the top of the galley.
        let baseline = galley
            .rows
            .first()
            .and_then(|row| row.glyphs.first().map(|glyph| row.pos.y + glyph.pos.y))
            .unwrap_or(size * 0.8);
        let shift = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => galley.size().x / 2.0,
            Anchor::End => galley.size().x,
        };
        let at = self.point(&text.at) - vec2(shift, baseline);
        if text.weight == Weight::Strong {
            // The exporters draw a thin stroke around strong text; two copies side by side look the same here.
            let aside: Vec2 = vec2(figure::STRONG_STROKE * size / 2.0, 0.0);
            painter.galley(at - aside, galley.clone(), color);
            painter.galley(at + aside, galley, color);
        } else {
            painter.galley(at, galley, color);
        }
    }
}
