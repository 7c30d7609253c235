//! Pages: figures are as wide as was asked for, with texts that can be read; rows of pictures; what the model answers can be left out.

use unmask::figure::layout::page::{PRESETS, Page, WIDTHS_MM};
use unmask::figure::layout::series::Form;
use unmask::figure::layout::{most_beside, most_in_a_row};

use super::series::{filled, row, steps, texts, wide};
use super::*;

fn page(width_mm: f32) -> Page {
    Page { width_mm: Some(width_mm), ..Page::default() }
}

/// A picture of each kind in each view.
fn kinds() -> Vec<ExplainedPicture> {
    let mut out = Vec::new();
    for view in [View::Overlay, View::Selected, View::Unselected, View::Side, View::Heat] {
        let mut ring = ring(view, Hidden::Hatched);
        // As long as the legend of a picture gets.
        ring.fill = "mean of the training data".to_owned();
        out.extend([ring, row(view), ExplainedPicture { view, ..wide(40, &[0, 7], Form::Map) }]);
        out.extend(Form::ALL.map(|form| steps(view, form)));
    }
    out
}

/// What no page may have: another width than the one asked for, texts that cannot be read or leave the page.
fn check(figure: &Figure, width_mm: f32, what: &str) {
    let width = width_mm * 72.0 / 25.4;
    assert!((figure.width - width).abs() < 0.01, "{what}: {} points, not {width}", figure.width);
    for text in figure.texts() {
        assert!(text.size >= 6.0, "{what}: \"{}\" at {} points", text.text, text.size);
        let wide = fonts::width(&text.text, text.size);
        let left = match text.anchor {
            Anchor::Start => text.at.x,
            Anchor::Middle => text.at.x - wide / 2.0,
            Anchor::End => text.at.x - wide,
        };
        assert!(left >= 0.0 && left + wide <= figure.width, "{what}: \"{}\" leaves the page", text.text);
    }
}

#[test]
fn a_figure_is_as_wide_as_was_asked_for_and_its_texts_can_be_read() {
    for width in [WIDTHS_MM.0, PRESETS[0].1, PRESETS[1].1] {
        for of in kinds() {
            let form = of.series.as_ref().map(|series| series.form);
            let what = format!("{:?} {form:?} {} at {width} mm", of.view, of.unit_noun);
            let alone = picture(&of, &PictureLayout { page: page(width), ..PictureLayout::default() }).unwrap();
            check(&alone, width, &what);
            for n in 2..=4 {
                let layout = CompareLayout { page: page(width), with_input: n == 3, ..CompareLayout::default() };
                check(&compare(&vec![of.clone(); n], &layout).unwrap(), width, &format!("{n} of {what}"));
            }
            let layout = SheetLayout { page: page(width), ..SheetLayout::default() };
            check(&sheet(&vec![of.clone(); 7], &layout).unwrap(), width, &format!("a sheet of {what}"));
        }
    }
}

#[test]
fn pictures_are_laid_out_for_a_page_and_texts_keep_their_sizes() {
    let of = ring(View::Overlay, Hidden::AsModelSees);
    let at = |width: f32| picture(&of, &PictureLayout { page: page(width), ..PictureLayout::default() }).unwrap();
    let (narrow, wide) = (at(85.0), at(175.0));
    // A pixel measures whole points: 7 and 16 of them beside margins of 12.
    assert_eq!((first_image(&narrow).rect.width, first_image(&wide).rect.width), (28.0 * 7.0, 28.0 * 16.0));
    let sizes = |figure: &Figure| figure.texts().iter().map(|text| text.size.to_bits()).max();
    assert_eq!(sizes(&narrow), sizes(&wide));
    // Without a width all is as it was.
    let plain = picture(&of, &PictureLayout::default()).unwrap();
    assert_eq!((plain.width, first_image(&plain).rect.width), (220.0, 196.0));
}

#[test]
fn panels_stand_under_each_other_where_a_page_is_too_narrow() {
    let of = row(View::Side);
    let tracks = |width: f32| {
        let layout = PictureLayout { page: page(width), bar_classes: 0, ..PictureLayout::default() };
        let figure = picture(&of, &layout).unwrap();
        filled(&figure.elements, &|fill| fill == Palette::of(Theme::Light).track)
    };
    let (narrow, wide) = (tracks(85.0), tracks(175.0));
    assert_eq!((narrow.len(), wide.len()), (6, 6), "three columns in each of two panels");
    assert!(narrow[0].x == narrow[3].x && narrow[2].bottom() < narrow[3].y, "{narrow:?}");
    assert!(wide[0].y == wide[3].y && wide[0].right() < wide[3].x, "{wide:?}");
}

/// Pictures in each row of a figure, from top to bottom.
fn rows_of(figure: &Figure) -> Vec<usize> {
    let mut rows = std::collections::BTreeMap::new();
    for element in &figure.elements {
        if let Element::Raster(raster) = element {
            *rows.entry(raster.rect.y.round() as i32).or_insert(0) += 1;
        }
    }
    rows.into_values().collect()
}

#[test]
fn methods_and_items_stand_in_as_many_columns_as_asked_for_or_as_there_is_room_for() {
    let of = ring(View::Overlay, Hidden::AsModelSees);
    let compared = |n: usize, columns: Option<usize>, page: Page| {
        rows_of(&compare(&vec![of.clone(); n], &CompareLayout { columns, page, ..CompareLayout::default() }).unwrap())
    };
    assert_eq!(compared(4, None, Page::default()), [4]);
    assert_eq!(compared(4, Some(2), Page::default()), [2, 2]);
    assert_eq!(compared(4, Some(9), Page::default()), [4]);
    assert_eq!(compared(4, None, page(85.0)), [2, 2]);
    assert_eq!(compared(4, None, page(175.0)), [4]);
    let on_sheet = |pictures: &[ExplainedPicture], columns: usize, page: Page| {
        rows_of(&sheet(pictures, &SheetLayout { columns, page, ..SheetLayout::default() }).unwrap())
    };
    let eight = vec![of.clone(); 8];
    assert_eq!(on_sheet(&eight, 6, Page::default()), [6, 2], "what is asked for is done");
    assert_eq!(on_sheet(&eight, 6, page(175.0)), [6, 2]);
    assert_eq!(on_sheet(&eight, 6, page(85.0)), [3, 3, 2]);
    // Methods of an item stay together: two rows of one item each, rather than three and one.
    let methods: Vec<ExplainedPicture> = (0..4)
        .map(|at| ExplainedPicture {
            source: format!("shapes · item {}", at / 2),
            method: format!("method {}", at % 2),
            ..of.clone()
        })
        .collect();
    assert_eq!(on_sheet(&methods, 4, page(85.0)), [2, 2]);
    // What the window and the command line say about the room.
    assert_eq!((most_beside(&of, &page(85.0)), most_in_a_row(&eight, &page(85.0))), (Some(2), Some(3)));
    assert_eq!((most_beside(&of, &Page::default()), most_in_a_row(&eight, &Page::default())), (None, None));
    assert!(most_in_a_row(&[row(View::Side)], &page(85.0)) == Some(1));
}

#[test]
fn what_the_model_answers_can_be_left_out() {
    let silent = Page { hides_answers: true, ..Page::default() };
    let of = ring(View::Overlay, Hidden::AsModelSees);
    let draw = |page: Page| {
        [
            picture(&of, &PictureLayout { page, ..PictureLayout::default() }).unwrap(),
            compare(&vec![of.clone(); 2], &CompareLayout { page, ..CompareLayout::default() }).unwrap(),
            sheet(&vec![of.clone(); 3], &SheetLayout { page, ..SheetLayout::default() }).unwrap(),
        ]
    };
    for (said, left_out) in draw(Page::default()).iter().zip(&draw(silent)) {
        let words = |figure: &Figure| format!("{} {}", texts(figure), figure.description).replace('\u{A0}', " ");
        for part in ["\u{201C}ring\u{201D}", "class"] {
            assert!(words(said).contains(part), "{part} is missing in: {}", words(said));
            assert!(!words(left_out).contains(part), "{part} is said in: {}", words(left_out));
        }
        assert!(left_out.height < said.height);
        assert!(words(left_out).contains("MEED") && words(left_out).contains("4 of 49 patches"));
    }
}

#[test]
fn a_cross_on_a_sheet_says_what_the_model_answers_in_full() {
    let said = |view: View| {
        let shown = ring(view, Hidden::AsModelSees);
        texts(&sheet(&vec![shown; 2], &SheetLayout::default()).unwrap())
    };
    let unselected = said(View::Unselected);
    assert!(unselected.contains("unselected: \u{201C}disc\u{201D} 0.80, full: \u{201C}ring\u{201D}"), "{unselected}");
    // Where the class stays there is nothing to add.
    let selected = said(View::Selected);
    assert!(selected.contains("selected: \u{201C}ring\u{201D} 0.91") && !selected.contains("full:"), "{selected}");
}

#[test]
fn a_width_that_cannot_be_drawn_is_refused_and_options_are_kept_only_where_they_are_used() {
    let of = ring(View::Overlay, Hidden::AsModelSees);
    for width in [0.0, -85.0, 59.0, 1001.0, f32::NAN, f32::INFINITY] {
        let error = picture(&of, &PictureLayout { page: page(width), ..PictureLayout::default() }).unwrap_err();
        let sentence = error.to_string();
        assert!(sentence.contains("the width in millimetres should be from 60 to 1000"), "{sentence}");
        assert!(compare(&vec![of.clone(); 2], &CompareLayout { page: page(width), ..Default::default() }).is_err());
        assert!(sheet(&vec![of.clone(); 2], &SheetLayout { page: page(width), ..Default::default() }).is_err());
    }
    assert_eq!(serde_json::to_string(&Page::default()).unwrap(), "{}");
    assert_eq!(serde_json::from_str::<Page>("{}").unwrap(), Page::default());
    let asked = Page { width_mm: Some(85.0), hides_answers: true };
    assert_eq!(serde_json::from_str::<Page>(&serde_json::to_string(&asked).unwrap()).unwrap(), asked);
}
