//! The ladder of recovery: each rung disturbs more than the one below and helps where that did not.

use postern_protocol::chat::{Failure, FailureKind};

/// How much is done before a request is put into the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rung {
    /// Use the page as it is; a new chat is begun inside it where one is needed.
    #[default]
    Stay,
    /// Load the page again.
    Load,
    /// Open a fresh tab.
    Tab,
    /// Start a fresh browser.
    Browser,
}

impl Rung {
    fn above(self) -> Option<Self> {
        match self {
            Self::Stay => Some(Self::Load),
            Self::Load => Some(Self::Tab),
            Self::Tab => Some(Self::Browser),
            Self::Browser => None,
        }
    }

    /// The next rung up that may help against this failure.
    pub(super) fn against(self, failure: &Failure) -> Option<Self> {
        match failure.kind {
            // A page that has changed looks the same in a new browser.
            FailureKind::PageChanged => self.above().filter(|next| *next <= Self::Tab),
            // A browser that is silent for this long would be silent at the rungs between, too.
            FailureKind::Timeout => self.above().map(|_| Self::Browser),
            _ => self.above(),
        }
    }

    /// Where to begin after so many failures in a row.
    pub(super) fn after(failures: u32) -> Self {
        match failures {
            0 => Self::Stay,
            1 => Self::Load,
            2 => Self::Tab,
            _ => Self::Browser,
        }
    }
}

/// Why the form could not be filled.
#[derive(Debug)]
pub(super) enum Stuck {
    /// No rung of the ladder changes this.
    Final(Failure),
    /// The next rung may help.
    Climb(Failure),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_page_gets_a_fresh_tab_but_no_fresh_browser() {
        let against = |rung: Rung, kind| rung.against(&Failure::new(kind, ""));
        assert_eq!(against(Rung::Load, FailureKind::PageChanged), Some(Rung::Tab));
        assert_eq!(against(Rung::Tab, FailureKind::PageChanged), None);
        assert_eq!(against(Rung::Load, FailureKind::Interrupted), Some(Rung::Tab));
        assert_eq!(against(Rung::Browser, FailureKind::Interrupted), None);
    }

    #[test]
    fn a_silent_browser_is_replaced_at_once() {
        let against = |rung: Rung| rung.against(&Failure::new(FailureKind::Timeout, ""));
        assert_eq!(against(Rung::Stay), Some(Rung::Browser));
        assert_eq!(against(Rung::Browser), None);
    }
}
