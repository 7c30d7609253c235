//! Parameters of black boxes and explainers: what exists, in which range, with which default. Forms, flags and cards share them.

use std::collections::BTreeMap;

/// One parameter of a method or architecture.
#[derive(Debug)]
pub struct ParamSpec {
    /// Name on the command line and in cards, e.g. `temperature`.
    pub id: &'static str,
    /// Name on screen, e.g. "Temperature".
    pub label: &'static str,
    /// One or two sentences with the source: what it does, what the paper uses.
    pub tip: &'static str,
    /// Kind, range and default.
    pub kind: ParamKind,
}

/// Kind and range of a parameter.
#[derive(Debug)]
pub enum ParamKind {
    /// A real number in `min..=max`; shown on a logarithmic scale where `log`.
    Real {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Default.
        default: f64,
        /// Whether a slider is logarithmic.
        log: bool,
    },
    /// A real number in `0..=max`, where 0, the default, stands for one that is computed.
    Computed {
        /// Largest.
        max: f64,
        /// What it is computed as, in a few words.
        words: &'static str,
    },
    /// A whole number in `min..=max`.
    Whole {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// Default.
        default: i64,
    },
    /// On or off.
    Switch {
        /// Default.
        default: bool,
    },
    /// One of several named options: (id, explanation).
    Choice {
        /// The options.
        options: &'static [(&'static str, &'static str)],
        /// Id of the default.
        default: &'static str,
    },
}

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// On or off.
    Switch(bool),
    /// A whole number.
    Whole(i64),
    /// A real number.
    Real(f64),
    /// A named option.
    Choice(String),
}

/// As it is typed.
impl std::fmt::Display for ParamValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Switch(on) => f.write_str(if *on { "on" } else { "off" }),
            Self::Whole(value) => write!(f, "{value}"),
            Self::Real(value) => write!(f, "{value}"),
            Self::Choice(id) => f.write_str(id),
        }
    }
}

/// Values that differ from the defaults, by parameter id.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Params(pub BTreeMap<String, ParamValue>);

/// A named set of values: a paper's recipe for a data set.
#[derive(Debug)]
pub struct Preset {
    /// Id, e.g. `paper-mnist`.
    pub id: &'static str,
    /// What it is, e.g. "Paper, MNIST 3 vs 8 (Liang et al. 2020, section 4.2)".
    pub title: &'static str,
    /// The values as `id=value`.
    pub values: &'static [(&'static str, &'static str)],
}

/// A parameter that does not exist or a value outside its range, as a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ParamError(pub String);

impl ParamSpec {
    /// The default value.
    pub fn default_value(&self) -> ParamValue {
        match self.kind {
            ParamKind::Real { default, .. } => ParamValue::Real(default),
            ParamKind::Computed { .. } => ParamValue::Real(0.0),
            ParamKind::Whole { default, .. } => ParamValue::Whole(default),
            ParamKind::Switch { default } => ParamValue::Switch(default),
            ParamKind::Choice { default, .. } => ParamValue::Choice(default.to_owned()),
        }
    }

    /// Reads a value as typed, checking its range.
    pub fn parse(&self, text: &str) -> Result<ParamValue, ParamError> {
        let wrong = |expected: String| {
            ParamError(format!("parameter {}: expected {expected}, found \"{text}\"; give such a value", self.id))
        };
        match self.kind {
            ParamKind::Real { min, max, .. } => match text.parse::<f64>() {
                Ok(value) if (min..=max).contains(&value) => Ok(ParamValue::Real(value)),
                _ => Err(wrong(format!("a number from {min} to {max}"))),
            },
            ParamKind::Computed { max, words } => match text.parse::<f64>() {
                Ok(value) if (0.0..=max).contains(&value) => Ok(ParamValue::Real(value)),
                _ => Err(wrong(format!("a number from 0 ({words}) to {max}"))),
            },
            ParamKind::Whole { min, max, .. } => match text.parse::<i64>() {
                Ok(value) if (min..=max).contains(&value) => Ok(ParamValue::Whole(value)),
                _ => Err(wrong(format!("a whole number from {min} to {max}"))),
            },
            ParamKind::Switch { .. } => match text {
                "true" | "on" | "yes" | "1" => Ok(ParamValue::Switch(true)),
                "false" | "off" | "no" | "0" => Ok(ParamValue::Switch(false)),
                _ => Err(wrong("on or off".to_owned())),
            },
            ParamKind::Choice { options, .. } => {
                if options.iter().any(|(id, _)| *id == text) {
                    Ok(ParamValue::Choice(text.to_owned()))
                } else {
                    let names: Vec<_> = options.iter().map(|(id, _)| *id).collect();
                    Err(wrong(format!("one of {}", names.join(", "))))
                }
            }
        }
    }
}

impl Params {
    /// Sets `id` to the value typed as `text`, if `specs` has it and the value is in range.
    pub fn set(&mut self, specs: &[ParamSpec], id: &str, text: &str) -> Result<(), ParamError> {
        let Some(spec) = specs.iter().find(|spec| spec.id == id) else {
            let names: Vec<_> = specs.iter().map(|spec| spec.id).collect();
            return Err(ParamError(format!("parameter {id}: expected one of {}; name one of these", names.join(", "))));
        };
        self.0.insert(id.to_owned(), spec.parse(text)?);
        Ok(())
    }

    /// The values of a preset.
    pub fn from_preset(specs: &[ParamSpec], preset: &Preset) -> Result<Self, ParamError> {
        let mut params = Self::default();
        for (id, text) in preset.values {
            params.set(specs, id, text)?;
        }
        Ok(params)
    }

    /// The same without what equals the defaults.
    pub fn differing(&self, specs: &[ParamSpec]) -> Self {
        let differs = |id: &str, value: &ParamValue| {
            specs.iter().find(|spec| spec.id == id).is_none_or(|spec| spec.default_value() != *value)
        };
        Self(self.0.iter().filter(|(id, value)| differs(id, value)).map(|(id, v)| (id.clone(), v.clone())).collect())
    }

    /// Checks every value (for instance from a card) against `specs`.
    pub fn check(&self, specs: &[ParamSpec]) -> Result<(), ParamError> {
        let mut probe = Self::default();
        for (id, value) in &self.0 {
            probe.set(specs, id, &value.to_string())?;
        }
        Ok(())
    }

    fn value(&self, specs: &[ParamSpec], id: &str) -> ParamValue {
        self.0
            .get(id)
            .cloned()
            .or_else(|| specs.iter().find(|spec| spec.id == id).map(ParamSpec::default_value))
            .unwrap_or_else(|| {
                debug_assert!(false, "no parameter {id}");
                ParamValue::Whole(0)
            })
    }

    /// Real value of parameter `id`.
    pub fn real(&self, specs: &[ParamSpec], id: &str) -> f64 {
        match self.value(specs, id) {
            ParamValue::Real(value) => value,
            ParamValue::Whole(value) => value as f64,
            _ => 0.0,
        }
    }

    /// Whole value of parameter `id`.
    pub fn whole(&self, specs: &[ParamSpec], id: &str) -> i64 {
        match self.value(specs, id) {
            ParamValue::Whole(value) => value,
            ParamValue::Real(value) => value as i64,
            _ => 0,
        }
    }

    /// Switch `id`.
    pub fn switch(&self, specs: &[ParamSpec], id: &str) -> bool {
        matches!(self.value(specs, id), ParamValue::Switch(true))
    }

    /// Choice `id`.
    pub fn choice(&self, specs: &[ParamSpec], id: &str) -> String {
        match self.value(specs, id) {
            ParamValue::Choice(id) => id,
            _ => String::new(),
        }
    }
}
