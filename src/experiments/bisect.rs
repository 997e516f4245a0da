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
