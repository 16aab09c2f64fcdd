//! What the doctor says of the vault.

use postern_console::api::system::{Finding, Health};
use postern_store::Store;
use postern_vault::Warning;

use crate::{KeyPlaces, Paths, Secrets, SecretsError, SecretsStatus};

const SUBJECT: &str = "master key";

/// Looks at the vault of a running house, or at what a start would find. Makes nothing.
pub(super) async fn look(paths: &Paths, secrets: Option<&Secrets>) -> Finding {
    let looked = match secrets {
        Some(secrets) => secrets.status().await,
        // A check makes no database.
        None if !paths.database().exists() => {
            return finding(Health::Good, "none yet; the first start makes it");
        }
        None => glance(paths).await,
    };
    match looked {
        Ok(status) => told(&status),
        Err(error) => {
            let remedy = "See whether the data folder can be read and written by this user.";
            Finding { remedy: Some(remedy.to_owned()), ..finding(Health::Problem, error.to_string()) }
        }
    }
}

async fn glance(paths: &Paths) -> Result<SecretsStatus, SecretsError> {
    let store = Store::open(&paths.database())?;
    let status = Secrets::new(paths, store.sealed(), KeyPlaces::of_this_user()).glance().await;
    store.close();
    status
}

fn told(status: &SecretsStatus) -> Finding {
    let SecretsStatus { source, warning, rows, unreadable, .. } = status;
    let remedy = |text: &str| Some(text.to_owned());
    if *unreadable > 0 {
        let message = format!("{unreadable} of {rows} stored secrets were sealed with another master key");
        let text = match warning {
            Some(Warning::KeyringAway(why)) => format!("Unlock the system's keyring and start anew ({why})."),
            _ => "Bring the key back with postern vault recover, or sign in again where it is asked."
                .to_owned(),
        };
        return Finding { remedy: Some(text), ..finding(Health::Problem, message) };
    }
    match warning {
        Some(warning @ Warning::GivenUnusable(_)) => Finding {
            remedy: remedy("Correct it; 64 hexadecimal digits or a recovery key will do."),
            ..finding(Health::Problem, warning.to_string())
        },
        Some(warning @ Warning::InFile(_)) => Finding {
            remedy: remedy("Where the system has a keyring, move it there: postern vault rekey"),
            ..finding(Health::Warning, warning.to_string())
        },
        Some(warning @ Warning::KeyringAway(_)) => Finding {
            remedy: remedy("Unlock the system's keyring and start anew."),
            ..finding(Health::Warning, warning.to_string())
        },
        None => match source {
            Some(source) => finding(Health::Good, format!("in {source}; {rows} secrets")),
            None => finding(Health::Good, "none yet; the next start makes it"),
        },
    }
}

fn finding(health: Health, message: impl Into<String>) -> Finding {
    Finding { subject: SUBJECT.to_owned(), health, message: message.into(), remedy: None }
}

#[cfg(test)]
mod tests {
    use postern_vault::{SafeError, Source};

    use super::*;

    fn status(source: Source, warning: Option<Warning>, unreadable: u64) -> SecretsStatus {
        SecretsStatus { source: Some(source), warning, since: None, rows: 3, unreadable, shown_at: None }
    }

    #[test]
    fn the_owner_hears_of_a_key_that_is_badly_kept_or_lost() {
        let away = || Some(Warning::KeyringAway(SafeError::Silent));
        let table = [
            (status(Source::Keyring, None, 0), Health::Good, "in the system's keyring; 3 secrets"),
            (status(Source::File, Some(Warning::InFile(None)), 0), Health::Warning, "in a file beside"),
            (status(Source::File, away(), 0), Health::Warning, "does not answer"),
            (status(Source::File, away(), 2), Health::Problem, "2 of 3 stored secrets"),
            (status(Source::Keyring, None, 1), Health::Problem, "1 of 3 stored secrets"),
            (status(Source::File, Some(Warning::GivenUnusable("bad".into())), 0), Health::Problem, "bad;"),
        ];
        for (status, health, message) in table {
            let finding = told(&status);
            assert_eq!(finding.health, health, "{finding:?}");
            assert!(finding.message.contains(message), "{finding:?}");
            assert_eq!(finding.remedy.is_some(), health != Health::Good, "{finding:?}");
        }
    }

    #[tokio::test]
    async fn a_check_makes_neither_database_nor_key() {
        let place = tempfile::tempdir().expect("a folder");
        let paths = Paths::new(Some(place.path().to_owned()), None).expect("paths");
        assert_eq!(look(&paths, None).await.health, Health::Good);
        assert_eq!(std::fs::read_dir(place.path()).expect("a folder").count(), 0);
    }
}
