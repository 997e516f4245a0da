//! How far a measured curve may lie from the predicted one.

use super::chance::Risks;
use super::verdict::GUESS;
use crate::random::normal_quantile;

/// Networks that stand for all those which the first updates leave as they are.
const DRAWS: usize = 40;

/// One of the many networks that a recipe describes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Draw {
    /// Its kernel, relative to the typical one.
    pub(super) pace: f64,
    /// Distance from 0 at which its outputs start, in standard deviations of their common part.
    pub(super) offset: f64,
}

impl Draw {
    /// The one that half of all networks are ahead of.
    pub(super) fn typical() -> Draw {
        Draw::behind(0.5, 0.0)
    }

    /// One that this share of all networks is ahead of: its kernel is small, and it starts far away.
    ///
    /// ```text
    /// pace = exp(sqrt(noise) z)       one draw of a lognormal kernel, z a normal number
    /// ```
    pub(super) fn behind(share: f64, noise: f64) -> Draw {
        let pace = libm::exp(-libm::sqrt(noise) * normal_quantile(share));
        Draw { pace, offset: normal_quantile(0.5 + 0.5 * share) }
    }
}

/// The losses that a tenth of all networks stay below and above, window by window.
///
/// `curves`: the loss of each window of the networks that a tenth, a half and nine tenths are ahead
/// of. What draws do and what theory misses add as independent errors. Theory misses the logarithm of a
/// loss by the more, the further the first updates throw the network and the further its loss has
/// come from that of a guess:
///
/// ```text
/// missed^2 = error^2 (sharpness + ln^2(ln 2 / loss))
/// ```
///
/// Networks that are rewritten or collapse are among them, by their probability: those that diverge
/// have an infinite loss, the others that of a guess.
pub(super) fn band(
    curves: &[Vec<f64>; 3],
    (error, sharpness): (f64, f64),
    risks: Option<Risks>,
    diverges: f64,
) -> Vec<(f64, f64)> {
    let stable = risks.map_or(0.0, |risks| (1.0 - risks.rewritten) * (1.0 - risks.collapses));
    let [fast, typical, slow] = curves;
    let windows = fast.iter().zip(typical).zip(slow).enumerate();
    let of = |(window, ((&fast, &typical), &slow))| {
        // Before the first update nothing is rewritten yet.
        let (stable, diverges) = if window == 0 { (1.0, 0.0) } else { (stable, diverges) };
        let each = (0..DRAWS).map(|k| normal_quantile((k as f64 + 0.5) / DRAWS as f64));
        let loss = |z| strayed([fast, typical, slow], (error, sharpness), z);
        let mut losses: Vec<(f64, f64)> = each.map(|z| (loss(z), stable / DRAWS as f64)).collect();
        losses.push((GUESS, (1.0 - stable - diverges).max(0.0)));
        losses.push((f64::INFINITY, diverges));
        losses.sort_by(|a, b| a.0.total_cmp(&b.0));
        (below(&losses, 0.1), below(&losses, 0.9))
    };
    windows.map(of).collect()
}

/// The loss of a network `z` standard deviations behind the typical one.
fn strayed([fast, typical, slow]: [f64; 3], (error, sharpness): (f64, f64), z: f64) -> f64 {
    if !(typical.is_finite() && typical > 0.0) {
        return typical;
    }
    let end = if z < 0.0 { fast } else { slow };
    let drawn = libm::log(end / typical) / normal_quantile(0.9);
    let come = libm::log(GUESS / typical).max(0.0);
    let missed = error * libm::sqrt(sharpness + come * come);
    typical * libm::exp(z * libm::hypot(drawn, missed))
}

/// The loss that this share of all weight lies below.
fn below(losses: &[(f64, f64)], share: f64) -> f64 {
    let all: f64 = losses.iter().map(|(_, weight)| weight).sum();
    let mut sum = 0.0;
    for &(loss, weight) in losses {
        sum += weight;
        if sum >= share * all * (1.0 - 1e-12) {
            return loss;
        }
    }
    f64::INFINITY
}

#[cfg(test)]
mod tests {
    use super::*;

    const STABLE: Risks = Risks { rewritten: 0.0, collapses: 0.0, slow: 0.0, held: 0.0 };

    /// Half of all numbers are smaller than 0, and half have an absolute value below .6745.
    #[test]
    fn half_of_all_networks_are_ahead_of_the_typical_one() {
        let Draw { pace, offset } = Draw::typical();
        assert!(pace == 1.0 && (offset - 0.674_489_750_196).abs() < 1e-9);
        // exp(-1.2816 sqrt(noise)), and P(|z| < 1.6449) = 0.9.
        let Draw { pace, offset } = Draw::behind(0.9, 0.25);
        assert!((pace - libm::exp(-0.5 * 1.281_551_565_545)).abs() < 1e-9);
        assert!((offset - 1.644_853_626_951).abs() < 1e-9);
    }

    /// 40 networks at the quantiles of a lognormal loss: a tenth of them are 4, and the last of these
    /// stands for the share 3.5/40 = .0875, whose z is -1.3563; the 36th for 35.5/40, 1.2133.
    #[test]
    fn a_band_without_risks_is_that_of_the_draws() {
        let curves = [vec![1.0, 0.1], vec![1.0, 0.2], vec![1.0, 0.4]];
        let drawn = band(&curves, (0.0, 1.0), Some(STABLE), 0.0);
        assert_eq!(drawn[0], (1.0, 1.0));
        let root = libm::log(2.0) / 1.281_551_565_545;
        let (low, high) = drawn[1];
        assert!((low - 0.2 * libm::exp(-1.356_311_745 * root)).abs() < 1e-6, "{low}");
        assert!((high - 0.2 * libm::exp(1.213_339_622 * root)).abs() < 1e-6, "{high}");
    }

    /// At a guess and the edge theory misses the logarithm by the error alone, at a quarter of the edge
    /// by half of it; where the loss has come down by a factor of e, by the root of two times as much.
    #[test]
    fn what_theory_misses_grows_with_the_way_that_the_loss_has_come() {
        let down = GUESS / std::f64::consts::E;
        let cases = [(GUESS, 1.0, 0.1), (GUESS, 0.25, 0.05), (down, 1.0, 0.1 * libm::sqrt(2.0))];
        for (loss, sharpness, error) in cases {
            let curves = [vec![loss], vec![loss], vec![loss]];
            let high = band(&curves, (0.1, sharpness), Some(STABLE), 0.0)[0].1;
            let high = libm::log(high / loss);
            assert!((high - 1.213_339_622 * error).abs() < 1e-6, "{high}");
        }
    }

    #[test]
    fn who_diverges_and_who_is_held_widens_the_band() {
        let curves = [vec![0.7, 0.01], vec![0.7, 0.01], vec![0.7, 0.01]];
        let risks = |rewritten| Some(Risks { rewritten, ..STABLE });
        assert_eq!(band(&curves, (0.0, 1.0), risks(0.3), 0.3)[1], (0.01, f64::INFINITY));
        assert_eq!(band(&curves, (0.0, 1.0), risks(0.3), 0.0)[1], (0.01, GUESS));
        assert_eq!(band(&curves, (0.0, 1.0), risks(0.95), 0.05)[1].0, GUESS);
        assert_eq!(band(&curves, (0.0, 1.0), None, 0.96)[1].1, f64::INFINITY);
        assert_eq!(band(&curves, (0.0, 1.0), risks(0.3), 0.3)[0], (0.7, 0.7));
    }
}
