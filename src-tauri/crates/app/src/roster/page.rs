//! Looking at AI Studio's page with an account, and the selectors that all accounts go by.

use postern_aistudio::Studio;
use postern_aistudio::selectors::Pack;
use postern_console::api::page::{AccountPage, PageView};
use postern_console::{Code, Trouble};
use postern_protocol::page::{PackStatus, PageReport};

use super::Roster;

impl Roster {
    /// Looks at the page of an account, after what it answers now.
    pub(crate) async fn check_page(&self, name: &str) -> Result<PageReport, Trouble> {
        let (name, studio) = self.find(name)?;
        if !studio.is_enabled() {
            return Err(Trouble::new(Code::Conflict, format!("The account {name} is switched off."))
                .action("Switch it on first."));
        }
        studio.self_test().await.map_err(|failure| Trouble::new(Code::Unavailable, failure.message))
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
        told.unwrap_or_else(|| Pack::new(Some(self.inner.paths.selectors())).status())
    }
}
