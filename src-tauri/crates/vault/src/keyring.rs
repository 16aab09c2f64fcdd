//! The system's keyring: Secret Service, Keychain or Credential Manager.

use keyring::{Entry, Error};
use zeroize::Zeroizing;

use crate::{KeyId, MasterKey, Safe, SafeError};

/// What the user sees in the program that shows the keyring.
const SERVICE: &str = "Postern";

/// The keyring of whoever runs this program.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemKeyring;

impl Safe for SystemKeyring {
    fn get(&self, id: &KeyId) -> Result<Option<MasterKey>, SafeError> {
        match entry(id)?.get_secret().map(Zeroizing::new) {
            // What is there under this name and is no key was not put there by us.
            Ok(bytes) => Ok(MasterKey::from_bytes(&bytes).ok().filter(|key| key.id() == *id)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }

    fn put(&self, key: &MasterKey) -> Result<(), SafeError> {
        entry(&key.id())?.set_secret(key.bytes()).map_err(|error| told(&error))
    }

    fn remove(&self, id: &KeyId) -> Result<(), SafeError> {
        match entry(id)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }
}

fn entry(id: &KeyId) -> Result<Entry, SafeError> {
    if let Err(error) = Entry::store_status() {
        return Err(SafeError::Missing(cause(error)));
    }
    Entry::new(SERVICE, &format!("master-key-{id}")).map_err(|error| told(&error))
}

fn told(error: &Error) -> SafeError {
    match error {
        Error::NoDefaultStore => SafeError::Missing(cause(error)),
        other => SafeError::Refused(cause(other)),
    }
}

/// In the words of the keyring. An error can carry the bytes that were read, which must not be shown.
fn cause(error: &Error) -> String {
    match error {
        Error::PlatformFailure(source) | Error::NoStorageAccess(source) => source.to_string(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            "it holds something else under this name".to_owned()
        }
        Error::Ambiguous(_) => "it holds several entries under this name".to_owned(),
        other => other.to_string(),
    }
}
