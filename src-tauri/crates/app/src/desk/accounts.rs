//! Accounts, as far as the desk does more than ask the roster.

use postern_console::Trouble;
use postern_console::api::accounts::{AccountDetail, AccountView, CooldownReset};

use super::HouseDesk;

impl HouseDesk {
    pub(super) async fn account_detail(&self, name: &str) -> Result<AccountDetail, Trouble> {
        self.rooms.roster.detail(name).await
    }

    pub(super) async fn end_cooldowns(
        &self,
        name: &str,
        reset: CooldownReset,
    ) -> Result<AccountView, Trouble> {
        self.rooms.roster.end_cooldowns(name, reset).await
    }

    pub(super) async fn show(&self, name: &str, shown: bool) -> Result<AccountView, Trouble> {
        self.rooms.roster.show(name, shown).await
    }
}
