//! A figure as SVG text: real text, pixels as embedded PNG that stays sharp, title, description and origin inside.

use std::fmt::Write as _;

use super::{
    Anchor, Color, Element, Figure, FigureError, Path, Pixels, Raster, Rect, STRONG_STROKE, Stroke, Text, Weight,
    fonts, hatch,
};

/// Name space of the element that holds the origin of a figure.
const NAMESPACE: &str = "urn:unmask:figure:1";

/// Writes `figure` as a complete SVG document. One unit is one point.
pub fn write(figure: &Figure) -> Result<String, FigureError> {
    let mut out = String::new();
    let (width, height) = (num(figure.width), num(figure.height));
    // Both spellings of the link, since older editors know only the first.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{width}pt\" height=\"{height}pt\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n",
        escape(&figure.title),
        escape(&figure.description)
    );
    let _ = write!(out, "<metadata><unmask:figure xmlns:unmask=\"{NAMESPACE}\"");
    for (name, value) in figure.metadata.entries() {
        let _ = write!(out, " {name}=\"{}\"", escape(&value));
    }
    out.push_str("/></metadata>\n");
    let _ = writeln!(out, "<rect width=\"{width}\" height=\"{height}\"{}/>", paint("fill", figure.background));
    let _ = writeln!(
        out,
        "<g font-family=\"{}\" font-weight=\"{}\" stroke-linejoin=\"miter\" stroke-miterlimit=\"4\">",
        fonts::FAMILY,
        fonts::WEIGHT
    );
    let mut writer = Writer { out, clips: 0, title: &figure.title };
    writer.elements(&figure.elements)?;
    let mut out = writer.out;
    out.push_str("</g>\n</svg>\n");
    Ok(out)
}

struct Writer<'a> {
    out: String,
    /// Clip paths written so far; numbers their names.
    clips: usize,
    title: &'a str,
}

impl Writer<'_> {
    fn elements(&mut self, elements: &[Element]) -> Result<(), FigureError> {
        for element in elements {
            match element {
                Element::Rect { rect, fill, stroke, radius, hatch } => {
                    self.rect(*rect, *fill, *stroke, *radius);
                    if let Some(hatch) = hatch {
                        let lines = hatch::hatch_rect(*rect, hatch);
                        if let Element::Path(path) = Element::segments(&lines, hatch.stroke) {
                            self.path(&path);
                        }
                    }
                }
                Element::Path(path) => self.path(path),
                Element::Text(text) => self.text(text),
                Element::Raster(raster) => self.raster(raster)?,
                Element::Group { name, clip, elements } => {
                    let mut attribute = String::new();
                    if let Some(clip) = clip {
                        self.clips += 1;
                        let id = format!("clip{}", self.clips);
                        let _ = writeln!(self.out, "<clipPath id=\"{id}\"><rect{}/></clipPath>", place(*clip));
                        attribute = format!(" clip-path=\"url(#{id})\"");
                    }
                    let _ = writeln!(self.out, "<g class=\"{}\"{attribute}>", escape(name));
                    self.elements(elements)?;
                    self.out.push_str("</g>\n");
                }
            }
        }
        Ok(())
    }

    fn rect(&mut self, rect: Rect, fill: Option<Color>, stroke: Option<Stroke>, radius: f32) {
        let _ = write!(self.out, "<rect{}", place(rect));
        if radius > 0.0 {
            let _ = write!(self.out, " rx=\"{}\"", num(radius));
        }
        let _ = writeln!(self.out, "{}{}/>", fill_of(fill), stroke_of(stroke));
    }

    fn path(&mut self, path: &Path) {
        let mut d = String::new();
        for line in &path.lines {
            for (i, p) in line.iter().enumerate() {
                let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, num(p.x), num(p.y));
            }
            if path.closed && !line.is_empty() {
                d.push('Z');
            }
        }
        if !d.is_empty() {
            let _ = writeln!(self.out, "<path d=\"{d}\"{}{}/>", fill_of(path.fill), stroke_of(path.stroke));
        }
    }

    fn text(&mut self, text: &Text) {
        if text.text.is_empty() {
            return;
        }
        let _ = write!(
            self.out,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{}",
            num(text.at.x),
            num(text.at.y),
            num(text.size),
            paint("fill", text.color)
        );
        match text.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.out.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.out.push_str(" text-anchor=\"end\""),
        }
        if text.weight == Weight::Strong {
            let outline = Stroke { color: text.color, width: text.size * STRONG_STROKE };
            let _ = write!(self.out, "{} stroke-linejoin=\"round\"", stroke_of(Some(outline)));
        }
        let _ = writeln!(self.out, ">{}</text>", escape(&text.text));
    }

    fn raster(&mut self, raster: &Raster) -> Result<(), FigureError> {
        let png = png_of(&raster.pixels).map_err(|problem| FigureError::Writer {
            format: "embedded picture",
            title: self.title.to_owned(),
            problem,
        })?;
        let _ = writeln!(
            self.out,
            "<image{} preserveAspectRatio=\"none\" image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\" \
             aria-label=\"{}\" xlink:href=\"data:image/png;base64,{}\"/>",
            place(raster.rect),
            escape(&raster.alt),
            base64(&png)
        );
        Ok(())
    }
}

/// Pixels as PNG, without loss.
fn png_of(pixels: &Pixels) -> Result<Vec<u8>, String> {
    use image::ImageEncoder as _;
    let (Ok(width), Ok(height)) = (u32::try_from(pixels.width), u32::try_from(pixels.height)) else {
        return Err("the picture is too large".to_owned());
    };
    if pixels.rgba.len() != 4 * pixels.width * pixels.height {
        return Err(format!("{} bytes do not make {width} x {height} pixels", pixels.rgba.len()));
    }
    let mut out = Vec::new();
    image::codecs::png::PngEncoder::new(&mut out)
        .write_image(&pixels.rgba, width, height, image::ExtendedColorType::Rgba8)
        .map_err(|err| err.to_string())?;
    Ok(out)
}

/// A number with at most three decimals, which is finer than any printer.
fn num(value: f32) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn place(rect: Rect) -> String {
    format!(
        " x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        num(rect.x),
        num(rect.y),
        num(rect.width.max(0.0)),
        num(rect.height.max(0.0))
    )
}

fn paint(attribute: &str, color: Color) -> String {
    let [r, g, b, a] = color.0;
    let mut out = format!(" {attribute}=\"#{r:02x}{g:02x}{b:02x}\"");
    if a < 255 {
        let _ = write!(out, " {attribute}-opacity=\"{}\"", num(f32::from(a) / 255.0));
    }
    out
}

fn fill_of(fill: Option<Color>) -> String {
    fill.map_or_else(|| " fill=\"none\"".to_owned(), |color| paint("fill", color))
}

fn stroke_of(stroke: Option<Stroke>) -> String {
    stroke.map_or_else(String::new, |stroke| {
        format!("{} stroke-width=\"{}\"", paint("stroke", stroke.color), num(stroke.width))
    })
}

/// Text as XML: the five signs with a meaning are written as entities, what XML 1.0 forbids becomes a replacement sign.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// RFC 4648 base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let sign = SIGNS[(group >> (18 - 6 * i)) as usize & 63];
            out.push(if i <= chunk.len() { char::from(sign) } else { '=' });
        }
    }
    out
}
