//! The pixels of each panel at the picture's own resolution, and the lines over them. Window and exporters share both.

use super::super::color::{self, Range};
use super::super::hatch::{self, Mask};
use super::super::{Color, Element, FigureError, Hatch, Lean, Palette, Path, Pixels, Rect, stroke};
use super::{ExplainedPicture, Hidden, Panel, size};

/// Share of the accent in the tint of the selected unit with the lowest rank.
const LEAST_TINT: f32 = 0.45;
/// Share of the accent in the tint of the highest rank; below 1, so that the input stays visible.
const MOST_TINT: f32 = 0.85;

/// The pixels of one panel, `width x height` of the picture, opaque. `range` is the score range of the heat panel, its own if `None`.
///
/// In [`Panel::Selected`] and [`Panel::Unselected`] each pixel of the input appears unchanged in exactly one of the two.
pub fn overlay_rgba(picture: &ExplainedPicture, panel: Panel, range: Option<Range>) -> Result<Pixels, FigureError> {
    picture.check()?;
    let palette = Palette::of(picture.theme);
    let channels = picture.channels;
    let input = |i: usize| color::pixel(&picture.pixels[i * channels..(i + 1) * channels]);
    let hidden = |i: usize| match picture.hidden {
        Hidden::AsModelSees => color::pixel(&picture.fill_pixels[i * channels..(i + 1) * channels]),
        Hidden::Hatched => Ok(palette.hidden),
    };
    let of_unit: Vec<Color> = match panel {
        Panel::Heat => {
            let scale = picture.scale();
            let range = range.unwrap_or_else(|| Range::robust(&picture.scores, scale));
            picture.scores.iter().map(|score| scale.color(palette, range.position(*score))).collect()
        }
        Panel::Input | Panel::Overlay | Panel::Selected | Panel::Unselected => Vec::new(),
    };
    let tints = if panel == Panel::Overlay { tints(picture, (LEAST_TINT, MOST_TINT)) } else { Vec::new() };

    let mut rgba = Vec::with_capacity(4 * picture.unit_of.len());
    for (i, unit) in picture.unit_of.iter().enumerate() {
        let unit = *unit as usize;
        let is_selected = picture.selected[unit];
        let color = match panel {
            Panel::Input => input(i)?,
            Panel::Overlay if is_selected => input(i)?.mix(palette.selected, tints[unit]),
            Panel::Overlay => input(i)?,
            Panel::Selected if is_selected => input(i)?,
            Panel::Unselected if !is_selected => input(i)?,
            Panel::Selected | Panel::Unselected => hidden(i)?,
            Panel::Heat => of_unit[unit],
        };
        rgba.extend(color.0);
    }
    Ok(Pixels { width: picture.width, height: picture.height, rgba })
}

/// Share of the accent for each unit by its rank among the selected ones, between the least and the most; 0 for the others.
pub(super) fn tints(picture: &ExplainedPicture, (least, most): (f32, f32)) -> Vec<f32> {
    let chosen: Vec<usize> = (0..picture.scores.len()).filter(|unit| picture.selected[*unit]).collect();
    let scores: Vec<f32> = chosen.iter().map(|unit| picture.scores[*unit]).collect();
    let mut out = vec![0.0; picture.scores.len()];
    for (unit, position) in chosen.iter().zip(color::rank_positions(&scores)) {
        out[*unit] = least + (most - least) * position;
    }
    out
}

/// What is drawn as vectors over the pixels of one panel when these fill `rect`: hatching of hidden units, outline of selected ones.
/// Call [`ExplainedPicture::check`] first.
pub fn overlay_marks(picture: &ExplainedPicture, panel: Panel, rect: Rect) -> Vec<Element> {
    if panel == Panel::Input {
        return Vec::new();
    }
    let palette = Palette::of(picture.theme);
    let selected = picture.selected_pixels();
    let (width, height) = (picture.width, picture.height);
    let mut out = Vec::new();
    if picture.has_true_units() {
        let on: Vec<bool> = picture.unit_of.iter().map(|unit| picture.is_true(*unit as usize)).collect();
        out.extend(truth_rings(&Mask { width, height, on: &on }, rect, palette));
    }
    if picture.hidden == Hidden::Hatched && matches!(panel, Panel::Selected | Panel::Unselected) {
        let (on, hatch): (Vec<bool>, _) = if panel == Panel::Selected {
            (selected.iter().map(|is_selected| !is_selected).collect(), unselected_hatch(palette))
        } else {
            (selected.clone(), selected_hatch(palette))
        };
        let lines = hatch::hatch_mask(&Mask { width, height, on: &on }, rect, &hatch);
        if !lines.is_empty() {
            out.push(Element::segments(&lines, hatch.stroke));
        }
    }
    out.extend(selected_rings(&Mask { width, height, on: &selected }, rect, (size::OUTLINE, panel), palette));
    out
}

/// Outlines, so many points wide, around what is selected in a panel. On the scale's own colours they need an edge of their own.
pub(super) fn selected_rings(
    mask: &Mask<'_>,
    rect: Rect,
    (width, panel): (f32, Panel),
    palette: &Palette,
) -> Vec<Element> {
    let rings = hatch::outline(mask, rect);
    let mut out = Vec::new();
    if !rings.is_empty() {
        if panel == Panel::Heat {
            out.push(rings_element(rings.clone(), Color::grey(255), width * 1.9));
        }
        out.push(rings_element(rings, palette.selected, width));
    }
    out
}

/// Outlines around the places that truly decide the class: under those of the selection, and wider, so that both are seen where they meet.
pub fn truth_rings(mask: &Mask<'_>, rect: Rect, palette: &Palette) -> Option<Element> {
    let rings = hatch::outline(mask, rect);
    (!rings.is_empty()).then(|| rings_element(rings, palette.annotation, size::OUTLINE * 2.2))
}

fn rings_element(lines: Vec<Vec<super::super::Point>>, color: Color, width: f32) -> Element {
    Element::Path(Path { lines, closed: true, fill: None, stroke: Some(stroke(color, width)) })
}

/// The pattern of unselected units, everywhere; over hidden pixels it is lighter, so that what is shown stands out.
pub fn unselected_hatch(palette: &Palette) -> Hatch {
    let color = palette.unselected.mix(palette.hidden, 0.35);
    Hatch { stroke: stroke(color, size::HATCH_LINE), spacing: size::HATCH_WIDE, lean: Lean::Forward }
}

/// The pattern of selected units where they are hidden.
pub fn selected_hatch(palette: &Palette) -> Hatch {
    Hatch { stroke: stroke(palette.selected, size::HATCH_LINE), spacing: size::HATCH, lean: Lean::Backward }
}
