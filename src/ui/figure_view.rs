//! Paints figure elements with egui, so that the marks on screen are those of the exported file.

use egui::{Painter, Pos2, Shape, Stroke, pos2};

use super::theme;
use crate::figure::{Element, Point};

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
