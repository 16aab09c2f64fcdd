//! The master key: shown once, brought back, exchanged.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use postern_console::api::vault::{KeyPlace, Recovered, RecoveryKey, RecoveryText, VaultView, VaultWarning};
use postern_console::{Code, Trouble, VaultDesk};
use serde_json::json;

use crate::desk::FakeDesk;
use crate::support::House;

/// A key that somebody kept.
pub(crate) const KEPT: &str = "my-own-key";

pub(crate) fn vault() -> VaultView {
    VaultView {
        place: Some(KeyPlace::File),
        warning: Some(VaultWarning::InFile { why: Some("the system has no keyring".to_owned()) }),
        since: Some(1_700_000_000),
        secrets: 2,
        unreadable: 1,
        recovery_shown_at: None,
        given: false,
    }
}

impl VaultDesk for FakeDesk {
    fn vault(&self) -> BoxFuture<'_, Result<VaultView, Trouble>> {
        ready(Ok(self.change_vault(|vault| vault.clone()))).boxed()
    }

    fn recovery_key(&self) -> BoxFuture<'_, Result<RecoveryKey, Trouble>> {
        let before = self.change_vault(|vault| vault.recovery_shown_at.replace(1_700_000_001));
        let shown = match before {
            None => Ok(RecoveryKey { key: KEPT.to_owned() }),
            Some(_) => Err(Trouble::new(Code::Conflict, "It was shown before.").action("Re-key.")),
        };
        ready(shown).boxed()
    }

    fn recover(&self, told: RecoveryText) -> BoxFuture<'_, Result<Recovered, Trouble>> {
        let kept = |sign: char| sign.is_ascii_alphanumeric() || sign == '-';
        if told.key.is_empty() || !told.key.chars().all(kept) {
            return ready(Err(Trouble::new(Code::Invalid, "Group 1 has a typo.").field("key"))).boxed();
        }
        let vault = self.change_vault(|vault| {
            vault.unreadable = 0;
            vault.clone()
        });
        ready(Ok(Recovered { secrets: 1, vault })).boxed()
    }

    fn rekey(&self) -> BoxFuture<'_, Result<RecoveryKey, Trouble>> {
        self.change_vault(|vault| vault.recovery_shown_at = Some(1_700_000_002));
        ready(Ok(RecoveryKey { key: "a new key".to_owned() })).boxed()
    }
}

#[tokio::test]
async fn the_vault_says_where_its_key_lies_and_shows_it_once() {
    let house = House::new();
    let vault = house.get("/api/vault").await.ok();
    assert_eq!((&vault["place"], &vault["warning"]["kind"]), (&json!("file"), &json!("in_file")));
    assert_eq!(house.post("/api/vault/recovery", json!({})).await.ok()["key"], KEPT);
    let again = house.post("/api/vault/recovery", json!({})).await;
    assert!(again.text().contains("Re-key."), "{}", again.text());
    assert_eq!(again.refused(409), "conflict");
    assert!(!house.get("/api/vault").await.text().contains(KEPT));
}

#[tokio::test]
async fn a_lost_key_is_brought_back_and_a_key_exchanged() {
    let house = House::new();
    let typo = house.post("/api/vault/recover", json!({ "key": "my-own-ke?" })).await;
    assert_eq!((typo.refused(400).as_str(), typo.field().as_str()), ("invalid", "key"));
    let nothing = house.post("/api/vault/recover", json!({})).await;
    assert_eq!(nothing.refused(400), "invalid");
    let recovered = house.post("/api/vault/recover", json!({ "key": KEPT })).await.ok();
    assert_eq!((&recovered["secrets"], &recovered["vault"]["unreadable"]), (&json!(1), &json!(0)));
    assert_eq!(house.post("/api/vault/rekey", json!({})).await.ok()["key"], "a new key");
}
