//! The update rule of a training, as data.

use serde::{Deserialize, Serialize};

use super::given;

/// The update rule of a training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "Named")]
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
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = r#"method {"sgd": {...}} or {"adam": {...}}"#)]
struct Named {
    sgd: Option<Sgd>,
    adam: Option<Adam>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = r#"{"momentum": 0.9}"#)]
struct Sgd {
    #[serde(deserialize_with = "given::momentum")]
    momentum: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = r#"{"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}"#)]
struct Adam {
    #[serde(deserialize_with = "given::beta1")]
    beta1: f64,
    #[serde(deserialize_with = "given::beta2")]
    beta2: f64,
    #[serde(deserialize_with = "given::epsilon")]
    epsilon: f64,
}

impl TryFrom<Named> for Method {
    type Error = &'static str;

    fn try_from(named: Named) -> Result<Method, &'static str> {
        match named {
            Named { sgd: Some(Sgd { momentum }), adam: None } => Ok(Method::Sgd { momentum }),
            Named { sgd: None, adam: Some(Adam { beta1, beta2, epsilon }) } => {
                Ok(Method::Adam { beta1, beta2, epsilon })
            }
            _ => Err("method is not accepted: expected one of sgd, adam"),
        }
    }
}

/// Plain gradient descent, without momentum.
impl Default for Method {
    fn default() -> Method {
        Method::Sgd { momentum: 0.0 }
    }
}
