//! A figure as PNG: its SVG drawn at a chosen scale, with the resolution and the figure's origin inside the file.

use resvg::tiny_skia;

use super::{Figure, FigureError, fonts, svg};

/// Most pixels on a side.
pub const MAX_SIDE: u64 = 32_767;
/// Most pixels in all: half a gibibyte while it is drawn.
pub const MAX_PIXELS: u64 = 130_000_000;

/// Size in pixels of `figure` at `scale` pixels per point, if that is allowed.
pub fn size_at(figure: &Figure, scale: f32) -> Result<(u32, u32), FigureError> {
    if !(scale > 0.0 && scale.is_finite()) {
        return Err(FigureError::Scale { scale });
    }
    let side = |points: f32| ((f64::from(points) * f64::from(scale)).round() as u64).max(1);
    let (width, height) = (side(figure.width), side(figure.height));
    if width > MAX_SIDE || height > MAX_SIDE || width.saturating_mul(height) > MAX_PIXELS {
        return Err(FigureError::TooLarge { width, height, largest: largest_scale(figure) });
    }
    Ok((width as u32, height as u32))
}

/// Largest scale, rounded down to a tenth, at which `figure` still fits.
pub fn largest_scale(figure: &Figure) -> f32 {
    let by_side = MAX_SIDE as f32 / figure.width.max(figure.height);
    let by_area = (MAX_PIXELS as f32 / (figure.width * figure.height)).sqrt();
    (by_side.min(by_area) * 10.0 - 0.01).floor().max(1.0) / 10.0
}

/// Draws `figure` at `scale` pixels per point.
pub fn render(figure: &Figure, scale: f32) -> Result<tiny_skia::Pixmap, FigureError> {
    let (width, height) = size_at(figure, scale)?;
    let tree = tree(figure, "PNG")?;
    let mut pixmap = tiny_skia::Pixmap::new(width, height).ok_or_else(|| FigureError::TooLarge {
        width: u64::from(width),
        height: u64::from(height),
        largest: largest_scale(figure),
    })?;
    // Rounding to whole pixels may leave a fraction of one uncovered.
    let [r, g, b, a] = figure.background.0;
    pixmap.fill(tiny_skia::Color::from_rgba8(r, g, b, a));
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Ok(pixmap)
}

/// Writes `figure` as PNG at `scale` pixels per point.
pub fn encode(figure: &Figure, scale: f32) -> Result<Vec<u8>, FigureError> {
    let png = render(figure, scale)?.encode_png().map_err(|err| fault(figure, "PNG", &err.to_string()))?;
    Ok(with_chunks(&png, &chunks(figure, scale)))
}

/// The figure as the SVG reader sees it; one unit is one point.
pub(super) fn tree(figure: &Figure, format: &'static str) -> Result<resvg::usvg::Tree, FigureError> {
    let options = resvg::usvg::Options {
        dpi: 72.0,
        font_family: "Ubuntu".to_owned(),
        fontdb: fonts::database(),
        image_rendering: resvg::usvg::ImageRendering::OptimizeSpeed,
        ..Default::default()
    };
    resvg::usvg::Tree::from_str(&svg::write(figure)?, &options).map_err(|err| fault(figure, format, &err.to_string()))
}

pub(super) fn fault(figure: &Figure, format: &'static str, problem: &str) -> FigureError {
    FigureError::Writer { format, title: figure.title.clone(), problem: problem.to_owned() }
}

/// Resolution and texts as PNG chunks: name and content of each.
fn chunks(figure: &Figure, scale: f32) -> Vec<([u8; 4], Vec<u8>)> {
    // Pixels per metre; a point is 1/72 inch.
    let per_metre = (f64::from(scale) * 72.0 / 0.0254).round().clamp(1.0, f64::from(i32::MAX)) as u32;
    let mut physical = Vec::new();
    physical.extend(per_metre.to_be_bytes());
    physical.extend(per_metre.to_be_bytes());
    physical.push(1);
    let mut out = vec![(*b"pHYs", physical)];
    let mut texts = vec![
        ("Title", figure.title.clone()),
        ("Description", figure.description.clone()),
        ("Software", format!("Unmask {}", figure.metadata.version).trim_end().to_owned()),
    ];
    texts.extend(figure.metadata.entries().into_iter().filter(|(name, _)| *name != "version"));
    for (keyword, text) in texts {
        // International text: keyword, not compressed, no language, no translated keyword, UTF-8 without NUL.
        let mut body = keyword.as_bytes().to_vec();
        body.extend([0, 0, 0, 0, 0]);
        body.extend(text.replace('\0', "\u{FFFD}").bytes());
        out.push((*b"iTXt", body));
    }
    out
}

/// `png` with `chunks` right after its header chunk, where they may stand.
fn with_chunks(png: &[u8], chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    // Signature (8), then the header chunk: length (4), name (4), 13 bytes, checksum (4).
    const HEADER_END: usize = 8 + 25;
    let (head, tail) = png.split_at(HEADER_END.min(png.len()));
    let mut out = head.to_vec();
    for (name, body) in chunks {
        let Ok(length) = u32::try_from(body.len()) else {
            continue;
        };
        let mut checksum = flate2::Crc::new();
        checksum.update(name);
        checksum.update(body);
        out.extend(length.to_be_bytes());
        out.extend(name);
        out.extend(body);
        out.extend(checksum.sum().to_be_bytes());
    }
    out.extend(tail);
    out
}
