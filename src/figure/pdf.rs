//! A figure as a one-page PDF of its own size: vectors, selectable text with the fonts inside, sharp pixels. The same bytes each time.

use krilla::geom::Size;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla_svg::{SurfaceExt as _, SvgSettings};

use super::{Figure, FigureError, png};

/// Writes `figure` as PDF.
pub fn encode(figure: &Figure) -> Result<Vec<u8>, FigureError> {
    let tree = png::tree(figure, "PDF")?;
    let size = Size::from_wh(figure.width, figure.height)
        .ok_or(FigureError::Size { name: "width or height", points: figure.width.min(figure.height) })?;
    let mut document = krilla::Document::new();
    let mut page = document.start_page_with(PageSettings::new(size));
    let mut surface = page.surface();
    surface
        .draw_svg(&tree, size, SvgSettings::default())
        .ok_or_else(|| png::fault(figure, "PDF", "a part of the drawing was refused"))?;
    surface.finish();
    page.finish();

    let keywords = figure.metadata.entries().into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    // No date: the same figure gives the same file.
    document.set_metadata(
        Metadata::new()
            .title(figure.title.clone())
            .description(figure.description.clone())
            .keywords(keywords)
            .creator(format!("Unmask {}", figure.metadata.version).trim_end().to_owned())
            .language("en".to_owned()),
    );
    document.finish().map_err(|err| png::fault(figure, "PDF", &format!("{err:?}")))
}
