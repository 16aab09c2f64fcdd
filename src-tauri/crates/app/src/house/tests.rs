use futures::FutureExt;
use postern_console::api::settings::{SettingChange, SettingsChange};
use postern_settings::Theme;
use tokio::net::TcpListener;

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);

/// A house whose server is to listen on `port`.
async fn house(place: &tempfile::TempDir, port: u16) -> House {
    let paths = Paths::new(Some(place.path().to_owned()), None).expect("paths");
    std::fs::write(paths.config(), format!("[server]\nport = {port}\n")).expect("written");
    let logs = Logs::silent(&paths.logs());
    let opening = Opening {
        paths: &paths,
        flags: Flags::default(),
        logs,
        when_stopped: WhenStopped::Nothing,
        launcher: Arc::new(crate::enrol::Direct),
        keys: KeyPlaces::given(postern_vault::MasterKey::generate().expect("random")),
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
