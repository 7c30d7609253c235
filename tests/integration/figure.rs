//! Figures: fonts, layouts and the three formats; colours and texts beside this.

mod boxes;
mod color;
mod look;
mod marks;
mod page;
mod series;
mod series_scales;
mod text;

use unmask::figure::color::Scale;
use unmask::figure::hatch::{Mask, hatch_mask, hatch_rect, outline};
use unmask::figure::layout::{
    ClassProbability, CompareLayout, ExplainedPicture, Hidden, Panel, PictureLayout, Prediction, SheetLayout, View,
    compare, overlay_marks, overlay_rgba, picture, sheet,
};
use unmask::figure::{
    Anchor, Annotation, Color, Element, Figure, FigureError, Format, Hatch, Lean, Palette, Text, Theme, Weight,
    annotate, encode, fonts, png, point, rect, stroke, svg,
};

/// A drawn 28 x 28 ring with four by four patches as units; four patches are selected.
fn ring(view: View, hidden: Hidden) -> ExplainedPicture {
    let (width, height) = (28, 28);
    let pixels: Vec<f32> = (0..width * height)
        .map(|i| {
            let (x, y) = ((i % width) as f32 - 13.5, (i / width) as f32 - 13.5);
            // Different at every pixel, so that a value tells where it came from.
            (1.0 - ((x * x + y * y).sqrt() - 8.0).abs() / 3.0).clamp(0.0, 0.7) + 0.3 * i as f32 / 784.0
        })
        .collect();
    let unit_of = (0..width * height).map(|i| ((i / width / 4) * 7 + i % width / 4) as u32).collect();
    let scores: Vec<f32> = (0..49).map(|unit| ((unit * 37) % 49) as f32 / 49.0 - 0.3).collect();
    let selected = (0..49).map(|unit| [9, 10, 24, 37].contains(&unit)).collect();
    ExplainedPicture {
        width,
        height,
        channels: 1,
        fill_pixels: vec![0.0; pixels.len()],
        pixels,
        unit_of,
        scores,
        selected,
        fill: "zero".to_owned(),
        view,
        hidden,
        caption: vec!["A ring & its <parts>".to_owned()],
        method: "MEED".to_owned(),
        unit_noun: "patches".to_owned(),
        source: "drawn shapes, item 3".to_owned(),
        seed: Some(7),
        prediction: Some(Prediction {
            classes: vec![
                ClassProbability { class: "ring".to_owned(), full: 0.97, selected: Some(0.91), unselected: Some(0.2) },
                ClassProbability { class: "disc".to_owned(), full: 0.03, selected: Some(0.09), unselected: Some(0.8) },
            ],
            selected_stays: Some(true),
            unselected_stays: Some(false),
            asked: None,
        }),
        ..Default::default()
    }
}

fn drawn(view: View, hidden: Hidden) -> Figure {
    picture(&ring(view, hidden), &PictureLayout::default()).expect("the ring fits together")
}

fn blank(width: f32, height: f32, elements: Vec<Element>) -> Figure {
    Figure {
        width,
        height,
        background: Color::grey(255),
        title: "blank".to_owned(),
        description: String::new(),
        metadata: Default::default(),
        elements,
    }
}

fn decode(png: &[u8]) -> image::RgbaImage {
    image::load_from_memory_with_format(png, image::ImageFormat::Png).expect("a valid PNG").to_rgba8()
}

/// The first raster of a figure: where it lies.
fn first_image(figure: &Figure) -> unmask::figure::Raster {
    figure
        .elements
        .iter()
        .find_map(|element| match element {
            Element::Raster(raster) => Some(raster.clone()),
            _ => None,
        })
        .expect("a figure with an image")
}

#[test]
fn svg_is_well_formed_and_says_what_is_shown() {
    for view in [View::Overlay, View::Selected, View::Unselected, View::Side, View::Heat] {
        for hidden in [Hidden::AsModelSees, Hidden::Hatched] {
            let figure = drawn(view, hidden);
            let text = svg::write(&figure).unwrap();
            let document = resvg::usvg::roxmltree::Document::parse(&text).unwrap();
            let said = |tag: &str| {
                let node = document.descendants().find(|node| node.has_tag_name(tag));
                node.and_then(|node| node.text()).unwrap_or_default().to_owned()
            };
            assert_eq!(said("title"), figure.title);
            assert!(said("desc").contains("MEED"), "{}", said("desc"));
            let texts: Vec<String> = document
                .descendants()
                .filter(|node| node.has_tag_name("text"))
                .map(|node| node.text().unwrap_or_default().to_owned())
                .collect();
            let all = texts.join(" ").replace('\u{A0}', " ");
            for expected in ["MEED", "4 of 49 patches", "A ring & its <parts>", "fill zero", "seed 7", "class"] {
                assert!(all.contains(expected), "{view:?} {hidden:?}: {expected} is missing in {all}");
            }
            let origin = document.descendants().find(|node| node.tag_name().name() == "figure").unwrap();
            assert_eq!(origin.attribute("k"), Some("4 of 49 patches"));
            assert_eq!(origin.attribute("seed"), Some("7"));
            assert_eq!(origin.attribute("source"), Some("drawn shapes, item 3"));
            assert_eq!(figure.missing_glyphs(), Vec::<char>::new());
        }
    }
}

#[test]
fn text_that_xml_forbids_does_not_break_the_svg() {
    let mut shown = ring(View::Overlay, Hidden::AsModelSees);
    shown.caption = vec!["\u{0}\u{1}]]> \"quoted\" 'single' & <tag> \u{FFFE}".to_owned()];
    shown.method = "<svg onload=\"x\">".to_owned();
    let figure = picture(&shown, &PictureLayout::default()).unwrap();
    resvg::usvg::roxmltree::Document::parse(&svg::write(&figure).unwrap()).unwrap();
}

#[test]
fn every_text_stays_on_the_page() {
    let mut shown = ring(View::Overlay, Hidden::Hatched);
    shown.caption = vec!["Averyveryveryverylongwordthatfitsonnolineofthisnarrowfigureatallandmustbebroken".to_owned()];
    shown.method = "A method whose name is much longer than any picture could ever be wide".to_owned();
    if let Some(prediction) = &mut shown.prediction {
        prediction.classes[0].class =
            "a class with an uncommonly long name, as ImageNet has them, and then some".to_owned();
    }
    let figures = [
        picture(&shown, &PictureLayout::default()).unwrap(),
        compare(&vec![shown.clone(); 4], &CompareLayout { with_input: true, ..Default::default() }).unwrap(),
        sheet(&vec![shown; 5], &SheetLayout { columns: 3, ..Default::default() }).unwrap(),
    ];
    for figure in figures {
        for text in figure.texts() {
            let width = fonts::width(&text.text, text.size);
            let left = match text.anchor {
                Anchor::Start => text.at.x,
                Anchor::Middle => text.at.x - width / 2.0,
                Anchor::End => text.at.x - width,
            };
            assert!(left >= 0.0 && left + width <= figure.width, "{} leaves {}", text.text, figure.width);
            assert!(text.at.y >= text.size * 0.7 && text.at.y <= figure.height - 2.0, "{}", text.text);
        }
    }
}

#[test]
fn png_has_the_size_that_was_asked_for() {
    for scale in [1.0, 2.5, 4.0] {
        let figure = drawn(View::Side, Hidden::Hatched);
        let pixels = decode(&encode(&figure, Format::Png, scale).unwrap());
        let expected = (figure.width * scale, figure.height * scale);
        assert_eq!((pixels.width(), pixels.height()), (expected.0.round() as u32, expected.1.round() as u32));
    }
}

#[test]
fn png_carries_resolution_and_origin_with_valid_checksums() {
    let png = encode(&drawn(View::Heat, Hidden::AsModelSees), Format::Png, 4.0).unwrap();
    let (mut at, mut names, mut texts) = (8, Vec::new(), Vec::new());
    while at < png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        let (name, body) = (&png[at + 4..at + 8], &png[at + 8..at + 8 + length]);
        let mut checksum = flate2::Crc::new();
        checksum.update(&png[at + 4..at + 8 + length]);
        assert_eq!(png[at + 8 + length..at + 12 + length], checksum.sum().to_be_bytes());
        if name == b"pHYs" {
            // 288 dots per inch are 11,339 per metre.
            assert_eq!(u32::from_be_bytes(body[..4].try_into().unwrap()), 11_339);
        }
        if name == b"iTXt" {
            texts.push(String::from_utf8(body.to_vec()).unwrap());
        }
        names.push(name.to_vec());
        at += 12 + length;
    }
    assert_eq!(names.first().unwrap(), b"IHDR");
    assert_eq!(names.last().unwrap(), b"IEND");
    for (keyword, value) in [("method", "MEED"), ("k", "4 of 49 patches"), ("seed", "7")] {
        let expected = format!("{keyword}{}{value}", "\0".repeat(5));
        assert!(texts.contains(&expected), "{expected:?} is missing in {texts:?}");
    }
}

#[test]
fn overlay_tints_selected_pixels_and_leaves_others() {
    let shown = ring(View::Overlay, Hidden::AsModelSees);
    let figure = drawn(View::Overlay, Hidden::AsModelSees);
    let image = first_image(&figure);
    let cell = image.rect.width / 28.0;
    assert_eq!(cell, cell.trunc(), "a pixel measures whole points");
    let scale = 3.0;
    let png = decode(&encode(&figure, Format::Png, scale).unwrap());
    let at = |x: usize, y: usize| {
        let (px, py) = (image.rect.x + (x as f32 + 0.5) * cell, image.rect.y + (y as f32 + 0.5) * cell);
        png.get_pixel((px * scale) as u32, (py * scale) as u32).0
    };
    // Unit 24 is in the middle (rows and columns 12..16); unit 0 in the corner is not selected.
    let value = |x: usize, y: usize| (shown.pixels[y * 28 + x] * 255.0).round() as u8;
    let grey = |v: u8| [v, v, v, 255];
    assert_eq!(at(1, 1), grey(value(1, 1)));
    assert_eq!(at(18, 2), grey(value(18, 2)));
    let [r, g, b, _] = at(14, 14);
    assert!(r > g && g > b, "the tint is orange: {r} {g} {b}");
    // Ranks of the four selected scores 0.37, 0.25, ... decide the strength: recomputed by hand from (unit * 37) % 49.
    // Unit 9: 39, unit 10: 27, unit 24: 6, unit 37: 46. So unit 24 is lowest (0.45), unit 37 highest (0.85).
    let mix = |v: u8, t: f32| {
        let accent = Palette::of(Theme::Light).selected.0;
        [0, 1, 2].map(|c| (f32::from(v) + (f32::from(accent[c]) - f32::from(v)) * t).round() as u8)
    };
    assert_eq!(at(14, 14)[..3], mix(value(14, 14), 0.45));
    let (x, y) = ((37 % 7) * 4 + 1, (37 / 7) * 4 + 1);
    assert_eq!(at(x, y)[..3], mix(value(x, y), 0.85));
}

#[test]
fn selected_and_unselected_partition_the_input() {
    for hidden in [Hidden::Hatched, Hidden::AsModelSees] {
        let mut shown = ring(View::Side, hidden);
        // A fill that no input value has.
        shown.channels = 3;
        shown.pixels = shown.pixels.iter().enumerate().flat_map(|(i, v)| [*v, 0.2, (i % 200) as f32 / 255.0]).collect();
        shown.fill_pixels = vec![0.9; 3 * 784];
        let [input, selected, unselected] =
            [Panel::Input, Panel::Selected, Panel::Unselected].map(|panel| overlay_rgba(&shown, panel, None).unwrap());
        let mut n_selected = 0;
        for (x, y) in (0..28).flat_map(|y| (0..28).map(move |x| (x, y))) {
            let in_s = selected.at(x, y) == input.at(x, y);
            let in_u = unselected.at(x, y) == input.at(x, y);
            assert!(in_s != in_u, "pixel {x}, {y} is in both or in none");
            n_selected += usize::from(in_s);
        }
        assert_eq!(n_selected, 4 * 16);
    }
}

#[test]
fn heat_runs_from_the_lowest_to_the_highest_colour() {
    let mut shown = ring(View::Heat, Hidden::AsModelSees);
    let pixels = overlay_rgba(&shown, Panel::Heat, None).unwrap();
    // Score of unit u grows with (u * 37) % 49: unit 0 is lowest, unit 4 (148 % 49 = 1) next, unit 45 (1665 % 49 = 48) highest.
    let palette = Palette::of(shown.theme);
    assert_eq!(pixels.at(0, 0), Scale::Sequential.color(palette, 0.0));
    assert_eq!(pixels.at((45 % 7) * 4, (45 / 7) * 4), Scale::Sequential.color(palette, 1.0));
    shown.signed = true;
    shown.scores = vec![0.0; 49];
    shown.scores[0] = -2.0;
    shown.scores[1] = 1.0;
    for theme in [Theme::Light, Theme::Dark] {
        shown.theme = theme;
        let (pixels, palette) = (overlay_rgba(&shown, Panel::Heat, None).unwrap(), Palette::of(theme));
        assert_eq!(pixels.at(0, 0), Scale::Signed.color(palette, 0.0));
        assert_eq!(pixels.at(4, 0), Scale::Signed.color(palette, 0.75));
        assert_eq!(pixels.at(8, 0), Scale::Signed.color(palette, 0.5));
    }
}

#[test]
fn pixels_are_sharp_blocks_at_every_scale() {
    let figure = drawn(View::Heat, Hidden::AsModelSees);
    let image = first_image(&figure);
    // Without the outlines, only the pixels.
    let bare = blank(
        28.0,
        28.0,
        vec![Element::Raster(unmask::figure::Raster { rect: rect(0.0, 0.0, 28.0, 28.0), ..image.clone() })],
    );
    for scale in [1.0, 4.0] {
        let png = decode(&encode(&bare, Format::Png, scale).unwrap());
        assert_eq!(png.width(), (28.0 * scale) as u32);
        for (x, y, pixel) in png.enumerate_pixels() {
            let cell = ((x as f32 / scale) as usize, (y as f32 / scale) as usize);
            assert_eq!(pixel.0, image.pixels.at(cell.0, cell.1).0, "at {x}, {y}");
        }
    }
}

#[test]
fn pdf_is_one_page_of_the_figures_size_and_the_same_bytes_again() {
    let figure = drawn(View::Side, Hidden::Hatched);
    let pdf = encode(&figure, Format::Pdf, 1.0).unwrap();
    assert!(pdf.starts_with(b"%PDF"));
    let text = String::from_utf8_lossy(&pdf);
    let page = format!("/MediaBox[0 0 {} {}]", figure.width, figure.height);
    assert!(text.contains(&page), "{page} is missing");
    assert!(text.contains("/FontFile"), "text is embedded as text");
    assert!(!text.contains("/Interpolate true"), "pixels stay sharp");
    assert_eq!(pdf, encode(&figure, Format::Pdf, 1.0).unwrap());
}

#[test]
fn annotations_are_vectors_and_come_last() {
    let mut figure = drawn(View::Overlay, Hidden::AsModelSees);
    let annotations = vec![
        Annotation::Arrow { from: point(20.0, 150.0), to: point(90.0, 90.0), color: None },
        Annotation::Box { rect: rect(60.0, 60.0, 40.0, 30.0), color: Some(Color::hex(0x0055AA)) },
        Annotation::Text { at: point(30.0, 160.0), text: "here\nand there".to_owned(), size: 8.0, color: None },
        Annotation::Letter { at: point(2.0, 10.0), letter: "a".to_owned() },
    ];
    let json = serde_json::to_string(&annotations).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Annotation>>(&json).unwrap(), annotations);
    figure.annotate(&annotations, Palette::of(Theme::Light));
    let Some(Element::Group { name, elements, .. }) = figure.elements.last() else {
        panic!("the last element is not the group of annotations");
    };
    assert_eq!(*name, annotate::GROUP);
    assert!(elements.iter().all(|element| !matches!(element, Element::Raster(_))));
    let text = svg::write(&figure).unwrap();
    let start = text.find("class=\"annotations\"").unwrap();
    assert!(!text[start..].contains("<image"));
    for said in ["here", "and there", "(a)"] {
        assert!(text[start..].contains(&format!(">{said}</text>")), "{said}");
    }
}

#[test]
fn measured_text_agrees_with_rendered_text() {
    for (text, size) in [
        ("Selected only: “3” (0.95), same class", 7.5),
        ("MEED · 25 of 784 pixels · fill zero", 40.0),
        ("To Avail: Wave, Type, Yacht", 20.0),
        ("−0.5 0.25 1234567890", 12.0),
    ] {
        let measured = fonts::width(text, size);
        let line = Text {
            at: point(10.0, 60.0),
            text: text.to_owned(),
            size,
            color: Color::grey(0),
            anchor: Anchor::Start,
            weight: Weight::Regular,
        };
        let figure = blank((measured * 1.3).ceil() + 20.0, 80.0, vec![Element::Text(line)]);
        let pixmap = png::render(&figure, 2.0).unwrap();
        let columns: Vec<u32> = (0..pixmap.width())
            .filter(|x| (0..pixmap.height()).any(|y| pixmap.pixel(*x, y).unwrap().red() < 128))
            .collect();
        // Side bearings of the first and last letter are white: at most a tenth of the size each.
        let rendered = (columns.last().unwrap() - columns[0] + 1) as f32 / 2.0;
        assert!((rendered - measured).abs() <= 0.05 * measured + 0.1 * size, "{text}: {rendered} against {measured}");
        let tree = resvg::usvg::Tree::from_str(&svg::write(&figure).unwrap(), &svg_options()).unwrap();
        let width = texts_of(tree.root())[0];
        assert!((width - measured).abs() <= 0.05 * measured, "{text}: {width} against {measured}");
    }
}

fn svg_options() -> resvg::usvg::Options<'static> {
    resvg::usvg::Options { dpi: 72.0, fontdb: fonts::database(), ..Default::default() }
}

/// Advance widths of all texts under `group`, as the SVG reader shapes them.
fn texts_of(group: &resvg::usvg::Group) -> Vec<f32> {
    group
        .children()
        .iter()
        .flat_map(|node| match node {
            resvg::usvg::Node::Group(group) => texts_of(group),
            resvg::usvg::Node::Text(text) => vec![text.bounding_box().width()],
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn wrapped_lines_fit_and_lose_nothing() {
    let text =
        "Only the pixels that the explainer selects, everything else hidden; Donaudampfschifffahrtsgesellschaft too.";
    for width in [30.0, 60.0, 200.0] {
        let lines = fonts::wrap(text, 8.0, width);
        assert!(lines.iter().all(|line| fonts::width(line, 8.0) <= width), "{lines:?}");
        let bare = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(bare(&lines.concat()), bare(text));
    }
    let cut = fonts::shorten(text, 8.0, 60.0);
    assert!(cut.ends_with('…') && fonts::width(&cut, 8.0) <= 60.0, "{cut}");
    assert_eq!(fonts::shorten("short", 8.0, 60.0), "short");
}

#[test]
fn missing_glyphs_are_reported() {
    let mut shown = ring(View::Overlay, Hidden::AsModelSees);
    shown.caption = vec!["数 and ✓".to_owned()];
    let figure = picture(&shown, &PictureLayout::default()).unwrap();
    assert_eq!(figure.missing_glyphs(), vec!['✓', '数']);
    assert!(figure.remarks()[0].contains("✓ (U+2713), 数 (U+6570)"), "{:?}", figure.remarks());
}

#[test]
fn texts_of_users_are_drawn_in_signs_that_the_fonts_have() {
    for (written, drawn) in [
        ("plain", "plain"),
        ("cafe\u{301} nai\u{308}ve", "café naïve"),
        ("first\u{2011}rate", "first-rate"),
        ("❤\u{fe0f} ★★☆ 😀👍", "❤ ★★☆ 😀👍"),
        ("x \u{1fae8}", "x [U+1FAE8]"),
        // A tone of skin and the signs of a flag belong to what stands before them; alone they are signs that are lacking.
        ("👍\u{1f3fd} 👍\u{fe0f}\u{1f3fb}", "👍 👍"),
        ("a\u{1f3fd}", "a[U+1F3FD]"),
        ("a\u{200b}b\u{ad}c\n", "abc\n"),
    ] {
        assert_eq!(fonts::drawable(written), drawn);
        assert!(fonts::missing_glyphs(&fonts::drawable(written)).is_empty(), "{drawn}");
    }
}

#[test]
fn too_large_a_scale_gives_a_sentence() {
    let figure = drawn(View::Side, Hidden::Hatched);
    for scale in [1e4, 1e12, f32::MAX] {
        let Err(err @ FigureError::TooLarge { largest, .. }) = encode(&figure, Format::Png, scale) else {
            panic!("scale {scale} was not refused");
        };
        assert!(err.to_string().contains("use a scale of"), "{err}");
        png::size_at(&figure, largest).unwrap();
        assert!(png::size_at(&figure, largest + 0.3).is_err(), "{largest} is not the largest");
    }
    for scale in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(matches!(encode(&figure, Format::Png, scale), Err(FigureError::Scale { .. })), "{scale}");
    }
}

#[test]
fn ten_thousand_pixels_wide_works() {
    let band = Element::fill(rect(90.0, 0.0, 10.0, 3.0), Color::hex(0xD55E00));
    let png = decode(&encode(&blank(100.0, 3.0, vec![band]), Format::Png, 100.0).unwrap());
    assert_eq!((png.width(), png.height()), (10_000, 300));
    assert_eq!(png.get_pixel(9_999, 299).0, [0xD5, 0x5E, 0, 255]);
    assert_eq!(png.get_pixel(8_999, 150).0, [255; 4]);
}

#[test]
fn input_that_does_not_fit_is_refused_with_a_sentence() {
    type Spoil = fn(&mut ExplainedPicture);
    let cases: [(&str, Spoil); 8] = [
        ("channels", |p| p.channels = 2),
        ("size", |p| p.width = 0),
        ("size", |p| p.height = usize::MAX),
        ("pixel values", |p| {
            p.pixels.pop();
        }),
        ("fill values", |p| p.fill_pixels.clear()),
        ("with a unit", |p| p.unit_of.push(0)),
        ("selected flags", |p| {
            p.selected.pop();
        }),
        ("unit index", |p| p.unit_of[5] = 49),
    ];
    for (expected, spoil) in cases {
        let mut shown = ring(View::Overlay, Hidden::AsModelSees);
        spoil(&mut shown);
        let err = picture(&shown, &PictureLayout::default()).unwrap_err().to_string();
        assert!(err.contains(expected), "{err}");
        assert!(overlay_rgba(&shown, Panel::Selected, None).is_err());
    }
    assert!(compare(&[ring(View::Heat, Hidden::Hatched)], &CompareLayout::default()).is_err());
    assert!(sheet(&[], &SheetLayout::default()).is_err());
}

#[test]
fn odd_numbers_are_drawn_without_a_panic() {
    let mut shown = ring(View::Heat, Hidden::Hatched);
    shown.scores = vec![f32::NAN; 49];
    shown.scores[3] = f32::INFINITY;
    shown.pixels[0] = f32::NAN;
    shown.pixels[1] = -3.0;
    if let Some(prediction) = &mut shown.prediction {
        prediction.classes[0].full = f32::NAN;
        prediction.classes[1].selected = Some(f32::INFINITY);
    }
    for view in [View::Overlay, View::Side, View::Heat] {
        let shown = ExplainedPicture { view, ..shown.clone() };
        encode(&picture(&shown, &PictureLayout::default()).unwrap(), Format::Png, 1.0).unwrap();
    }
    let none = ExplainedPicture { selected: vec![false; 49], prediction: None, ..shown.clone() };
    encode(&picture(&none, &PictureLayout::default()).unwrap(), Format::Pdf, 1.0).unwrap();
    let all = ExplainedPicture { selected: vec![true; 49], view: View::Side, ..shown };
    encode(&picture(&all, &PictureLayout::default()).unwrap(), Format::Svg, 1.0).unwrap();
}

#[test]
fn comparison_puts_letters_in_order_and_images_on_one_line() {
    let methods = ["MEED", "L2X", "gradient x input"];
    let shown: Vec<ExplainedPicture> = methods
        .iter()
        .map(|method| ExplainedPicture { method: (*method).to_owned(), ..ring(View::Overlay, Hidden::AsModelSees) })
        .collect();
    let figure = compare(&shown, &CompareLayout { with_input: true, ..Default::default() }).unwrap();
    let headings: Vec<&str> =
        figure.texts().iter().filter(|text| text.text.starts_with('(')).map(|text| text.text.as_str()).collect();
    assert_eq!(headings, ["(a) Input", "(b) MEED", "(c) L2X", "(d) gradient x input"]);
    let images: Vec<_> = figure
        .elements
        .iter()
        .filter_map(|element| match element {
            Element::Raster(raster) => Some(raster.rect),
            _ => None,
        })
        .collect();
    assert_eq!(images.len(), 4);
    assert!(images.windows(2).all(|pair| pair[0].y == pair[1].y && pair[0].right() < pair[1].x), "{images:?}");
    assert_eq!(figure.metadata.method, "MEED; L2X; gradient x input");
}

#[test]
fn contact_sheet_holds_every_item_in_rows() {
    let shown: Vec<ExplainedPicture> = (0..7)
        .map(|i| ExplainedPicture { caption: vec![format!("#{i}")], ..ring(View::Selected, Hidden::Hatched) })
        .collect();
    let figure = sheet(&shown, &SheetLayout { columns: 3, ..Default::default() }).unwrap();
    let rows: std::collections::BTreeSet<i32> = figure
        .elements
        .iter()
        .filter_map(|element| match element {
            Element::Raster(raster) => Some(raster.rect.y as i32),
            _ => None,
        })
        .collect();
    assert_eq!(rows.len(), 3);
    let texts: Vec<&str> = figure.texts().iter().map(|text| text.text.as_str()).collect();
    for i in 0..7 {
        assert!(texts.contains(&format!("#{i}").as_str()));
    }
    assert!(texts.iter().any(|text| text.contains("7 of 7")), "{texts:?}");
}

#[test]
fn figures_name_data_set_split_and_item_and_sheets_what_all_share_once() {
    let named = |source: &str| ExplainedPicture {
        source: source.to_owned(),
        caption: Vec::new(),
        ..ring(View::Overlay, Hidden::AsModelSees)
    };
    let lines = |figure: Figure| -> Vec<String> {
        figure.texts().iter().map(|text| text.text.replace('\u{A0}', " ")).collect()
    };
    let (twelve, thirteen) = (named("mouse · test · item #12"), named("mouse · test · item #13"));
    let one = picture(&twelve, &PictureLayout::default()).unwrap();
    assert_eq!(one.metadata.source, "mouse · test · item #12");
    let other = ExplainedPicture { method: "L2X".to_owned(), ..twelve.clone() };
    let both = compare(&[twelve.clone(), other], &CompareLayout::default()).unwrap();
    for said in [lines(one), lines(both)] {
        assert_eq!(said.iter().filter(|line| *line == "mouse · test · item #12").count(), 1, "{said:?}");
    }
    let sheet_of = |pictures: &[ExplainedPicture]| lines(sheet(pictures, &SheetLayout::default()).unwrap());
    let said = sheet_of(&[twelve.clone(), thirteen]);
    for line in ["mouse · test", "item #12", "item #13"] {
        assert_eq!(said.iter().filter(|known| *known == line).count(), 1, "{line} in {said:?}");
    }
    // Items of several splits each have theirs; a number that does not fit beside it gets a line of its own, whole.
    let said =
        sheet_of(&[twelve.clone(), named("mouse · train · item #12"), named("mouse · validation · item #1234567890")]);
    for line in ["mouse", "test · item #12", "train · item #12", "validation", "item #1234567890"] {
        assert_eq!(said.iter().filter(|known| *known == line).count(), 1, "{line} in {said:?}");
    }
    // One item by several methods: its name is never left out.
    assert!(sheet_of(&[twelve.clone(), twelve]).contains(&"item #12".to_owned()));
}

#[test]
fn outline_of_two_patches_that_touch_at_a_corner_is_two_squares() {
    // x .
    // . x
    let on = [true, false, false, true];
    let rings = outline(&Mask { width: 2, height: 2, on: &on }, rect(0.0, 0.0, 20.0, 20.0));
    assert_eq!(rings.len(), 2);
    assert!(rings.iter().all(|ring| ring.len() == 4), "{rings:?}");
    // A frame around a hole has an outer and an inner ring.
    let on = [true, true, true, true, false, true, true, true, true];
    let rings = outline(&Mask { width: 3, height: 3, on: &on }, rect(0.0, 0.0, 3.0, 3.0));
    assert_eq!(rings.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4]);
    // An L of three pixels has six corners.
    let on = [true, false, true, true];
    let rings = outline(&Mask { width: 2, height: 2, on: &on }, rect(0.0, 0.0, 2.0, 2.0));
    assert_eq!(rings.iter().map(Vec::len).collect::<Vec<_>>(), [6]);
}

#[test]
fn hatching_stays_inside_and_covers_in_proportion() {
    for lean in [Lean::Forward, Lean::Backward] {
        let hatch = Hatch { stroke: stroke(Color::grey(0), 1.0), spacing: 0.5, lean };
        let area = rect(3.0, 5.0, 20.0, 12.0);
        let length = |segments: &[[unmask::figure::Point; 2]]| {
            segments.iter().map(|[a, b]| f64::from((a.x - b.x).hypot(a.y - b.y))).sum::<f64>()
        };
        let all = hatch_rect(area, &hatch);
        // Lines at distance 0.5 / sqrt(2) have a total length of area * sqrt(2) / 0.5.
        let expected = 240.0 * 2f64.sqrt() / 0.5;
        assert!((length(&all) / expected - 1.0).abs() < 0.02, "{} against {expected}", length(&all));
        let inside = |p: &unmask::figure::Point| p.x >= 2.99 && p.x <= 23.01 && p.y >= 4.99 && p.y <= 17.01;
        assert!(all.iter().flatten().all(inside));
        // A mask with a third of its pixels on gets a third of the lines.
        let on: Vec<bool> = (0..30 * 18).map(|i| i % 3 == 0).collect();
        let part = hatch_mask(&Mask { width: 30, height: 18, on: &on }, area, &hatch);
        assert!((length(&part) / expected * 3.0 - 1.0).abs() < 0.05, "{}", length(&part) / expected);
        let full = hatch_mask(&Mask { width: 30, height: 18, on: &[true; 540] }, area, &hatch);
        assert_eq!(full.len(), all.len(), "a line runs on through neighbouring pixels");
    }
}

#[test]
fn marks_over_the_picture_follow_the_selection() {
    let shown = ring(View::Selected, Hidden::Hatched);
    let marks = overlay_marks(&shown, Panel::Selected, rect(0.0, 0.0, 28.0, 28.0));
    let Some(Element::Path(rings)) = marks.last() else {
        panic!("no outline");
    };
    // Units 9 and 10 are neighbours, 24 and 37 stand alone.
    assert_eq!(rings.lines.len(), 3);
    assert!(overlay_marks(&shown, Panel::Input, rect(0.0, 0.0, 28.0, 28.0)).is_empty());
}

#[test]
fn formats_are_found_by_extension() {
    let format = |name: &str| Format::from_path(std::path::Path::new(name));
    assert_eq!(format("a/b.PNG").unwrap(), Format::Png);
    assert_eq!(format("b.svg").unwrap(), Format::Svg);
    assert_eq!(format("b.x.pdf").unwrap(), Format::Pdf);
    for name in ["b.gif", "b"] {
        assert!(format(name).unwrap_err().to_string().contains("ends in .png, .svg or .pdf"));
    }
    for (format, extension, _) in unmask::figure::FORMATS {
        assert_eq!(format.extension(), extension);
    }
}

#[test]
fn groups_clip_and_move_with_their_content() {
    let square = Element::fill(rect(0.0, 0.0, 10.0, 10.0), Color::grey(0));
    let group = Element::Group { name: "part", clip: Some(rect(0.0, 0.0, 5.0, 10.0)), elements: vec![square] };
    let png = decode(&encode(&blank(30.0, 20.0, vec![group.moved(10.0, 5.0)]), Format::Png, 1.0).unwrap());
    let at = |x, y| png.get_pixel(x, y).0[0];
    assert_eq!([at(9, 7), at(12, 7), at(16, 7), at(12, 3)], [255, 0, 255, 255]);
}

#[test]
fn an_explained_picture_survives_being_saved() {
    let shown = ring(View::Side, Hidden::Hatched);
    let json = serde_json::to_string(&shown).unwrap();
    assert_eq!(serde_json::from_str::<ExplainedPicture>(&json).unwrap(), shown);
}
