//! The update rule of a training, as data.

use serde::{Deserialize, Deserializer, Serialize};

use super::given::Given;
use super::Refused;

/// The update rule of a training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Stochastic gradient descent: `v = momentum v + g`, `w = w - lr v`.
    Sgd {
        /// Share of the previous velocity that is kept, in `[0, 1)`.
        momentum: f64,
    },
    /// Adam (Kingma & Ba 2015, algorithm 1).
    Adam {
        /// Decay of the first moment, in `[0, 1)`; the paper's default is 0.9.
        beta1: f64,
        /// Decay of the second moment, in `[0, 1)`; the paper's default is 0.999.
        beta2: f64,
        /// Added to the root of the second moment; the paper's default is 1e-8.
        epsilon: f64,
    },
}

/// `{"sgd": {"momentum": 0.9}}`, every constant given.
impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Method, D::Error> {
        Method::of(Given::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

impl Method {
    fn of(given: Given) -> Result<Method, String> {
        let expected = r#"{"sgd": {"momentum": 0.9}} or {"adam": {...}}"#;
        let unknown = |given: &Given| Refused::new("method", given, expected).to_string();
        let Given::Object(one) = &given else { return Err(unknown(&given)) };
        if one.len() != 1 {
            return Err(unknown(&given));
        }
        let need = |name: &str, value: Option<Given>| {
            value.ok_or_else(|| format!("method: missing field `{name}`"))
        };
        let share = |name: &'static str, value| {
            need(name, value)?.number(name, Refused::unless_share).map_err(|r| r.to_string())
        };
        match given.fields("method", ["sgd", "adam"], expected)? {
            [Some(sgd), _] => {
                let [momentum] = sgd.fields("sgd", ["momentum"], r#"{"momentum": 0.9}"#)?;
                Ok(Method::Sgd { momentum: share("momentum", momentum)? })
            }
            [_, adam] => {
                let expected = r#"{"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}"#;
                let names = ["beta1", "beta2", "epsilon"];
                let [beta1, beta2, epsilon] =
                    need("adam", adam)?.fields("adam", names, expected)?;
                let epsilon = need("epsilon", epsilon)?
                    .number("epsilon", Refused::unless_positive)
                    .map_err(|refused| refused.to_string())?;
                Ok(Method::Adam {
                    beta1: share("beta1", beta1)?,
                    beta2: share("beta2", beta2)?,
                    epsilon,
                })
            }
        }
    }
}

/// Plain gradient descent, without momentum.
impl Default for Method {
    fn default() -> Method {
        Method::Sgd { momentum: 0.0 }
    }
}
