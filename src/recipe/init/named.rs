//! The names of the inits: printed, parsed, and in JSON.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde::Deserialize;
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
        match text.strip_suffix(')').and_then(|t| t.split_once('(')) {
            Some((kind, value)) => match value.parse() {
                Ok(value) => Init::named(kind, Some(value)),
                Err(_) => Err(Init::unknown(text)),
            },
            None => Init::named(text, None),
        }
    }
}

impl Init {
    fn named(name: &str, value: Option<f64>) -> Result<Init, Refused> {
        let known = NAMED.iter().find(|(known, _)| *known == name);
        let init = known.and_then(|(_, kind)| kind.with(value)).ok_or_else(|| match value {
            Some(value) => Init::unknown(&format!("{name}({value})")),
            None => Init::unknown(name),
        })?;
        init.check().map(|()| init)
    }

    fn unknown(shown: &str) -> Refused {
        Refused::new("init", format!("{shown:?}"), Init::accepted())
    }

    fn accepted() -> String {
        let name = |(name, takes)| format!("{name}{}", if takes { "(VALUE)" } else { "" });
        format!("one of {}", Init::NAMES.map(name).join(", "))
    }
}

/// The JSON form: `{"kind": "sigma", "value": 1.5}`.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = r#"init as an object such as {"kind": "kaiming"} or {"kind": "sigma", "value": 1.5}"#
)]
pub(super) struct Named {
    kind: Given,
    value: Option<Given>,
}

impl TryFrom<Named> for Init {
    type Error = Refused;

    fn try_from(Named { kind, value }: Named) -> Result<Init, Refused> {
        let Given::Text(kind) = kind else {
            return Err(Refused::new("init kind", kind, Init::accepted()));
        };
        let number = |value: Given| value.number("init value", Refused::unless_positive);
        Init::named(&kind, value.map(number).transpose()?)
    }
}

impl Serialize for Init {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (kind, value) = self.parts();
        let mut fields = to.serialize_struct("Init", 2)?;
        fields.serialize_field("kind", kind)?;
        fields.serialize_field("value", &value)?;
        fields.end()
    }
}
