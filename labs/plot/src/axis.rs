//! Axes: from a value to its place between 0 and 1, and the ticks.

use crate::text::{decimal, power};

/// An axis: its label (with symbol and unit), its scale and its two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub(crate) label: String,
    lo: f64,
    hi: f64,
    log: bool,
}

/// A tick: its place on the axis between 0 and 1, and its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub text: String,
}

impl Axis {
    /// A linear axis from `lo` to `hi`.
    ///
    /// # Panics
    /// If the ends are not finite or `lo >= hi`.
    #[track_caller]
    pub fn linear(label: &str, lo: f64, hi: f64) -> Self {
        assert!(
            lo.is_finite() && hi.is_finite() && lo < hi,
            "axis {label:?} from {lo} to {hi}: the ends must be finite and in order"
        );
        Axis { label: label.to_string(), lo, hi, log: false }
    }

    /// A logarithmic axis from `lo` to `hi`.
    ///
    /// # Panics
    /// If the ends are not finite and positive or `lo >= hi`.
    #[track_caller]
    pub fn log(label: &str, lo: f64, hi: f64) -> Self {
        assert!(lo > 0.0, "axis {label:?} from {lo}: a log axis is positive");
        Axis { log: true, ..Axis::linear(label, lo, hi) }
    }

    /// The place of a value: 0 and 1 are the ends, NaN stays NaN, zero on a log axis is -inf.
    pub(crate) fn place(&self, v: f64) -> f64 {
        if self.log {
            if v <= 0.0 {
                return f64::NEG_INFINITY;
            }
            let (a, b) = (libm::log10(self.lo), libm::log10(self.hi));
            (libm::log10(v) - a) / (b - a)
        } else {
            (v - self.lo) / (self.hi - self.lo)
        }
    }

    /// At most `most` ticks (at least two) at round values.
    pub(crate) fn ticks(&self, most: usize) -> Vec<Tick> {
        let most = most.max(2);
        let decades = if self.log { libm::log10(self.hi / self.lo) } else { 0.0 };
        if decades >= 1.5 {
            self.decades(most)
        } else if self.log {
            self.within_decades()
        } else {
            self.round_values(most)
        }
    }

    fn decades(&self, most: usize) -> Vec<Tick> {
        let first = (libm::log10(self.lo) - 1e-9).ceil() as i32;
        let last = (libm::log10(self.hi) + 1e-9).floor() as i32;
        let every = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 50, 100]
            .into_iter()
            .find(|e| last.div_euclid(*e) - (first - 1).div_euclid(*e) <= most as i32)
            .unwrap_or(200);
        let powers: Vec<i32> = (first..=last).filter(|k| k.rem_euclid(every) == 0).collect();
        let plain = powers.iter().all(|k| (-2..=3).contains(k));
        let (a, b) = (libm::log10(self.lo), libm::log10(self.hi));
        let tick = |&k: &i32| Tick {
            at: (f64::from(k) - a) / (b - a),
            text: match k {
                k if plain && k < 0 => decimal(libm::pow(10.0, f64::from(k)), -k as usize),
                k if plain => decimal(libm::pow(10.0, f64::from(k)), 0),
                k => power(k),
            },
        };
        powers.iter().map(tick).collect()
    }

    fn within_decades(&self) -> Vec<Tick> {
        let first = libm::log10(self.lo).floor() as i32;
        let mut ticks = Vec::new();
        for k in first..=first + 2 {
            for m in [1.0, 2.0, 5.0] {
                let v = m * libm::pow(10.0, f64::from(k));
                if v >= self.lo * (1.0 - 1e-9) && v <= self.hi * (1.0 + 1e-9) {
                    ticks.push(Tick {
                        at: self.place(v),
                        text: match k {
                            k if !(-3..=3).contains(&k) => format!("{m}×{}", power(k)),
                            k => decimal(v, (-k).max(0) as usize),
                        },
                    });
                }
            }
        }
        ticks
    }

    fn round_values(&self, most: usize) -> Vec<Tick> {
        let span = self.hi - self.lo;
        let rough = libm::floor(libm::log10(span / most as f64)) as i32;
        let steps = (rough..rough + 3).flat_map(|k| [1.0, 2.0, 2.5, 5.0].map(|m| (m, k)));
        for (m, k) in steps {
            let step = m * libm::pow(10.0, f64::from(k));
            let first = (self.lo / step - 1e-9).ceil() as i64;
            let last = (self.hi / step + 1e-9).floor() as i64;
            if last - first >= most as i64 {
                continue;
            }
            let places = (-k + i32::from(m == 2.5)).max(0) as usize;
            let large = self.hi.abs().max(self.lo.abs()) >= 1e6;
            let scale = libm::floor(libm::log10(self.hi.abs().max(self.lo.abs()))) as i32;
            let tick = |i: i64| {
                let v = i as f64 * step;
                let text = match v {
                    v if large && v != 0.0 => {
                        let unit = libm::pow(10.0, f64::from(scale));
                        format!("{}×{}", decimal(v / unit, 1), power(scale))
                    }
                    v => decimal(v, if large { 0 } else { places }),
                };
                let at = self.place(v);
                Tick { at, text }
            };
            return (first..=last).map(tick).collect();
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(axis: &Axis, most: usize) -> Vec<String> {
        axis.ticks(most).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn linear_ticks_are_round() {
        let steps = Axis::linear("step", 0.0, 1000.0);
        assert_eq!(texts(&steps, 6), ["0", "200", "400", "600", "800", "1000"]);
        let small = Axis::linear("", -0.5, 0.5);
        assert_eq!(texts(&small, 5), ["−0.4", "−0.2", "0.0", "0.2", "0.4"]);
    }

    #[test]
    fn decades_are_thinned() {
        let wide = Axis::log("variance", 1e-10, 1e26);
        assert_eq!(texts(&wide, 7), ["10⁻⁶", "1", "10⁶", "10¹²", "10¹⁸", "10²⁴"]);
        let loss = Axis::log("loss", 1e-2, 1e1);
        assert_eq!(texts(&loss, 7), ["0.01", "0.1", "1", "10"]);
        for top in 1..40 {
            let ticks = Axis::log("", 1.0, libm::pow(10.0, f64::from(top))).ticks(7);
            assert!((1..=7).contains(&ticks.len()), "{top}: {ticks:?}");
            assert!(ticks.iter().all(|t| (-1e-9..=1.0 + 1e-9).contains(&t.at)));
        }
    }

    #[test]
    fn places_are_fractions_of_the_axis() {
        let log = Axis::log("", 1e-4, 1e6);
        assert!((log.place(10.0) - 0.5).abs() < 1e-12);
        assert_eq!(log.place(0.0), f64::NEG_INFINITY);
        assert!(log.place(f64::NAN).is_nan());
        assert_eq!(Axis::linear("", 0.0, 8.0).place(2.0), 0.25);
    }

    #[test]
    #[should_panic(expected = "a log axis is positive")]
    fn log_axis_rejects_zero() {
        let _ = Axis::log("loss", 0.0, 1.0);
    }
}
