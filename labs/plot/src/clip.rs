//! Clipping in axis places (both axes 0 to 1), where a line on a log axis is straight too.

/// A point in axis places, y upwards.
pub type Place = (f64, f64);

/// How a drawn piece of a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At its last point.
    Plain,
    /// It leaves through the top.
    Up,
    /// It leaves through the bottom.
    Down,
    /// The next value is not a number or infinite.
    Lost,
}

/// The part of a segment inside the unit square, as the two fractions where it enters and leaves.
fn inside(a: Place, b: Place) -> Option<(f64, f64)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (from, to) in [(a.0, b.0), (a.1, b.1)] {
        let step = to - from;
        if step == 0.0 {
            if !(0.0..=1.0).contains(&from) {
                return None;
            }
            continue;
        }
        let (t0, t1) = ((0.0 - from) / step, (1.0 - from) / step);
        enter = enter.max(t0.min(t1));
        leave = leave.min(t0.max(t1));
    }
    (enter <= leave).then_some((enter, leave))
}

fn between(a: Place, b: Place, t: f64) -> Place {
    if t == 1.0 {
        return b;
    }
    let cut = |from: f64, to: f64| (from + t * (to - from)).clamp(0.0, 1.0);
    (cut(a.0, b.0), cut(a.1, b.1))
}

/// Cuts a line at the frame. A value that is not finite ends it for good. If nothing of it is
/// visible, one single-point piece on the frame tells where it is.
pub fn line(points: &[Place]) -> Vec<(Vec<Place>, End)> {
    let mut pieces: Vec<(Vec<Place>, End)> = Vec::new();
    let mut piece: Vec<Place> = Vec::new();
    let finite = |p: &Place| p.0.is_finite() && p.1.is_finite();
    let usable = points.iter().take_while(|p| finite(p)).count();
    let good = &points[..usable];
    let end = match points.get(usable) {
        None => End::Plain,
        Some(p) if p.1 == f64::NEG_INFINITY => End::Down,
        Some(_) => End::Lost,
    };
    if let [only] = good {
        if inside(*only, *only).is_some() {
            return vec![(vec![*only], end)];
        }
    }
    for pair in good.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let Some((enter, leave)) = inside(a, b) else {
            continue;
        };
        if piece.is_empty() {
            piece.push(between(a, b, enter));
        }
        piece.push(between(a, b, leave));
        if leave < 1.0 {
            let side = match b.1 {
                y if y > 1.0 => End::Up,
                y if y < 0.0 => End::Down,
                _ => End::Plain,
            };
            pieces.push((std::mem::take(&mut piece), side));
        }
    }
    if !piece.is_empty() {
        pieces.push((piece, end));
    }
    if pieces.is_empty() {
        if let Some(&(x, y)) = good.iter().find(|p| (0.0..=1.0).contains(&p.0)) {
            let side = if y > 0.5 { End::Up } else { End::Down };
            pieces.push((vec![(x, y.clamp(0.0, 1.0))], side));
        }
    }
    pieces
}

/// Cuts a polygon at the frame (one side after the other).
pub fn polygon(points: &[Place]) -> Vec<Place> {
    let far = |v: f64| v.clamp(-1e3, 1e3); // A bound of zero on a log axis is infinitely low.
    let mut shape: Vec<Place> = points
        .iter()
        .filter(|p| !p.0.is_nan() && !p.1.is_nan())
        .map(|p| (far(p.0), far(p.1)))
        .collect();
    let depth: [fn(Place) -> f64; 4] = [|p| p.0, |p| 1.0 - p.0, |p| p.1, |p| 1.0 - p.1];
    for d in depth {
        let mut cut = Vec::new();
        for (i, &b) in shape.iter().enumerate() {
            let a = shape[(i + shape.len() - 1) % shape.len()];
            let (da, db) = (d(a), d(b));
            if (da < 0.0) != (db < 0.0) {
                let t = da / (da - db);
                cut.push((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
            }
            if db >= 0.0 {
                cut.push(b);
            }
        }
        shape = cut;
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_is_cut_exactly_at_the_crossing() {
        let pieces = line(&[(0.0, 0.5), (0.5, 2.5)]);
        assert_eq!(pieces, [(vec![(0.0, 0.5), (0.125, 1.0)], End::Up)]);
    }

    #[test]
    fn crossing_is_interpolated_in_log_space() {
        use crate::Axis;
        let y = Axis::log("", 1.0, 1e2);
        // From 10 to 1e5 over one step: 1e2 is reached after a quarter of it.
        let pieces = line(&[(0.0, y.place(10.0)), (1.0, y.place(1e5))]);
        let (x, top) = pieces[0].0[1];
        assert!((x - 0.25).abs() < 1e-12 && top == 1.0);
    }

    #[test]
    fn line_that_returns_has_two_pieces() {
        let pieces = line(&[(0.0, 0.5), (0.25, 1.5), (0.5, 0.5), (1.0, 0.5)]);
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[0].1, End::Up);
        assert_eq!(pieces[1].0[0], (0.375, 1.0));
        assert_eq!(pieces[1].1, End::Plain);
    }

    #[test]
    fn not_a_number_ends_the_line() {
        let pieces = line(&[(0.0, 0.1), (0.1, 0.2), (0.2, f64::NAN), (0.3, 0.4)]);
        assert_eq!(pieces, [(vec![(0.0, 0.1), (0.1, 0.2)], End::Lost)]);
        let zero = line(&[(0.0, 0.1), (0.1, f64::NEG_INFINITY)]);
        assert_eq!(zero, [(vec![(0.0, 0.1)], End::Down)]);
    }

    #[test]
    fn line_outside_is_marked_on_the_frame() {
        assert_eq!(line(&[(0.0, 3.0), (1.0, 4.0)]), [(vec![(0.0, 1.0)], End::Up)]);
        assert!(line(&[]).is_empty());
    }

    #[test]
    fn polygon_stays_inside() {
        let cut = polygon(&[(0.0, 0.5), (1.0, 2.0), (1.0, f64::NEG_INFINITY)]);
        assert!(cut.contains(&(1.0 / 3.0, 1.0)));
        assert!(cut.iter().all(|p| (0.0..=1.0).contains(&p.0) && (0.0..=1.0).contains(&p.1)));
    }
}
