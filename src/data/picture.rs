//! One decoded picture, and decoding PNG, JPEG, WebP, BMP, TIFF and GIF with limits, upright and without transparency.

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

use super::{DataError, Shape};

/// Most pixels on one side of a picture that is decoded.
pub const MAX_SIDE: u32 = 16_384;
/// Most bytes that one picture may take while it is decoded.
pub const MAX_PICTURE_BYTES: u64 = 512 << 20;
/// Most bytes of one picture file.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// File name endings of the formats that [`Picture::decode`] reads.
pub const ENDINGS: &[&str] = &["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif"];

/// A picture of 8-bit values: row by row, channels interleaved, upright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// 1 (grey) or 3 (red, green, blue).
    pub channels: usize,
    /// `height * width * channels` values.
    pub bytes: Vec<u8>,
}

/// A decoded picture and what a reader should know about the decoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The picture.
    pub picture: Picture,
    /// A sentence for each thing that was changed on the way: turned, made opaque, reduced to 8 bits.
    pub remarks: Vec<String>,
}

/// Whether a file of this name is read as a picture.
pub fn has_picture_ending(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

impl Picture {
    /// Reads and decodes a picture file.
    pub fn open(path: &Path) -> Result<Decoded, DataError> {
        let io = |source| DataError::Io { path: path.to_path_buf(), source };
        let len = std::fs::metadata(path).map_err(io)?.len();
        let name = path.display().to_string();
        if len > MAX_FILE_BYTES {
            return Err(unreadable(&name, format!("{} MB", len >> 20)));
        }
        Self::decode(&std::fs::read(path).map_err(io)?, &name)
    }

    /// Decodes the bytes of a picture file. `name` is for messages.
    ///
    /// The EXIF turn is applied, transparency is laid on white, 16-bit values become 8-bit ones; of an animation the first frame is taken.
    pub fn decode(bytes: &[u8], name: &str) -> Result<Decoded, DataError> {
        let mut decoder = decoder(bytes, name)?;
        // A turn that cannot be read is no reason to refuse the picture.
        let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
        let wide = decoder.color_type().bytes_per_pixel() / decoder.color_type().channel_count() > 1;
        let mut decoded = DynamicImage::from_decoder(decoder).map_err(|err| unreadable(name, err.to_string()))?;
        let mut remarks = Vec::new();
        if orientation != image::metadata::Orientation::NoTransforms {
            decoded.apply_orientation(orientation);
            remarks.push("Turned upright as its camera noted".to_owned());
        }
        if wide {
            remarks.push("Reduced to 8 bits per value".to_owned());
        }
        let (width, height) = (decoded.width() as usize, decoded.height() as usize);
        let is_colour = decoded.color().has_color();
        let (channels, bytes, has_holes) = match (is_colour, decoded.color().has_alpha()) {
            (false, false) => (1, decoded.into_luma8().into_raw(), false),
            (true, false) => (3, decoded.into_rgb8().into_raw(), false),
            (false, true) => with_alpha_on_white::<2>(&decoded.into_luma_alpha8().into_raw()),
            (true, true) => with_alpha_on_white::<4>(&decoded.into_rgba8().into_raw()),
        };
        if has_holes {
            remarks.push("Transparent parts laid on white".to_owned());
        }
        Ok(Decoded { picture: Self { width, height, channels, bytes }, remarks })
    }

    /// Shape of an encoded picture, upright, from its header alone.
    pub fn probe(bytes: &[u8], name: &str) -> Result<Shape, DataError> {
        use image::metadata::Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
        let mut decoder = decoder(bytes, name)?;
        let channels = if decoder.color_type().has_color() { 3 } else { 1 };
        let (width, height) = decoder.dimensions();
        let (width, height) = match decoder.orientation() {
            Ok(Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH) => (height, width),
            _ => (width, height),
        };
        Ok(Shape::new(channels, height as usize, width as usize))
    }

    /// A picture of one value everywhere.
    pub fn filled(shape: Shape, value: u8) -> Self {
        Self { width: shape.width, height: shape.height, channels: shape.channels, bytes: vec![value; shape.len()] }
    }

    /// The picture that a model row (`[c, h, w]`, 0..=1) shows; values outside are cut off.
    ///
    /// Undoes [`super::Fit::push_row`] exactly for values that came from bytes.
    pub fn from_row(row: &[f32], shape: Shape) -> Self {
        let plane = shape.height * shape.width;
        let mut bytes = Vec::with_capacity(shape.len());
        for at in 0..plane {
            for channel in 0..shape.channels {
                let value = row.get(channel * plane + at).copied().unwrap_or(0.0);
                bytes.push((value.clamp(0.0, 1.0) * 255.0).round() as u8);
            }
        }
        Self { width: shape.width, height: shape.height, channels: shape.channels, bytes }
    }

    /// Its shape.
    pub const fn shape(&self) -> Shape {
        Shape::new(self.channels, self.height, self.width)
    }

    /// Channels of pixel (`y`, `x`).
    pub fn pixel(&self, y: usize, x: usize) -> &[u8] {
        let start = (y * self.width + x) * self.channels;
        &self.bytes[start..start + self.channels]
    }

    /// Brightness of pixel (`y`, `x`).
    pub fn brightness(&self, y: usize, x: usize) -> u8 {
        luma(self.pixel(y, x))
    }

    /// The same picture in grey (ITU-R BT.601 weights).
    pub fn to_grey(&self) -> Self {
        let bytes = match self.channels {
            1 => self.bytes.clone(),
            channels => self.bytes.chunks_exact(channels).map(luma).collect(),
        };
        Self { width: self.width, height: self.height, channels: 1, bytes }
    }

    /// The same picture with three channels.
    pub fn to_colour(&self) -> Self {
        let bytes = match self.channels {
            1 => self.bytes.iter().flat_map(|&value| [value; 3]).collect(),
            _ => self.bytes.clone(),
        };
        Self { width: self.width, height: self.height, channels: 3, bytes }
    }

    /// The part with its upper left corner at (`y`, `x`).
    pub fn part(&self, y: usize, x: usize, height: usize, width: usize) -> Self {
        let mut bytes = Vec::with_capacity(height * width * self.channels);
        for row in y..y + height {
            let start = (row * self.width + x) * self.channels;
            bytes.extend_from_slice(&self.bytes[start..start + width * self.channels]);
        }
        Self { width, height, channels: self.channels, bytes }
    }

    /// The picture scaled to `height` x `width`: each new pixel is a weighted mean of all that fall on it, so fine lines do not vanish.
    pub fn scaled(&self, height: usize, width: usize) -> Self {
        if (height, width) == (self.height, self.width) {
            return self.clone();
        }
        let bytes = match self.channels {
            1 => scale::<image::Luma<u8>>(self, height, width),
            _ => scale::<image::Rgb<u8>>(self, height, width),
        };
        Self { width, height, channels: self.channels, bytes }
    }

    /// A small copy, at most `max_side` pixels on its longer side; smaller pictures stay as they are.
    pub fn thumbnail(&self, max_side: usize) -> Self {
        let longest = self.width.max(self.height);
        if longest <= max_side || max_side == 0 {
            return self.clone();
        }
        let side = |len: usize| ((len * max_side + longest / 2) / longest).max(1);
        self.scaled(side(self.height), side(self.width))
    }

    /// The picture as the bytes of a PNG file.
    pub fn to_png(&self) -> Vec<u8> {
        let mut png = Cursor::new(Vec::new());
        let colour = if self.channels == 1 { image::ExtendedColorType::L8 } else { image::ExtendedColorType::Rgb8 };
        let (width, height) = (self.width as u32, self.height as u32);
        image::write_buffer_with_format(&mut png, &self.bytes, width, height, colour, image::ImageFormat::Png)
            .expect("a picture whose bytes fit its size is always encoded");
        png.into_inner()
    }

    /// Median brightness of the outermost pixels: the background of most drawings.
    pub fn border_brightness(&self) -> u8 {
        let (bottom, right) = (self.height.saturating_sub(1), self.width.saturating_sub(1));
        let mut values = Vec::with_capacity(2 * (self.width + self.height));
        if !self.bytes.is_empty() {
            (0..self.width).for_each(|x| values.extend([self.brightness(0, x), self.brightness(bottom, x)]));
            (0..self.height).for_each(|y| values.extend([self.brightness(y, 0), self.brightness(y, right)]));
        }
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    }
}

/// ITU-R BT.601 brightness, rounded.
fn luma(pixel: &[u8]) -> u8 {
    match pixel {
        [red, green, blue] => {
            ((299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue) + 500) / 1000) as u8
        }
        [value, ..] => *value,
        [] => 0,
    }
}

/// `N` channels of which the last is alpha, composed on white; also whether anything was transparent at all.
fn with_alpha_on_white<const N: usize>(bytes: &[u8]) -> (usize, Vec<u8>, bool) {
    let mut out = Vec::with_capacity(bytes.len() / N * (N - 1));
    let mut has_holes = false;
    for pixel in bytes.chunks_exact(N) {
        let alpha = u32::from(pixel[N - 1]);
        has_holes |= alpha < 255;
        out.extend(
            pixel[..N - 1].iter().map(|&value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8),
        );
    }
    (N - 1, out, has_holes)
}

fn scale<P>(picture: &Picture, height: usize, width: usize) -> Vec<u8>
where
    P: image::Pixel<Subpixel = u8> + 'static,
{
    let (from_width, from_height) = (picture.width as u32, picture.height as u32);
    let Some(view) = image::ImageBuffer::<P, &[u8]>::from_raw(from_width, from_height, &picture.bytes) else {
        debug_assert!(false, "picture bytes do not fit its size");
        return vec![0; height * width * picture.channels];
    };
    image::imageops::resize(&view, width as u32, height as u32, image::imageops::FilterType::Triangle).into_raw()
}

/// A decoder whose header has passed the limits; nothing of the size of the picture is allocated yet.
fn decoder<'a>(bytes: &'a [u8], name: &str) -> Result<impl ImageDecoder + 'a, DataError> {
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|err| unreadable(name, err.to_string()))?;
    if reader.format().is_none() {
        let found = if bytes.is_empty() { "an empty file" } else { "something else" };
        return Err(unreadable(name, found.to_owned()));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_PICTURE_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|err| unreadable(name, err.to_string()))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE || decoder.total_bytes() > MAX_PICTURE_BYTES {
        return Err(unreadable(name, format!("{width} x {height} pixels")));
    }
    Ok(decoder)
}

fn unreadable(name: &str, found: String) -> DataError {
    DataError::Unfit {
        path: name.to_owned(),
        expected: format!(
            "a PNG, JPEG, WebP, BMP, TIFF or GIF picture of at most {MAX_SIDE} pixels a side and 512 MB decoded"
        ),
        found,
        advice: "save it again in one of these formats, or smaller".to_owned(),
    }
}
