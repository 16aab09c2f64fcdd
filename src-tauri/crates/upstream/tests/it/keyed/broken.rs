//! Connections that end too early: what may have been done is not asked for once more.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use postern_net::{NetworkConfig, NoProxy, ProxyRule};
use postern_protocol::chat::FailureKind;
use postern_upstream::{Errand, Operation};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A server that reads each question, says this of an answer and hangs up. It keeps what it was asked.
struct Short {
    base_url: String,
    asked: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Short {
    async fn saying(answer: &'static str) -> Self {
        Self::ending(answer, |_| {}).await
    }

    /// One that does this with the connection before it hangs up.
    async fn ending(answer: &'static str, end: impl Fn(&TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let base_url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let question = question_of(&mut socket).await;
                heard.lock().expect("whole").push(question);
                let _ = socket.write_all(answer.as_bytes()).await;
                end(&socket);
            }
        });
        Self { base_url, asked }
    }

    fn count(&self) -> usize {
        self.asked.lock().expect("whole").len()
    }

    fn keyed(&self) -> Keyed {
        keyed_with(config(self.base_url.clone(), Vendor::OpenAi), &["one", "two"])
    }
}

/// The whole of a request with a `content-length`.
async fn question_of(socket: &mut TcpStream) -> String {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                return text;
            }
        }
        if socket.read_buf(&mut read).await.unwrap_or(0) == 0 {
            return text;
        }
    }
}

fn errand() -> Errand {
    Errand {
        id: RequestId::new("r1"),
        principal: Principal::Anonymous,
        operation: Operation::Chat,
        model: MODEL.to_owned(),
        headers: HeaderMap::from_iter([(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )]),
        body: Bytes::from_static(b"{\"model\":\"gpt-5.2\",\"messages\":[]}"),
    }
}

#[tokio::test]
async fn a_question_that_may_have_been_taken_is_not_asked_again() {
    let cut_head = "HTTP/1.1 200 OK\r\ncontent-ty";
    let no_piece = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 99\r\n\r\n";
    for answer in ["", cut_head, no_piece] {
        let short = Short::saying(answer).await;
        assert!(answered(&short.keyed(), question()).await.is_err());
        assert_eq!(short.count(), 1, "{answer:?}");
    }
    for answer in ["", cut_head] {
        let short = Short::saying(answer).await;
        let failure = short.keyed().pass(errand()).await.err().expect("no answer");
        assert!(failure.message.contains("did not answer"), "{failure}");
        assert_eq!(short.count(), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn a_refusal_without_its_body_is_told_in_words_of_ours() {
    let short = Short::saying("HTTP/1.1 400 Bad Request\r\ncontent-length: 99\r\n\r\n{\"err").await;
    let failure = short.keyed().pass(errand()).await.err().expect("a failure");
    assert_eq!(failure.kind, FailureKind::BadRequest);
    assert_eq!(short.count(), 1);
}

#[tokio::test]
async fn callers_are_not_told_how_this_server_gets_out() {
    let rule: ProxyRule = "http://127.0.0.1:9".parse().expect("a rule");
    let network = Network::new(NetworkConfig { rule, no_proxy: NoProxy::default() });
    let config = config("https://203.0.113.9/v1".to_owned(), Vendor::OpenAi);
    let keyed = Keyed::new(config, &KeyedMeans::new(network, None), None).expect("an address");
    keyed.set_keys(vec![key("one")]);
    let failure = answered(&keyed, question()).await.expect_err("nobody is there");
    assert!(failure.message.contains("the proxy of this server"), "{failure}");
    assert!(!failure.message.contains("127.0.0.1"), "{failure}");
}

#[tokio::test]
async fn what_came_before_a_reset_is_told_before_the_failure() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 999\r\n\r\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"One \"}}]}\n\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"two\"}}]}\n\n";
    let short = Short::ending(answer, |socket| socket.set_zero_linger().expect("a reset")).await;
    let events = events(&short.keyed(), question()).await;
    let text = events.iter().filter_map(|event| match event {
        Ok(Event::Text { text }) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(text.collect::<String>(), "One two", "{events:?}");
    let failure = events.last().expect("an end").as_ref().expect_err("it broke off");
    assert_eq!(failure.kind, FailureKind::Interrupted);
    assert_eq!(short.count(), 1);
}
