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
    /// How a block's branch starts beside its stream.
    ///
    /// | name | factor on its first weights, on its last, behind it |
    /// |---|---|
    /// | plain | 1, 1, 1 |
    /// | zero | 1, 0, 1 |
    /// | scaled | 1, `1/sqrt(2 depth)`, 1 |
    /// | fixup | `1/sqrt(depth)`, 0, 1 |
    /// | skipinit | 1, 1, a learned number that starts at 0 |
    /// | deepnorm | `(4 depth)^(-1/4)`, `(4 depth)^(-1/4)`, `depth^(-1/4)` |
    ///
    /// *Source*: zero and fixup, Zhang, Dauphin & Ma 2019, without its readout of zero, multipliers
    /// and biases; scaled, Radford et al. 2019, section 2.3; skipinit, De & Smith 2020, and ReZero,
    /// Bachlechner et al. 2020; deepnorm, Wang et al. 2022, where the stream is multiplied by
    /// `depth^(1/4)` in place of dividing the branch, which the norm behind the sum takes for the
    /// same. They count branches: a transformer's block has two, a block of this book has one.
    OutProj, "out_proj", {
        /// As the recipe's init says.
        #[default]
        Plain = "plain",
        /// Last weights at zero: the block starts as the identity.
        Zero = "zero",
        /// Last weights as the init says, times `1/sqrt(2 depth)`.
        Scaled = "scaled",
        /// Last weights at zero, the first times `1/sqrt(depth)`: the step of the whole stack does not
        /// grow with its depth.
        Fixup = "fixup",
        /// As the init says, times a learned number that starts at zero.
        SkipInit = "skipinit",
        /// All weights smaller and the branch divided, before a norm of the sum.
        DeepNorm = "deepnorm",
    }
}
