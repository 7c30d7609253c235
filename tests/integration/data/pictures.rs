//! Decoding of single picture files.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};

use super::*;

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG of 24 x 16 whose quarters have brightness 250, 170, 90, 10, with an EXIF note of how the camera was held.
pub(super) fn turned_jpeg(orientation: u8) -> Vec<u8> {
    let quarters = image::GrayImage::from_fn(24, 16, |x, y| {
        image::Luma([[[250, 170], [90, 10]][usize::from(y >= 8)][usize::from(x >= 12)]])
    });
    let jpeg = encoded(&DynamicImage::ImageLuma8(quarters), ImageFormat::Jpeg);
    // TIFF, little-endian: one entry, tag 0x0112 (orientation), type 3 (16 bits), count 1.
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
    let mut out = jpeg[..2].to_vec();
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
    out.extend_from_slice(&exif);
    out.extend_from_slice(&jpeg[2..]);
    out
}

#[test]
fn all_eight_camera_turns_are_undone() {
    const TL: u8 = 250;
    const TR: u8 = 170;
    const BL: u8 = 90;
    const BR: u8 = 10;
    // EXIF 2.3, tag 274: where row 0 and column 0 of the stored picture lie when it is seen upright.
    // Upright corners: top left, top right, bottom left, bottom right.
    let upright = [
        [TL, TR, BL, BR],
        [TR, TL, BR, BL],
        [BR, BL, TR, TL],
        [BL, BR, TL, TR],
        [TL, BL, TR, BR],
        [BL, TL, BR, TR],
        [BR, TR, BL, TL],
        [TR, BR, TL, BL],
    ];
    for (corners, orientation) in upright.into_iter().zip(1..) {
        let jpeg = turned_jpeg(orientation);
        let decoded = Picture::decode(&jpeg, "turned.jpg").unwrap();
        let picture = &decoded.picture;
        let is_on_its_side = orientation >= 5;
        let size = if is_on_its_side { (16, 24) } else { (24, 16) };
        assert_eq!((picture.width, picture.height), size, "orientation {orientation}");
        assert_eq!(Picture::probe(&jpeg, "turned.jpg").unwrap(), picture.shape(), "orientation {orientation}");
        let (bottom, right) = (picture.height - 2, picture.width - 2);
        let seen = [(1, 1), (1, right), (bottom, 1), (bottom, right)].map(|(y, x)| picture.brightness(y, x));
        for (seen, expected) in seen.into_iter().zip(corners) {
            assert!(seen.abs_diff(expected) < 8, "orientation {orientation}: {seen} instead of {expected}");
        }
        assert_eq!(decoded.remarks.is_empty(), orientation == 1, "{:?}", decoded.remarks);
    }
}

#[test]
fn transparency_is_laid_on_white() {
    // Opaque red, half transparent black, fully transparent green. 0 * 128 + 255 * 127 = 32385; / 255 = 127.
    let pixels = vec![255, 0, 0, 255, 0, 0, 0, 128, 0, 255, 0, 0];
    let rgba = DynamicImage::ImageRgba8(image::RgbaImage::from_raw(3, 1, pixels).unwrap());
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::WebP] {
        let decoded = Picture::decode(&encoded(&rgba, format), "a").unwrap();
        assert_eq!(decoded.picture.bytes, [255, 0, 0, 127, 127, 127, 255, 255, 255], "{format:?}");
        assert_eq!(decoded.remarks.len(), 1, "{:?}", decoded.remarks);
    }
    let grey = image::GrayAlphaImage::from_raw(2, 1, vec![10, 255, 10, 0]).unwrap();
    let decoded = Picture::decode(&encoded(&DynamicImage::ImageLumaA8(grey), ImageFormat::Png), "a").unwrap();
    assert_eq!((decoded.picture.channels, decoded.picture.bytes), (1, vec![10, 255]));
    let opaque = image::RgbaImage::from_raw(1, 1, vec![1, 2, 3, 255]).unwrap();
    let decoded = Picture::decode(&encoded(&DynamicImage::ImageRgba8(opaque), ImageFormat::Png), "a").unwrap();
    assert!(decoded.remarks.is_empty());
}

#[test]
fn sixteen_bits_become_eight() {
    // 65535 / 257 = 255; 0x8080 = 32896 = 128 * 257; 257 = 1 * 257.
    let wide = image::ImageBuffer::<image::Luma<u16>, _>::from_raw(4, 1, vec![65_535_u16, 0, 0x8080, 257]).unwrap();
    let decoded = Picture::decode(&encoded(&DynamicImage::ImageLuma16(wide), ImageFormat::Png), "a").unwrap();
    assert_eq!(decoded.picture.bytes, [255, 0, 128, 1]);
    assert_eq!(decoded.remarks, ["Reduced to 8 bits per value"]);
}

#[test]
fn every_format_is_read_and_lossless_ones_exactly() {
    let pattern = patterned(7, 5, 3);
    let rgb = DynamicImage::ImageRgb8(image::RgbImage::from_raw(7, 5, pattern.bytes.clone()).unwrap());
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff] {
        assert_eq!(Picture::decode(&encoded(&rgb, format), "a").unwrap().picture, pattern, "{format:?}");
    }
    for format in [ImageFormat::Jpeg, ImageFormat::Gif] {
        assert_eq!(
            Picture::decode(&encoded(&rgb, format), "a").unwrap().picture.shape(),
            pattern.shape(),
            "{format:?}"
        );
    }
    assert_eq!(Picture::decode(&pattern.to_png(), "a").unwrap().picture, pattern);
}

#[test]
fn animation_gives_its_first_frame() {
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    for value in [0, 255] {
        encoder
            .encode_frame(image::Frame::new(image::RgbaImage::from_pixel(
                3,
                2,
                image::Rgba([value, value, value, 255]),
            )))
            .unwrap();
    }
    drop(encoder);
    let picture = Picture::decode(&gif, "a.gif").unwrap().picture;
    assert_eq!((picture.width, picture.height), (3, 2));
    assert!(picture.bytes.iter().all(|&value| value == 0));
}

#[test]
fn huge_pictures_are_refused_by_their_header() {
    // A PNG header of 60,000 x 60,000: signature, then IHDR with its checksum.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend_from_slice(&60_000_u32.to_be_bytes());
    png.extend_from_slice(&60_000_u32.to_be_bytes());
    png.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut checksum = flate2::Crc::new();
    checksum.update(&png[12..]);
    png.extend_from_slice(&checksum.sum().to_be_bytes());
    let sentence = Picture::decode(&png, "huge.png").unwrap_err().to_string();
    assert_has(&sentence, &["huge.png", "16384 pixels a side"]);
}

#[test]
fn other_bytes_are_no_picture() {
    for bytes in [b"".as_slice(), b"hello, this is text", &[0; 100]] {
        assert_has(&Picture::decode(bytes, "x.png").unwrap_err().to_string(), &["x.png: expected a PNG"]);
    }
}

#[test]
fn thumbnails_keep_the_proportion() {
    let small = patterned(100, 40, 3).thumbnail(50);
    assert_eq!((small.width, small.height, small.bytes.len()), (50, 20, 3000));
    assert_eq!(patterned(10, 4, 1).thumbnail(50), patterned(10, 4, 1));
    assert_eq!(patterned(1000, 1, 1).thumbnail(10).shape(), Shape::new(1, 1, 10));
}
