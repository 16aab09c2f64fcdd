//! Accounts that leave service for a while, because a person signs in to their profile, and those that come anew.

use postern_console::Trouble;

use super::Roster;
use super::change::put_to_rest;
use crate::AccountName;

impl Roster {
    /// Lets go of the account's profile. It answers nothing until [`Roster::take_back`].
    pub(crate) async fn let_go(&self, name: &AccountName) -> Result<(), Trouble> {
        let _turn = self.inner.turn.lock().await;
        let (_, studio) = self.find(name.as_str())?;
        put_to_rest(&studio, name).await
    }

    /// Takes an account into service again that was let go, or one whose folder has just come.
    pub(crate) async fn take_back(&self, name: &AccountName) {
        let _turn = self.inner.turn.lock().await;
        if let Ok((_, studio)) = self.find(name.as_str()) {
            // Whoever let it go may have been called off in the middle of that.
            studio.close().await;
        }
        let there = self.inner.folder.has(name).then_some(name);
        self.exchange(name, there);
        self.inner.changed.give();
    }

    /// Takes an account into service whose folder has just come.
    pub(crate) async fn admit(&self, name: &AccountName) {
        let _turn = self.inner.turn.lock().await;
        if self.find(name.as_str()).is_err() {
            self.exchange(name, Some(name));
        }
        self.inner.changed.give();
    }
}
