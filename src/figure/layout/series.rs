//! Time series: channels over time with selected steps shaded, all channels in one plot, the path that two of them lead along, and a map of steps
//! and channels. Window and exporters share what is decided here: which steps are kept, where a channel begins and ends, the colour of a cell.

use std::collections::BTreeSet;

use super::super::color::{self, Range as ScoreRange};
use super::super::{
    Anchor, Color, Element, FigureError, Palette, Path, Pixels, Point, Raster, Rect, fonts, point, rect, stroke,
};
use super::block::{Block, Style};
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
    /// The plots, and under them the path in the plane that two channels of velocities lead along.
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
            Self::Stacked => "Series: channels stacked",
            Self::Overlaid => "Series: channels in one plot",
            Self::Path => "Series: with the path in the plane",
            Self::Map => "Series: map of steps and channels",
        }
    }

    /// What it is for, in a sentence.
    pub const fn tip(self) -> &'static str {
        match self {
            Self::Stacked => "A plot for each channel, one over the other.",
            Self::Overlaid => "All channels in one plot, on one scale.",
            Self::Path => "Two channels taken for velocities: the path that they lead along, under the plots.",
            Self::Map => "Time steps by channels, a cell for each value: for many channels.",
        }
    }

    /// Whether a series of so many channels can be drawn so.
    pub const fn fits(self, channels: usize) -> bool {
        match self {
            Self::Stacked => channels <= MOST_PLOTS,
            Self::Overlaid => channels >= 2 && channels <= MOST_LINES,
            Self::Path => channels == 2,
            Self::Map => true,
        }
    }

    /// How a series of so many channels is drawn where nothing is asked for: `asked` where it fits.
    pub fn or_usual(asked: Option<Self>, channels: usize) -> Self {
        match asked {
            Some(form) if form.fits(channels) => form,
            _ if channels == 2 => Self::Path,
            _ if channels <= MOST_STACKED => Self::Stacked,
            _ => Self::Map,
        }
    }
}

/// Most values of a series in a figure.
const MOST_VALUES: usize = 1 << 22;
/// More channels than this get no plot of their own.
const MOST_PLOTS: usize = 12;
/// More channels than this are a map at first.
const MOST_STACKED: usize = 6;
/// More lines than this in one plot cannot be told apart.
const MOST_LINES: usize = 8;

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

    /// One channel of a list that is laid out as the values.
    pub fn channel<'a, T>(&self, of: &'a [T], channel: usize) -> &'a [T] {
        of.get(channel * self.steps..(channel + 1) * self.steps).unwrap_or(&[])
    }

    /// Stretches of steps of a channel that truly decide the class: first step, end, `true`.
    pub fn true_runs(&self, picture: &ExplainedPicture, channel: usize) -> Vec<(usize, usize, bool)> {
        if !picture.has_true_units() {
            return Vec::new();
        }
        let is_true = |unit: &u32| picture.is_true(*unit as usize);
        let of_step: Vec<bool> = self.channel(&self.unit_of, channel).iter().map(is_true).collect();
        runs(&of_step).into_iter().filter(|run| run.2).collect()
    }

    /// Least and greatest value of a channel, with a margin; of all channels where `channel` is `None`.
    pub fn extent(&self, channel: Option<usize>) -> [f32; 2] {
        let values = channel.map_or(self.values.as_slice(), |channel| self.channel(&self.values, channel));
        let finite = values.iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
        if low > high {
            return [-1.0, 1.0];
        }
        let margin = ((high - low) * 0.05).max(high.abs().max(1e-3) * 1e-3);
        [low - margin, high + margin]
    }

    /// Points of the path that two channels of velocities lead along, one more than steps; y grows upwards.
    pub fn path(&self) -> Vec<[f64; 2]> {
        let (x, y) = (self.channel(&self.values, 0), self.channel(&self.values, 1));
        let mut at = [0.0_f64; 2];
        let mut points = vec![at];
        for (x, y) in x.iter().zip(y) {
            // The y axis of a screen, from which movements come, points down.
            at = [at[0] + f64::from(*x), at[1] - f64::from(*y)];
            points.push(at);
        }
        points
    }

    /// Steps of the path that are drawn strongly in a panel: those with a selected value, or those without where these are hidden.
    pub fn marked_steps(&self, selected: &[bool], panel: Panel) -> Vec<bool> {
        let any =
            |step: usize| (0..self.channels()).any(|channel| selected.get(channel * self.steps + step) == Some(&true));
        match panel {
            Panel::Input => vec![false; self.steps],
            Panel::Unselected => (0..self.steps).map(|step| !any(step)).collect(),
            _ => (0..self.steps).map(any).collect(),
        }
    }
}

/// Channels that belong together: hundreds of features are read group by group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its channels.
    pub channels: std::ops::Range<usize>,
    /// Share of its values that are selected.
    pub share: f32,
}

/// The groups of a map: neighbours whose names agree up to the last `/`, `.` or `:`; unnamed channels in blocks. None for few channels.
pub fn groups(picture: &ExplainedPicture, series: &ExplainedSeries) -> Vec<Group> {
    let n = series.channels();
    if n < LEAST_GROUPED {
        return Vec::new();
    }
    let stem = |name: &String| name.rsplit_once(['/', '.', ':']).map(|(stem, _)| stem.to_owned());
    let stems: Vec<Option<String>> = series.names.iter().map(stem).collect();
    let mut out: Vec<Group> = Vec::new();
    let selected = selected_values(picture, series);
    let mut start = 0;
    for at in 1..=n {
        let is_named = stems[start].is_some();
        let ends = match stems.get(at) {
            None => true,
            Some(next) if is_named => *next != stems[start],
            Some(next) => next.is_some() || at - start >= BLOCK,
        };
        if ends {
            let name = stems[start].clone().unwrap_or_else(|| format!("channels {start} to {}", at - 1));
            let values = &selected[start * series.steps..at * series.steps];
            let share = values.iter().filter(|selected| **selected).count() as f32 / values.len().max(1) as f32;
            out.push(Group { name, channels: start..at, share });
            start = at;
        }
    }
    // A group for each channel says nothing.
    if out.len() * 2 > n { Vec::new() } else { out }
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

/// Whether each value of a series is selected, channel by channel.
pub fn selected_values(picture: &ExplainedPicture, series: &ExplainedSeries) -> Vec<bool> {
    series.unit_of.iter().map(|&unit| picture.selected.get(unit as usize) == Some(&true)).collect()
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

/// Colour of each value in the map, channel by channel; `None` for nothing. Grey says how large a value is.
pub fn cells(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
    range: ScoreRange,
) -> Vec<Option<Color>> {
    let palette = Palette::of(picture.theme);
    let selected = selected_values(picture, series);
    let most =
        series.values.iter().filter(|value| value.is_finite()).fold(1e-6_f32, |most, value| most.max(value.abs()));
    let scale = picture.scale();
    let cell = |(value, (unit, selected)): (&f32, (&u32, &bool))| {
        let strength = if value.is_finite() { (value.abs() / most).sqrt() } else { 0.0 };
        let grey = palette.background.mix(palette.ink, 0.06 + 0.7 * strength);
        match panel {
            Panel::Heat => picture.scores.get(*unit as usize).map(|score| scale.color(range.position(*score))),
            Panel::Overlay if *selected => Some(palette.background.mix(palette.selected, 0.45 + 0.55 * strength)),
            Panel::Selected if !*selected => None,
            Panel::Unselected if *selected => None,
            _ => Some(grey),
        }
    };
    series.values.iter().zip(series.unit_of.iter().zip(&selected)).map(cell).collect()
}

/// Colour of a channel's line where several share a plot.
pub fn line_color(palette: &Palette, channel: usize, channels: usize) -> Color {
    if channels <= 1 {
        return palette.full;
    }
    palette.full.mix(palette.annotation, channel as f32 / (channels - 1) as f32)
}

/// Height of one plot for each point of width, at most.
const PLOT_SHAPE: f32 = 0.26;
/// Room for the numbers of the y axis.
const AXIS: f32 = 30.0;
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
        Form::Map => block.below(map(picture, series, panel, width, range), 0.0),
        Form::Overlaid => {
            let channels: Vec<usize> = (0..series.channels()).collect();
            block.below(plot(picture, series, panel, (width, width * PLOT_SHAPE * 2.0), &channels), 0.0);
            block.below(line_names(picture, series, width), 1.0);
        }
        Form::Stacked | Form::Path => {
            let each = (width * PLOT_SHAPE).min(width * 0.9 / series.channels() as f32).max(26.0);
            for channel in 0..series.channels() {
                block.below(plot(picture, series, panel, (width, each), &[channel]), size::TIGHT);
            }
            if series.form == Form::Path {
                block.below(plane(picture, series, panel, width), size::GAP);
            }
        }
    }
    block
}

/// Which line is which channel.
fn line_names(picture: &ExplainedPicture, series: &ExplainedSeries, width: f32) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::muted(palette);
    let mut block = Block { width, height: style.leading(), ..Default::default() };
    let mut x = AXIS;
    for (channel, name) in series.names.iter().enumerate() {
        let color = line_color(palette, channel, series.channels());
        let name = fonts::shorten(name, style.size, width - AXIS - SWATCH);
        let right = x + SWATCH + fonts::width(&name, style.size);
        if right > width && x > AXIS {
            x = AXIS;
            block.height += style.leading();
        }
        let top = block.height - style.leading();
        let middle = top + style.leading() / 2.0;
        block.elements.push(Element::line(point(x, middle), point(x + 10.0, middle), stroke(color, KEPT)));
        block.elements.push(style.line(&name, x + SWATCH, top, Anchor::Start));
        x += SWATCH + fonts::width(&name, style.size) + size::GAP;
    }
    block
}

/// Channels over time in one frame.
fn plot(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
    (width, height): (f32, f32),
    channels: &[usize],
) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::muted(palette);
    let is_alone = channels.len() == 1;
    let is_last = channels.last() == Some(&(series.channels() - 1));
    let name_height = if is_alone && series.channels() > 1 { style.leading() } else { 0.0 };
    let frame = rect(AXIS, name_height, width - AXIS, height);
    let mut block = Block { width, height: frame.bottom(), ..Default::default() };
    let selected = selected_values(picture, series);
    let shades = shades(picture);
    let scores: Vec<f32>;
    let [low, high] = if panel == Panel::Heat {
        scores = score_of_values(picture, series);
        extent_of(&scores)
    } else {
        scores = Vec::new();
        series.extent(is_alone.then(|| channels[0]))
    };
    let x_of = |step: f32| frame.x + frame.width * (step + 0.5) / series.steps as f32;
    let y_of = |value: f32| frame.bottom() - frame.height * ((value - low) / (high - low)).clamp(0.0, 1.0);
    let mut inner: Vec<Element> = Vec::new();
    if is_alone && series.channels() > 1 {
        let name = fonts::shorten(&series.names[channels[0]], style.size, frame.width);
        block.elements.push(style.line(&name, AXIS, 0.0, Anchor::Start));
    }
    inner.push(Element::fill(frame, palette.background));
    if panel == Panel::Overlay {
        for &channel in channels {
            let units = series.channel(&series.unit_of, channel);
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
    if low < 0.0 && high > 0.0 {
        let zero = [point(frame.x, y_of(0.0)), point(frame.right(), y_of(0.0))];
        inner.push(Element::line(zero[0], zero[1], stroke(palette.hairline, size::HAIRLINE)));
    }
    for &channel in channels {
        let values = series.channel(&series.values, channel);
        let fill = series.channel(&series.fill, channel);
        let own = if is_alone { palette.full } else { line_color(palette, channel, series.channels()) };
        let line = |values: &[f32], start: usize, end: usize, color: Color, width: f32| {
            // A single step would be a line without length.
            let points: Vec<Point> = match end - start {
                1 => [-0.4, 0.4].map(|by| point(x_of(start as f32 + by), y_of(values[start]))).to_vec(),
                _ => (start..end).map(|step| point(x_of(step as f32), y_of(values[step]))).collect(),
            };
            Element::polyline(points, stroke(color, width))
        };
        match panel {
            Panel::Input | Panel::Overlay => inner.push(line(values, 0, values.len(), own, LINE)),
            Panel::Heat => {
                let scores = series.channel(&scores, channel);
                inner.push(line(scores, 0, scores.len(), palette.selected, LINE));
            }
            Panel::Selected | Panel::Unselected => {
                let is_kept = |selected: bool| selected == (panel == Panel::Selected);
                let color = if panel == Panel::Selected { palette.selected } else { palette.unselected };
                let runs = runs(series.channel(&selected, channel));
                // What the model gets at hidden steps.
                let hidden = runs.iter().filter(|run| !is_kept(run.2));
                inner.extend(hidden.map(|run| line(fill, run.0, run.1, palette.hairline, LINE)));
                let kept = runs.iter().filter(|run| is_kept(run.2));
                inner.extend(kept.map(|run| line(values, run.0, run.1, color, KEPT)));
            }
        }
    }
    block.elements.push(Element::Group { name: "plot", clip: Some(frame), elements: inner });
    block.elements.push(framed(frame, palette));
    let range = ScoreRange { low, high, below: false, above: false };
    for tick in color::ticks(range, 3) {
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
    for tick in color::ticks(whole, 6.min(steps)).into_iter().filter(|tick| !tick.label.contains('.')) {
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

/// The score of each value's unit.
pub fn score_of_values(picture: &ExplainedPicture, series: &ExplainedSeries) -> Vec<f32> {
    let score =
        |unit: &u32| picture.scores.get(*unit as usize).copied().filter(|score| score.is_finite()).unwrap_or(0.0);
    series.unit_of.iter().map(score).collect()
}

/// Ends of an axis for values.
pub fn extent_of(values: &[f32]) -> [f32; 2] {
    let (low, high) =
        values.iter().fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
    if low > high {
        return [0.0, 1.0];
    }
    let margin = ((high - low) * 0.05).max(high.abs().max(1e-3) * 1e-3);
    [low - margin, high + margin]
}

/// The path in the plane, both axes on one scale.
fn plane(picture: &ExplainedPicture, series: &ExplainedSeries, panel: Panel, width: f32) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::muted(palette);
    let (width_of_plane, height) = (width - AXIS, (width - AXIS) * 0.6);
    let frame = rect(AXIS, style.leading(), width_of_plane, height);
    let mut block = Block { width, height: frame.bottom(), ..Default::default() };
    let (from, to) = (&series.names[0], &series.names[1]);
    let said = [format!("path of {from} and {to} as velocities"), format!("path of {from} and {to}")];
    let fitting = said.iter().find(|words| fonts::width(words, style.size) <= width_of_plane);
    let words = fonts::shorten(fitting.unwrap_or(&said[1]), style.size, width_of_plane);
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
        long.iter().map(|(start, end)| line(&points[*start..=*end], palette.annotation, BAND)).collect();
    elements.push(line(&points, path_color(palette, panel), LINE));
    let marked = series.marked_steps(&selected_values(picture, series), panel);
    let color = if panel == Panel::Unselected { palette.unselected } else { palette.selected };
    for (start, end, _) in runs(&marked).into_iter().filter(|run| run.2) {
        elements.push(line(&points[start..=end], color, KEPT * 1.7));
        if end - start <= MOST_DOTS {
            elements.extend(points[start..=end].iter().map(|at| dot(place(at), color)));
        }
    }
    elements.extend(rings.iter().filter_map(|at| points.get(*at)).map(|at| ring(place(at), palette)));
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

/// Points of the path at steps that truly decide the class, in either channel: those to ring, and first and last point of stretches that are too long
/// for that. None for the plain input.
fn true_points(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    panel: Panel,
) -> (BTreeSet<usize>, BTreeSet<(usize, usize)>) {
    let (mut rings, mut long) = (BTreeSet::new(), BTreeSet::new());
    let channels = if panel == Panel::Input { 0 } else { series.channels() };
    for (start, end, _) in (0..channels).flat_map(|channel| series.true_runs(picture, channel)) {
        // A step leads from one point to the next.
        if end - start <= MOST_DOTS {
            rings.extend(start..=end);
        } else {
            long.insert((start, end));
        }
    }
    (rings, long)
}

/// Colour of the path where it is not marked: pale where the panel hides the rest.
pub fn path_color(palette: &Palette, panel: Panel) -> Color {
    if matches!(panel, Panel::Selected | Panel::Unselected) { palette.hairline } else { palette.full }
}

/// What is written where a path begins.
const START: &str = "start";
/// Height of the foot under steps that truly decide the class.
const TRUTH: f32 = 2.4;
/// Radius of the ring around a point of the path that truly decides the class.
const RING: f32 = 2.8;
/// Width of the band under long stretches of the path that do.
const BAND: f32 = 5.6;
/// Height of the bars of groups over a map.
const GROUPS: f32 = 14.0;

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

/// The ring around a point of the path that truly decides the class: wider than a dot, so that a selected one is seen in it.
pub(super) fn ring(at: Point, palette: &Palette) -> Element {
    let line = Some(stroke(palette.annotation, size::HAIRLINE * 1.5));
    Element::Path(Path { lines: vec![circle(at, RING, 16)], closed: true, fill: None, stroke: line })
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

/// Outlines of the cells of a map that truly decide the class. Call [`ExplainedPicture::check`] first.
pub fn map_truth(picture: &ExplainedPicture, series: &ExplainedSeries, panel: Panel, frame: Rect) -> Option<Element> {
    if panel == Panel::Input || !picture.has_true_units() {
        return None;
    }
    let (steps, channels) = (series.steps, series.channels());
    let unit = |step: usize, channel: usize| series.unit_of[channel * steps + step] as usize;
    let on: Vec<bool> = (0..steps)
        .flat_map(|step| (0..channels).map(move |channel| (step, channel)))
        .map(|(step, channel)| picture.is_true(unit(step, channel)))
        .collect();
    let mask = super::super::hatch::Mask { width: channels, height: steps, on: &on };
    super::pixels::truth_rings(&mask, frame, Palette::of(picture.theme))
}

/// Steps (down) by channels (across), a cell for each value.
fn map(picture: &ExplainedPicture, series: &ExplainedSeries, panel: Panel, width: f32, range: ScoreRange) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::muted(palette);
    let (steps, channels) = (series.steps, series.channels());
    let row = ((width * 0.6) / steps.max(1) as f32).clamp(0.2, 22.0);
    let groups = groups(picture, series);
    let groups_height = if groups.is_empty() || panel == Panel::Input { 0.0 } else { GROUPS + style.leading() };
    let frame = rect(AXIS, groups_height, width - AXIS, row * steps as f32);
    let pixels = map_pixels(picture, series, panel, range);
    let alt = format!("{steps} steps by {channels} channels");
    let mut block = Block { width, height: frame.bottom(), ..Default::default() };
    if groups_height > 0.0 {
        let words = fonts::shorten(&highest_groups(&groups), style.size, frame.width);
        block.elements.push(style.line(&words, frame.x, 0.0, Anchor::Start));
        for group in &groups {
            let (from, to) = (group.channels.start as f32, group.channels.end as f32);
            let cell = frame.width / channels as f32;
            let bar = |height: f32| {
                rect(frame.x + cell * from, frame.y - height, (cell * (to - from) - 0.4).max(0.3), height)
            };
            block.elements.push(Element::fill(bar(GROUPS), palette.track));
            // A bar without height is no shape in SVG.
            if group.share > 0.0 {
                block.elements.push(Element::fill(bar(GROUPS * group.share), palette.selected));
            }
        }
    }
    block.elements.push(Element::Raster(Raster { rect: frame, pixels, alt }));
    block.elements.extend(map_truth(picture, series, panel, frame));
    block.elements.push(framed(frame, palette));
    for (step, label) in numbers(steps, 5) {
        let y = frame.y + (step + 0.5) * row;
        block.elements.push(style.line(&label, frame.x - 4.0, y - style.leading() / 2.0, Anchor::End));
    }
    let cell = frame.width / channels as f32;
    for (channel, label) in numbers(channels, ((frame.width / 40.0) as usize).clamp(2, 8)) {
        let x = frame.x + (channel + 0.5) * cell;
        block.elements.push(style.line(&label, x, frame.bottom() + 2.0, Anchor::Middle));
    }
    let foot = frame.bottom() + 2.0 + style.leading();
    let words =
        format!("time steps (down) by {channels} channels: {} … {}", series.names[0], series.names[channels - 1]);
    let words = fonts::shorten(&words, style.size, frame.width);
    block.elements.push(style.line(&words, frame.x, foot, Anchor::Start));
    block.height = foot + style.leading();
    block
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
