//! What a model gets of a picture.

use proptest::prelude::*;
use unmask::data::fit::{ModelBackground, Resize};
use unmask::data::{Fit, Rows};

use super::*;

fn grey(width: usize, height: usize, bytes: &[u8]) -> Picture {
    Picture { width, height, channels: 1, bytes: bytes.to_vec() }
}

fn row(fit: &Fit, picture: &Picture, shape: Shape) -> Vec<f32> {
    let mut rows = Rows::with_capacity(shape, 1);
    fit.push_row(picture, shape, &mut rows);
    rows.values
}

#[test]
fn a_picture_that_fits_is_its_bytes_divided_by_255() {
    let picture = grey(2, 2, &[0, 1, 128, 255]);
    let shape = picture.shape();
    for resize in [Resize::Stretch, Resize::Contain { pad: None }, Resize::CenterCrop, Resize::Identity] {
        let fit = Fit { resize, ..Fit::default() };
        assert_eq!(row(&fit, &picture, shape), [0.0, 1.0 / 255.0, 128.0 / 255.0, 1.0]);
        assert_eq!(fit.describe(&picture, shape), "as it is");
    }
}

#[test]
fn colours_become_planes() {
    let picture = Picture { width: 2, height: 1, channels: 3, bytes: vec![1, 2, 3, 4, 5, 6] };
    let values: Vec<u8> =
        row(&Fit::default(), &picture, picture.shape()).iter().map(|v| (v * 255.0).round() as u8).collect();
    assert_eq!(values, [1, 4, 2, 5, 3, 6]);
    assert_eq!(Picture::from_row(&row(&Fit::default(), &picture, picture.shape()), picture.shape()), picture);
}

#[test]
fn grey_is_weighted_as_bt_601_says() {
    let picture = Picture { width: 3, height: 1, channels: 3, bytes: vec![255, 0, 0, 0, 255, 0, 0, 0, 255] };
    // 0.299, 0.587 and 0.114 of 255, rounded.
    assert_eq!(Fit::default().apply(&picture, Shape::new(1, 1, 3)).bytes, [76, 150, 29]);
    let forced = Fit { grey: Some(true), ..Fit::default() };
    assert_eq!(forced.apply(&picture, Shape::new(3, 1, 3)).bytes, [76, 76, 76, 150, 150, 150, 29, 29, 29]);
}

#[test]
fn contain_keeps_everything_and_pads_with_the_border() {
    let wide = grey(4, 2, &[9; 8]);
    let contain = |pad| Fit { resize: Resize::Contain { pad }, ..Fit::default() };
    let fitted = contain(Some(200)).apply(&wide, Shape::new(1, 4, 4)).bytes;
    assert_eq!(fitted, [[200; 4], [9; 4], [9; 4], [200; 4]].concat());
    assert_eq!(contain(None).apply(&wide, Shape::new(1, 4, 4)).bytes, [9; 16]);
}

#[test]
fn center_crop_cuts_both_sides_and_identity_never_scales() {
    let wide = grey(4, 2, &[1, 2, 3, 4, 5, 6, 7, 8]);
    let crop = Fit { resize: Resize::CenterCrop, ..Fit::default() };
    assert_eq!(crop.apply(&wide, Shape::new(1, 2, 2)).bytes, [2, 3, 6, 7]);
    let identity = Fit { resize: Resize::Identity, ..Fit::default() };
    assert_eq!(identity.apply(&wide, Shape::new(1, 2, 2)).bytes, [2, 3, 6, 7]);
    assert_eq!(identity.apply(&grey(1, 1, &[5]), Shape::new(1, 3, 3)).bytes, [5; 9]);
}

#[test]
fn shrinking_averages_so_that_fine_lines_stay() {
    // Every fourth column is white: a quarter of the light must be left.
    let lines = grey(64, 64, &(0..64 * 64).map(|at| if at % 4 == 0 { 255 } else { 0 }).collect::<Vec<u8>>());
    let small = Fit::default().apply(&lines, Shape::new(1, 8, 8)).bytes;
    assert!(small.iter().all(|&value| (56..=72).contains(&value)), "{small:?}");
    assert_eq!(Fit::default().apply(&grey(50, 50, &[77; 2500]), Shape::new(1, 28, 28)).bytes, [77; 784]);
}

#[test]
fn drawings_on_paper_are_inverted_for_models_of_light_on_dark() {
    let mut paper = grey(9, 9, &[250; 81]);
    paper.bytes[40] = 0;
    let shape = paper.shape();
    let own = |background| Fit { background, ..Fit::default() };
    assert_eq!(own(ModelBackground::Dark).apply(&paper, shape).bytes[40], 255);
    assert_eq!(own(ModelBackground::Light).apply(&paper, shape).bytes[40], 0);
    assert_eq!(Fit::default().apply(&paper, shape), paper);
    let kept = Fit { invert: Some(false), ..own(ModelBackground::Dark) };
    assert_eq!(kept.apply(&paper, shape), paper);
    assert!(own(ModelBackground::Dark).describe(&paper, shape).ends_with("inverted"));
}

#[test]
fn background_of_a_model_is_read_off_the_border_of_its_mean() {
    // 3 x 3 pixels: only the centre is no border.
    let mean = |border: f32| (0..9).map(|at| if at == 4 { 1.0 - border } else { border }).collect::<Vec<f32>>();
    let shape = Shape::new(1, 3, 3);
    for (border, expected) in
        [(0.1, ModelBackground::Dark), (0.9, ModelBackground::Light), (0.45, ModelBackground::Unknown)]
    {
        assert_eq!(ModelBackground::of_mean(&mean(border), shape), expected);
    }
    assert_eq!(ModelBackground::of_mean(&[0.0; 4], shape), ModelBackground::Unknown);
}

#[test]
fn nonsense_crops_leave_at_least_one_pixel() {
    let picture = patterned(5, 4, 3);
    for crop in [[f32::NAN; 4], [2.0, 2.0, 3.0, 3.0], [-1.0, -1.0, -0.5, f32::INFINITY], [0.5; 4], [0.9, 0.1, 0.2, 0.8]]
    {
        let fit = Fit { crop: Some(crop), ..Fit::default() };
        assert_eq!(fit.apply(&picture, Shape::new(1, 3, 3)).bytes.len(), 9);
    }
    let fit = Fit { crop: Some([0.4, 0.5, 0.8, 1.0]), ..Fit::default() };
    assert_eq!(fit.apply(&picture, Shape::new(3, 2, 2)), picture.part(2, 2, 2, 2));
}

fn any_fit() -> impl Strategy<Value = Fit> {
    let resize = prop_oneof![
        Just(Resize::Stretch),
        any::<Option<u8>>().prop_map(|pad| Resize::Contain { pad }),
        Just(Resize::CenterCrop),
        Just(Resize::Identity)
    ];
    let background =
        prop_oneof![Just(ModelBackground::Unknown), Just(ModelBackground::Dark), Just(ModelBackground::Light)];
    let crop = proptest::option::of([-0.2_f32..1.2, -0.2_f32..1.2, -0.2_f32..1.2, -0.2_f32..1.2]);
    (resize, any::<Option<bool>>(), any::<Option<bool>>(), crop, background)
        .prop_map(|(resize, grey, invert, crop, background)| Fit { resize, grey, invert, crop, background })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn preview_is_exactly_what_the_model_gets(
        fit in any_fit(), width in 1_usize..40, height in 1_usize..40, is_colour: bool,
        to_height in 1_usize..30, to_width in 1_usize..30, to_colour: bool,
    ) {
        let picture = patterned(width, height, if is_colour { 3 } else { 1 });
        let shape = Shape::new(if to_colour { 3 } else { 1 }, to_height, to_width);
        let preview = fit.apply(&picture, shape);
        prop_assert_eq!(preview.shape(), shape);
        let values = row(&fit, &picture, shape);
        prop_assert_eq!(values.len(), shape.len());
        for y in 0..to_height {
            for x in 0..to_width {
                for channel in 0..shape.channels {
                    let value = values[(channel * to_height + y) * to_width + x];
                    prop_assert_eq!(value, f32::from(preview.pixel(y, x)[channel]) / 255.0);
                }
            }
        }
        let text = serde_json::to_string(&fit).unwrap();
        prop_assert_eq!(serde_json::from_str::<Fit>(&text).unwrap(), fit);
    }
}
