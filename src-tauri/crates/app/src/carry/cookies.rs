//! A file of cookies as the session of a new account.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use futures::future::BoxFuture;
use postern_aistudio::session::{CRITICAL, NEEDED};
use postern_browser::storage_state::Health;
use postern_browser::{Browser, BrowserError, Options, Profile, StateError, StorageState, Written};
use postern_console::api::accounts::AccountSource;
use postern_console::api::enrolments::{EnrolmentKind, EnrolmentProblem};

use super::trouble::{bad_file, elsewhere, no_session, of_browser};
use crate::enrol::{Bring, Brought};

/// A session that another program kept in a file.
pub(super) struct CookieFile {
    pub(super) file: String,
    pub(super) session: Result<StorageState, StateError>,
    pub(super) options: Options,
}

impl Bring for CookieFile {
    fn kind(&self) -> EnrolmentKind {
        EnrolmentKind::Cookies
    }

    fn source(&self) -> AccountSource {
        AccountSource::Cookies
    }

    fn file(&self) -> String {
        self.file.clone()
    }

    fn fill<'a>(&'a self, profile: &'a Path) -> BoxFuture<'a, Result<Brought, EnrolmentProblem>> {
        Box::pin(async {
            if self.options.webdriver_url.is_some() {
                return Err(elsewhere());
            }
            let session = self.session.as_ref().map_err(bad_file)?;
            check(session)?;
            let written =
                put_in(&self.options, profile, session).await.map_err(|error| of_browser(&error))?;
            Ok(Brought { note: Some(told(&written)), share: None })
        })
    }
}

/// Whether somebody can be signed in with it, as far as that is seen without asking the site.
fn check(session: &StorageState) -> Result<(), EnrolmentProblem> {
    match session.health(NEEDED, now()) {
        Health::Good | Health::Aged { .. } => {}
        Health::Broken { missing, .. } if !missing.is_empty() => {
            return Err(no_session("it lacks", &missing));
        }
        Health::Broken { expired, .. } => return Err(no_session("these cookies are over:", &expired)),
    }
    if let Health::Broken { missing, expired } = session.health(CRITICAL, now()) {
        tracing::info!(?missing, ?expired, "an imported session lacks cookies that one usually has");
    }
    Ok(())
}

/// Puts the session into the profile, before any page of the site is opened with it.
pub(super) async fn put_in(
    options: &Options,
    profile: &Path,
    session: &StorageState,
) -> Result<Written, BrowserError> {
    let browser = start(options, profile).await?;
    let written = browser.write_state(session, now()).await;
    // In good order, so that the profile has it on the disk.
    browser.close().await;
    written
}

/// A browser on the profile, without a window.
pub(super) async fn start(options: &Options, profile: &Path) -> Result<Browser, BrowserError> {
    let folder = profile.to_owned();
    let opened = tokio::task::spawn_blocking(move || Profile::open(&folder)).await;
    let profile = opened.map_err(|error| BrowserError::Start(error.to_string()))??;
    Browser::start(options, profile).await
}

fn told(written: &Written) -> String {
    let mut told = format!("{} cookies", written.cookies);
    if written.expired > 0 {
        told.push_str(&format!(", {} were over", written.expired));
    }
    if !written.refused.is_empty() {
        told.push_str(&format!(", {} not taken", written.refused.len()));
    }
    told
}

/// Now, in seconds of Unix time.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use postern_console::api::enrolments::ProblemKind;

    use super::*;

    fn session(cookies: &[(&str, f64)]) -> StorageState {
        let cookies: Vec<_> = cookies
            .iter()
            .map(|(name, expires)| {
                serde_json::json!({ "name": name, "value": "v", "domain": ".google.com", "expires": expires })
            })
            .collect();
        StorageState::read(serde_json::json!({ "cookies": cookies }).to_string().as_bytes()).expect("read")
    }

    #[test]
    fn a_file_that_signs_nobody_in_is_refused_before_a_browser_starts() {
        let whole = [("SID", -1.0), ("__Secure-1PSID", -1.0), ("SAPISID", -1.0)];
        assert_eq!(check(&session(&whole)), Ok(()));
        let problem = check(&session(&whole[..2])).expect_err("refused");
        assert_eq!(problem.kind, ProblemKind::NotSignedIn);
        assert_eq!(problem.message, "Nobody is signed in with this file: it lacks SAPISID.");
        let problem = check(&session(&[whole[0], whole[1], ("SAPISID", 1.0)])).expect_err("refused");
        assert_eq!(problem.message, "Nobody is signed in with this file: these cookies are over: SAPISID.");
    }
}
