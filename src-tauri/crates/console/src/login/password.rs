//! Passwords become hashes that are slow to guess.

use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use rand::RngExt;
use tokio::sync::Semaphore;

use crate::{Code, Trouble};

/// Hashes with argon2id, one password at a time, because each takes 19 MiB and a processor for a while.
pub(super) struct Hasher {
    turn: Semaphore,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { turn: Semaphore::new(1) }
    }
}

impl Hasher {
    pub(super) async fn hash(&self, password: String) -> Result<String, Trouble> {
        self.work(move || {
            let salt: [u8; 16] = rand::rng().random();
            let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| defect(&error))
        })
        .await
    }

    /// Whether `hash` is of this password.
    pub(super) async fn fits(&self, password: String, hash: String) -> Result<bool, Trouble> {
        self.work(move || match Argon2::default().verify_password(password.as_bytes(), hash.as_str()) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(defect(&error)),
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let turn = self.turn.acquire().await.map_err(|error| defect(&error))?;
        let done = tokio::task::spawn_blocking(job).await.map_err(|error| defect(&error))?;
        drop(turn);
        done
    }
}

fn defect(error: &dyn std::fmt::Display) -> Trouble {
    tracing::error!(%error, "a password could not be hashed");
    Trouble::new(Code::Internal, "The password could not be worked on.")
}
