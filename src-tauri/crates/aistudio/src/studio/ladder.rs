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
        // A page that has changed looks the same in a new browser.
        let top = if failure.kind == FailureKind::PageChanged { Self::Tab } else { Self::Browser };
        self.above().filter(|next| *next <= top)
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
        assert_eq!(against(Rung::Tab, FailureKind::Timeout), Some(Rung::Browser));
        assert_eq!(against(Rung::Browser, FailureKind::Timeout), None);
    }
}
