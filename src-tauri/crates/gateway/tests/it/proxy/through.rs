//! What arrives is what was sent, both ways.

use postern_store::Outcome;
use tokio::io::AsyncWriteExt;

use super::{Far, get, house};
use crate::log::keep;
use crate::support::{Answer, soon};

/// A body that no parser would write again as it is.
const BODY: &[u8] =
    b"{ \"model\":\"x\",\t\"model\" : \"x\", \"n\":1.0e0,\"t\":\"\\u00e9\xc3\xa9\xff\0\",}\r\n";

#[tokio::test]
async fn a_request_arrives_as_it_was_sent() {
    let far = Far::open().await;
    let house = house(&far).await;
    for path in [
        "/v1/models/org%2Fname",
        "//v1///chat/",
        "/",
        "/a/../b?key=a%2Bb+c&&x=%zz&",
        "/v1?x=%2f/http://y",
        "/%00%C3%A9",
    ] {
        let mut client = house
            .raw(&format!(
                "POST /{}{path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: br\r\n\
                 anthropic-beta: one\r\nanthropic-beta: two\r\nX-Forwarded-For: 1.2.3.4\r\nCookie: a=b\r\n\
                 Connection: keep-alive, X-Mine\r\nX-Mine: 1\r\nX-Postern-Key: mine\r\nContent-Type: x/y\r\n\
                 Content-Length: {}\r\n\r\n",
                far.address,
                BODY.len()
            ))
            .await;
        client.socket.write_all(BODY).await.expect("writes");
        let mut line = far.accept().await;
        let seen = line.request().await;
        assert_eq!(seen.line, format!("POST {path} HTTP/1.1"));
        assert_eq!(seen.body, BODY);
        let expected = [
            ("user-agent", "Go-http-client/1.1"),
            ("accept-encoding", "br"),
            ("anthropic-beta", "one"),
            ("anthropic-beta", "two"),
            ("content-type", "x/y"),
            ("content-length", &BODY.len().to_string()),
            ("host", &far.address.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(seen.headers, expected);
        line.write("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
        assert!(client.until("\r\n\r\n").await.starts_with("HTTP/1.1 204"));
    }
}

#[tokio::test]
async fn a_host_alone_or_with_a_query_means_its_root() {
    let far = Far::open().await;
    let house = house(&far).await;
    for (path, expected) in [("", "/"), ("?a=b", "/?a=b"), ("/?a", "/?a")] {
        let _client = get(&house, &format!("/http://{}{path}", far.address)).await;
        assert_eq!(far.accept().await.request().await.line, format!("GET {expected} HTTP/1.1"));
    }
}

#[tokio::test]
async fn every_method_and_every_type_goes_through() {
    let far = Far::open().await;
    let house = house(&far).await;
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "POST", "PROPFIND", "HEAD"] {
        let request = house.request(method, &format!("/{}/v1/files", far.address));
        let asked =
            tokio::spawn(Answer::of(request.header("content-type", "application/x-ndjson").body("x")));
        let mut line = far.accept().await;
        let seen = line.request().await;
        assert_eq!((seen.line, seen.body), (format!("{method} /v1/files HTTP/1.1"), b"x".to_vec()));
        let body = if method == "HEAD" { "" } else { "yes" };
        line.write(format!(
            "HTTP/1.1 299 Odd\r\nallow: *\r\nconnection: close\r\ncontent-length: 3\r\n\r\n{body}"
        ))
        .await;
        let answer = asked.await.expect("answered");
        assert_eq!(
            (answer.status, answer.header("allow"), answer.text.as_str()),
            (299, "*", body),
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_form_of_several_parts_arrives_to_the_byte() {
    let far = Far::open().await;
    let house = house(&far).await;
    let file: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let mut form =
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n\r\n".to_vec();
    form.extend_from_slice(&file);
    form.extend_from_slice(b"\r\n--b--\r\n");
    let request = house.request("POST", &format!("/{}/v1/audio/transcriptions", far.address));
    let request = request.header("content-type", "multipart/form-data; boundary=b").body(form.clone());
    let asked = tokio::spawn(Answer::of(request));
    let mut line = far.accept().await;
    let seen = line.request().await;
    assert_eq!(seen.header("content-type"), Some("multipart/form-data; boundary=b"));
    assert!(seen.body == form, "{} of {} bytes", seen.body.len(), form.len());
    line.answer("ok").await;
    assert_eq!(asked.await.expect("answered").text, "ok");
}

/// Answers of all kinds, as they stand on the wire after the head.
fn answers() -> Vec<(&'static str, Vec<u8>)> {
    let events = "data:{\"a\":1}\r\n\r\ndata: {\"text\":\"h\u{e9}llo \u{4f60}\"}\n\n: hi\n\nevent: x\ndata: [DONE]\n\n";
    vec![
        ("text/event-stream", events.as_bytes().to_vec()),
        ("application/json", b"[{\"candidates\": []}\n,\r\n{\"x\":\"\\\"\"}]".to_vec()),
        ("audio/mpeg", (0..=255).rev().cycle().take(70_000).collect()),
        // What it is packed with is nobody's business here, also when it is broken.
        ("application/json\r\ncontent-encoding: gzip", b"\x1f\x8b\x08\0broken".to_vec()),
        ("text/event-stream", format!("data: {}\n\n", "x".repeat(1_000_000)).into_bytes()),
    ]
}

#[tokio::test]
async fn an_answer_comes_back_to_the_byte_whole_or_in_pieces() {
    let far = Far::open().await;
    let house = house(&far).await;
    for (kind, body) in answers() {
        for dripped in [false, true] {
            let asked = house.request("GET", &format!("/{}/v1/x", far.address)).send();
            let asked = tokio::spawn(async { asked.await.expect("a response") });
            let mut line = far.accept().await;
            line.request().await;
            line.write(format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nconnection: close\r\nX-RateLimit: 1\r\nx-request-id: theirs\r\nset-cookie: a=b\r\nalt-svc: h3\r\nserver: far\r\n\r\n")).await;
            if dripped && body.len() < 1000 {
                line.drip(&body).await;
            } else {
                line.write(&body).await;
            }
            drop(line);
            let response = soon(asked).await.expect("runs");
            let header = |name: &str| {
                response.headers().get(name).map(|value| value.to_str().expect("text").to_owned())
            };
            assert_eq!(header("content-type").as_deref(), kind.split('\r').next());
            assert_eq!(header("content-encoding").is_some(), kind.contains("gzip"));
            assert_eq!(
                (header("x-ratelimit").as_deref(), header("x-request-id").as_deref()),
                (Some("1"), Some("theirs"))
            );
            assert_eq!(
                (header("set-cookie"), header("alt-svc"), header("server").as_deref()),
                (None, None, Some("far"))
            );
            assert!(header("x-postern-request-id").is_some_and(|id| id.len() == 32));
            assert!(soon(response.bytes()).await.expect("a body") == body, "{kind}");
        }
    }
}

#[tokio::test]
async fn an_error_stays_what_it_is() {
    let far = Far::open().await;
    let house = house(&far).await;
    let request = house.request("POST", &format!("/{}/v1/chat/completions", far.address));
    let asked = tokio::spawn(Answer::of(request.body("{\"stream\":true}")));
    let mut line = far.accept().await;
    line.request().await;
    let body = "{\"error\":{\"message\":\"no\"}}";
    line.write(format!("HTTP/1.1 401 Nope\r\ncontent-type: application/json\r\nretry-after: 7\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await;
    let answer = asked.await.expect("answered");
    assert_eq!(
        (answer.status, answer.header("content-type"), answer.header("retry-after")),
        (401, "application/json", "7")
    );
    assert_eq!((answer.text.as_str(), answer.header("x-postern-error")), (body, ""));
    let row = house.journal().await.pop().expect("a row").row;
    assert_eq!((row.status, row.outcome), (Some(401), Outcome::Failed));
}

#[tokio::test]
async fn a_redirect_is_the_clients_to_follow() {
    let (far, elsewhere) = (Far::open().await, Far::open().await);
    let house = house(&far).await;
    for status in [301, 302, 303, 307, 308] {
        let request =
            house.request("POST", &format!("/{}/v1/x", far.address)).header("x-api-key", "k").body("x");
        let asked = tokio::spawn(Answer::of(request));
        let mut line = far.accept().await;
        line.request().await;
        let location = format!("http://{}/stolen", elsewhere.address);
        line.write(format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")).await;
        let answer = asked.await.expect("answered");
        assert_eq!((answer.status, answer.header("location")), (status, location.as_str()));
    }
    assert!(elsewhere.is_quiet(), "the keys went elsewhere");
}

/// It would lead into this server's own API, with the other one's credential.
#[tokio::test]
async fn a_redirect_to_a_path_leads_to_the_same_server() {
    let far = Far::open().await;
    let house = house(&far).await;
    for before in ["", "http://"] {
        let asked =
            tokio::spawn(Answer::of(house.request("GET", &format!("/{before}{}//v1/x?a=b", far.address))));
        let mut line = far.accept().await;
        line.request().await;
        line.write(
            "HTTP/1.1 308 Moved\r\nlocation: /v1/x?a=b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        )
        .await;
        let expected = format!("/{before}{}/v1/x?a=b", far.address);
        assert_eq!(asked.await.expect("answered").header("location"), expected);
    }
}

#[tokio::test]
async fn a_password_in_a_path_is_not_written_down() {
    let lines = keep();
    let far = Far::open().await;
    let house = house(&far).await;
    house.get("/https://me:secret@host.example/v1/x").await.assert_error(400, "invalid_target");
    let told = format!("{:?} {:?}", lines.taken(), house.journal().await);
    assert!(told.contains("/https://host.example/v1/x") && !told.contains("secret"), "{told}");
}

#[tokio::test]
async fn it_is_written_down_without_its_secrets() {
    let lines = keep();
    let far = Far::open().await;
    let house = house(&far).await;
    let path = format!("/google.far.example:{}/v1beta/models/x:generateContent", far.address.port());
    let request = house.request("POST", &format!("{path}?key=AIzaSECRET&alt=sse")).body("a hidden prompt");
    let asked = tokio::spawn(Answer::of(request.header("x-other", "Bearer hidden-header")));
    let mut line = far.accept().await;
    assert_eq!(
        line.request().await.line,
        "POST /v1beta/models/x:generateContent?key=AIzaSECRET&alt=sse HTTP/1.1"
    );
    line.answer("a hidden answer").await;
    assert_eq!(asked.await.expect("answered").status, 200);
    let detail = house.journal().await.pop().expect("a row");
    let row = &detail.row;
    assert_eq!((row.path.as_str(), row.status, row.outcome), (path.as_str(), Some(200), Outcome::Ok));
    assert_eq!(row.upstream.as_deref(), Some(format!("google.far.example:{}", far.address.port()).as_str()));
    let told = format!("{:?} {:?}", lines.taken(), detail);
    assert!(told.contains(&path), "{told}");
    for secret in ["SECRET", "hidden"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn trailers_go_both_ways() {
    let far = Far::open().await;
    let house = house(&far).await;
    let mut client = house
        .raw(&format!(
            "POST /{}/v1/x HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n\
             3\r\nabc\r\n0\r\nx-sum: 7\r\n\r\n",
            far.address
        ))
        .await;
    let mut line = far.accept().await;
    let seen = line.request().await;
    assert_eq!((seen.header("te"), seen.header("trailer")), (Some("trailers"), Some("x-sum")));
    assert!(String::from_utf8(line.until(b"x-sum: 7\r\n\r\n").await).expect("text").contains("3\r\nabc\r\n"));
    line.write("HTTP/1.1 200 OK\r\ntrailer: x-end\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-end: 8\r\n\r\n").await;
    assert!(client.until("x-end: 8\r\n\r\n").await.contains("2\r\nhi\r\n"));
}

#[tokio::test]
async fn a_client_is_told_to_go_on_when_the_other_server_listens() {
    let far = Far::open().await;
    let house = house(&far).await;
    let head = |host: String| {
        format!(
            "POST /{host}/v1/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        )
    };
    let mut client = house.raw(&head(far.address.to_string())).await;
    let mut line = far.accept().await;
    client.until("HTTP/1.1 100 Continue\r\n\r\n").await;
    client.write("body").await;
    let seen = line.request().await;
    assert_eq!((seen.header("expect"), &*seen.body), (None, &b"body"[..]));
    line.answer("ok").await;
    client.until("ok").await;
    // Who is refused is not told to send anything.
    let mut client = house.raw(&head("evil.example".to_owned())).await;
    assert!(client.until("\r\n\r\n").await.starts_with("HTTP/1.1 403"));
}
