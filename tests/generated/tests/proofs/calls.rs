//! The calls that a client of a started flow can make.

use std::time::Duration;

use penguiflow_generated_tests::generator::Rng;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    TryEmit,
    /// Waits so long, then drops the wait.
    Emit {
        within: Duration,
    },
    TryFetch,
    Fetch {
        within: Duration,
    },
    /// Both waits at once.
    EmitAndFetch {
        within: Duration,
    },
    /// Cancels a trace that was emitted, be it over or not.
    Cancel,
    CancelUnknown,
    Yield,
    /// Time passes, and everything runs in its order.
    Sleep(Duration),
    /// Time passes all at once.
    Advance(Duration),
}

impl Call {
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let time = Duration::from_millis(rng.pick(&[0, 1, 5, 20, 60, 200]));
        match rng.below(100) {
            0..30 => Self::TryEmit,
            30..45 => Self::Emit { within: time },
            45..55 => Self::TryFetch,
            55..65 => Self::Fetch { within: time },
            65..72 => Self::EmitAndFetch { within: time },
            72..80 => Self::Cancel,
            80..82 => Self::CancelUnknown,
            82..88 => Self::Yield,
            88..95 => Self::Sleep(time),
            _ => Self::Advance(time),
        }
    }
}
