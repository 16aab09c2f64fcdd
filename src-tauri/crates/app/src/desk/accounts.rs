//! Accounts, as far as the desk does more than ask the roster.

use postern_console::api::accounts::{AccountDetail, AccountExport, AccountView, CooldownReset};
use postern_console::{Code, Trouble};

use super::HouseDesk;

impl HouseDesk {
    pub(super) async fn account_detail(&self, _name: &str) -> Result<AccountDetail, Trouble> {
        Err(later())
    }

    pub(super) async fn end_cooldowns(
        &self,
        _name: &str,
        _reset: CooldownReset,
    ) -> Result<AccountView, Trouble> {
        Err(later())
    }

    pub(super) async fn show(&self, _name: &str, _shown: bool) -> Result<AccountView, Trouble> {
        Err(later())
    }

    pub(super) async fn carry_out(&self, _name: &str, _export: AccountExport) -> Result<Vec<u8>, Trouble> {
        Err(later())
    }
}

fn later() -> Trouble {
    Trouble::new(Code::Unavailable, "not built yet")
}
