//! From which learning rate on a network fails: rates on a grid, tried by bisection or all.

use super::Spread;

/// Rates by equal factors.
#[derive(Clone, Copy)]
pub struct Grid {
    pub first: f64,
    /// How many rates until one has doubled.
    pub per_doubling: usize,
    pub count: usize,
}

/// One rate of the grid and whether the network failed at it.
pub type Tried = (usize, bool);

impl Grid {
    pub fn lr(&self, rate: usize) -> f64 {
        self.first * libm::exp2(rate as f64 / self.per_doubling as f64)
    }

    /// What was tried, in the order of the rates: all of them, or those that find the border.
    pub fn tried(&self, all: bool, mut fails: impl FnMut(f64) -> bool) -> Vec<Tried> {
        let mut at = |rate| (rate, fails(self.lr(rate)));
        if all {
            return (0..self.count).map(at).collect();
        }
        let (mut low, mut high, mut tried) = (0, self.count, vec![]);
        while low < high {
            let one = at((low + high) / 2);
            (low, high) = if one.1 { (low, one.0) } else { (one.0 + 1, high) };
            tried.push(one);
        }
        tried.sort_unstable();
        tried
    }

    /// The border over networks: halfway, as a ratio, between the first rate that failed and the one
    /// before. NaN where a network has none.
    pub fn border(&self, networks: &[Vec<Tried>]) -> Spread {
        let border = |tried: &Vec<Tried>| {
            let (first, _) = *tried.iter().find(|(_, failed)| *failed)?;
            Some(libm::sqrt(self.lr(first.checked_sub(1)?) * self.lr(first)))
        };
        Spread::of(networks.iter().map(border).collect::<Option<Vec<f64>>>().unwrap_or_default())
    }
}

/// Of the trials at rates above the first that failed, how many were survived, and how many there are.
pub fn survived_beyond(networks: &[Vec<Tried>]) -> (usize, usize) {
    let beyond = networks.iter().flat_map(|tried| tried.iter().skip_while(|one| !one.1).skip(1));
    (beyond.clone().filter(|one| !one.1).count(), beyond.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_is_found_wherever_it_is() {
        let grid = Grid { first: 1.0, per_doubling: 1, count: 11 };
        for border in 0..=grid.count {
            let tried = grid.tried(false, |lr| lr >= libm::exp2(border as f64));
            let first = tried.iter().find(|one| one.1).map(|one| one.0);
            assert_eq!(first, (border < grid.count).then_some(border));
            assert!(tried.iter().any(|one| one.0 + 1 == border) || border == 0);
            assert!(tried.is_sorted() && tried.len() <= 4);
        }
    }
}
