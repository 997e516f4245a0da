//! The names of the inits: printed, parsed, and in JSON.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

use super::{Gain, Init, Scale};
use crate::recipe::given::Given;
use crate::recipe::refused::Number;
use crate::recipe::Refused;

/// An init that has a name: it alone, or one for every value.
enum Kind {
    Alone(Init),
    Valued(fn(f64) -> Init),
}

use Kind::{Alone, Valued};

/// Every init by its name, in the order of the table.
const NAMED: [(&str, Kind); 10] = [
    ("uniform", Valued(Init::Uniform)),
    ("xavier", Alone(Init::Xavier)),
    ("xavier_uniform", Alone(Init::XavierUniform)),
    ("glorot", Alone(Init::Glorot)),
    ("glorot_uniform", Alone(Init::GlorotUniform)),
    ("kaiming", Alone(Init::Kaiming)),
    ("kaiming_uniform", Alone(Init::KaimingUniform)),
    ("sigma", Valued(Init::Sigma)),
    ("orthogonal", Valued(Init::Orthogonal)),
    ("gpt2", Alone(Init::Gpt2)),
];

impl Kind {
    /// The init, where a value is given if and only if one is taken.
    fn with(&self, value: Option<f64>) -> Option<Init> {
        match (self, value) {
            (Alone(init), None) => Some(*init),
            (Valued(of), Some(value)) => Some(of(value)),
            _ => None,
        }
    }
}

impl Init {
    /// The names that [`FromStr`] and JSON accept; `true` marks those that take a value.
    pub const NAMES: [(&'static str, bool); NAMED.len()] = {
        let mut names = [("", false); NAMED.len()];
        let mut i = 0;
        while i < NAMED.len() {
            names[i] = (NAMED[i].0, matches!(NAMED[i].1, Valued(_)));
            i += 1;
        }
        names
    };

    fn parts(self) -> (&'static str, Option<f64>) {
        // Compared at another value: NaN is not itself.
        let scale = match self.scale {
            Scale::Bound(_) => Scale::Bound(1.0),
            Scale::Fan(fan, Gain::Value(_)) => Scale::Fan(fan, Gain::Value(1.0)),
            other => other,
        };
        let value = self.value();
        let own = Some(Init { scale, ..self });
        let mut named = NAMED.iter();
        let found = named.find(|(_, kind)| kind.with(value.map(|_| 1.0)) == own);
        (found.expect("every init has a name").0, value)
    }
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (name, Some(value)) => f.pad(&format!("{name}({})", Number(value))),
            (name, None) => f.pad(name),
        }
    }
}

/// `kaiming`, or `sigma(1.5)` for those that take a value.
impl FromStr for Init {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Init, Refused> {
        let unknown = |what: &str| Refused::new("init", format!("{what:?}"), Init::accepted());
        let (kind, value) = match text.strip_suffix(')').and_then(|t| t.split_once('(')) {
            Some((kind, value)) => (kind, Some(value.parse().map_err(|_| unknown(text))?)),
            None => (text, None),
        };
        Init::try_from(Named { kind: kind.to_owned(), value })
    }
}

impl Init {
    fn accepted() -> String {
        let name =
            |(name, takes)| if takes { format!("{name}(VALUE)") } else { String::from(name) };
        format!("one of {}", Init::NAMES.map(name).join(", "))
    }
}

/// The JSON form: `{"kind": "sigma", "value": 1.5}`.
#[derive(Clone, Serialize)]
pub(super) struct Named {
    kind: String,
    value: Option<f64>,
}

impl From<Init> for Named {
    fn from(init: Init) -> Named {
        let (kind, value) = init.parts();
        Named { kind: kind.to_owned(), value }
    }
}

impl<'de> Deserialize<'de> for Init {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Init, D::Error> {
        Init::of(Given::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

impl Init {
    fn of(given: Given) -> Result<Init, String> {
        let expected =
            r#"an object such as {"kind": "kaiming"} or {"kind": "sigma", "value": 1.5}"#;
        let [kind, value] = given.fields("init", ["kind", "value"], expected)?;
        let said = |refused: Refused| refused.to_string();
        let value = match value {
            None | Some(Given::Other("null")) => None,
            Some(value) => {
                Some(value.number("init value", Refused::unless_positive).map_err(said)?)
            }
        };
        match kind {
            Some(Given::Text(kind)) => Init::try_from(Named { kind, value }).map_err(said),
            Some(other) => Err(said(Refused::new("init kind", other, Init::accepted()))),
            None => Err("init: missing field `kind`".to_owned()),
        }
    }
}

impl TryFrom<Named> for Init {
    type Error = Refused;

    fn try_from(Named { kind, value }: Named) -> Result<Init, Refused> {
        let named = NAMED.iter().find(|(name, _)| *name == kind);
        let Some(init) = named.and_then(|(_, known)| known.with(value)) else {
            let shown = value.map_or(kind.clone(), |value| format!("{kind}({value})"));
            return Err(Refused::new("init", format!("{shown:?}"), Init::accepted()));
        };
        init.check()?;
        Ok(init)
    }
}
