//! Scores behind curves: the colour of each step, and which of them are selected.

use super::{ExplainedSeries, runs, selected_values};
use crate::figure::color::{Range as ScoreRange, Scale};
use crate::figure::layout::ExplainedPicture;
use crate::figure::{Color, Palette};

/// The score behind each own step of a plot of these channels: where they have different ones, the highest; of scores for and against that which says
/// most. Not a number where there is none, as of padding.
pub fn scores_behind(picture: &ExplainedPicture, series: &ExplainedSeries, channels: &[usize]) -> Vec<f32> {
    let mut out = vec![f32::NAN; series.own_steps()];
    let is_more = |score: f32, known: f32| match picture.scale() {
        Scale::Sequential => score > known,
        Scale::Signed => score.abs() > known.abs(),
    };
    for &channel in channels {
        for (known, unit) in out.iter_mut().zip(series.channel(&series.unit_of, channel)) {
            let score = picture.scores.get(*unit as usize).copied().unwrap_or(f32::NAN);
            if score.is_finite() && (known.is_nan() || is_more(score, *known)) {
                *known = score;
            }
        }
    }
    out
}

/// Stretches of steps of a plot of these channels with one colour of their score: first step, end, colour.
pub fn heat_runs(
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    channels: &[usize],
    range: ScoreRange,
) -> Vec<(usize, usize, Color)> {
    let (palette, scale) = (Palette::of(picture.theme), picture.scale());
    // Equal scores have one colour: units of many steps ask for it once.
    let of_score = runs(&scores_behind(picture, series, channels));
    let colors = of_score.into_iter().filter(|run| run.2.is_finite());
    colors.map(|(start, end, score)| (start, end, scale.color(palette, range.position(score)))).collect()
}

/// Stretches of steps with a selected value in any of these channels: first step, end.
pub fn selected_runs(picture: &ExplainedPicture, series: &ExplainedSeries, channels: &[usize]) -> Vec<(usize, usize)> {
    let selected = selected_values(picture, series);
    let mut any = vec![false; series.own_steps()];
    for &channel in channels {
        for (known, selected) in any.iter_mut().zip(series.channel(&selected, channel)) {
            *known |= *selected;
        }
    }
    runs(&any).into_iter().filter(|run| run.2).map(|(start, end, _)| (start, end)).collect()
}
