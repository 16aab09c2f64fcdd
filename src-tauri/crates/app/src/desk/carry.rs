//! Accounts that come from files and go into them, for the console.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postern_aistudio::Studio;
use postern_console::api::accounts::{AccountExport, ExportForm};
use postern_console::api::enrolments::{EnrolmentView, ImportFile, ImportStart};
use postern_console::{Code, Trouble};
use postern_protocol::Secret;

use super::HouseDesk;
use crate::accounts::Kept;
use crate::carry::{self, ExportError, File, Given, SHORTEST_PASSPHRASE};
use crate::{AccountName, Accounts, browser_options};

impl HouseDesk {
    /// Begins an enrolment for each account in the files.
    pub(super) async fn bring_in(&self, start: ImportStart) -> Result<Vec<EnrolmentView>, Trouble> {
        if !start.consent {
            return Err(Trouble::new(Code::Invalid, "Nobody has agreed to it.")
                .action("Read what an import means and agree to it first.")
                .field("consent"));
        }
        let passphrase = start.passphrase.filter(|text| !text.is_empty()).map(Secret::new);
        let rooms = Arc::clone(&self.rooms);
        let begun = tokio::task::spawn_blocking(move || {
            let files = start.files.into_iter().enumerate().map(decoded).collect::<Result<_, _>>()?;
            let given = Given { files, name: None, passphrase };
            let options = browser_options(&rooms.settings(), &rooms.paths);
            carry::import(&rooms.enrolments, &Accounts::new(&rooms.paths), &options, given)
        });
        begun.await.unwrap_or_else(|error| Err(super::broke_off(&error)))
    }

    /// The account as a file.
    pub(super) async fn carry_out(&self, name: &str, export: AccountExport) -> Result<Vec<u8>, Trouble> {
        let (name, studio) = self.rooms.roster.find(name)?;
        let kept = Accounts::new(&self.rooms.paths).read(&name);
        let exported = match export.form {
            ExportForm::StorageState => {
                let session = carry::session(&studio, &kept).await.map_err(trouble)?;
                carry::storage_state(session).expose().as_bytes().to_vec()
            }
            ExportForm::SealedProfile => {
                let passphrase = Secret::new(export.passphrase.unwrap_or_default());
                self.seal(&name, &studio, kept, passphrase).await?
            }
        };
        tracing::info!(account = %name, form = ?export.form, "the account was exported");
        Ok(exported)
    }

    async fn seal(
        &self,
        name: &AccountName,
        studio: &Studio,
        kept: Kept,
        passphrase: Secret,
    ) -> Result<Vec<u8>, Trouble> {
        carry::check_passphrase(&passphrase).map_err(trouble)?;
        let session = match carry::session(studio, &kept).await {
            Ok(session) => Some(session),
            Err(error @ ExportError::OtherAccount { .. }) => return Err(trouble(error)),
            // A profile can be carried without: where it can be read, its own cookies are in it.
            Err(error) => {
                tracing::info!(account = %name, %error, "its session is not put beside the profile");
                None
            }
        };
        self.rooms.roster.let_go(name).await?;
        let profile = Accounts::new(&self.rooms.paths).profile(name);
        let sealed = tokio::task::spawn_blocking(move || {
            let mut out = Vec::new();
            carry::sealed_profile(&profile, &kept, session.as_ref(), &passphrase, &mut out).map(|()| out)
        });
        let sealed = sealed.await;
        self.rooms.roster.take_back(name).await;
        sealed.map_err(|error| super::broke_off(&error))?.map_err(trouble)
    }
}

fn decoded((index, file): (usize, ImportFile)) -> Result<File, Trouble> {
    let bytes = STANDARD.decode(&file.content).map_err(|_| {
        Trouble::new(Code::Invalid, format!("The bytes of {} are not written in base64.", file.name))
            .field(format!("files[{index}].content"))
    })?;
    Ok(File { name: file.name, bytes })
}

fn trouble(error: ExportError) -> Trouble {
    let message = error.to_string();
    match error {
        ExportError::NotSignedIn(_) => {
            Trouble::new(Code::Conflict, message).action("Sign in to the account again, then export it.")
        }
        ExportError::OtherAccount { .. } => Trouble::new(Code::Conflict, message)
            .action("Sign in to the account again, or add the other one as an account of its own."),
        ExportError::InUse => Trouble::new(Code::Conflict, message)
            .action("Close the browser that has it open, then try again."),
        ExportError::Browser(_) => Trouble::new(Code::Unavailable, message).action("Check the account."),
        ExportError::ShortPassphrase => Trouble::new(
            Code::Invalid,
            format!("A sealed profile needs a passphrase of {SHORTEST_PASSPHRASE} characters or more."),
        )
        .field("passphrase"),
        ExportError::Disk(_) => Trouble::new(Code::Internal, message)
            .action("See whether the disk is full and the data folder can be read, then try again."),
        ExportError::Seal(_) => Trouble::new(Code::Internal, message),
    }
}
