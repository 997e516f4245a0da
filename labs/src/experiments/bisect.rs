//! Where a border lies on a grid, found by few trials.

/// The trials by which the border is found, in the order of the grid `0..count`: below it nothing is
/// `beyond`, from it on everything, and it may lie at either end.
pub(super) fn bisect<T>(
    count: usize,
    mut at: impl FnMut(usize) -> T,
    beyond: impl Fn(&T) -> bool,
) -> Vec<T> {
    let (mut low, mut high) = (0, count);
    let mut trials = vec![];
    while low < high {
        let middle = (low + high) / 2;
        let trial = at(middle);
        if beyond(&trial) {
            high = middle;
        } else {
            low = middle + 1;
        }
        trials.push((middle, trial));
    }
    trials.sort_by_key(|(place, _)| *place);
    trials.into_iter().map(|(_, trial)| trial).collect()
}

/// Where the border of each network lies on a grid of rates, in ascending order: halfway, as a ratio,
/// between the last rate before the first trial `beyond`, which `place` numbers, and that trial's.
/// `None` where a network has no trial beyond, or none before it.
pub(super) fn borders<T>(
    networks: &[Vec<T>],
    beyond: impl Fn(&T) -> bool,
    place: impl Fn(&T) -> usize,
    rate: impl Fn(usize) -> f64,
) -> Option<Vec<f64>> {
    let border = |trials: &Vec<T>| {
        let first = place(trials.iter().find(|trial| beyond(trial))?);
        Some(libm::sqrt(rate(first.checked_sub(1)?) * rate(first)))
    };
    let mut borders = networks.iter().map(border).collect::<Option<Vec<f64>>>()?;
    borders.sort_by(f64::total_cmp);
    Some(borders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_is_found_wherever_it_is() {
        let count = 11;
        for border in 0..=count {
            let trials = bisect(count, |place| place, |&place| place >= border);
            let first = trials.iter().copied().find(|&place| place >= border);
            assert_eq!(first, (border < count).then_some(border));
            assert!(trials.iter().any(|place| place + 1 == border) || border == 0);
            assert!(trials.is_sorted() && trials.len() <= 4);
        }
    }
}
