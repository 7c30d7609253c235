//! How a job can fail, and what the user is told then.

/// What went wrong, in the form that the window and the command line show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{summary}")]
pub struct Notice {
    /// A stable name for help, tests and reports, e.g. `training-diverged`.
    pub code: &'static str,
    /// One sentence: the problem first, the path last.
    pub summary: String,
    /// More for those who want it; shown folded.
    pub details: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Notice {
    /// A notice with neither details nor a hint.
    pub fn new(code: &'static str, summary: impl Into<String>) -> Self {
        Self { code, summary: summary.into(), details: None, hint: None }
    }

    /// Adds what is shown folded.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Why a job ended without a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// The user or a newer request for the same place ended it.
    #[error("cancelled")]
    Cancelled,
    /// It could not do its work, and says why. Meeting NaN is such a case.
    #[error("{0}")]
    Failed(#[from] Notice),
    /// A bug: the panic's message and where it happened.
    #[error("the job stopped at an internal error: {0}")]
    Panicked(String),
    /// Memory of the machine or of the GPU ran out; the message is the allocator's.
    #[error("the job ran out of memory: {0}")]
    OutOfMemory(String),
}

impl JobError {
    /// A failure from a code and a sentence.
    pub fn failed(code: &'static str, summary: impl Into<String>) -> Self {
        Self::Failed(Notice::new(code, summary))
    }

    /// Turns the message of a caught panic into an error. libtorch reports lost memory in words only, hence the search.
    pub fn from_panic(message: String) -> Self {
        const SIGNS: [&str; 4] = ["out of memory", "can't allocate memory", "not enough memory", "bad_alloc"];
        let lower = message.to_lowercase();
        if SIGNS.iter().any(|sign| lower.contains(sign)) { Self::OutOfMemory(message) } else { Self::Panicked(message) }
    }

    /// What the user is shown for any of the kinds.
    pub fn notice(&self) -> Notice {
        match self {
            Self::Cancelled => Notice::new("cancelled", "Cancelled"),
            Self::Failed(notice) => notice.clone(),
            Self::Panicked(message) => Notice::new("internal-error", "The job stopped at an internal error")
                .with_details(message.as_str())
                .with_hint("Start it again. If it happens twice, copy the diagnostics into a report."),
            Self::OutOfMemory(message) => Notice::new("out-of-memory", "The job ran out of memory")
                .with_details(message.as_str())
                .with_hint("Use smaller batches or fewer items, or close other programs; on a GPU, try the CPU."),
        }
    }
}
