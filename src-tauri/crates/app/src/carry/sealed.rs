//! A sealed profile as a new account.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use futures::future::BoxFuture;
use postern_aistudio::session::NEEDED;
use postern_browser::{BrowserError, Options, StorageState};
use postern_console::api::accounts::AccountSource;
use postern_console::api::enrolments::{EnrolmentKind, EnrolmentProblem, ProblemKind};
use postern_protocol::Secret;

use super::cookies::{now, start};
use super::trouble::{elsewhere, no_passphrase, of_archive, of_browser};
use super::unpack::{Unpacked, unpack};
use crate::accounts::Kept;
use crate::enrol::{Bring, Brought, problem};

/// A sealed profile archive.
pub(super) struct SealedFile {
    pub(super) file: String,
    pub(super) bytes: Arc<Vec<u8>>,
    pub(super) passphrase: Option<Secret>,
    pub(super) options: Options,
    /// Where the archived profile came from, once the archive is open.
    pub(super) source: OnceLock<AccountSource>,
}

impl Bring for SealedFile {
    fn kind(&self) -> EnrolmentKind {
        EnrolmentKind::SealedProfile
    }

    fn source(&self) -> AccountSource {
        // Copied cookies stay what they are, wherever they are carried.
        match self.source.get() {
            Some(AccountSource::Cookies) => AccountSource::Cookies,
            Some(AccountSource::SignIn | AccountSource::Profile) | None => AccountSource::Profile,
        }
    }

    fn file(&self) -> String {
        self.file.clone()
    }

    fn fill<'a>(&'a self, profile: &'a Path) -> BoxFuture<'a, Result<Brought, EnrolmentProblem>> {
        Box::pin(async move {
            if self.options.webdriver_url.is_some() {
                return Err(elsewhere());
            }
            let Unpacked { kept, session, files } = self.open(profile).await?;
            let share = kept.as_ref().map(Kept::share);
            let _ = self.source.set(kept.map(|kept| kept.source).unwrap_or_default());
            if let Some(session) = session {
                bring_back(&self.options, profile, &session).await.map_err(|error| of_browser(&error))?;
            }
            Ok(Brought { note: Some(format!("{files} files")), share })
        })
    }
}

impl SealedFile {
    async fn open(&self, profile: &Path) -> Result<Unpacked, EnrolmentProblem> {
        let passphrase = self.passphrase.clone().ok_or_else(no_passphrase)?;
        let (bytes, profile) = (Arc::clone(&self.bytes), profile.to_owned());
        let unpacked = tokio::task::spawn_blocking(move || unpack(&passphrase, &bytes, &profile)).await;
        match unpacked {
            Ok(unpacked) => unpacked.map_err(|error| of_archive(&error)),
            Err(error) => {
                tracing::error!(%error, "unpacking an archive broke off");
                Err(problem(ProblemKind::Other, "A defect of Postern; the log says more.", "Try again."))
            }
        }
    }
}

/// Gives the profile its session again where this machine cannot read the profile's own cookies.
async fn bring_back(options: &Options, profile: &Path, session: &StorageState) -> Result<(), BrowserError> {
    let browser = start(options, profile).await?;
    let done = async {
        let kept = browser.read_state(&[]).await?;
        if !kept.has(NEEDED, now()) {
            browser.write_state(session, now()).await?;
        }
        Ok(())
    }
    .await;
    browser.close().await;
    done
}
