//! Looking at AI Studio's page with an account, and the selectors that all accounts go by.

use postern_aistudio::Studio;
use postern_console::api::page::{AccountPage, PageView};
use postern_console::{Code, Trouble};
use postern_protocol::chat::{Failure, FailureKind};
use postern_protocol::page::{PackStatus, PageReport};

use super::Roster;
use crate::AccountName;

impl Roster {
    /// Looks at the page of an account, after what it answers now.
    pub(crate) async fn check_page(&self, name: &str) -> Result<PageReport, Trouble> {
        let (name, studio) = self.find(name)?;
        if !studio.is_enabled() {
            return Err(Trouble::new(Code::Conflict, format!("The account {name} is switched off."))
                .action("Switch it on first."));
        }
        let looked = studio.self_test().await;
        looked.map_err(|failure| not_looked(&name, studio.is_shown(), failure))
    }

    /// What is known of the page without opening it.
    pub(crate) fn page_view(&self) -> PageView {
        let studios = self.inner.aistudio.accounts();
        let report = |studio: &Studio| {
            let report = studio.page_report()?;
            Some(AccountPage { account: studio.name().to_owned(), report: PageReport::clone(&report) })
        };
        PageView {
            pack: self.pack(),
            pack_path: self.inner.paths.selectors().display().to_string(),
            reports: studios.iter().filter_map(report).collect(),
        }
    }

    /// The selectors in force. What is no CSS only the browser of an account can tell, so one that has a fault to
    /// tell of is believed.
    pub(crate) fn pack(&self) -> PackStatus {
        let studios = self.inner.aistudio.accounts();
        let told = studios.iter().map(Studio::pack).find(|pack| pack.fault().is_some());
        told.unwrap_or_else(|| self.inner.pack.status())
    }
}

/// Why the page of an account was not looked at. While a person has its window, nobody else touches it.
fn not_looked(name: &AccountName, shown: bool, failure: Failure) -> Trouble {
    if shown && failure.kind == FailureKind::NeedsVerification {
        return Trouble::new(
            Code::Conflict,
            format!("The window of the account {name} is open, and its page is left to whoever is there."),
        )
        .action("Finish in its window, or close it.");
    }
    Trouble::new(Code::Unavailable, failure.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_whose_window_is_open_is_a_conflict_and_one_that_cannot_be_opened_is_none() {
        let name: AccountName = "ada".parse().expect("a name");
        let table = [
            (true, FailureKind::NeedsVerification, Code::Conflict, true),
            (false, FailureKind::NeedsVerification, Code::Unavailable, false),
            (true, FailureKind::Unavailable, Code::Unavailable, false),
        ];
        for (shown, kind, code, remedy) in table {
            let trouble = not_looked(&name, shown, Failure::new(kind, "why"));
            assert_eq!((trouble.code, trouble.action.is_some()), (code, remedy), "{shown} {kind:?}");
        }
    }
}
