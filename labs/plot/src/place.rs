//! Places for labels: beside what they name, off the curves, never on each other.

use crate::canvas::{Point, Rect};

const CELL: f64 = 6.0;

/// Which cells of a plot area are covered by curves.
pub struct Ground {
    area: Rect,
    columns: usize,
    rows: usize,
    covered: Vec<bool>,
    taken: Vec<Rect>,
}

impl Ground {
    pub fn new(area: Rect) -> Self {
        let columns = (area.width() / CELL).ceil().max(1.0) as usize;
        let rows = (area.height() / CELL).ceil().max(1.0) as usize;
        Ground { area, columns, rows, covered: vec![false; columns * rows], taken: Vec::new() }
    }

    fn cell(&self, (x, y): Point) -> (usize, usize) {
        let clamp = |v: f64, n: usize| (v / CELL).clamp(0.0, (n - 1) as f64) as usize;
        (clamp(x - self.area.left, self.columns), clamp(y - self.area.top, self.rows))
    }

    /// Marks what a polyline covers.
    pub fn cover(&mut self, points: &[Point]) {
        for pair in points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let length = (b.0 - a.0).abs().max((b.1 - a.1).abs());
            let steps = (length / CELL * 2.0).ceil().max(1.0) as usize;
            for i in 0..=steps {
                let t = i as f64 / steps as f64;
                self.cover_point((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
            }
        }
    }

    /// Marks what one point covers.
    pub fn cover_point(&mut self, p: Point) {
        let (column, row) = self.cell(p);
        self.covered[row * self.columns + column] = true;
    }

    fn covered_in(&self, r: &Rect) -> usize {
        let (left, top) = self.cell((r.left, r.top));
        let (right, bottom) = self.cell((r.right, r.bottom));
        (top..=bottom)
            .map(|row| &self.covered[row * self.columns..][left..=right])
            .map(|cells| cells.iter().filter(|&&c| c).count())
            .sum()
    }

    /// The best place for a block of this size near `at`. Once placed it is taken.
    pub fn place(&mut self, at: Point, (wide, high): (f64, f64)) -> Rect {
        let gap = 9.0;
        let mut best = (f64::INFINITY, Rect::new(at.0, at.1, at.0 + wide, at.1 + high));
        let tries = |room: f64| (room / 3.0).max(0.0) as usize;
        for i in 0..=tries(self.area.width() - wide) {
            for j in 0..=tries(self.area.height() - high) {
                let left = self.area.left + 3.0 * i as f64;
                let top = self.area.top + 3.0 * j as f64;
                let r = Rect::new(left, top, left + wide, top + high);
                if self.taken.iter().any(|t| t.overlaps(&wider(&r))) {
                    continue;
                }
                let (dx, dy) = offset(at, &r);
                let far = (libm::hypot(dx, dy) - gap).abs();
                // To the right reads best; then centred above or below.
                let side = if left > at.0 { 0.0 } else { 6.0 };
                let off = ((r.top + r.bottom) / 2.0 - at.1).abs() * 0.15;
                let cost = far + side + off + 14.0 * self.covered_in(&r) as f64;
                if cost < best.0 {
                    best = (cost, r);
                }
            }
        }
        self.taken.push(best.1);
        best.1
    }
}

fn wider(r: &Rect) -> Rect {
    Rect::new(r.left - 10.0, r.top, r.right + 10.0, r.bottom)
}

/// How far a point lies outside a rectangle, in each direction.
pub fn offset(at: Point, r: &Rect) -> Point {
    ((r.left - at.0).max(at.0 - r.right).max(0.0), (r.top - at.1).max(at.1 - r.bottom).max(0.0))
}

/// Moves blocks (wanted centre, height) apart along one axis, as little as possible in the sense
/// of least squares, within `lo..hi`. Returns the centres in the order given.
pub fn spread(blocks: &[(f64, f64)], lo: f64, hi: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by(|&a, &b| blocks[a].0.total_cmp(&blocks[b].0).then(a.cmp(&b)));
    // With the heights above subtracted, "no overlap" is "in order": pool what is not.
    let mut above = 0.0;
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for &i in &order {
        let (centre, height) = blocks[i];
        pools.push((centre - height / 2.0 - above, 1));
        above += height;
        while let [.., a, b] = pools[..] {
            if a.0 <= b.0 {
                break;
            }
            let n = a.1 + b.1;
            let mean = (a.0 * a.1 as f64 + b.0 * b.1 as f64) / n as f64;
            pools.truncate(pools.len() - 2);
            pools.push((mean, n));
        }
    }
    let tops = pools.iter().flat_map(|&(z, n)| std::iter::repeat_n(z, n));
    let mut centres = vec![0.0; blocks.len()];
    let mut before = 0.0;
    for (&i, z) in order.iter().zip(tops) {
        let top = z.min(hi - above).max(lo) + before;
        centres[i] = top + blocks[i].1 / 2.0;
        before += blocks[i].1;
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_with_room_stay_where_they_are() {
        assert_eq!(spread(&[(100.0, 20.0), (50.0, 20.0)], 0.0, 200.0), [100.0, 50.0]);
    }

    #[test]
    fn crowded_labels_spread_around_their_mean() {
        let centres = spread(&[(100.0, 20.0), (100.0, 20.0), (101.0, 20.0)], 0.0, 200.0);
        assert!((centres[1] - centres[0] - 20.0).abs() < 1e-9);
        assert!((centres[2] - centres[1] - 20.0).abs() < 1e-9);
        assert!((centres[1] - 100.333).abs() < 0.01);
    }

    #[test]
    fn labels_stay_within_the_bounds() {
        let centres = spread(&[(0.0, 20.0), (199.0, 20.0), (198.0, 20.0)], 0.0, 200.0);
        assert_eq!(centres, [10.0, 190.0, 170.0]);
    }

    #[test]
    fn placed_blocks_avoid_curves_and_each_other() {
        let mut ground = Ground::new(Rect::new(0.0, 0.0, 300.0, 200.0));
        ground.cover(&[(0.0, 100.0), (300.0, 100.0)]);
        let boxes: Vec<Rect> = (0..6).map(|_| ground.place((150.0, 100.0), (80.0, 20.0))).collect();
        for (i, a) in boxes.iter().enumerate() {
            assert!(a.bottom <= 102.0 || a.top >= 98.0, "{a:?}");
            assert!(boxes[..i].iter().all(|b| !a.overlaps(b)));
        }
    }
}
