//! Legends: the swatches of selected and unselected, the colour bar of scores, the bars of probabilities.

use super::super::color::{Range, Scale, ticks};
use super::super::{Anchor, Element, Palette, Path, Pixels, Raster, Rect, fonts, point, rect, stroke};
use super::block::{Block, Style, paragraph};
use super::series::{self, ExplainedSeries, Form};
use super::words::{self, Part};
use super::{ExplainedPicture, Hidden, Panel, Prediction, pixels, record, size, text};

/// What a swatch looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Swatch {
    Tinted,
    TintedWord,
    Outlined,
    /// A word with the mark of selected ones, and the mark where the word itself is hidden.
    Underlined,
    UnderlinedGap,
    HiddenUnselected,
    HiddenSelected,
    Line(Paint),
    /// Lines of several channels, each in its own colour.
    Lines,
    /// A cell of a map with a value below 0 (-1) to above it (1).
    Cell {
        side: i8,
        is_selected: bool,
    },
    Truth,
    TruthRing,
    /// The bar over selected steps behind which scores are coloured.
    Top,
}

/// Colour of a line or a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paint {
    Selected,
    Unselected,
    Full,
    Hidden,
}

/// Swatches that explain the marks of `panels`, in rows of at most `width` points. Nothing for the plain input.
pub(super) fn swatches(picture: &ExplainedPicture, panels: &[Panel], palette: &Palette, width: f32) -> Block {
    let mut entries: Vec<(Swatch, String)> = Vec::new();
    let fill = if picture.fill.is_empty() { String::new() } else { format!(" (the model gets: {})", picture.fill) };
    let hatched = picture.hidden == Hidden::Hatched;
    // Words are underlined, pixels outlined.
    let (tinted, outlined) = match &picture.text {
        Some(_) => (Swatch::TintedWord, Swatch::Underlined),
        None => (Swatch::Tinted, Swatch::Outlined),
    };
    for panel in panels {
        match panel {
            Panel::Input => {}
            Panel::Overlay => entries.push((tinted, "selected (deeper: higher score)".to_owned())),
            Panel::Heat => entries.push((outlined, "selected".to_owned())),
            Panel::Selected => {
                entries.push((outlined, "selected".to_owned()));
                if hatched {
                    entries.push((Swatch::HiddenUnselected, format!("unselected, hidden{fill}")));
                }
            }
            Panel::Unselected => {
                entries.push(if hatched {
                    (Swatch::HiddenSelected, format!("selected, hidden{fill}"))
                } else {
                    match &picture.text {
                        Some(_) => (Swatch::UnderlinedGap, "selected, hidden".to_owned()),
                        None => (outlined, "selected".to_owned()),
                    }
                });
            }
        }
    }
    entries.dedup();
    if !picture.has_pixels() && picture.text.is_none() {
        entries = marks(picture, panels);
    }
    if picture.has_true_units() && panels.iter().any(|panel| *panel != Panel::Input) {
        entries.push((Swatch::Truth, "truly decides the class".to_owned()));
        if picture.series.as_ref().is_some_and(|of| of.form == Form::Path) {
            entries.push((Swatch::TruthRing, "the same along the path".to_owned()));
        }
    }
    let style = Style::muted(palette);
    let side = style.size;
    let indent = side + size::TIGHT + 1.0;
    let mut block = Block::default();
    let (mut x, mut y) = (0.0, 0.0);
    for (swatch, label) in entries {
        let entry_width = side + size::TIGHT + fonts::width(&label, style.size);
        if x > 0.0 && x + entry_width > width {
            x = 0.0;
            y = block.height + 1.0;
        }
        let area = rect(x + 0.6, y + (style.leading() - side) / 2.0, side, side);
        block.elements.extend(draw_swatch(swatch, area, palette));
        if entry_width > width {
            // Alone on a narrow page, and yet too long for a line.
            block.place(paragraph(&label, style, width - indent), x + indent, y);
        } else {
            block.elements.push(style.line(&label, x + indent, y, Anchor::Start));
            block.height = y + style.leading();
        }
        x += entry_width + size::GAP + 2.0;
        block.width = block.width.max((x - size::GAP).min(width));
    }
    block
}

/// Whether a picture is a map in which values below 0 have colours of their own.
fn is_signed_map(picture: &ExplainedPicture) -> bool {
    map_of(picture).is_some_and(series::is_two_sided)
}

/// How a map colours its values: whether those below 0 have colours of their own, and whether each channel has a scale of its own.
pub(super) fn value_colors(picture: &ExplainedPicture) -> (bool, bool) {
    (is_signed_map(picture), map_of(picture).is_some_and(series::has_own_colors))
}

/// The series of a picture that is drawn as a map.
fn map_of(picture: &ExplainedPicture) -> Option<&ExplainedSeries> {
    picture.series.as_ref().filter(|of| of.form == Form::Map)
}

/// Swatches of series and rows of tables.
fn marks(picture: &ExplainedPicture, panels: &[Panel]) -> Vec<(Swatch, String)> {
    let fill = if picture.fill.is_empty() { String::new() } else { format!(", the model gets {}", picture.fill) };
    let is_map = map_of(picture).is_some();
    // Several lines in one plot keep their own colours, whatever is hidden.
    let overlaid = picture.series.as_ref().filter(|of| of.form == Form::Overlaid);
    let has_lines = overlaid.is_some_and(|of| series::shown(picture, of).channels.len() > 1);
    let is_signed = is_signed_map(picture);
    let far = if value_colors(picture).1 {
        "value: the stronger, the higher in its channel"
    } else {
        "value: dark is far from 0"
    };
    let is_beyond = picture.series.as_ref().is_some_and(|of| series::fill_is_beyond(picture, of));
    let beyond = if is_beyond { " (dashed: beyond the axis)" } else { "" };
    let cell = |side: i8, is_selected: bool, words: &str| (Swatch::Cell { side, is_selected }, words.to_owned());
    let mut entries: Vec<(Swatch, String)> = Vec::new();
    for panel in panels {
        match panel {
            Panel::Input => {}
            _ if picture.row.is_some() => {
                if *panel != Panel::Unselected {
                    entries.push((Swatch::Line(Paint::Selected), "selected".to_owned()));
                }
                if *panel != Panel::Selected {
                    entries.push((Swatch::Line(Paint::Unselected), "not selected".to_owned()));
                }
                if matches!(panel, Panel::Selected | Panel::Unselected) {
                    entries.push((Swatch::Line(Paint::Hidden), format!("hidden{fill}")));
                }
            }
            Panel::Overlay if is_signed => entries.extend([
                cell(-1, true, "selected, value below 0"),
                cell(1, true, "above 0"),
                cell(-1, false, "not selected, value below 0"),
                cell(1, false, "not selected, above 0"),
            ]),
            Panel::Overlay if is_map => {
                entries.push((Swatch::Tinted, "selected (deeper: larger value)".to_owned()));
                entries.push((Swatch::Line(Paint::Full), far.to_owned()));
            }
            Panel::Overlay => entries.push((Swatch::Tinted, "selected (deeper: higher score)".to_owned())),
            Panel::Heat if is_map => entries.push((Swatch::Outlined, "selected".to_owned())),
            Panel::Heat if has_lines => entries.extend([
                (Swatch::Lines, "values; the colour behind them: the highest score of the step".to_owned()),
                (Swatch::Top, "selected".to_owned()),
            ]),
            Panel::Heat => entries.extend([
                (Swatch::Line(Paint::Full), "value; the colour behind it: the score".to_owned()),
                (Swatch::Top, "selected".to_owned()),
            ]),
            Panel::Selected | Panel::Unselected if is_signed => {
                entries.extend([cell(-1, false, "value below 0"), cell(0, false, "0"), cell(1, false, "above 0")])
            }
            Panel::Selected | Panel::Unselected if is_map => {
                entries.push((Swatch::Line(Paint::Full), far.to_owned()));
            }
            Panel::Selected | Panel::Unselected => {
                let is_selected = *panel == Panel::Selected;
                let (paint, words) =
                    if is_selected { (Paint::Selected, "selected") } else { (Paint::Unselected, "not selected") };
                entries.push(if has_lines {
                    (Swatch::Lines, format!("{words}, in the colour of its channel"))
                } else {
                    (Swatch::Line(paint), words.to_owned())
                });
                entries.push((Swatch::Line(Paint::Hidden), format!("hidden{fill}{beyond}")));
            }
        }
    }
    if picture.row.is_some() && panels.iter().any(|panel| *panel != Panel::Input) {
        entries.push((Swatch::Line(Paint::Full), record::bar_words(picture).to_owned()));
    }
    let mut seen = Vec::new();
    entries.retain(|entry| {
        let is_new = !seen.contains(entry);
        seen.push(entry.clone());
        is_new
    });
    entries
}

fn draw_swatch(swatch: Swatch, area: Rect, palette: &Palette) -> Vec<Element> {
    if matches!(swatch, Swatch::TintedWord | Swatch::Underlined | Swatch::UnderlinedGap) {
        let tint = palette.background.mix(palette.selected, 0.35);
        let look = text::Look {
            ink: None,
            ground: (swatch == Swatch::TintedWord).then_some(tint),
            is_marked: true,
            hatch: None,
        };
        let mut marks = text::marks_of(&look, area, palette);
        if swatch == Swatch::Underlined {
            // A stroke of ink stands for the word.
            marks.push(Element::fill(rect(area.x, area.y + area.height * 0.3, area.width, 1.8), palette.ink));
        }
        return marks;
    }
    if swatch == Swatch::Truth {
        return vec![Element::fill(rect(area.x, area.y + area.height - 2.4, area.width, 2.4), palette.annotation)];
    }
    if swatch == Swatch::Top {
        return vec![Element::fill(rect(area.x, area.y, area.width, 2.4), palette.selected)];
    }
    if swatch == Swatch::TruthRing {
        let middle = point(area.x + area.width / 2.0, area.y + area.height / 2.0);
        return vec![series::ring(middle, palette)];
    }
    if let Swatch::Line(paint) = swatch {
        let color = match paint {
            Paint::Selected => palette.selected,
            Paint::Unselected => palette.unselected,
            Paint::Full => palette.full,
            Paint::Hidden => palette.hairline,
        };
        let middle = area.y + area.height / 2.0;
        return vec![Element::fill(rect(area.x, middle - 1.2, area.width, 2.4), color)];
    }
    if swatch == Swatch::Lines {
        let each = area.height / 3.0;
        let line = |at: usize, color| {
            Element::fill(rect(area.x, area.y + each * (at as f32 + 0.5) - 0.65, area.width, 1.3), color)
        };
        return palette.lines.iter().take(3).enumerate().map(|(at, color)| line(at, *color)).collect();
    }
    if let Swatch::Cell { side, is_selected } = swatch {
        let side = f32::from(side);
        let fill = if is_selected { palette.two_sided_selected(side) } else { palette.two_sided(side) };
        let line = Some(stroke(palette.hairline, size::HAIRLINE));
        return vec![Element::Rect { rect: area, fill: Some(fill), stroke: line, radius: 0.0, hatch: None }];
    }
    let (fill, line, hatch) = match swatch {
        Swatch::Tinted | Swatch::TintedWord => (palette.background.mix(palette.selected, 0.65), palette.selected, None),
        Swatch::Outlined
        | Swatch::Underlined
        | Swatch::UnderlinedGap
        | Swatch::Line(_)
        | Swatch::Lines
        | Swatch::Cell { .. }
        | Swatch::Truth
        | Swatch::TruthRing
        | Swatch::Top => (palette.background, palette.selected, None),
        Swatch::HiddenUnselected => (palette.hidden, palette.unselected, Some(pixels::unselected_hatch(palette))),
        Swatch::HiddenSelected => (palette.hidden, palette.selected, Some(pixels::selected_hatch(palette))),
    };
    let width = if hatch.is_some() { size::HAIRLINE } else { size::OUTLINE };
    let hatch = hatch.map(|hatch| super::super::Hatch { spacing: size::HATCH, ..hatch });
    vec![Element::Rect { rect: area, fill: Some(fill), stroke: Some(stroke(line, width)), radius: 0.0, hatch }]
}

const RAMP_STEPS: usize = 256;
const RAMP_HEIGHT: f32 = 7.0;

/// A horizontal colour bar with round ticks. Pointed ends say that some scores lie beyond.
pub(super) fn color_bar(scale: Scale, range: Range, palette: &Palette, width: f32) -> Block {
    let style = Style::muted(palette);
    let mut block = bar_with_ends(scale, range.below, range.above, palette, width);
    let (left, bar_width) = bar_extent(range.below, range.above, width);
    block.place(ticks_under(range, palette, (left, bar_width), width), 0.0, RAMP_HEIGHT);
    let words = match scale {
        Scale::Sequential => ["", "score", ""],
        Scale::Signed => ["against", "score", "for"],
    };
    let below = block.height - 1.0;
    block.place(three_words(words, style, width), 0.0, below);
    block
}

/// The values of a map as colours, selected ones over the others where they have colours of their own, with round ticks.
pub(super) fn value_bar(picture: &ExplainedPicture, panels: &[Panel], palette: &Palette, width: f32) -> Block {
    let shows_values = panels.iter().any(|panel| *panel != Panel::Heat);
    let Some(of) = map_of(picture).filter(|_| shows_values) else { return Block::default() };
    let style = Style::muted(palette);
    let (range, is_signed) = (series::value_range(of), series::is_two_sided(of));
    let is_own = series::has_own_colors(of);
    // Where a value lies between its channel's ends, rather than how far it is from 0.
    let range = if is_own { Range { low: 0.0, high: 1.0, below: false, above: false } } else { range };
    let kinds: &[(bool, &str)] =
        if panels.contains(&Panel::Overlay) { &[(true, "selected"), (false, "not selected")] } else { &[(false, "")] };
    let words_width = kinds.iter().map(|(_, words)| fonts::width(words, style.size)).fold(0.0, f32::max);
    let bar_width = if words_width > 0.0 { width - words_width - size::TIGHT } else { width };
    let mut block = Block { width, ..Default::default() };
    let (low, high) = (range.low, range.high);
    let most = high.max(-low);
    for (is_selected, words) in kinds {
        let share = |step: usize| (low + (high - low) * step as f32 / (RAMP_STEPS - 1) as f32) / most;
        let color = |step: usize| series::value_color(palette, share(step), is_signed, *is_selected);
        let pixels =
            Pixels { width: RAMP_STEPS, height: 1, rgba: (0..RAMP_STEPS).flat_map(|at| color(at).0).collect() };
        let area = rect(0.0, block.height, bar_width, RAMP_HEIGHT);
        let alt = "values as colours".to_owned();
        block.elements.push(Element::Raster(Raster { rect: area, pixels, alt }));
        let line = Some(stroke(palette.hairline, size::HAIRLINE));
        block.elements.push(Element::Rect { rect: area, fill: None, stroke: line, radius: 0.0, hatch: None });
        let middle = area.y + (RAMP_HEIGHT - style.leading()) / 2.0;
        block.elements.push(style.line(words, width, middle, Anchor::End));
        block.height = area.bottom() + 2.0;
    }
    block.height -= 2.0;
    if is_own {
        let below = block.height + 2.0;
        block.place(three_words(["lowest", "value in its channel", "highest"], style, bar_width), 0.0, below);
        return block;
    }
    block.place(ticks_under(range, palette, (0.0, bar_width), bar_width), 0.0, block.height);
    let below = block.height - 1.0;
    block.place(three_words(["", "value", ""], style, bar_width), 0.0, below);
    block
}

/// Round numbers under a bar that begins at `left` and is so wide, kept within `width`.
fn ticks_under(range: Range, palette: &Palette, (left, bar_width): (f32, f32), width: f32) -> Block {
    let style = Style::muted(palette);
    // Labels of up to six digits need this much room each.
    let most = ((width / 34.0) as usize).clamp(2, 7);
    let mut block = Block { width, height: 3.0 + style.leading(), ..Default::default() };
    for tick in ticks(range, most) {
        let x = left + tick.at * bar_width;
        block.elements.push(Element::line(point(x, 0.0), point(x, 2.5), stroke(palette.ink_muted, size::HAIRLINE)));
        let half = fonts::width(&tick.label, style.size) / 2.0;
        let at = x.clamp(half.min(width - half), (width - half).max(half));
        block.elements.push(style.line(&tick.label, at, 3.0, Anchor::Middle));
    }
    block
}

/// A colour bar whose ends are words, for panels that each have their own range.
pub(super) fn worded_bar(scale: Scale, palette: &Palette, width: f32) -> Block {
    let style = Style::muted(palette);
    let mut block = bar_with_ends(scale, false, false, palette, width);
    let words = match scale {
        Scale::Sequential => ["low", "score, each panel on its own range", "high"],
        Scale::Signed => ["against", "score, each panel on its own range", "for"],
    };
    block.place(three_words(words, style, width), 0.0, RAMP_HEIGHT + 2.0);
    block
}

/// A word at each end of a line of `width` points and one in its middle; below them where they would touch.
fn three_words(words: [&str; 3], style: Style, width: f32) -> Block {
    let wide = words.map(|word| fonts::width(word, style.size));
    let is_tight = wide[1] / 2.0 + wide[0].max(wide[2]) + size::TIGHT > width / 2.0;
    let below = if is_tight && wide[0].max(wide[2]) > 0.0 { style.leading() } else { 0.0 };
    let elements = vec![
        style.line(words[0], 0.0, 0.0, Anchor::Start),
        style.line(words[1], width / 2.0, below, Anchor::Middle),
        style.line(words[2], width, 0.0, Anchor::End),
    ];
    Block { width, height: below + style.leading(), elements }
}

/// Length of a pointed end in points.
const POINTED: f32 = 5.0;

fn bar_extent(below: bool, above: bool, width: f32) -> (f32, f32) {
    let left = if below { POINTED } else { 0.0 };
    (left, width - left - if above { POINTED } else { 0.0 })
}

fn bar_with_ends(scale: Scale, below: bool, above: bool, palette: &Palette, width: f32) -> Block {
    let (left, bar_width) = bar_extent(below, above, width);
    let area = rect(left, 0.0, bar_width, RAMP_HEIGHT);
    let mut block = Block { width, height: RAMP_HEIGHT, ..Default::default() };
    block.elements.push(Element::Raster(Raster {
        rect: area,
        pixels: Pixels { width: RAMP_STEPS, height: 1, rgba: scale.ramp(palette, RAMP_STEPS) },
        alt: "colour scale from low to high".to_owned(),
    }));
    let line = stroke(palette.hairline, size::HAIRLINE);
    let (middle, right) = (RAMP_HEIGHT / 2.0, left + bar_width);
    for (wanted, x, tip, t) in [(below, left, 0.0, 0.0), (above, right, width, 1.0)] {
        if wanted {
            let color = scale.color(palette, t);
            let lines = vec![vec![point(x, 0.0), point(tip, middle), point(x, RAMP_HEIGHT)]];
            block.elements.push(Element::Path(Path { lines, closed: true, fill: Some(color), stroke: None }));
        }
    }
    let mut frame = vec![point(left, 0.0), point(right, 0.0)];
    frame.extend(above.then(|| point(width, middle)));
    frame.extend([point(right, RAMP_HEIGHT), point(left, RAMP_HEIGHT)]);
    frame.extend(below.then(|| point(0.0, middle)));
    block.elements.push(Element::Path(Path { lines: vec![frame], closed: true, fill: None, stroke: Some(line) }));
    block
}

/// Bars of what the model makes of the full, the selected and the unselected input, for the class that is asked for, where one is, its full answer and
/// the strongest other classes.
pub(super) fn probability_bars(prediction: &Prediction, n_classes: usize, palette: &Palette, width: f32) -> Block {
    let mut block = Block { width, ..Default::default() };
    for class in each_class(prediction, n_classes, palette, width) {
        block.below(class, size::TIGHT + 2.0);
    }
    block
}

/// The same, a block for each class.
pub(super) fn each_class(prediction: &Prediction, n_classes: usize, palette: &Palette, width: f32) -> Vec<Block> {
    let classes = classes_worth_showing(prediction, n_classes);
    classes.into_iter().map(|class_idx| class_bars(prediction, class_idx, palette, width)).collect()
}

/// The class that is asked for first, where one is, then the answer to the full input, other answers, and the likeliest of the rest.
fn classes_worth_showing(prediction: &Prediction, n_classes: usize) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    out.extend(prediction.asked.as_ref().map(|asked| asked.class));
    for part in [Part::Full, Part::Selected, Part::Unselected] {
        out.extend(prediction.answer(part));
    }
    let mut rest: Vec<usize> = (0..prediction.classes.len()).collect();
    rest.sort_by(|&a, &b| prediction.classes[b].full.total_cmp(&prediction.classes[a].full));
    out.extend(rest);
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|class_idx| seen.insert(*class_idx));
    out.truncate(n_classes);
    out
}

fn class_bars(prediction: &Prediction, class_idx: usize, palette: &Palette, width: f32) -> Block {
    const ROW: f32 = 10.0;
    const BAR: f32 = 5.5;
    let (label, strong) = (Style::muted(palette), Style::small(palette));
    let mut block = Block { width, ..Default::default() };
    let Some(class) = prediction.classes.get(class_idx) else {
        return block;
    };
    let header = fonts::shorten(&format!("Probability of \u{201C}{}\u{201D}", class.class), strong.size, width);
    block.elements.push(strong.line(&header, 0.0, 0.0, Anchor::Start));
    block.height = strong.leading() + 1.0;
    let names = [(Part::Full, "full"), (Part::Selected, "selected"), (Part::Unselected, "unselected")];
    let label_width = fonts::width("unselected", label.size) + size::TIGHT + 2.0;
    let value_width = fonts::width(">0.99", label.size) + size::TIGHT;
    let track_width = (width - label_width - value_width).max(8.0);
    for (part, name) in names {
        let Some(p) = prediction.probability(class_idx, part) else {
            continue;
        };
        let top = block.height;
        let share = if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 };
        let text_top = top + (ROW - label.leading()) / 2.0;
        block.elements.push(label.line(name, 0.0, text_top, Anchor::Start));
        let track = rect(label_width, top + (ROW - BAR) / 2.0, track_width, BAR);
        block.elements.push(Element::fill(track, palette.track));
        let bar = Rect { width: track_width * share, ..track };
        let (fill, border, hatch) = match part {
            Part::Full => (palette.full, None, None),
            Part::Selected => (palette.selected, None, None),
            Part::Unselected => {
                let hatch = super::super::Hatch {
                    spacing: size::HATCH * 0.9,
                    stroke: stroke(palette.background, size::HATCH_LINE),
                    ..pixels::unselected_hatch(palette)
                };
                (palette.unselected, None, Some(hatch))
            }
        };
        if bar.width > 0.05 {
            block.elements.push(Element::Rect { rect: bar, fill: Some(fill), stroke: border, radius: 0.0, hatch });
        }
        block.elements.push(label.line(&words::probability(p), width, text_top, Anchor::End));
        block.height += ROW;
    }
    block
}
