mod proxy;

use std::time::SystemTime;

use futures::FutureExt;
use postern_console::api::settings::{SettingChange, SettingsChange};
use postern_settings::Theme;
use postern_store::{Call, Ended, Headers, Via};
use tokio::net::TcpListener;

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);

/// A house whose server is to listen on `port`.
async fn house(place: &tempfile::TempDir, port: u16) -> House {
    house_with(place, &format!("[server]\nport = {port}\n")).await
}

/// A house with this configuration file.
async fn house_with(place: &tempfile::TempDir, config: &str) -> House {
    let paths = Paths::new(Some(place.path().to_owned()), None).expect("paths");
    std::fs::write(paths.config(), config).expect("written");
    opened(&paths, postern_vault::MasterKey::generate().expect("random")).await
}

async fn opened(paths: &Paths, key: postern_vault::MasterKey) -> House {
    let logs = Logs::silent(&paths.logs());
    let opening = Opening {
        paths,
        flags: Flags::default(),
        logs,
        when_stopped: WhenStopped::Nothing,
        launcher: Arc::new(crate::enrol::Direct),
        keys: KeyPlaces::given(key),
    };
    House::open(opening).await.expect("opens")
}

#[tokio::test]
async fn a_start_ends_also_when_nobody_waits_for_it() {
    let place = tempfile::tempdir().expect("a folder");
    let other = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let house = house(&place, other.local_addr().expect("an address").port()).await;
    let mut states = house.watch_server();
    // Finding out who has the port takes a while, and whoever asked goes away meanwhile.
    assert!(house.desk().start().now_or_never().is_none());
    let failed = states.wait_for(|state| matches!(state, ServerState::Failed(_)));
    assert!(tokio::time::timeout(PATIENCE, failed).await.is_ok(), "it starts for ever");
    house.close().await;
}

#[tokio::test]
async fn a_change_of_settings_ends_also_when_nobody_waits_for_it() {
    let place = tempfile::tempdir().expect("a folder");
    let house = house(&place, 0).await;
    let mut settings = house.settings();
    let dark = SettingChange { key: "window.theme".to_owned(), value: "dark".into() };
    let turn = house.rooms.hot.turn.lock().await;
    let change = house.desk().change_settings(SettingsChange { changes: vec![dark] }).now_or_never();
    assert!(change.is_none(), "somebody else changes them just now");
    drop(turn);
    let changed = settings.wait_for(|settings| settings.window.theme == Theme::Dark);
    assert!(tokio::time::timeout(PATIENCE, changed).await.is_ok(), "nothing was changed");
    house.close().await;
}

/// Records an exchange that came so many days ago.
fn record_days_ago(store: &ConversationStore, days: u32) {
    let recording = store.recorder().begin(Call {
        id: format!("{days} days"),
        at: SystemTime::now() - days * Duration::from_secs(24 * 60 * 60),
        via: Via::Api,
        method: "POST".to_owned(),
        host: None,
        path: "/v1/chat/completions".to_owned(),
        headers: Headers::default(),
        key: None,
    });
    recording.answer(200, Headers::default());
    recording.ended(Ended::Whole);
}

async fn until_exchanges(house: &House, exchanges: u64) {
    let kept = house.rooms.conversations.as_ref().expect("they are open");
    let wait = async {
        while kept.usage().await.expect("readable").exchanges != exchanges {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "there are never {exchanges} exchanges");
}

#[tokio::test]
async fn limits_of_what_is_kept_hold_from_the_start_and_from_every_change_on() {
    let place = tempfile::tempdir().expect("a folder");
    let store = ConversationStore::open(place.path()).expect("opens");
    for days in [40, 20, 3, 1] {
        record_days_ago(&store, days);
    }
    store.close();
    let house = house_with(&place, "[server]\nport = 0\n[recording]\nretention_days = 30\n").await;
    until_exchanges(&house, 3).await;
    let set = async |key: &str, value: u64| {
        let change = SettingChange { key: key.to_owned(), value: value.into() };
        house.desk().change_settings(SettingsChange { changes: vec![change] }).await.expect("changed");
    };
    set("recording.retention_days", 10).await;
    until_exchanges(&house, 2).await;
    let file = std::fs::read_to_string(place.path().join("config.toml")).expect("there");
    std::fs::write(
        place.path().join("config.toml"),
        file.replace("retention_days = 10", "retention_days = 2"),
    )
    .expect("written");
    house.reload_settings().await.expect("read");
    until_exchanges(&house, 1).await;
    set("recording.max_bytes", 1).await;
    until_exchanges(&house, 0).await;
    house.close().await;
}
