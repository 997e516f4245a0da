//! The cells as tables.

use std::collections::BTreeMap;

use super::{Cell, Choice, Pairs, Relation, BODIES, INITS, RATES};
use crate::experiments::{number, Table};
use crate::recipe::{Body, Outcome};
use crate::theory::Propagation;

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
    name: &'static str,
    /// What the two are called where one suffices.
    tricks: [&'static str; 2],
    /// The third trick, and what stands in for a good init.
    given: String,
    /// Neither, the first, the second, both.
    four: fn(Body, &'static str, bool) -> [Choice; 4],
    init: &'static str,
    third: bool,
}

/// Every pair in every setting: a bad init against Kaiming, a norm, residual connections.
fn pairs() -> Vec<Pair> {
    let mut pairs = vec![];
    let bad = || INITS.iter().map(|(name, _)| *name).filter(|name| *name != "Kaiming");
    for third in [false, true] {
        let residual = if third { "residual" } else { "no residual" };
        pairs.extend(bad().map(|init| Pair {
            name: "init × norm",
            tricks: ["init", "norm"],
            given: format!("{init}, {residual}"),
            four: |body, bad, residual| {
                [(bad, false), ("Kaiming", false), (bad, true), ("Kaiming", true)]
                    .map(|(init, norm)| Choice { body, init, norm, residual })
            },
            init,
            third,
        }));
    }
    for third in [false, true] {
        let norm = if third { "norm" } else { "no norm" };
        pairs.extend(bad().map(|init| Pair {
            name: "init × residual",
            tricks: ["init", "residual"],
            given: format!("{init}, {norm}"),
            four: |body, bad, norm| {
                [(bad, false), ("Kaiming", false), (bad, true), ("Kaiming", true)]
                    .map(|(init, residual)| Choice { body, init, norm, residual })
            },
            init,
            third,
        }));
    }
    pairs.extend(INITS.iter().map(|&(init, _)| Pair {
        name: "norm × residual",
        tricks: ["norm", "residual"],
        given: init.to_owned(),
        four: |body, init, _| {
            [(false, false), (true, false), (false, true), (true, true)]
                .map(|(norm, residual)| Choice { body, init, norm, residual })
        },
        init,
        third: false,
    }));
    pairs
}

impl Cell {
    /// Name in the values: `plain_kaiming_rms_residual_fast`.
    pub(super) fn key(&self) -> String {
        let Choice { body, init, norm, residual } = self.choice;
        let init = init.to_lowercase().replace('-', "");
        let norm = if norm { "_rms" } else { "" };
        let residual = if residual { "_residual" } else { "" };
        let rate = if self.lr == RATES[0] { "" } else { "_fast" };
        format!("{body}_{init}{norm}{residual}{rate}")
    }

    /// The outcomes of the seeds with the middle final loss.
    fn shown(&self) -> String {
        let mut outcomes: Vec<Outcome> = self.runs.iter().map(|run| run.outcome()).collect();
        outcomes.sort();
        outcomes.dedup();
        let outcomes: Vec<String> = outcomes.iter().map(Outcome::to_string).collect();
        let outcomes = outcomes.join(" or ");
        let loss = self.final_loss();
        if loss.is_finite() {
            format!("{outcomes}, {}", number(loss))
        } else {
            outcomes
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
            let cells = [choice.init, word(choice.norm), word(choice.residual)].map(String::from);
            let numbers = [theory[theory.len() - 1].q, theory[0].gradient].map(number);
            let outcomes = RATES.map(|lr| self.cell(choice, lr).shown());
            table.row(cells.into_iter().chain(numbers).chain(outcomes));
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
            let relation = |(body, lr)| {
                named(self.relation((pair.four)(body, pair.init, pair.third), lr), pair.tricks)
            };
            let columns = BODIES.into_iter().flat_map(|body| RATES.map(|lr| (body, lr)));
            let start = [pair.name.to_owned(), pair.given.clone()].into_iter();
            table.row(start.chain(columns.map(relation)));
        }
        table
    }

    /// How often each relation stands in the table of pairs.
    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        let table = self.relations();
        let words = table.rows.iter().flat_map(|row| &row[2..]);
        let mut counts = BTreeMap::new();
        for word in words {
            let name = if word.ends_with("suffices") { "one suffices" } else { word };
            *counts.entry(format!("count_{}", name.replace(' ', "_"))).or_default() += 1;
        }
        counts
    }
}
