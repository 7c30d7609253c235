//! Time series: channels over time with selected steps shaded, all channels in one plot, the path that two of them lead along, and a map of steps
//! and channels. Window and exporters share what is decided here: which channels are drawn as lines, which steps are kept, where a channel begins and
//! ends, the colour of a cell.

mod axis;
mod grid;
mod heat;
mod lines;
mod movement;

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

pub use axis::{OWN_SCALES, Scales, ValueAxis, fill_is_beyond, range_words, settle_scales};
pub use grid::{
    Group, LEAST_OUTLINE, NamedColumns, cells, grouped, groups, has_own_colors, highest_groups, is_two_sided,
    map_marks, map_pixels, named_columns, value_color, value_range,
};
pub use heat::{heat_runs, scores_behind, selected_runs};
pub use lines::{DASH, LineLook, dashes, line_look};
pub use movement::Movement;

use super::super::color::{self, Range as ScoreRange};
use super::super::{Anchor, Color, Element, FigureError, Palette, Path, Point, Rect, fonts, point, rect, stroke};
use super::block::{Block, Style, paragraph};
use super::{ExplainedPicture, Panel, size};

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A plot for each channel, one over the other.
    #[default]
    Stacked,
    /// All channels in one plot.
    Overlaid,
    /// The plots, and under them the path in the plane that two channels of velocities or of positions lead along.
    Path,
    /// Steps by channels, a cell for each value.
    Map,
}

impl Form {
    /// Every form, in the order of the window.
    pub const ALL: [Self; 4] = [Self::Stacked, Self::Overlaid, Self::Path, Self::Map];

    /// Name in the window.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Stacked => "Stacked",
            Self::Overlaid => "Overlaid",
            Self::Path => "With path",
            Self::Map => "Map",
        }
    }

    /// Name as a command.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Stacked => "Series: stacked, a plot for each channel",
            Self::Overlaid => "Series: overlaid, all channels in one plot",
            Self::Path => "Series: with the path in the plane",
            Self::Map => "Series: map of steps and channels",
        }
    }

    /// What it is for, in a sentence.
    pub const fn tip(self) -> &'static str {
        match self {
            Self::Stacked => {
                "A plot for each channel, one over the other; of many channels those with most selected steps."
            }
            Self::Overlaid => {
                "All channels in one plot, each on a scale of its own where their ranges differ much; of many channels those with most selected steps."
            }
            Self::Path => {
                "Two channels as positions, or as velocities that are added up: the path that they lead along, under the plots."
            }
            Self::Map => "Time steps by channels, a cell for each value: for many channels.",
        }
    }

    /// Whether a series of so many channels can be drawn so.
    pub const fn fits(self, channels: usize) -> bool {
        match self {
            Self::Stacked | Self::Map => true,
            Self::Overlaid => channels >= 2,
            Self::Path => channels == 2,
        }
    }

    /// How a series of so many channels is drawn where nothing is asked for: `asked` where it fits. Only names, where there are any, make two channels
    /// a path: any two could be drawn as one.
    pub fn or_usual(asked: Option<Self>, channels: usize, names: &[String]) -> Self {
        match asked {
            Some(form) if form.fits(channels) => form,
            _ if channels == 2 && Movement::named(names).is_some() => Self::Path,
            _ if channels <= MOST_STACKED => Self::Stacked,
            _ => Self::Map,
        }
    }
}

/// Most values of a series in a figure.
const MOST_VALUES: usize = 1 << 22;
/// Of more channels than this some get no plot of their own.
const MOST_PLOTS: usize = 12;
/// More channels than this are a map at first.
const MOST_STACKED: usize = 6;
/// More lines than this in one plot cannot be told apart. So many are also drawn where not all are.
pub const MOST_LINES: usize = 8;

/// A series as it is shown. Scores and selection stand beside it, per unit, in [`ExplainedPicture`].
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExplainedSeries {
    /// Time steps.
    pub steps: usize,
    /// Names of the channels, as many as there are.
    pub names: Vec<String>,
    /// Values channel by channel: `channels * steps`.
    pub values: Vec<f32>,
    /// What hidden values become, laid out as `values`.
    pub fill: Vec<f32>,
    /// Unit of each value, laid out as `values`.
    pub unit_of: Vec<u32>,
    /// How it is drawn.
    pub form: Form,
    /// What its two channels say of a movement, where a path is drawn.
    #[serde(default)]
    pub movement: Movement,
    /// The group of channels that curves are drawn of, by its first channel; `None`: of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<usize>,
    /// Channels that the user picked to be drawn as curves, ascending; empty: those of the group, or of all. At most [`MOST_LINES`] are drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picked: Vec<usize>,
    /// Which scale channels have that share a plot or a map.
    #[serde(default)]
    pub scales: Scales,
}

/// The channels of a series that are drawn as lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Their numbers, ascending.
    pub channels: Vec<usize>,
    /// Which part that is, where it is not all: "8 of 643 channels: those with most selected steps".
    pub part: Option<String>,
}

/// The channels that are drawn as lines: all of a few, else those of which most is selected, and none of which nothing is while others have something;
/// of a chosen group alone, or exactly those that were picked.
pub fn shown(picture: &ExplainedPicture, series: &ExplainedSeries) -> Shown {
    let n = series.channels();
    let picked: Vec<usize> = series.picked.iter().copied().filter(|channel| *channel < n).take(MOST_LINES).collect();
    // A path leads along both of its channels.
    if !picked.is_empty() && matches!(series.form, Form::Stacked | Form::Overlaid) {
        let part = picked_words(&picked, n);
        return Shown { channels: picked, part: Some(part) };
    }
    let group = series.chosen_group().filter(|_| series.form != Form::Map);
    let most = match series.form {
        Form::Map => n,
        Form::Stacked | Form::Path if group.is_none() => MOST_PLOTS,
        Form::Overlaid | Form::Stacked | Form::Path => MOST_LINES,
    };
    let is_part = group.is_some();
    // In words, after "8 of" or "all".
    let (of, words) = match group {
        // A block of channels without names of groups is called by its channels.
        Some((name, channels)) if grid::stem(&series.names[channels.start]).is_none() => (channels, name),
        Some((name, channels)) => {
            let n = channels.len();
            (channels, format!("{n} channel{} of {name}", if n == 1 { "" } else { "s" }))
        }
        None => (0..n, format!("{n} channels")),
    };
    if of.len() <= most {
        let part = is_part.then(|| if of.len() == 1 { words } else { format!("all {words}") });
        return Shown { channels: of.collect(), part };
    }
    let selected = selected_values(picture, series);
    let count = |channel: usize| series.channel(&selected, channel).iter().filter(|selected| **selected).count();
    let counts: Vec<usize> = of.clone().map(count).collect();
    let mut channels: Vec<usize> = of.clone().collect();
    // Equal ones stay in their order.
    channels.sort_by_key(|channel| std::cmp::Reverse(counts[*channel - of.start]));
    let with_some = counts.iter().filter(|count| **count > 0).count();
    channels.truncate(if with_some == 0 { MOST_LINES } else { with_some.min(MOST_LINES) });
    channels.sort_unstable();
    let which = match counts.iter().all(|count| *count == counts[0]) {
        true if counts[0] == 0 => "the first",
        true => "the first, since all have as many selected steps",
        false if with_some == 1 => "the only one with selected steps",
        false if with_some <= MOST_LINES => "all that have selected steps",
        false => "those with most selected steps",
    };
    let part = Some(format!("{} of {words}: {which}", channels.len()));
    Shown { channels, part }
}

/// Which channels were picked of `n`, in words: "channels 8 to 15 of 24", or "3 of 24 channels: as picked" for those that are no neighbours.
pub fn picked_words(picked: &[usize], n: usize) -> String {
    match picked {
        [one] => format!("channel {one} of {n}"),
        [first, .., last] if last - first + 1 == picked.len() => format!("channels {first} to {last} of {n}"),
        _ => format!("{} of {n} channels: as picked", picked.len()),
    }
}

impl ExplainedSeries {
    /// Whether all lengths and indices fit together, for so many units.
    pub fn check(&self, units: usize) -> Result<(), FigureError> {
        let unfit = |what, expected: String, found: String| Err(FigureError::Input { what, expected, found });
        let n = match self.steps.checked_mul(self.channels()) {
            Some(n) if n > 0 && n <= MOST_VALUES => n,
            _ => {
                let found = format!("{} steps x {} channels", self.steps, self.channels());
                return unfit("the size of the series", format!("1 to {MOST_VALUES} values"), found);
            }
        };
        for (what, found) in [
            ("the number of values", self.values.len()),
            ("the number of fill values", self.fill.len()),
            ("the number of values with a unit", self.unit_of.len()),
        ] {
            if found != n {
                return unfit(what, n.to_string(), found.to_string());
            }
        }
        if !self.form.fits(self.channels()) {
            let expected = "one that this number of channels has".to_owned();
            return unfit("the form of the series", expected, format!("{:?}", self.form));
        }
        match self.unit_of.iter().max() {
            Some(&most) if most as usize >= units => {
                unfit("every unit index", format!("below {units}"), most.to_string())
            }
            _ => Ok(()),
        }
    }

    /// How many channels.
    pub fn channels(&self) -> usize {
        self.names.len()
    }

    /// Name and channels of the chosen group; `None` where all channels are, or no group begins at that one.
    pub fn chosen_group(&self) -> Option<(String, Range<usize>)> {
        let first = self.group?;
        grouped(&self.names).into_iter().find(|(_, channels)| channels.start == first)
    }

    /// How many of the steps are the item's own; after them a shorter item was filled up, and nothing is drawn.
    pub fn own_steps(&self) -> usize {
        crate::data::series::own_steps(&self.values, self.steps)
    }

    /// One channel of a list that is laid out as the values.
    pub fn channel<'a, T>(&self, of: &'a [T], channel: usize) -> &'a [T] {
        of.get(channel * self.steps..(channel + 1) * self.steps).unwrap_or(&[])
    }

    /// The same without the steps that a shorter item was filled up with.
    pub fn own<'a, T>(&self, of: &'a [T], channel: usize) -> &'a [T] {
        let of = self.channel(of, channel);
        &of[..self.own_steps().min(of.len())]
    }

    /// Stretches of steps of a channel that truly decide the class: first step, end, `true`.
    pub fn true_runs(&self, picture: &ExplainedPicture, channel: usize) -> Vec<(usize, usize, bool)> {
        if !picture.has_true_units() {
            return Vec::new();
        }
        let is_true = |unit: &u32| picture.is_true(*unit as usize);
        let of_step: Vec<bool> = self.own(&self.unit_of, channel).iter().map(is_true).collect();
        runs(&of_step).into_iter().filter(|run| run.2).collect()
    }

    /// Least and greatest value of these channels, with a margin.
    pub fn extent(&self, channels: &[usize]) -> [f32; 2] {
        let values = channels.iter().flat_map(|&channel| self.own(&self.values, channel));
        let finite = values.filter(|value| value.is_finite());
        let (low, high) = finite.fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
        if low > high {
            return [-1.0, 1.0];
        }
        let margin = if high > low {
            ((high - low) * 0.05).max(high.abs().max(1e-3) * 1e-3)
        } else if high == 0.0 {
            // What does not vary has no range: its size, or 1, stands for it.
            1.0
        } else {
            high.abs() * 0.1
        };
        [low - margin, high + margin]
    }

    /// Points of the path that two channels lead along, for a plane in which y grows upwards: where velocities lead from one to the next, one more than
    /// own steps; of positions one for each own step.
    pub fn path(&self) -> Vec<[f64; 2]> {
        let (x, y) = (self.own(&self.values, 0), self.own(&self.values, 1));
        if self.movement == Movement::Positions {
            return x.iter().zip(y).map(|(x, y)| [f64::from(*x), f64::from(*y)]).collect();
        }
        let mut at = [0.0_f64; 2];
        let mut points = vec![at];
        for (x, y) in x.iter().zip(y) {
            // The y axis of a screen, from which movements come, points down.
            at = [at[0] + f64::from(*x), at[1] - f64::from(*y)];
            points.push(at);
        }
        points
    }

    /// The points of the path that belong to the steps from `start` up to `end`: a velocity leads from one point to the next.
    pub fn along(&self, start: usize, end: usize) -> RangeInclusive<usize> {
        match self.movement {
            Movement::Velocities => start..=end,
            Movement::Positions => start..=end.saturating_sub(1).max(start),
        }
    }

    /// What the path is, the longest words first: the first that there is room for are written over it.
    pub fn path_words(&self) -> [String; 3] {
        let name = |channel: usize| self.names.get(channel).map_or("", String::as_str);
        let plain = format!("path (from {} and {}", name(0), name(1));
        let (kind, way) = match self.movement {
            Movement::Velocities => ("velocities", "downwards"),
            Movement::Positions => ("positions", "upwards"),
        };
        // Names that say what they are need no word for it.
        let is_said = Movement::named(&self.names) == Some(self.movement);
        let kind = if is_said { String::new() } else { format!(" as {kind}") };
        [format!("{plain}{kind}, y {way})"), format!("{plain}{kind})"), format!("{plain})")]
    }

    /// Own steps of the path that are drawn strongly in a panel: those with a selected value, or those without where these are hidden.
    pub fn marked_steps(&self, selected: &[bool], panel: Panel) -> Vec<bool> {
        let any =
            |step: usize| (0..self.channels()).any(|channel| selected.get(channel * self.steps + step) == Some(&true));
        let own = self.own_steps();
        match panel {
            Panel::Input => vec![false; own],
            Panel::Unselected => (0..own).map(|step| !any(step)).collect(),
            _ => (0..own).map(any).collect(),
        }
    }
}

/// Whether each value of a series is selected, channel by channel; of a segment that reaches beyond the end of a shorter item only what is before it.
pub fn selected_values(picture: &ExplainedPicture, series: &ExplainedSeries) -> Vec<bool> {
    let own = series.own_steps();
    let is_selected = |(place, &unit): (usize, &u32)| {
        place % series.steps.max(1) < own && picture.selected.get(unit as usize) == Some(&true)
    };
    series.unit_of.iter().enumerate().map(is_selected).collect()
}

/// Share of the accent over shaded steps, by the rank of their unit among the selected ones; 0 where nothing is selected.
pub fn shades(picture: &ExplainedPicture) -> Vec<f32> {
    super::pixels::tints(picture, SHADES)
}

/// Least and greatest share of the accent over shaded steps.
const SHADES: (f32, f32) = (0.2, 0.5);

/// Runs of equal values: start, end (past the last) and the value.
pub fn runs<T: Copy + PartialEq>(values: &[T]) -> Vec<(usize, usize, T)> {
    let mut out: Vec<(usize, usize, T)> = Vec::new();
    for (at, &value) in values.iter().enumerate() {
        match out.last_mut() {
            Some((_, end, known)) if *known == value => *end = at + 1,
            _ => out.push((at, at + 1, value)),
        }
    }
    out
}

/// Height of one plot for each point of width, at most.
const PLOT_SHAPE: f32 = 0.26;
/// Room for the numbers of the y axis.
const AXIS: f32 = 30.0;
/// Room for the number of a step under a plot.
const STEP_NUMBER: f32 = 24.0;
/// Room for the piece of line before the name of a channel.
const SWATCH: f32 = 13.0;
/// Width of the line of a value.
const LINE: f32 = 0.7;
/// The same where it is kept and all else hidden.
const KEPT: f32 = 1.3;

/// One panel, `width` points wide; its height follows.
pub(super) fn panel(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
    width: f32,
    range: ScoreRange,
) -> Block {
    let mut block = Block { width, ..Default::default() };
    match series.form {
        Form::Map => block.below(grid::map(picture, series, panel, width, range), 0.0),
        Form::Overlaid => {
            let Shown { channels, part } = shown(picture, series);
            block.below(part_line(picture, part.as_deref(), width), 0.0);
            let is_own = series.has_own_scales(&channels);
            block.below(part_line(picture, is_own.then_some(OWN_SCALES), width), 0.0);
            let of = (channels.as_slice(), channels.as_slice());
            block.below(plot(picture, series, panel, (width, width * PLOT_SHAPE * 2.0), of, range), 0.0);
            block.below(line_names(picture, series, panel, &channels, width), 1.0);
        }
        Form::Stacked | Form::Path => {
            let Shown { channels, part } = shown(picture, series);
            block.below(part_line(picture, part.as_deref(), width), 0.0);
            let each = (width * PLOT_SHAPE).min(width * 0.9 / channels.len() as f32).max(26.0);
            for channel in &channels {
                let of = (std::slice::from_ref(channel), channels.as_slice());
                block.below(plot(picture, series, panel, (width, each), of, range), size::TIGHT);
            }
            if series.form == Form::Path {
                block.below(plane(picture, series, panel, width), size::GAP);
            }
        }
    }
    block
}

/// Which part of the channels is drawn; nothing where all are.
fn part_line(picture: &ExplainedPicture, part: Option<&str>, width: f32) -> Block {
    let mut block = Block::default();
    if let Some(part) = part {
        let style = Style::muted(Palette::of(picture.theme));
        block.place(paragraph(part, style, width - AXIS), AXIS, 0.0);
        block.height += size::TIGHT;
    }
    block
}

/// Which line is which channel.
fn line_names(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
    channels: &[usize],
    width: f32,
) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::muted(palette);
    let mut block = Block { width, height: style.leading(), ..Default::default() };
    let mut x = AXIS;
    // Values that the axis does not tell stand beside the names.
    let is_own = series.has_own_scales(channels);
    for (at, &channel) in channels.iter().enumerate() {
        let look = line_look(palette, panel, at, channels.len());
        let name = if is_own { series.name_with_range(channel) } else { series.names[channel].clone() };
        let name = fonts::shorten_middle(&name, style.size, width - AXIS - SWATCH);
        let right = x + SWATCH + fonts::width(&name, style.size);
        if right > width && x > AXIS {
            x = AXIS;
            block.height += style.leading();
        }
        let top = block.height - style.leading();
        let middle = top + style.leading() / 2.0;
        let ends = vec![point(x, middle), point(x + 10.0, middle)];
        block.elements.push(lines::drawn(ends, stroke(look.color, KEPT), look.is_dashed));
        block.elements.push(style.line(&name, x + SWATCH, top, Anchor::Start));
        x += SWATCH + fonts::width(&name, style.size) + size::GAP;
    }
    block
}

/// Channels over time in one frame: some of all that are drawn.
fn plot(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
    (width, height): (f32, f32),
    (channels, all): (&[usize], &[usize]),
    range: ScoreRange,
) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::muted(palette);
    let is_alone = channels.len() == 1;
    let is_last = channels.last() == all.last();
    let axis = ValueAxis::of(series, channels);
    let ticks = axis.ticks(height, style.leading());
    // Where there is no room for numbers along it, the range stands beside the name.
    let is_named = is_alone && (series.channels() > 1 || ticks.is_empty());
    let name_height = if is_named { style.leading() } else { 0.0 };
    let frame = rect(AXIS, name_height, width - AXIS, height);
    let mut block = Block { width, height: frame.bottom(), ..Default::default() };
    let selected = selected_values(picture, series);
    let shades = shades(picture);
    let (low, high) = (axis.low, axis.high);
    let x_of = |step: f32| frame.x + frame.width * (step + 0.5) / series.steps as f32;
    let y_of = |place: f32| frame.bottom() - frame.height * ((place - low) / (high - low)).clamp(0.0, 1.0);
    let mut inner: Vec<Element> = Vec::new();
    if is_named {
        let channel = channels[0];
        let name = if ticks.is_empty() { series.name_with_range(channel) } else { series.names[channel].clone() };
        let name = fonts::shorten_middle(&name, style.size, frame.width);
        block.elements.push(style.line(&name, AXIS, 0.0, Anchor::Start));
    }
    inner.push(Element::fill(frame, palette.background));
    if panel == Panel::Overlay {
        for &channel in channels {
            let units = series.own(&series.unit_of, channel);
            let shade_of = |unit: &u32| shades.get(*unit as usize).copied().unwrap_or(0.0);
            for (start, end, shade) in runs(&units.iter().map(shade_of).collect::<Vec<_>>()) {
                if shade > 0.0 {
                    // A single step among hundreds must still be seen.
                    let (left, right) = (x_of(start as f32 - 0.5), x_of(end as f32 - 0.5));
                    let thin = (1.2 - (right - left)).max(0.0) / 2.0;
                    let strip = rect(left - thin, frame.y, right - left + 2.0 * thin, frame.height);
                    inner.push(Element::fill(strip, palette.background.mix(palette.selected, shade)));
                }
            }
        }
    }
    if panel == Panel::Heat {
        for (start, end, color) in heat_runs(picture, series, channels, range) {
            let (left, right) = (x_of(start as f32 - 0.5), x_of(end as f32 - 0.5));
            // A hair wider, so that no page shows between two strips; the next one covers it.
            inner.push(Element::fill(rect(left, frame.y, right - left + 0.3, frame.height), color));
        }
        for (start, end) in selected_runs(picture, series, channels) {
            let (left, right) = (x_of(start as f32 - 0.5), x_of(end as f32 - 0.5));
            let thin = (1.2 - (right - left)).max(0.0) / 2.0;
            let bar = |height: f32| rect(left - thin, frame.y, right - left + 2.0 * thin, height);
            // Apart from any colour of a score.
            inner.push(Element::fill(bar(TOP + 1.0), palette.background));
            inner.push(Element::fill(bar(TOP), palette.selected));
        }
    }
    if panel != Panel::Input {
        for &channel in channels {
            for (start, end, _) in series.true_runs(picture, channel) {
                let (left, right) = (x_of(start as f32 - 0.5), x_of(end as f32 - 0.5));
                let thin = (1.2 - (right - left)).max(0.0) / 2.0;
                let foot = rect(left - thin, frame.bottom() - TRUTH, right - left + 2.0 * thin, TRUTH);
                inner.push(Element::fill(foot, palette.annotation));
            }
        }
    }
    if low < 0.0 && high > 0.0 && !axis.is_own() {
        let zero = [point(frame.x, y_of(0.0)), point(frame.right(), y_of(0.0))];
        inner.push(Element::line(zero[0], zero[1], stroke(palette.hairline, size::HAIRLINE)));
    }
    for (at, &channel) in channels.iter().enumerate() {
        let values = series.own(&series.values, channel);
        if values.is_empty() {
            continue;
        }
        let fill = series.own(&series.fill, channel);
        let look = line_look(palette, panel, at, channels.len());
        let points_of = |values: &[f32], start: usize, end: usize| -> Vec<Point> {
            // A single step would be a line without length.
            let y = |step: usize| y_of(axis.place(at, values[step]));
            match end - start {
                1 => [-0.4, 0.4].map(|by| point(x_of(start as f32 + by), y(start))).to_vec(),
                _ => (start..end).map(|step| point(x_of(step as f32), y(step))).collect(),
            }
        };
        let line = |values: &[f32], start: usize, end: usize, width: f32| {
            lines::drawn(points_of(values, start, end), stroke(look.color, width), look.is_dashed)
        };
        match panel {
            Panel::Input | Panel::Overlay => inner.push(line(values, 0, values.len(), LINE)),
            Panel::Heat => {
                // An edge in the colour of the page: no line is lost on any colour of a score.
                let edge = stroke(palette.background, LINE + HALO);
                inner.push(Element::polyline(points_of(values, 0, values.len()), edge));
                inner.push(line(values, 0, values.len(), LINE));
            }
            Panel::Selected | Panel::Unselected => {
                let is_kept = |selected: bool| selected == (panel == Panel::Selected);
                let runs = runs(series.own(&selected, channel));
                // What the model gets at hidden steps.
                let pale = stroke(palette.hairline, LINE);
                for run in runs.iter().filter(|run| !is_kept(run.2)) {
                    // At the end of the axis where it lies beyond, and dashed there.
                    let is_beyond = fill[run.0..run.1].iter().any(|value| axis.is_beyond(at, *value));
                    inner.push(lines::drawn(points_of(fill, run.0, run.1), pale, is_beyond));
                }
                let kept = runs.iter().filter(|run| is_kept(run.2));
                inner.extend(kept.map(|run| line(values, run.0, run.1, KEPT)));
            }
        }
    }
    block.elements.push(Element::Group { name: "plot", clip: Some(frame), elements: inner });
    block.elements.push(framed(frame, palette));
    for tick in ticks {
        let y = frame.bottom() - frame.height * tick.at;
        block.elements.push(Element::line(
            point(frame.x - 2.5, y),
            point(frame.x, y),
            stroke(palette.ink_muted, size::HAIRLINE),
        ));
        block.elements.push(style.line(&tick.label, frame.x - 4.0, y - style.leading() / 2.0, Anchor::End));
    }
    if is_last {
        steps_axis(&mut block, series.steps, frame, palette);
    }
    block
}

fn framed(frame: Rect, palette: &Palette) -> Element {
    let line = Some(stroke(palette.hairline, size::HAIRLINE));
    Element::Rect { rect: frame, fill: None, stroke: line, radius: 0.0, hatch: None }
}

/// Numbers of steps under a frame.
fn steps_axis(block: &mut Block, steps: usize, frame: Rect, palette: &Palette) {
    let style = Style::muted(palette);
    let whole = ScoreRange { low: 0.0, high: steps.saturating_sub(1) as f32, below: false, above: false };
    // Halves of a step mean nothing.
    let most = ((frame.width / STEP_NUMBER) as usize).clamp(2, 6);
    for tick in color::ticks(whole, most.min(steps)).into_iter().filter(|tick| !tick.label.contains('.')) {
        let x = frame.x + frame.width * (tick.at * (steps - 1) as f32 + 0.5) / steps as f32;
        block.elements.push(Element::line(
            point(x, frame.bottom()),
            point(x, frame.bottom() + 2.5),
            stroke(palette.ink_muted, size::HAIRLINE),
        ));
        block.elements.push(style.line(&tick.label, x, frame.bottom() + 3.0, Anchor::Middle));
    }
    let below = frame.bottom() + 3.0 + style.leading() - 1.0;
    block.elements.push(style.line("time step", frame.x + frame.width / 2.0, below, Anchor::Middle));
    block.height = below + style.leading();
}

/// The path in the plane, both axes on one scale.
fn plane(picture: &ExplainedPicture, series: &ExplainedSeries, panel: Panel, width: f32) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::muted(palette);
    let (width_of_plane, height) = (width - AXIS, (width - AXIS) * 0.6);
    let frame = rect(AXIS, style.leading(), width_of_plane, height);
    let mut block = Block { width, height: frame.bottom(), ..Default::default() };
    let said = series.path_words();
    let fitting = said.iter().find(|words| fonts::width(words, style.size) <= width_of_plane);
    let words = fonts::shorten(fitting.unwrap_or(&said[2]), style.size, width_of_plane);
    block.elements.push(style.line(&words, AXIS, 0.0, Anchor::Start));
    let points = series.path();
    let bounds = |axis: usize| {
        points.iter().fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(at[axis]), high.max(at[axis])))
    };
    let (x, y) = (bounds(0), bounds(1));
    // Over the path there is room for the word at its beginning, which the frame would cut.
    let inner = rect(frame.x + 4.0, frame.y + style.leading(), frame.width - 8.0, frame.height - style.leading() - 4.0);
    let scale = (f64::from(inner.width) / (x.1 - x.0).max(1e-9)).min(f64::from(inner.height) / (y.1 - y.0).max(1e-9));
    let place = |at: &[f64; 2]| {
        let dx = (at[0] - (x.0 + x.1) / 2.0) * scale;
        let dy = (at[1] - (y.0 + y.1) / 2.0) * scale;
        point(inner.x + inner.width / 2.0 + dx as f32, inner.y + inner.height / 2.0 - dy as f32)
    };
    let line = |points: &[[f64; 2]], color: Color, width: f32| {
        Element::polyline(points.iter().map(place).collect(), stroke(color, width))
    };
    let (rings, long) = true_points(picture, series, panel);
    // A long stretch is a broad band under the path: a ring around each of its points would cover it.
    let mut elements: Vec<Element> =
        long.iter().map(|(first, last)| line(&points[*first..=*last], palette.annotation, BAND)).collect();
    // Rings lie under the path, so that what is selected is seen in and over them.
    elements.extend(rings.iter().filter_map(|at| points.get(*at)).map(|at| ring(place(at), palette)));
    // A single position is no line.
    let whole = path_color(palette, panel).filter(|_| points.len() > 1);
    elements.extend(whole.map(|color| line(&points, color, LINE)));
    let marked = series.marked_steps(&selected_values(picture, series), panel);
    let color = if panel == Panel::Unselected { palette.unselected } else { palette.selected };
    for (start, end, _) in runs(&marked).into_iter().filter(|run| run.2) {
        let of_run = &points[series.along(start, end)];
        elements.extend((of_run.len() > 1).then(|| line(of_run, color, KEPT * 1.7)));
        if end - start <= MOST_DOTS {
            elements.extend(of_run.iter().map(|at| dot(place(at), color)));
        }
    }
    if let Some(first) = points.first() {
        let at = place(first);
        // To the right, or to the left where the frame would cut it.
        let is_right = at.x + 3.0 + fonts::width(START, style.size) <= frame.right();
        let (x, anchor) = if is_right { (at.x + 3.0, Anchor::Start) } else { (at.x - 3.0, Anchor::End) };
        elements.push(style.line(START, x, at.y - style.leading(), anchor));
        elements.push(dot(at, palette.ink));
    }
    block.elements.push(Element::Group { name: "plane", clip: Some(frame), elements });
    block.elements.push(framed(frame, palette));
    block
}

/// Points of the path at steps that truly decide the class, in either channel: those to ring, and the first and the last point of stretches that are too long
/// for that. None for the plain input.
pub fn true_points(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
) -> (BTreeSet<usize>, BTreeSet<(usize, usize)>) {
    let (mut rings, mut long) = (BTreeSet::new(), BTreeSet::new());
    let channels = if panel == Panel::Input { 0 } else { series.channels() };
    for (start, end, _) in (0..channels).flat_map(|channel| series.true_runs(picture, channel)) {
        let points = series.along(start, end);
        if end - start <= MOST_DOTS {
            rings.extend(points);
        } else {
            long.insert((*points.start(), *points.end()));
        }
    }
    (rings, long)
}

/// Colour of the path where it is not marked; `None` where the panel hides what is not: its gaps are the hidden steps.
pub fn path_color(palette: &Palette, panel: Panel) -> Option<Color> {
    (!matches!(panel, Panel::Selected | Panel::Unselected)).then_some(palette.full)
}

/// What is written where a path begins.
const START: &str = "start";
/// Height of the foot under steps that truly decide the class.
const TRUTH: f32 = 2.4;
/// Height of the bar over selected steps that are coloured by their scores.
const TOP: f32 = 2.4;
/// How much wider than a line its edge is where it runs over colours of scores.
const HALO: f32 = 1.8;
/// Radius of the ring around a point of the path that truly decides the class: outside of the strong line of what is selected, and of its dots.
const RING: f32 = 3.4;
/// Width of the band under long stretches of the path that do.
const BAND: f32 = 5.6;

/// Longer runs are drawn without points.
pub const MOST_DOTS: usize = 40;

/// Corners of a circle.
fn circle(at: Point, radius: f32, corners: usize) -> Vec<Point> {
    let corner = |turn: usize| {
        let (sin, cos) = (std::f32::consts::TAU * turn as f32 / corners as f32).sin_cos();
        point(at.x + radius * cos, at.y + radius * sin)
    };
    (0..corners).map(corner).collect()
}

fn dot(at: Point, color: Color) -> Element {
    Element::Path(Path { lines: vec![circle(at, 1.3, 8)], closed: true, fill: Some(color), stroke: None })
}

/// The ring around a point of the path that truly decides the class: thin, and wider than a dot, so that a selected one is seen in it.
pub(super) fn ring(at: Point, palette: &Palette) -> Element {
    let line = Some(stroke(palette.annotation, size::HAIRLINE));
    Element::Path(Path { lines: vec![circle(at, RING, 16)], closed: true, fill: None, stroke: line })
}
