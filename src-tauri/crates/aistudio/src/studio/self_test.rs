//! The self-test of an account's page, and the selectors that its work goes by.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use postern_browser::BrowserError;
use postern_protocol::chat::{Failure, FailureKind};
use postern_protocol::page::PageReport;

use super::ladder::Rung;
use super::tab::failure_of;
use super::worker::Worker;
use crate::selftest::{Looked, Setting};

impl Worker {
    /// Tells which controls the page has. One that has changed beyond use is looked at, too.
    pub(super) async fn self_test(&mut self) -> Result<PageReport, Failure> {
        let trouble = match self.warm().await {
            Ok(()) => None,
            Err(failure) if failure.kind == FailureKind::PageChanged && self.tab.is_some() => {
                Some(failure.message)
            }
            Err(failure) => return Err(failure),
        };
        let tab = self.tab.as_ref().ok_or_else(|| failure_of(&BrowserError::Gone))?;
        let looked = tab.site.self_test().await.map_err(|error| failure_of(&error))?;
        if looked.open {
            // What did not close would be in the way.
            self.shared.hold(None);
            self.rung = self.rung.max(Rung::Load);
        }
        let report = self.report_of(&looked, trouble);
        self.shared.note_report(report.clone());
        Ok(report)
    }

    fn report_of(&self, looked: &Looked, trouble: Option<String>) -> PageReport {
        let list = self.shared.models.borrow().clone();
        let shown = looked.model.as_deref().unwrap_or_default();
        let model = list.as_ref().and_then(|list| list.models.iter().find(|model| model.is_called(shown)));
        looked.report(Setting {
            selectors: &self.selectors,
            pack: self.shared.pack.status(),
            model,
            trouble: trouble.or_else(|| looked.seen.failure().map(|failure| failure.message)),
            now: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        })
    }

    /// Goes by the selectors in force now: their file may have changed.
    pub(super) async fn take_up_selectors(&mut self) {
        let pack = self.shared.pack.clone();
        let Ok(current) = tokio::task::spawn_blocking(move || pack.current()).await else { return };
        if Arc::ptr_eq(&current, &self.selectors) {
            return;
        }
        self.selectors = current;
        let Some(tab) = &mut self.tab else { return };
        if let Err(error) = tab.take_up(&self.selectors, &self.shared.models).await {
            tracing::debug!(account = %self.config.name, %error, "the page is opened anew with the new selectors");
            self.rung = self.rung.max(Rung::Tab);
        }
        // A chat may have been read with the old ones.
        self.shared.hold(None);
    }

    /// Lets the browser say whether the entries of the file are CSS. With one that is none, the file is left aside.
    pub(super) async fn prove_selectors(&mut self) {
        let pack = self.shared.pack.clone();
        let Some(tab) = self.tab.as_ref().filter(|_| pack.is_unproven(&self.selectors)) else { return };
        match tab.site.wrong_css().await {
            Ok(wrong) => {
                pack.proven(&self.selectors, &wrong);
                self.take_up_selectors().await;
            }
            // The next page is asked.
            Err(error) => tracing::debug!(%error, "the selectors could not be proven"),
        }
    }
}
