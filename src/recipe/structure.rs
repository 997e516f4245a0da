//! Normalization and residual connections, as data.

use super::names::named;

named! {
    /// What is repeated `depth` times.
    Body, "body", {
        /// Linear layers with an activation between each two.
        #[default]
        Plain = "plain",
        /// Blocks `x -> Linear2(phi(Linear1(x)))`, four times as wide inside.
        Block = "block",
    }
}

named! {
    /// How a vector of units is brought to a standard size.
    ///
    /// | name | formula, with means over the units of one input |
    /// |---|---|
    /// | none | `x` |
    /// | ln | `gain (x - mean x) / sqrt(var x + 1e-5) + shift` |
    /// | rms | `gain x / sqrt(mean x^2 + 1e-5)` |
    ///
    /// *Source*: Ba, Kiros & Hinton 2016, eq. 4; Zhang & Sennrich 2019, eq. 4. Where 1e-5 stands is
    /// the convention of both papers' code: under the root, so that a row of zeros stays zero.
    Norm, "norm", {
        /// No normalization.
        #[default]
        None = "none",
        /// LayerNorm.
        Layer = "ln",
        /// RMSNorm.
        Rms = "rms",
    }
}

named! {
    /// Where the normalization stands.
    Placement, "placement", {
        /// There is none.
        #[default]
        None = "none",
        /// Between linear layer and activation: the only one for a plain body.
        PreAct = "pre_act",
        /// At the entry of a block's branch, `x + f(norm(x))`: "pre-LN".
        Pre = "pre",
        /// After the sum, `norm(x + f(x))`: "post-LN".
        Post = "post",
    }
}

named! {
    /// How the last weights of a block's branch start.
    OutProj, "out_proj", {
        /// As the recipe's init says.
        #[default]
        Plain = "plain",
        /// At zero: the block starts as the identity.
        Zero = "zero",
        /// As the init says, times `1/sqrt(2 depth)`.
        Scaled = "scaled",
    }
}
