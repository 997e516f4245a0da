//! The cells as tables.

use std::collections::BTreeMap;

use super::{Cell, Choice, Pairs, Relation, BODIES, INITS, RATES};
use crate::experiments::{cells, number, Table};
use minigrad::recipe::Body;
use minigrad::theory::Propagation;

/// `yes` or `no`.
fn word(is_so: bool) -> &'static str {
    if is_so {
        "yes"
    } else {
        "no"
    }
}

/// The relation in the names of its two tricks.
fn named(relation: Relation, tricks: [&str; 2]) -> String {
    match relation {
        Relation::First => format!("{} suffices", tricks[0]),
        Relation::Second => format!("{} suffices", tricks[1]),
        other => other.to_string(),
    }
}

/// One pair of tricks, in one setting of the third.
struct Pair {
    name: String,
    /// What the two are called where one suffices.
    tricks: [&'static str; 2],
    /// The third trick, and what stands in for a good init.
    given: String,
    /// Init, norm and residual connection: with neither, the first, the second, both.
    four: [(&'static str, bool, bool); 4],
}

impl Pair {
    fn new(
        tricks: [&'static str; 2],
        given: String,
        with: impl Fn(bool, bool) -> (&'static str, bool, bool),
    ) -> Pair {
        let four = [(false, false), (true, false), (false, true), (true, true)];
        let four = four.map(|(first, second)| with(first, second));
        Pair { name: tricks.join(" × "), tricks, given, four }
    }

    fn choices(&self, body: Body) -> [Choice; 4] {
        self.four.map(|(init, norm, residual)| Choice { body, init, norm, residual })
    }
}

/// Every pair in every setting: a bad init against Kaiming, a norm, residual connections.
fn pairs() -> Vec<Pair> {
    let mut pairs = vec![];
    let names = INITS.map(|(name, _)| name);
    let bad = || names.into_iter().filter(|name| *name != "Kaiming");
    let init = |bad, good| if good { "Kaiming" } else { bad };
    for (residual, given) in [(false, "no residual"), (true, "residual")] {
        pairs.extend(bad().map(|bad| {
            let with = |good, norm| (init(bad, good), norm, residual);
            Pair::new(["init", "norm"], format!("{bad}, {given}"), with)
        }));
    }
    for (norm, given) in [(false, "no norm"), (true, "norm")] {
        pairs.extend(bad().map(|bad| {
            let with = |good, residual| (init(bad, good), norm, residual);
            Pair::new(["init", "residual"], format!("{bad}, {given}"), with)
        }));
    }
    let with = |init| move |norm, residual| (init, norm, residual);
    let same = |init: &'static str| Pair::new(["norm", "residual"], init.to_owned(), with(init));
    pairs.extend(names.map(same));
    pairs
}

impl Cell {
    /// Name in the values: `plain_kaiming_rms_residual_fast`.
    pub(super) fn name(&self) -> String {
        let (Choice { body, init, norm, residual }, lr) = self.key;
        let init = init.to_lowercase().replace('-', "");
        let norm = if norm { "_rms" } else { "" };
        let residual = if residual { "_residual" } else { "" };
        let rate = if lr == RATES[0] { "" } else { "_fast" };
        format!("{body}_{init}{norm}{residual}{rate}")
    }

    /// The outcomes of the seeds with the middle final loss.
    fn shown(&self) -> String {
        match self.final_loss() {
            loss if loss.is_finite() => format!("{}, {}", self.outcomes(), number(loss)),
            _ => self.outcomes(),
        }
    }
}

impl Pairs {
    /// What theory says of every choice of a body, and what became of it at each rate.
    pub fn outcomes(&self, body: Body) -> Table {
        let rates = RATES.map(|lr| format!("lr {lr}"));
        let header = ["init", "norm", "residual", "q of the logits", "gradient"];
        let mut table = Table::new(header.into_iter().map(String::from).chain(rates));
        for choice in Choice::all().into_iter().filter(|choice| choice.body == body) {
            let theory = Propagation::of(&choice.recipe()).layers;
            let (q, gradient) = (theory[theory.len() - 1].q, theory[0].gradient);
            let cells = cells![choice.init, word(choice.norm), word(choice.residual), q, gradient];
            let outcomes = RATES.map(|lr| self.cell(choice, lr).shown().into());
            table.row(cells.into_iter().chain(outcomes));
        }
        table
    }

    /// The table of pairs: one row a pair and setting, one column a body and rate.
    pub fn relations(&self) -> Table {
        let columns =
            BODIES.into_iter().flat_map(|body| RATES.map(|lr| format!("{body}, lr {lr}")));
        let header = ["pair", "given"].into_iter().map(String::from);
        let mut table = Table::new(header.chain(columns));
        for pair in pairs() {
            let relation =
                |(body, lr)| named(self.relation(pair.choices(body), lr), pair.tricks).into();
            let columns = BODIES.into_iter().flat_map(|body| RATES.map(|lr| (body, lr)));
            table.row(
                cells![pair.name.clone(), pair.given.clone()]
                    .into_iter()
                    .chain(columns.map(relation)),
            );
        }
        table
    }

    /// How often each relation stands in the table of pairs.
    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        let table = self.relations();
        let words = table.rows.iter().flat_map(|row| &row[2..]);
        let mut counts = BTreeMap::new();
        for word in words {
            let word = word.text();
            let name = if word.ends_with("suffices") { "one suffices" } else { word };
            *counts.entry(format!("count_{}", name.replace(' ', "_"))).or_default() += 1;
        }
        counts
    }
}
