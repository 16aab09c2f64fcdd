use postern_store::Store;
use postern_vault::MasterKey;
use tempfile::TempDir;

use super::*;
use crate::accounts::Kept;
use crate::{KeyPlaces, Paths};

const PLANTED: &str = "PLANTED-3f9c";

fn state(value: &str) -> StorageState {
    let cookies: Vec<_> = NEEDED
        .iter()
        .map(|name| serde_json::json!({ "name": name, "value": value, "domain": ".google.com" }))
        .collect();
    StorageState::read(serde_json::json!({ "cookies": cookies }).to_string().as_bytes()).expect("read")
}

fn session(value: &str, owner: Option<&str>) -> Session {
    Session { state: state(value), owner: owner.map(str::to_owned) }
}

fn keeper() -> (Keeper, AccountName, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
    let store = Store::open(&paths.database()).expect("a store");
    let key = MasterKey::generate().expect("a key");
    let secrets = Secrets::new(&paths, store.sealed(), KeyPlaces::given(key));
    let (accounts, name) = (Accounts::new(&paths), "me".parse::<AccountName>().expect("a name"));
    accounts.create(&name).expect("created");
    let kept =
        Kept { email: Some("me@example.org".to_owned()), source: AccountSource::Cookies, ..Kept::default() };
    accounts.write(&name, &kept).expect("kept");
    (Keeper::new(secrets, accounts), name, folder)
}

async fn last(keeper: &Keeper, name: &AccountName) -> Option<String> {
    let state = keeper.of(name)?.last_good().await?;
    Some(state.cookies[0].value.expose().to_owned())
}

#[tokio::test]
async fn the_last_good_session_of_the_account_is_kept() {
    let (keeper, name, folder) = keeper();
    let of = keeper.of(&name).expect("it is kept");
    assert!(of.last_good().await.is_none());
    for value in ["one", "two", "three", PLANTED] {
        of.keep(session(value, Some("Me@example.org"))).await;
    }
    assert_eq!(last(&keeper, &name).await.as_deref(), Some(PLANTED));
    let kept = keeper.secrets.generations(SecretKind::AccountState, "me").await.expect("generations");
    assert_eq!(kept.len(), 3);

    of.keep(session("other", Some("you@example.org"))).await;
    of.keep(session("unknown", None)).await;
    let mut lacking = session("lacking", Some("me@example.org"));
    lacking.state.cookies.pop();
    of.keep(lacking).await;
    assert_eq!(
        last(&keeper, &name).await.as_deref(),
        Some(PLANTED),
        "none of these is the account's session"
    );

    for entry in std::fs::read_dir(folder.path()).expect("a folder").flatten() {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let found = bytes.windows(PLANTED.len()).any(|window| window == PLANTED.as_bytes());
        assert!(!found, "{} has it in clear", entry.path().display());
    }
}

#[tokio::test]
async fn a_session_goes_where_its_account_goes() {
    let (keeper, name, _folder) = keeper();
    keeper.of(&name).expect("it is kept").keep(session("one", Some("me@example.org"))).await;
    let new: AccountName = "new".parse().expect("a name");
    keeper.accounts.rename(&name, &new).expect("renamed");
    keeper.renamed(&name, &new).await;
    assert_eq!(last(&keeper, &new).await.as_deref(), Some("one"));

    // Another account of the same name does not get it.
    let change = |kept: &mut Kept| kept.email = Some("you@example.org".to_owned());
    keeper.accounts.change(&new, change).expect("changed");
    assert_eq!(last(&keeper, &new).await, None);
    let change = |kept: &mut Kept| kept.email = Some("me@example.org".to_owned());
    keeper.accounts.change(&new, change).expect("changed");
    keeper.removed(&new).await;
    assert_eq!(last(&keeper, &new).await, None);
}

#[tokio::test]
async fn a_profile_that_a_person_signed_in_to_is_its_own_home() {
    let (keeper, name, _folder) = keeper();
    for source in [AccountSource::SignIn, AccountSource::Profile] {
        keeper.accounts.change(&name, |kept| kept.source = source).expect("changed");
        assert!(keeper.of(&name).is_none());
    }
    keeper.accounts.change(&name, |kept| kept.source = AccountSource::Cookies).expect("changed");
    keeper.of(&name).expect("it is kept").keep(session("one", Some("me@example.org"))).await;
    keeper.sweep().await;
    assert!(last(&keeper, &name).await.is_some(), "it still needs one");
    keeper.accounts.change(&name, |kept| kept.source = AccountSource::SignIn).expect("changed");
    keeper.sweep().await;
    assert_eq!(keeper.secrets.ids(SecretKind::AccountState).await.expect("ids"), Vec::<String>::new());
}
