//! Colours: the palette of both themes, the two scales for scores, how scores become positions on a scale, ticks of a legend.
//!
//! The one definition of the colours of selected (S) and unselected units; the window takes them from here.

use super::FigureError;

/// A colour in sRGB, with opacity: red, green, blue, alpha, each 0..=255, not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Color(pub [u8; 4]);

impl Color {
    /// An opaque colour from `0xRRGGBB`.
    pub const fn hex(rgb: u32) -> Self {
        Self([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8, 255])
    }

    /// An opaque grey.
    pub const fn grey(level: u8) -> Self {
        Self([level, level, level, 255])
    }

    /// The same colour with opacity `alpha`, 0..=255.
    pub const fn with_alpha(self, alpha: u8) -> Self {
        let [r, g, b, _] = self.0;
        Self([r, g, b, alpha])
    }

    /// This colour moved towards `other` by the share `t` in 0..=1, channel by channel in sRGB.
    pub fn mix(self, other: Self, t: f32) -> Self {
        let t = if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.0 };
        let mut out = [0; 4];
        for (channel, value) in out.iter_mut().enumerate() {
            let (from, to) = (f32::from(self.0[channel]), f32::from(other.0[channel]));
            *value = (from + (to - from) * t).round() as u8;
        }
        Self(out)
    }

    /// Relative luminance (WCAG 2.2), 0..=1; alpha is ignored.
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// Linear-light red, green and blue, 0..=1.
    pub fn linear(self) -> [f64; 3] {
        let [r, g, b, _] = self.0;
        [r, g, b].map(|value| {
            let v = f64::from(value) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// An opaque colour from linear light; values outside 0..=1 are clipped.
    pub fn from_linear(linear: [f64; 3]) -> Self {
        let [r, g, b] = linear.map(|v| {
            let v = v.clamp(0.0, 1.0);
            let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
            (v * 255.0).round() as u8
        });
        Self([r, g, b, 255])
    }
}

/// Contrast ratio of two opaque colours (WCAG 2.2), 1..=21.
pub fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (a.luminance() + 0.05, b.luminance() + 0.05);
    a.max(b) / a.min(b)
}

/// Black or white, whichever is read better on `fill`: at least 4.5 : 1 on any colour, which no softer pair is.
pub fn ink_on(fill: Color) -> Color {
    let inks = [Color::grey(0), Color::grey(255)];
    if contrast(inks[0], fill) >= contrast(inks[1], fill) { inks[0] } else { inks[1] }
}

/// Light or dark page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Dark signs on a white page, for print.
    #[default]
    Light,
    /// Light signs on a dark page, for slides and the dark window.
    Dark,
}

/// Every colour that figures use, for one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Which page it is for.
    pub theme: Theme,
    /// The page.
    pub background: Color,
    /// Text; at least 7 : 1 on the page.
    pub ink: Color,
    /// Secondary text; at least 4.5 : 1 on the page.
    pub ink_muted: Color,
    /// Frames and axes.
    pub hairline: Color,
    /// Tracks behind bars.
    pub track: Color,
    /// Selected units, S: tint, outline, bars; at least 3 : 1 on the page, on black and on white.
    pub selected: Color,
    /// Unselected units: muted, always drawn with hatching in charts; at least 3.2 : 1 on the page and on the window's panels.
    pub unselected: Color,
    /// The full input, in charts.
    pub full: Color,
    /// What lies under the hatching of hidden pixels.
    pub hidden: Color,
    /// Arrows, boxes and texts that a user adds.
    pub annotation: Color,
    /// Lines that share a plot, each in one: also to colour-blind readers they differ from each other, from what is hidden and from
    /// [`Self::annotation`]; at least 3 : 1 on the page.
    pub lines: [Color; 4],
}

/// Dark signs on white.
pub const LIGHT: Palette = Palette {
    theme: Theme::Light,
    background: Color::hex(0xFFFFFF),
    ink: Color::hex(0x1B1E23),
    ink_muted: Color::hex(0x4A515C),
    hairline: Color::hex(0xB9BFC8),
    track: Color::hex(0xECEEF1),
    selected: Color::hex(0xD55E00),
    unselected: Color::hex(0x6E89AF),
    full: Color::hex(0x3A4049),
    hidden: Color::hex(0xE3E7ED),
    annotation: Color::hex(0x1D46C8),
    lines: [Color::hex(0x1B1E23), Color::hex(0x1C8F65), Color::hex(0x9C3B8E), Color::hex(0x786D02)],
};

/// Light signs on near-black.
pub const DARK: Palette = Palette {
    theme: Theme::Dark,
    background: Color::hex(0x16181C),
    ink: Color::hex(0xECEEF2),
    ink_muted: Color::hex(0xA3ABB8),
    hairline: Color::hex(0x4B525E),
    track: Color::hex(0x2A2E35),
    selected: Color::hex(0xE8731A),
    unselected: Color::hex(0x6883A8),
    full: Color::hex(0xC9CED7),
    hidden: Color::hex(0x333A45),
    annotation: Color::hex(0x93BAFF),
    lines: [Color::hex(0xECEEF2), Color::hex(0x1FCB86), Color::hex(0xE055B5), Color::hex(0xD8B91C)],
};

impl Palette {
    /// The palette of `theme`.
    pub const fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// Colour of a value on either side of 0, from -1 to 1. From one end to the other lightness goes one way, so that the sides differ in grey print and
    /// to colour-blind readers: below 0 it nears the page, with a tint that tells it from an empty place, above 0 the ink.
    pub fn two_sided(&self, t: f32) -> Color {
        let t = if t.is_finite() { t.clamp(-1.0, 1.0) } else { 0.0 };
        self.background.mix(self.ink, 0.42 + 0.38 * t).mix(self.annotation, 0.15 * (-t).max(0.0))
    }

    /// The same for a selected value, in the colour of selected units.
    pub fn two_sided_selected(&self, t: f32) -> Color {
        let t = if t.is_finite() { t.clamp(-1.0, 1.0) } else { 0.0 };
        if t < 0.0 { self.selected.mix(self.background, -0.55 * t) } else { self.selected.mix(self.ink, 0.45 * t) }
    }
}

/// A colour scale for scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Low to high: cividis (Nuñez, Anderton and Renslow 2018), made for colour-blind readers.
    Sequential,
    /// Against, neutral, for: purple over the tone of the page to orange. What says nothing never stands out, what says most does on either page.
    Signed,
}

/// The signed scale on a dark page at 0, 1/4, ... 1: from the page itself it gets brighter to both sides, as PuOr gets darker on a light one.
const SIGNED_ON_DARK: [Color; 5] =
    [Color::hex(0xCDB8FF), Color::hex(0x8259D6), DARK.background, Color::hex(0xC06010), Color::hex(0xFFBE73)];

impl Scale {
    /// Colour at position `t` in 0..=1 on the page of `palette`; anything that is not a number is drawn as the lowest. The signed scale is ColorBrewer's
    /// PuOr, over near-white, on a light page.
    pub fn color(self, palette: &Palette, t: f32) -> Color {
        let t = if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.0 };
        let c = match (self, palette.theme) {
            (Self::Sequential, _) => colorous::CIVIDIS.eval_continuous(f64::from(t)),
            (Self::Signed, Theme::Light) => colorous::PURPLE_ORANGE.eval_continuous(f64::from(t)),
            (Self::Signed, Theme::Dark) => {
                let last = SIGNED_ON_DARK.len() - 1;
                let at = t * last as f32;
                let from = (at as usize).min(last - 1);
                return SIGNED_ON_DARK[from].mix(SIGNED_ON_DARK[from + 1], at - from as f32);
            }
        };
        Color([c.r, c.g, c.b, 255])
    }

    /// The scale as a row of `steps` pixels, lowest first.
    pub fn ramp(self, palette: &Palette, steps: usize) -> Vec<u8> {
        let last = steps.saturating_sub(1).max(1) as f32;
        (0..steps).flat_map(|i| self.color(palette, i as f32 / last).0).collect()
    }
}

/// Which scores the ends of a scale stand for.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Range {
    /// Score at the lower end.
    pub low: f32,
    /// Score at the upper end.
    pub high: f32,
    /// Whether some scores lie below `low` and are drawn as `low`.
    pub below: bool,
    /// Whether some scores lie above `high` and are drawn as `high`.
    pub above: bool,
}

/// Share of the scores that a robust range leaves out at each end, so that one extreme score does not flatten all others.
const ROBUST_SHARE: f64 = 0.005;

impl Range {
    /// The range of `scores` without their most extreme half percent at each end; symmetric around zero for signed scores.
    /// Scores that are not numbers are passed over; without any other the range is 0..1.
    pub fn robust(scores: &[f32], scale: Scale) -> Self {
        let mut sorted: Vec<f32> = scores.iter().copied().filter(|s| s.is_finite()).collect();
        sorted.sort_by(f32::total_cmp);
        let (Some(&least), Some(&most)) = (sorted.first(), sorted.last()) else {
            return Self { low: 0.0, high: 1.0, below: false, above: false };
        };
        // Rounded towards the end, so that small inputs lose nothing.
        let drop = (ROBUST_SHARE * sorted.len() as f64).floor() as usize;
        let (mut low, mut high) = (sorted[drop], sorted[sorted.len() - 1 - drop]);
        if low >= high {
            (low, high) = (least, most);
        }
        if scale == Scale::Signed {
            let reach = low.abs().max(high.abs());
            (low, high) = (-reach, reach);
        }
        if low >= high {
            let pad = if low == 0.0 { 1.0 } else { low.abs() * 0.5 };
            (low, high) = if scale == Scale::Signed { (-pad, pad) } else { (low - pad, high + pad) };
        }
        Self { low, high, below: least < low, above: most > high }
    }

    /// The smallest range that holds both.
    pub fn union(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            below: self.below || other.below,
            above: self.above || other.above,
        }
    }

    /// Position of `score` between the ends, 0..=1; not a number stays so.
    pub fn position(self, score: f32) -> f32 {
        // In f64, since the distance of the ends may overflow f32.
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        ((f64::from(score) - low) / (high - low)).clamp(0.0, 1.0) as f32
    }
}

/// A mark on the axis of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Position in 0..=1.
    pub at: f32,
    /// What is written there.
    pub label: String,
}

/// At most `most` round numbers within `range` (steps of 1, 2 or 5 times a power of ten; Heckbert 1990), with as many digits as they need.
pub fn ticks(range: Range, most: usize) -> Vec<Tick> {
    let (low, high) = (f64::from(range.low), f64::from(range.high));
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) || most < 2 {
        return Vec::new();
    }
    let mut exponent = (span / most as f64).log10().floor() as i32;
    let mut factors = [1.0, 2.0, 5.0].into_iter();
    let (step, first, last) = loop {
        let Some(factor) = factors.next() else {
            exponent += 1;
            factors = [1.0, 2.0, 5.0].into_iter();
            continue;
        };
        let step = factor * 10f64.powi(exponent);
        // A hair of tolerance, so that an end such as 0.3 in f32 still counts as reached.
        let (first, last) = ((low / step - 1e-4).ceil() as i64, (high / step + 1e-4).floor() as i64);
        if last - first < most as i64 {
            break (step, first, last);
        }
    };
    (first..=last)
        .map(|i| {
            let value = i as f64 * step;
            Tick { at: (((value - low) / span) as f32).clamp(0.0, 1.0), label: number(value, exponent) }
        })
        .collect()
}

/// `value` with digits down to the power of ten `exponent`; powers of ten for very large and very small steps.
fn number(value: f64, exponent: i32) -> String {
    let text = if !(-4..=5).contains(&exponent) {
        if value == 0.0 { "0".to_owned() } else { format!("{value:.0e}") }
    } else {
        format!("{value:.*}", (-exponent).max(0) as usize)
    };
    // A true minus sign is as wide as a digit.
    text.replace('-', "\u{2212}")
}

/// Position of each unit between the lowest and the highest score by rank, 0..=1; ties share their mean rank, so equal scores look equal.
pub fn rank_positions(scores: &[f32]) -> Vec<f32> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let key = |i: usize| if scores[i].is_nan() { f32::NEG_INFINITY } else { scores[i] };
    order.sort_by(|&a, &b| key(a).total_cmp(&key(b)));
    let mut out = vec![1.0; scores.len()];
    if scores.len() < 2 || key(order[0]) == key(order[order.len() - 1]) {
        return out;
    }
    let last = (scores.len() - 1) as f32;
    let mut start = 0;
    while start < order.len() {
        let mut end = start;
        while end + 1 < order.len() && key(order[end + 1]) == key(order[start]) {
            end += 1;
        }
        for &unit in &order[start..=end] {
            out[unit] = (start + end) as f32 / 2.0 / last;
        }
        start = end + 1;
    }
    out
}

/// Colour of a grey or colour pixel with values in 0..=1; what is not a number is black.
pub(crate) fn pixel(values: &[f32]) -> Result<Color, FigureError> {
    let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
    match *values {
        [level] => Ok(Color::grey(byte(level))),
        [r, g, b] => Ok(Color([byte(r), byte(g), byte(b), 255])),
        _ => Err(FigureError::Input {
            what: "the number of colour channels",
            expected: "1 or 3".to_owned(),
            found: values.len().to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_on_any_colour_of_a_scale_can_be_read() {
        let greys = (0..=255).map(Color::grey);
        let cells =
            (0..=100).flat_map(|at| [&LIGHT, &DARK].map(|page| Scale::Sequential.color(page, at as f32 / 100.0)));
        for fill in greys.chain(cells) {
            assert!(contrast(ink_on(fill), fill) >= 4.5, "{fill:?}");
        }
    }
}
