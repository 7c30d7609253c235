//! The map of a series: a cell for each value, time steps down and channels across, with a bar over each group of channels.

use std::ops::Range;

use super::{AXIS, ExplainedSeries, OWN_SCALES, framed, selected_values};
use crate::figure::color::{self, Range as ScoreRange};
use crate::figure::hatch::Mask;
use crate::figure::layout::block::{Block, Style, paragraph};
use crate::figure::layout::{ExplainedPicture, Panel, pixels, size};
use crate::figure::{Anchor, Color, Element, Palette, Pixels, Raster, Rect, fonts, rect};

/// Height of the bars of groups over a map.
const GROUPS: f32 = 14.0;

/// Channels that belong together: hundreds of features are read group by group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its channels.
    pub channels: Range<usize>,
    /// Share of its values that are selected.
    pub share: f32,
}

/// What channels of one group have in common at the beginning of their names; `None` for a channel that is named by itself.
pub(super) fn stem(name: &str) -> Option<&str> {
    name.rsplit_once(['/', '.', ':']).map(|(stem, _)| stem)
}

/// Name and channels of each group of channels with these names: neighbours whose names agree up to the last `/`, `.` or `:`; those beside them that are in
/// no group, in blocks. None for few channels, and where no name tells a group: blocks alone would pass for something that the data say.
pub fn grouped(names: &[String]) -> Vec<(String, Range<usize>)> {
    let n = names.len();
    if n < LEAST_GROUPED {
        return Vec::new();
    }
    let stems: Vec<Option<&str>> = names.iter().map(|name| stem(name)).collect();
    if stems.iter().all(Option::is_none) {
        return Vec::new();
    }
    let mut out: Vec<(String, Range<usize>)> = Vec::new();
    let mut start = 0;
    for at in 1..=n {
        let is_named = stems[start].is_some();
        let ends = match stems.get(at) {
            None => true,
            Some(next) if is_named => *next != stems[start],
            Some(next) => next.is_some() || at - start >= BLOCK,
        };
        if ends {
            let name = stems[start].map_or_else(|| format!("channels {start} to {}", at - 1), str::to_owned);
            out.push((name, start..at));
            start = at;
        }
    }
    // A group for each channel says nothing.
    if out.len() * 2 > n { Vec::new() } else { out }
}

/// The groups of a map, as [`grouped`] finds them, with how much of each is selected.
pub fn groups(picture: &ExplainedPicture, series: &ExplainedSeries) -> Vec<Group> {
    let named = grouped(&series.names);
    if named.is_empty() {
        return Vec::new();
    }
    let selected = selected_values(picture, series);
    let own = series.own_steps();
    let measured = |(name, channels): (String, Range<usize>)| {
        let values = &selected[channels.start * series.steps..channels.end * series.steps];
        let n_values = (channels.len() * own).max(1);
        let share = values.iter().filter(|selected| **selected).count() as f32 / n_values as f32;
        Group { name, channels, share }
    };
    named.into_iter().map(measured).collect()
}

/// The groups of which most is selected, in words that do not pass for all where some are left out; empty where nothing is selected.
pub fn highest_groups(groups: &[Group]) -> String {
    let mut order: Vec<&Group> = groups.iter().filter(|group| group.share > 0.0).collect();
    order.sort_by(|a, b| b.share.total_cmp(&a.share));
    let is_cut = order.len() > MOST_NAMED;
    let words = |group: &&Group| {
        let share = format!("{:.0} %", group.share * 100.0);
        if is_cut { format!("{} ({share})", group.name) } else { format!("{}: {share}", group.name) }
    };
    let named: Vec<String> = order.iter().take(MOST_NAMED).map(words).collect();
    match (named.join(", "), is_cut) {
        (named, _) if named.is_empty() => named,
        (named, true) => format!("most selected in {named}"),
        (named, false) => format!("selected of each group: {named}"),
    }
}

/// Fewer channels are not grouped.
const LEAST_GROUPED: usize = 24;
/// Most groups that are named.
const MOST_NAMED: usize = 4;
/// Channels of a group without a name.
const BLOCK: usize = 16;

/// Whether some values of a series lie below 0 and others above.
fn has_both_signs(series: &ExplainedSeries) -> bool {
    let mut finite = series.values.iter().filter(|value| value.is_finite());
    finite.clone().any(|value| *value < 0.0) && finite.any(|value| *value > 0.0)
}

/// Whether a map of a series tells values below 0 from those above: on scales of their own channels have no common 0.
pub fn is_two_sided(series: &ExplainedSeries) -> bool {
    has_both_signs(series) && !has_own_colors(series)
}

/// Whether the colours of a map tell where a value lies between its channel's lowest and highest one.
pub fn has_own_colors(series: &ExplainedSeries) -> bool {
    series.has_own_scales(&(0..series.channels()).collect::<Vec<_>>())
}

/// Ends of the scale of a map's values: as far to both sides of 0 where it has both, else from 0.
pub fn value_range(series: &ExplainedSeries) -> ScoreRange {
    let finite = || series.values.iter().filter(|value| value.is_finite());
    let most = finite().fold(1e-6_f32, |most, value| most.max(value.abs()));
    let low = if finite().any(|value| *value < 0.0) { -most } else { 0.0 };
    let high = if finite().any(|value| *value > 0.0) || low == 0.0 { most } else { 0.0 };
    ScoreRange { low, high, below: false, above: false }
}

/// Colour of a value of a map, as a share of the largest, from -1 to 1. How far it is from 0 is its strength; where there are values on both sides of 0,
/// the side is its lightness.
pub fn value_color(palette: &Palette, share: f32, is_signed: bool, is_selected: bool) -> Color {
    let strength = if share.is_finite() { share.abs().min(1.0).sqrt() } else { 0.0 };
    let side = if share < 0.0 { -strength } else { strength };
    match (is_signed, is_selected) {
        (true, true) => palette.two_sided_selected(side),
        (true, false) => palette.two_sided(side),
        (false, true) => palette.background.mix(palette.selected, 0.45 + 0.55 * strength),
        (false, false) => palette.background.mix(palette.ink, 0.06 + 0.7 * strength),
    }
}

/// Colour of each value in the map, channel by channel; `None` for nothing, as where a shorter item was filled up. How far a value is from 0 is its
/// strength, on which side its lightness.
pub fn cells(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
    range: ScoreRange,
) -> Vec<Option<Color>> {
    let palette = Palette::of(picture.theme);
    let selected = selected_values(picture, series);
    let ScoreRange { low, high, .. } = value_range(series);
    let most = high.max(-low);
    let scale = picture.scale();
    let is_signed = is_two_sided(series);
    let own = series.own_steps();
    let limits: Vec<Option<[f32; 2]>> = match has_own_colors(series) {
        true => (0..series.channels()).map(|channel| series.limits(channel)).collect(),
        false => Vec::new(),
    };
    let share = |place: usize, value: f32| match limits.get(place / series.steps) {
        None => value / most,
        Some(Some([low, high])) if high > low => (value - low) / (high - low),
        // A channel that does not vary has the colour of the middle.
        Some(_) => 0.5,
    };
    let cell = |(place, (value, (unit, selected))): (usize, (&f32, (&u32, &bool)))| {
        if place % series.steps >= own {
            return None;
        }
        match panel {
            Panel::Heat => picture.scores.get(*unit as usize).map(|score| scale.color(palette, range.position(*score))),
            Panel::Selected if !*selected => None,
            Panel::Unselected if *selected => None,
            _ => {
                let is_tinted = *selected && panel == Panel::Overlay;
                Some(value_color(palette, share(place, *value), is_signed, is_tinted))
            }
        }
    };
    series.values.iter().zip(series.unit_of.iter().zip(&selected)).enumerate().map(cell).collect()
}

/// The map as pixels: a row for each step, a column for each channel. Call [`ExplainedPicture::check`] first.
pub fn map_pixels(picture: &ExplainedPicture, series: &ExplainedSeries, panel: Panel, range: ScoreRange) -> Pixels {
    let palette = Palette::of(picture.theme);
    let (steps, channels) = (series.steps, series.channels());
    let cells = cells(picture, series, panel, range);
    let mut rgba = Vec::with_capacity(4 * cells.len());
    for step in 0..steps {
        for channel in 0..channels {
            rgba.extend(cells[channel * steps + step].unwrap_or(palette.background).0);
        }
    }
    Pixels { width: channels, height: steps, rgba }
}

/// Outlines over the cells of a map that fills `frame`: of those that truly decide the class and, over scores, of those that are selected, which no tint
/// marks there. Call [`ExplainedPicture::check`] first.
pub fn map_marks(picture: &ExplainedPicture, series: &ExplainedSeries, panel: Panel, frame: Rect) -> Vec<Element> {
    let (steps, channels, own) = (series.steps, series.channels(), series.own_steps());
    let palette = Palette::of(picture.theme);
    let mut out = Vec::new();
    let is_on = |is_marked: &dyn Fn(usize) -> bool| -> Vec<bool> {
        let places = (0..steps).flat_map(|step| (0..channels).map(move |channel| channel * steps + step));
        places.map(|place| place % steps < own && is_marked(series.unit_of[place] as usize)).collect()
    };
    if panel != Panel::Input && picture.has_true_units() {
        let on = is_on(&|unit| picture.is_true(unit));
        out.extend(pixels::truth_rings(&Mask { width: channels, height: steps, on: &on }, frame, palette));
    }
    if panel == Panel::Heat && steps * channels <= MOST_OUTLINED {
        let on = is_on(&|unit| picture.selected.get(unit) == Some(&true));
        // What lies in a small cell is still seen, and so is its edge.
        let cell = (frame.width / channels as f32).min(frame.height / steps as f32);
        let width = (cell * 0.3).clamp(LEAST_OUTLINE, size::OUTLINE);
        let mask = Mask { width: channels, height: steps, on: &on };
        out.extend(pixels::selected_rings(&mask, frame, (width, panel), palette));
    }
    out
}

/// Maps of more cells have none that is large enough for an outline.
const MOST_OUTLINED: usize = 1 << 17;

/// Steps (down) by channels (across), a cell for each value.
pub(super) fn map(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
    width: f32,
    range: ScoreRange,
) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::muted(palette);
    let (steps, channels) = (series.steps, series.channels());
    let row = ((width * 0.6) / steps.max(1) as f32).clamp(0.2, 22.0);
    let groups = if panel == Panel::Input { Vec::new() } else { groups(picture, series) };
    let mut block = Block { width, ..Default::default() };
    // Over the map room for the title of its steps.
    let mut over = style.leading() + size::TIGHT;
    if !groups.is_empty() {
        let words = paragraph(&highest_groups(&groups), style, width - AXIS);
        over = GROUPS + words.height.max(over - GROUPS) + 1.0;
        block.place(words, AXIS, 0.0);
    }
    let frame = rect(AXIS, over, width - AXIS, row * steps as f32);
    let pixels = map_pixels(picture, series, panel, range);
    let alt = format!("{steps} steps by {channels} channels");
    let cell = frame.width / channels as f32;
    for group in &groups {
        let (from, to) = (group.channels.start as f32, group.channels.end as f32);
        let bar =
            |height: f32| rect(frame.x + cell * from, frame.y - height, (cell * (to - from) - 0.4).max(0.3), height);
        block.elements.push(Element::fill(bar(GROUPS), palette.track));
        // A bar without height is no shape in SVG.
        if group.share > 0.0 {
            block.elements.push(Element::fill(bar(GROUPS * group.share), palette.selected));
        }
    }
    block.elements.push(Element::Raster(Raster { rect: frame, pixels, alt }));
    block.elements.extend(map_marks(picture, series, panel, frame));
    block.elements.push(framed(frame, palette));
    let title_top = frame.y - style.leading() - size::TIGHT;
    block.elements.push(style.line("step", frame.x - 4.0, title_top, Anchor::End));
    for (step, label) in numbers(steps, 5) {
        let y = frame.y + (step + 0.5) * row;
        block.elements.push(style.line(&label, frame.x - 4.0, y - style.leading() / 2.0, Anchor::End));
    }
    let wide = |words: &str| fonts::width(words, style.size);
    let labels: Vec<(f32, String)> = match named_columns(&series.names, 0..channels, (cell, NAMED), &wide) {
        Some(named) => {
            // The page ends with the map.
            let room = |at: usize| named.room.min(2.0 * (frame.width - (at as f32 + 0.5) * cell));
            let name = |at: usize| fonts::shorten_middle(&series.names[at], style.size, room(at));
            (0..channels).step_by(named.by).map(|channel| (channel as f32, name(channel))).collect()
        }
        None => numbers(channels, ((frame.width / 40.0) as usize).clamp(2, 8)),
    };
    for (channel, label) in labels {
        let x = frame.x + (channel + 0.5) * cell;
        block.elements.push(style.line(&label, x, frame.bottom() + 2.0, Anchor::Middle));
    }
    let foot = frame.bottom() + 2.0 + style.leading();
    block.elements.push(style.line("channel", frame.x + frame.width / 2.0, foot, Anchor::Middle));
    let words =
        format!("{steps} time steps by {channels} channels: {} … {}", series.names[0], series.names[channels - 1]);
    // A map is read downwards, where curves are read to the right.
    let words = format!("{words}; time runs down");
    let words = if has_own_colors(series) && panel != Panel::Heat { format!("{words}; {OWN_SCALES}") } else { words };
    block.place(paragraph(&words, style, frame.width), frame.x, foot + style.leading());
    block
}

/// Least width of the outline of selected cells: a thinner one is lost on the colours of scores, and under the frame of what truly decides the class.
pub const LEAST_OUTLINE: f32 = 0.8;
/// In so much room a name under a map is cut in its middle; in less it has to fit.
const NAMED: f32 = 36.0;
/// What keeps two names under a map apart.
const APART: f32 = 4.0;

/// Which columns of a map have the names of their channels under them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NamedColumns {
    /// Every so manyth, counted from channel 0.
    pub by: usize,
    /// Room of a name, in the unit of the columns' width.
    pub room: f32,
}

/// Which of the columns `seen`, each `cell` wide, have their names under them: all, or every second or fifth, so that names fit their room or have at least
/// `least`, in which they are cut. `None` where even those are too narrow, or no channel has a name that says more than its number: then numbers say more.
pub fn named_columns(
    names: &[String],
    seen: Range<usize>,
    (cell, least): (f32, f32),
    width: &dyn Fn(&str) -> f32,
) -> Option<NamedColumns> {
    let seen: Vec<(usize, &String)> = seen.filter_map(|at| Some((at, names.get(at)?))).collect();
    if seen.iter().all(|(at, name)| **name == format!("channel {at}")) {
        return None;
    }
    let fit = |of: &NamedColumns| {
        let mut named = seen.iter().filter(|(at, _)| at % of.by == 0).peekable();
        named.peek().is_some()
            && (of.room >= least || of.room > 2.0 * APART && named.all(|(_, name)| width(name) <= of.room))
    };
    [1, 2, 5].map(|by| NamedColumns { by, room: cell * by as f32 - APART }).into_iter().find(fit)
}

/// Where an axis of `n` rows or columns is numbered, and how: all of a few, else about `wanted` round numbers.
fn numbers(n: usize, wanted: usize) -> Vec<(f32, String)> {
    if n <= 8 {
        return (0..n).map(|at| (at as f32, at.to_string())).collect();
    }
    let last = (n - 1) as f32;
    let whole = ScoreRange { low: 0.0, high: last, below: false, above: false };
    color::ticks(whole, wanted).into_iter().map(|tick| (tick.at * last, tick.label)).collect()
}
