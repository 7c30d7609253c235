//! The rules of the generated tables as black boxes: the true probabilities, which L2X's published code explains in place of a trained network.
//! They have no weights to learn.

use tch::nn;
use tch::{Kind, Tensor};

use crate::data::Modality;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

const PARAMS: &[ParamSpec] = &[epochs(1), batch(4096), learning_rate(1e-3)];

/// A rule as an architecture.
macro_rules! rule {
    ($name:ident, $id:literal, $title:literal, $log_odds:expr) => {
        #[doc = concat!("The rule of `", $title, "`.")]
        pub static $name: Architecture = Architecture {
            id: $id,
            title: $title,
            summary: "Not a trained model: the rule that a generated table was drawn from, with its true probabilities. For that table only.",
            citation: "Chen, Song, Wainwright, Jordan: Learning to Explain, ICML 2018, section 4.1; formulas of the published code",
            params: PARAMS,
            presets: &[],
            modality: Modality::Table,
            text: None,
            min_side: 1,
            build: |path, input, _| Box::new(Rule::new(path, input, $log_odds)),
            optimizer: OptimSpec::keras_adam,
        };
    };
}

rule!(RULE_XOR, "rule-xor", "The rule of synthetic:xor", |x| x(0) * x(1));
rule!(RULE_ORANGE, "rule-orange", "The rule of synthetic:orange", |x| orange(x, 0));
rule!(RULE_ADDITIVE, "rule-additive", "The rule of synthetic:additive", |x| additive(x, 0));
rule!(RULE_SWITCH, "rule-switch", "The rule of synthetic:switch", |x| {
    // Which half a row is from is known from x9 up to its density: N(3, 1) against N(-3, 1).
    let is_orange: Tensor = (x(9) * 6.0).sigmoid();
    let of_orange: Tensor = orange(x, 0).sigmoid() * &is_orange;
    let of_additive: Tensor = additive(x, 4).sigmoid() * (-is_orange + 1.0);
    (of_orange + of_additive).clamp(1e-7, 1.0 - 1e-6).logit(None)
});

/// The name after `synthetic:` of the tables that the rule `id` belongs to; `None` for what is no rule.
pub fn table_of(id: &str) -> Option<&str> {
    id.strip_prefix("rule-")
}

/// Whether the rule `id` belongs to these data; what is no rule belongs to all.
pub fn belongs_to(id: &str, data: &crate::data::Dataset) -> bool {
    let is_of = |table: &str| data.spec.kind.is_drawn() && data.spec.path.to_string_lossy() == table;
    table_of(id).is_none_or(is_of)
}

/// Columns of a batch by number.
type Columns<'a> = dyn Fn(i64) -> Tensor + 'a;

fn orange(x: &Columns<'_>, at: i64) -> Tensor {
    x(at).square() + x(at + 1).square() + x(at + 2).square() + x(at + 3).square() - 4.0
}

fn additive(x: &Columns<'_>, at: i64) -> Tensor {
    (x(at) * 0.2).sin() * -100.0 + x(at + 1).abs() + x(at + 2) + (-x(at + 3)).exp() - 2.4
}

struct Rule {
    /// Always 1: what is saved of it.
    one: Tensor,
    columns: i64,
    log_odds: fn(&Columns<'_>) -> Tensor,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule").finish_non_exhaustive()
    }
}

impl Rule {
    fn new(path: &nn::Path<'_>, input: InputSpec, log_odds: fn(&Columns<'_>) -> Tensor) -> Self {
        Self { one: path.var("one", &[1], nn::Init::Const(1.0)), columns: input.shape.width as i64, log_odds }
    }
}

impl Network for Rule {
    fn logits(&self, embedded: &Tensor, _train: bool) -> Tensor {
        let rows = embedded.flatten(1, -1);
        // A narrower table is refused where the box is made; here nothing may fail.
        let column = |i: i64| rows.select(1, i.min(self.columns - 1));
        let log_odds = (self.log_odds)(&column) + &self.one * 0.0;
        Tensor::stack(&[log_odds.shallow_clone(), log_odds.zeros_like()], 1).to_kind(Kind::Float)
    }
}
