//! The files of a request into the form.

use std::sync::Arc;

use postern_browser::BrowserError;
use postern_protocol::chat::{Failure, FailureKind};

use super::ladder::{Rung, Stuck};
use super::limits;
use super::tab::failure_of;
use super::worker::Worker;
use crate::files::Staged;
use crate::page::{NotTaken, refusal};

impl Worker {
    /// Puts the files into the prompt of a filled form.
    pub(super) async fn attach(&mut self, files: &[Arc<Staged>]) -> Result<(), Stuck> {
        if files.is_empty() {
            return Ok(());
        }
        let gone = || Stuck::Climb(failure_of(&BrowserError::Gone));
        let tab = self.tab.as_mut().ok_or_else(gone)?;
        if let Some(loaded) = &mut tab.loaded {
            loaded.no_files = false;
        }
        let site = tab.site.clone();
        let outcome = site.attach(files, limits::UPLOAD).await;
        let stuck = outcome.map_err(|why| match why {
            NotTaken::Browser(error @ BrowserError::Elsewhere) => {
                let failure = failure_of(&error);
                Stuck::Final(match files.first() {
                    Some(file) => failure.param(&file.param),
                    None => failure,
                })
            }
            NotTaken::Browser(error) => Stuck::Climb(failure_of(&error)),
            NotTaken::NoField => {
                let text = "AI Studio's page has no field for files where Postern looks for it; `postern doctor \
                            aistudio` tells which controls are found";
                Stuck::Climb(Failure::new(FailureKind::PageChanged, text))
            }
            NotTaken::Refused { words } => self.refused(refusal(&words, site.selectors(), files)),
            NotTaken::Late { there } => {
                let text = format!(
                    "AI Studio's page did not take all files in {} s: it shows {there} of {}. The first file of an \
                     account may need its owner's consent to Google Drive: open the account in a window and add a \
                     file there once",
                    limits::UPLOAD.as_secs(),
                    files.len()
                );
                Stuck::Final(Failure::new(FailureKind::Timeout, text))
            }
        });
        if stuck.is_err() {
            // What was taken of them must not get into the next request.
            self.rung = self.rung.max(Rung::Load);
        }
        stuck
    }

    /// The page said no: a file that it failed to take in passing is worth another try on a fresh page.
    fn refused(&self, failure: Failure) -> Stuck {
        let passing = matches!(failure.kind, FailureKind::UpstreamError | FailureKind::Refused);
        if passing && self.rung < Rung::Tab { Stuck::Climb(failure) } else { Stuck::Final(failure) }
    }
}
