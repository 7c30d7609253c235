//! Colour vision: how a colour looks to readers with a common deficiency, and how far apart two colours look.
//!
//! Used to check the palette and the scales, not to draw.

use super::Color;

/// A complete deficiency of one kind of cone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deficiency {
    /// No long-wavelength cones.
    Protanopia,
    /// No medium-wavelength cones; the most common.
    Deuteranopia,
    /// No short-wavelength cones; rare.
    Tritanopia,
}

/// All three.
pub const DEFICIENCIES: [Deficiency; 3] = [Deficiency::Protanopia, Deficiency::Deuteranopia, Deficiency::Tritanopia];

impl Deficiency {
    /// Matrix over linear RGB at severity 1.0: Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of
    /// color vision deficiency", IEEE TVCG 15(6), 2009, supplementary table.
    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Self::Protanopia => {
                [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
            }
            Self::Deuteranopia => {
                [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
            }
            Self::Tritanopia => {
                [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
            }
        }
    }

    /// `color` as a reader with this deficiency sees it.
    pub fn simulate(self, color: Color) -> Color {
        let rgb = color.linear();
        Color::from_linear(self.matrix().map(|row| row.iter().zip(rgb).map(|(m, v)| m * v).sum()))
    }
}

/// CIE L*a*b* of a colour (D65 white, 2 degree observer): lightness 0..=100, then a* and b*.
pub fn lab(color: Color) -> [f64; 3] {
    let [r, g, b] = color.linear();
    let x = (0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47;
    let y = 0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b;
    let z = (0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b) / 1.088_83;
    let f = |t: f64| if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 };
    let (fx, fy, fz) = (f(x), f(y), f(z));
    [116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz)]
}

/// Distance of two colours in L*a*b* (CIE 1976). About 2 can just be told apart side by side; marks of a chart want 20 or more.
pub fn distance(a: Color, b: Color) -> f64 {
    lab(a).iter().zip(lab(b)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}
