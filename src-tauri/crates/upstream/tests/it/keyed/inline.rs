//! Files that are named by address, for a provider that cannot get them itself.

use postern_protocol::chat::{FailureKind, Source};
use postern_upstream::{Media, MediaRules};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// The beginning of a picture; what it is is told by that.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// A server of files: a picture at `/picture`, nothing elsewhere. Its address, as `host:port`.
async fn files() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let place = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let count = socket.read(&mut head).await.unwrap_or(0);
            let there = head[..count].starts_with(b"GET /picture ");
            let (status, body) = if there { ("200 OK", PICTURE) } else { ("404 Not Found", &b""[..]) };
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-type: image/png\r\ncontent-length: {length}\r\n\r\n");
            let _ = socket.write_all(&[head.as_bytes(), body].concat()).await;
        }
    });
    place
}

/// A provider of this computer, to which addresses of the internet mean nothing.
async fn near(place: &str, with_folder: bool) -> (Provider, Keyed, TempDir) {
    let provider = Provider::start(Played::OpenAi).await.expect("a stand-in");
    let folder = tempfile::tempdir().expect("a folder");
    let rules = MediaRules { local_hosts: vec![place.parse().expect("a place")], ..MediaRules::default() };
    let network = Network::default();
    let media = with_folder.then(|| Media::open(folder.path(), rules, network.clone()).expect("opened"));
    let config = config(provider.base_url(), Vendor::OpenAi);
    let keyed = Keyed::new(config, &KeyedMeans::new(network, media), None).expect("an address");
    keyed.set_keys(vec![key("one")]);
    (provider, keyed, folder)
}

fn about(source: Source) -> Request {
    let mut message = Message::text(Role::User, "What is it?");
    message.parts.push(Part::Image { source, detail: None });
    Request { messages: vec![message], ..question() }
}

fn at(place: &str, path: &str) -> Request {
    about(Source::Url(format!("http://{place}/{path}")))
}

#[tokio::test]
async fn a_picture_that_the_provider_cannot_get_is_sent_as_data() {
    let place = files().await;
    let (provider, keyed, _folder) = near(&place, true).await;
    provider.next(Turn::choices([Said::new().text("A picture")]));
    answered(&keyed, at(&place, "picture")).await.expect("an answer");
    let sent = provider.last().expect("a question").json();
    let content = &sent["messages"][0]["content"];
    assert_eq!(content[0]["text"], "What is it?");
    assert_eq!(content[1]["image_url"]["url"], "data:image/png;base64,iVBORw0KGgogYW5kIHNvIG9u");
}

#[tokio::test]
async fn a_file_that_cannot_be_had_is_told_by_its_message_and_the_provider_is_not_asked() {
    let place = files().await;
    let (provider, keyed, _folder) = near(&place, true).await;
    for (wanted, kind) in [
        (at(&place, "nothing"), FailureKind::BadRequest),
        // Nobody allowed this one.
        (at("127.0.0.1:9", "picture"), FailureKind::BadRequest),
    ] {
        let failure = answered(&keyed, wanted).await.expect_err("no file");
        assert_eq!(
            (failure.kind, failure.param.as_deref()),
            (kind, Some("messages[0].content")),
            "{failure}"
        );
    }
    assert!(asked(&provider.received()).is_empty());
}

#[tokio::test]
async fn data_needs_no_folder_and_an_address_does() {
    let place = files().await;
    let (provider, keyed, _folder) = near(&place, false).await;
    provider.next(Turn::choices([Said::new().text("A picture")]));
    let data = Source::Data { mime: Some("image/png".to_owned()), base64: "iVBORw0KGgo=".to_owned() };
    answered(&keyed, about(data)).await.expect("an answer");
    let sent = provider.last().expect("a question").json();
    assert_eq!(sent["messages"][0]["content"][1]["image_url"]["url"], "data:image/png;base64,iVBORw0KGgo=");
    let failure = answered(&keyed, at(&place, "picture")).await.expect_err("nowhere to put it");
    assert_eq!(failure.kind, FailureKind::Internal);
}
