//! How the palette looks to those who lack a cone: a test of its colours, each against each.

use crate::palette::{Color, Scheme, DARK, LIGHT};

type Triple = [f64; 3];
type Matrix = [Triple; 3];

/// What all three cones see.
const NORMAL: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
/// Without the cone of middle wavelengths: Machado, Oliveira & Fernandes 2009, severity 1, for
/// linear sRGB.
const DEUTERANOPIA: Matrix = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
];
/// Without that of long wavelengths, from the same table.
const PROTANOPIA: Matrix = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
];

/// The least difference between two colours of a scheme, in units of CIEDE2000: ten times what the
/// eye can just tell side by side.
const LEAST: f64 = 10.0;

fn times(m: &Matrix, v: Triple) -> Triple {
    m.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum())
}

/// `#rrggbb` in linear sRGB.
fn linear(hex: &str) -> Triple {
    [1, 3, 5].map(|i| {
        let v = f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0;
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// CIE L*a*b* of a colour in linear sRGB, under daylight (D65).
fn lab(rgb: Triple) -> Triple {
    const XYZ: Matrix = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ];
    let shown = rgb.map(|v| v.clamp(0.0, 1.0));
    let [x, y, z] = times(&XYZ, shown);
    let [x, y, z] = [x / 0.95047, y, z / 1.08883].map(|t| {
        if t > 216.0 / 24389.0 {
            t.cbrt()
        } else {
            (24389.0 / 27.0 * t + 16.0) / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The difference of two colours in L*a*b* by CIEDE2000 (Sharma, Wu & Dalal 2005, equations 2 to 22).
fn difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple) -> f64 {
    let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25f64.powi(7))).sqrt();
    let g = 0.5 * (1.0 - seventh((a1.hypot(b1) + a2.hypot(b2)) / 2.0));
    let (a1, a2) = ((1.0 + g) * a1, (1.0 + g) * a2);
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let (h1, h2) =
        (b1.atan2(a1).to_degrees().rem_euclid(360.0), b2.atan2(a2).to_degrees().rem_euclid(360.0));
    let is_grey = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if is_grey => 0.0,
        d if d > 180.0 => d - 360.0,
        d if d < -180.0 => d + 360.0,
        d => d,
    };
    let hue = match h1 + h2 {
        sum if is_grey => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };
    let (lightness, chroma) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(hue - 30.0) + 0.24 * cos(2.0 * hue) + 0.32 * cos(3.0 * hue + 6.0)
        - 0.20 * cos(4.0 * hue - 63.0);
    let from_50 = (lightness - 50.0).powi(2);
    let of_l = (l2 - l1) / (1.0 + 0.015 * from_50 / (20.0 + from_50).sqrt());
    let of_c = (c2 - c1) / (1.0 + 0.045 * chroma);
    let of_h =
        2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * chroma * t);
    let rotation = 60.0 * (-((hue - 275.0) / 25.0).powi(2)).exp();
    let mixed = -2.0 * seventh(chroma) * rotation.to_radians().sin();
    (of_l * of_l + of_c * of_c + of_h * of_h + mixed * of_c * of_h).sqrt()
}

/// The two colours of a scheme that are hardest to tell apart, and how far they differ.
fn hardest(scheme: &Scheme, sees: &Matrix) -> (f64, [Color; 2]) {
    let seen = scheme.series.map(|hex| lab(times(sees, linear(hex))));
    let mut least = (f64::INFINITY, [Color::A; 2]);
    for (i, a) in Color::ALL.into_iter().enumerate() {
        for (j, b) in Color::ALL.into_iter().enumerate().skip(i + 1) {
            let apart = difference(seen[i], seen[j]);
            if apart < least.0 {
                least = (apart, [a, b]);
            }
        }
    }
    least
}

#[test]
fn every_two_colours_differ_with_any_two_cones() {
    for (name, scheme) in [("light", &LIGHT), ("dark", &DARK)] {
        for (eyes, sees) in
            [("all cones", NORMAL), ("deuteranopia", DEUTERANOPIA), ("protanopia", PROTANOPIA)]
        {
            let (apart, pair) = hardest(scheme, &sees);
            assert!(apart >= LEAST, "{name}, {eyes}: {pair:?} differ by {apart:.1}");
        }
    }
    // The palette before this test had an orange and an ochre that are one colour without the
    // cone of long wavelengths.
    let series = ["#0067a5", "#b34a00", "#00735a", "#9a3d7c", "#7a5c00", "#5b4bb5", "#55606e"];
    let (apart, pair) = hardest(&Scheme { series, ..LIGHT }, &PROTANOPIA);
    assert!(apart < 1.0 && pair == [Color::B, Color::E], "{pair:?} differ by {apart:.1}");
}

/// Pairs 1, 7, 17, 20 and 25 of table 1 of Sharma, Wu & Dalal 2005.
#[test]
fn differences_are_those_of_the_published_table() {
    for (a, b, expected) in [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([50.0, 2.5, 0.0], [58.0, 24.0, 15.0], 19.4535),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
    ] {
        let found = difference(a, b);
        assert!((found - expected).abs() < 1e-4, "{a:?} {b:?}: {found:.4}");
    }
}

#[test]
fn a_matrix_leaves_grey_as_it_is() {
    for sees in [DEUTERANOPIA, PROTANOPIA] {
        assert!(times(&sees, [0.5; 3]).iter().all(|v| (v - 0.5).abs() < 1e-5));
    }
}
