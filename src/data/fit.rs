//! How a picture of any size and colour becomes the input of a model: crop, grey, invert, resize. The preview is the input itself.

use super::{Picture, Rows, Shape};

/// How a picture is brought to the model's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resize {
    /// Height and width scaled independently.
    Stretch,
    /// The whole picture, in proportion, with margins.
    Contain {
        /// Brightness of the margins after inversion; `None`: that of the picture's own border.
        pad: Option<u8>,
    },
    /// In proportion, as large as needed to fill the input; what juts out is cut off evenly.
    CenterCrop,
    /// Not scaled: pixel for pixel from the centre, cut off or with margins of the border's brightness.
    Identity,
}

/// What the background of a model's training pictures is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelBackground {
    /// Mixed or not known: nothing is inverted by itself.
    #[default]
    Unknown,
    /// Light on dark, as in MNIST.
    Dark,
    /// Dark on light.
    Light,
}

impl ModelBackground {
    /// The background of training pictures, judged by the border of their mean `[c, h, w]` in 0..=1: photographs have borders of every
    /// brightness, and their mean is neither dark nor light.
    pub fn of_mean(mean: &[f32], shape: Shape) -> Self {
        if shape.is_empty() || mean.len() != shape.len() {
            return Self::Unknown;
        }
        let (height, width) = (shape.height, shape.width);
        let is_border = |at: &usize| {
            let (y, x) = (at / width % height, at % width);
            y == 0 || x == 0 || y + 1 == height || x + 1 == width
        };
        let border: Vec<f32> = (0..mean.len()).filter(is_border).map(|at| mean[at]).collect();
        match border.iter().sum::<f32>() / border.len().max(1) as f32 {
            ..0.3 => Self::Dark,
            0.7.. => Self::Light,
            _ => Self::Unknown,
        }
    }
}

/// How a picture is fitted to a model's input. The default changes nothing in pictures that already fit.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Fit {
    /// How its size is changed.
    pub resize: Resize,
    /// Whether colour is dropped; `None`: when the model has one channel.
    pub grey: Option<bool>,
    /// Whether brightness is inverted; `None`: when a one-channel model's `background` is the opposite of the picture's border.
    pub invert: Option<bool>,
    /// The part that is used: left, top, right, bottom, each as a share of width or height.
    pub crop: Option<[f32; 4]>,
    /// What the model's training pictures look like. Leave it unknown for the data set's own items.
    pub background: ModelBackground,
}

impl Default for Fit {
    fn default() -> Self {
        Self {
            resize: Resize::Contain { pad: None },
            grey: None,
            invert: None,
            crop: None,
            background: ModelBackground::Unknown,
        }
    }
}

impl Fit {
    /// Whether [`Fit::apply`] inverts this picture.
    pub fn inverts(&self, picture: &Picture, shape: Shape) -> bool {
        self.invert.unwrap_or_else(|| {
            let is_light = || self.cropped(picture).border_brightness() >= 128;
            shape.channels == 1
                && match self.background {
                    ModelBackground::Unknown => false,
                    ModelBackground::Dark => is_light(),
                    ModelBackground::Light => !is_light(),
                }
        })
    }

    /// The picture as the model gets it: exactly `shape`, each value a byte that the model sees divided by 255.
    pub fn apply(&self, picture: &Picture, shape: Shape) -> Picture {
        if shape.is_empty() || picture.bytes.is_empty() {
            return Picture::filled(shape, 0);
        }
        let cropped = self.cropped(picture);
        let is_grey = shape.channels == 1 || self.grey == Some(true);
        let mut fitted = if is_grey { cropped.to_grey() } else { cropped.to_colour() };
        if self.inverts(picture, shape) {
            fitted.bytes.iter_mut().for_each(|value| *value = 255 - *value);
        }
        let sized = self.sized(fitted, shape);
        if shape.channels == 1 { sized } else { sized.to_colour() }
    }

    /// Adds the picture as one row to `rows`: `[c, h, w]`, byte / 255.
    pub fn push_row(&self, picture: &Picture, shape: Shape, rows: &mut Rows) {
        // Pictures that fit already are the bulk of all training data; they need no copy.
        let is_unchanged = picture.shape() == shape
            && self.crop.is_none()
            && (self.grey != Some(true) || shape.channels == 1)
            && !self.inverts(picture, shape);
        if is_unchanged {
            push_planes(picture, rows);
        } else {
            push_planes(&self.apply(picture, shape), rows);
        }
    }

    /// What is done to this picture, in words for the preview: `shrunk from 640 x 480 to 28 x 28, made grey, inverted`.
    pub fn describe(&self, picture: &Picture, shape: Shape) -> String {
        let mut done = Vec::new();
        let cropped = self.cropped(picture);
        if cropped.shape() != picture.shape() {
            done.push(format!("cropped to {} x {}", cropped.width, cropped.height));
        }
        let (from, to) = ((cropped.width, cropped.height), (shape.width, shape.height));
        if from != to {
            let verb = match self.resize {
                Resize::Identity => "centred without scaling",
                Resize::Stretch => "stretched",
                _ if from.0 * from.1 > to.0 * to.1 => "shrunk",
                _ => "enlarged",
            };
            done.push(format!("{verb} from {} x {} to {} x {}", from.0, from.1, to.0, to.1));
        }
        if picture.channels == 3 && (shape.channels == 1 || self.grey == Some(true)) {
            done.push("made grey".to_owned());
        }
        if self.inverts(picture, shape) {
            done.push("inverted".to_owned());
        }
        if done.is_empty() { "as it is".to_owned() } else { done.join(", ") }
    }

    fn cropped<'a>(&self, picture: &'a Picture) -> std::borrow::Cow<'a, Picture> {
        use std::borrow::Cow;
        let Some([left, top, right, bottom]) = self.crop else { return Cow::Borrowed(picture) };
        if picture.bytes.is_empty() {
            return Cow::Borrowed(picture);
        }
        // A NaN becomes zero. At least one pixel is left.
        let span = |from: f32, to: f32, len: usize| {
            let at = |share: f32| (share.clamp(0.0, 1.0) * len as f32).round() as usize;
            let start = at(from.min(to)).min(len - 1);
            (start, at(from.max(to)).max(start + 1) - start)
        };
        let (x, width) = span(left, right, picture.width);
        let (y, height) = span(top, bottom, picture.height);
        Cow::Owned(picture.part(y, x, height, width))
    }

    fn sized(&self, picture: Picture, shape: Shape) -> Picture {
        let (height, width) = (shape.height, shape.width);
        if (picture.height, picture.width) == (height, width) {
            return picture;
        }
        match self.resize {
            Resize::Stretch => picture.scaled(height, width),
            Resize::Contain { pad } => {
                let pad = pad.unwrap_or_else(|| picture.border_brightness());
                let is_wider = picture.width * height > width * picture.height;
                let (inner_height, inner_width) = if is_wider {
                    (in_proportion(width, picture.height, picture.width).min(height), width)
                } else {
                    (height, in_proportion(height, picture.width, picture.height).min(width))
                };
                centred(&picture.scaled(inner_height, inner_width), height, width, pad)
            }
            Resize::CenterCrop => {
                let is_wider = picture.width * height > width * picture.height;
                let (part_height, part_width) = if is_wider {
                    (picture.height, in_proportion(picture.height, width, height).min(picture.width))
                } else {
                    (in_proportion(picture.width, height, width).min(picture.height), picture.width)
                };
                let (y, x) = ((picture.height - part_height) / 2, (picture.width - part_width) / 2);
                picture.part(y, x, part_height, part_width).scaled(height, width)
            }
            Resize::Identity => {
                let pad = picture.border_brightness();
                let (part_height, part_width) = (picture.height.min(height), picture.width.min(width));
                let (y, x) = ((picture.height - part_height) / 2, (picture.width - part_width) / 2);
                centred(&picture.part(y, x, part_height, part_width), height, width, pad)
            }
        }
    }
}

/// `len * numerator / denominator`, rounded, at least one.
fn in_proportion(len: usize, numerator: usize, denominator: usize) -> usize {
    ((len * numerator + denominator / 2) / denominator).max(1)
}

/// `picture` in the middle of a larger one.
fn centred(picture: &Picture, height: usize, width: usize, pad: u8) -> Picture {
    let mut out = Picture::filled(Shape::new(picture.channels, height, width), pad);
    let (top, left) = ((height - picture.height) / 2, (width - picture.width) / 2);
    let line = picture.width * picture.channels;
    for (y, row) in picture.bytes.chunks_exact(line).enumerate() {
        let start = ((top + y) * width + left) * picture.channels;
        out.bytes[start..start + line].copy_from_slice(row);
    }
    out
}

fn push_planes(picture: &Picture, rows: &mut Rows) {
    let channels = picture.channels;
    for channel in 0..channels {
        let plane = picture.bytes.iter().skip(channel).step_by(channels);
        rows.values.extend(plane.map(|&value| f32::from(value) / 255.0));
    }
}
