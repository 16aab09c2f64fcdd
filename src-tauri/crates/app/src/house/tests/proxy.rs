//! The proxy of all, with a password.

use postern_console::api::network::{NetworkOutcome, NetworkTest};
use postern_console::api::settings::{SettingChange, SettingsChange};
use postern_vault::MasterKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;

/// A proxy that answers everything by itself, and tells what it was asked.
async fn proxy() -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.is_ok_and(|read| read > 0)
            {
            }
            let _ = tell.send(String::from_utf8_lossy(&head).into_owned());
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
        }
    });
    (port, heard)
}

/// Asks a server of the internet by the way out, and gives what the proxy heard.
async fn by_the_way_out(house: &House, heard: &mut mpsc::UnboundedReceiver<String>) -> String {
    let test = NetworkTest { proxy: None, url: Some("http://93.184.215.14/".to_owned()) };
    let report = house.desk().test_network(test).await.expect("tried");
    assert_eq!(report.outcome, NetworkOutcome::Reached, "{report:?}");
    heard.recv().await.expect("asked").to_ascii_lowercase()
}

#[tokio::test]
async fn the_password_of_the_proxy_is_in_no_file_and_in_force_also_after_a_restart() {
    let place = tempfile::tempdir().expect("a folder");
    let paths = Paths::new(Some(place.path().to_owned()), None).expect("paths");
    let key = MasterKey::generate().expect("random");
    let (port, mut heard) = proxy().await;
    let house = opened(&paths, key.clone()).await;
    let to = |value: String| SettingChange { key: "network.proxy".to_owned(), value: value.into() };
    let shown = format!("http://****@127.0.0.1:{port}");
    let changes = vec![to(format!("http://Aladdin:opensesame@127.0.0.1:{port}"))];
    house.desk().change_settings(SettingsChange { changes }).await.expect("changed");
    let line = "proxy-authorization: basic qwxhzgrpbjpvcgvuc2vzyw1l";
    assert!(by_the_way_out(&house, &mut heard).await.contains(line));
    let written = std::fs::read_to_string(paths.config()).expect("a file");
    assert!(written.contains(&shown) && !written.contains("opensesame"), "{written}");
    assert_eq!(house.rooms.settings().value("network.proxy"), shown);
    house.close().await;

    let house = opened(&paths, key).await;
    assert!(by_the_way_out(&house, &mut heard).await.contains(line));
    // What is shown can be saved again, and means the same; another proxy gets nothing of it.
    let changes = vec![to(shown)];
    house.desk().change_settings(SettingsChange { changes }).await.expect("changed");
    assert!(by_the_way_out(&house, &mut heard).await.contains(line));
    let changes = vec![to("http://****@proxy.example:8080".to_owned())];
    let trouble = house.desk().change_settings(SettingsChange { changes }).await.expect_err("refused");
    assert_eq!(trouble.field.as_deref(), Some("network.proxy"));
    let changes = vec![to(format!("http://127.0.0.1:{port}"))];
    house.desk().change_settings(SettingsChange { changes }).await.expect("changed");
    assert!(!by_the_way_out(&house, &mut heard).await.contains("proxy-authorization"));
    assert_eq!(
        house.rooms.secrets.ids(crate::SecretKind::NetworkProxy).await.expect("ids"),
        Vec::<String>::new()
    );
    house.close().await;
}
