//! The initializations, as data.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

use super::given::Given;
use super::refused::Number;
use super::Refused;

/// How the entries of a weight matrix `[fan_in, fan_out]` are drawn. Biases start at zero.
///
/// | name | distribution | `fan_in Var(W)` | source |
/// |---|---|---|---|
/// | `uniform(a)` | `U[-a, a]` | `fan_in a^2 / 3` | |
/// | `xavier` | `N(0, 1/fan_in)` | 1 | Glorot & Bengio 2010, eq. 10 |
/// | `xavier_uniform` | `U` of the same variance | 1 | the same |
/// | `glorot` | `N(0, 2/(fan_in + fan_out))` | 1 where the fans agree | the same, eq. 12 |
/// | `glorot_uniform` | `U` of the same variance | the same | the same, eq. 16 |
/// | `kaiming` | `N(0, gain^2/fan_in)` | `gain^2` | He et al. 2015 "delving", eq. 10 |
/// | `kaiming_uniform` | `U` of the same variance | `gain^2` | the same |
/// | `sigma(v)` | `N(0, v^2/fan_in)` | `v^2` | Poole et al. 2016, section 2 |
/// | `orthogonal(v)` | orthogonal, entries of variance `v^2/fan_in` | `v^2` | Saxe et al. 2014 |
/// | `gpt2` | `N(0, 0.02^2)` | `fan_in 0.02^2` | Radford et al. 2019 (released code) |
///
/// `gain^2 = 1 / E phi(z)^2` with `z ~ N(0, 1)` is exact for every activation: 2 for ReLU, as in
/// the paper. No distribution is truncated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(into = "Named")]
pub enum Init {
    /// `U[-a, a]`, whatever the fans.
    Uniform(f64),
    /// `N(0, 1/fan_in)`.
    Xavier,
    /// `U[-a, a]` with `a^2 = 3/fan_in`.
    XavierUniform,
    /// `N(0, 2/(fan_in + fan_out))`.
    Glorot,
    /// `U[-a, a]` with `a^2 = 6/(fan_in + fan_out)`.
    GlorotUniform,
    /// `N(0, gain^2/fan_in)`.
    #[default]
    Kaiming,
    /// `U[-a, a]` with `a^2 = 3 gain^2/fan_in`.
    KaimingUniform,
    /// `N(0, v^2/fan_in)`.
    Sigma(f64),
    /// Orthogonal rows or columns, scaled to entries of variance `v^2/fan_in`.
    Orthogonal(f64),
    /// `N(0, 0.02^2)`, whatever the fans.
    Gpt2,
}

use Init::*;

impl Init {
    /// The names that [`FromStr`] and JSON accept; `true` marks those that take a value.
    pub const NAMES: [(&'static str, bool); 10] = [
        ("uniform", true),
        ("xavier", false),
        ("xavier_uniform", false),
        ("glorot", false),
        ("glorot_uniform", false),
        ("kaiming", false),
        ("kaiming_uniform", false),
        ("sigma", true),
        ("orthogonal", true),
        ("gpt2", false),
    ];

    /// Variance of one entry of a `[fan_in, fan_out]` matrix, given the activation's `gain`.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// assert_eq!(Init::Kaiming.variance(256, 256, 2f64.sqrt()), 2.0000000000000004 / 256.0);
    /// assert_eq!(Init::Glorot.variance(100, 300, 1.0), 0.005);
    /// ```
    // ANCHOR: variance
    pub fn variance(self, fan_in: usize, fan_out: usize, gain: f64) -> f64 {
        let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
        match self {
            Uniform(a) => a * a / 3.0,
            Xavier | XavierUniform => 1.0 / fan_in,
            Glorot | GlorotUniform => 2.0 / (fan_in + fan_out),
            Kaiming | KaimingUniform => gain * gain / fan_in,
            Sigma(v) | Orthogonal(v) => v * v / fan_in,
            Gpt2 => 0.02 * 0.02,
        }
    }
    // ANCHOR_END: variance

    /// Whether rows or columns are orthogonal; else entries are independent.
    pub fn is_orthogonal(self) -> bool {
        matches!(self, Orthogonal(_))
    }

    pub(crate) fn check(self) -> Result<(), Refused> {
        match self {
            Uniform(v) | Sigma(v) | Orthogonal(v) => Refused::unless_positive("init value", v),
            _ => Ok(()),
        }
    }

    fn parts(self) -> (&'static str, Option<f64>) {
        match self {
            Uniform(a) => ("uniform", Some(a)),
            Xavier => ("xavier", None),
            XavierUniform => ("xavier_uniform", None),
            Glorot => ("glorot", None),
            GlorotUniform => ("glorot_uniform", None),
            Kaiming => ("kaiming", None),
            KaimingUniform => ("kaiming_uniform", None),
            Sigma(v) => ("sigma", Some(v)),
            Orthogonal(v) => ("orthogonal", Some(v)),
            Gpt2 => ("gpt2", None),
        }
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
struct Named {
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
        let init = match (kind.as_str(), value) {
            ("uniform", Some(a)) => Uniform(a),
            ("xavier", None) => Xavier,
            ("xavier_uniform", None) => XavierUniform,
            ("glorot", None) => Glorot,
            ("glorot_uniform", None) => GlorotUniform,
            ("kaiming", None) => Kaiming,
            ("kaiming_uniform", None) => KaimingUniform,
            ("sigma", Some(v)) => Sigma(v),
            ("orthogonal", Some(v)) => Orthogonal(v),
            ("gpt2", None) => Gpt2,
            (_, given) => {
                let shown = match given {
                    Some(value) => format!("{kind}({value})"),
                    None => kind,
                };
                return Err(Refused::new("init", format!("{shown:?}"), Init::accepted()));
            }
        };
        init.check()?;
        Ok(init)
    }
}
