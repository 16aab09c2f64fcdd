use std::sync::Arc;

use futures::channel::mpsc;
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::sync::oneshot;
use tower::service_fn;

use super::*;

/// Passes an answer and keeps what the page would get.
async fn passed(response: Response<Answer>) -> Vec<Piece> {
    let pieces = Mutex::new(Vec::new());
    let keep = |piece| -> Result<(), Infallible> {
        pieces.lock().expect("not poisoned").push(piece);
        Ok(())
    };
    let Ok(()) = pass(response, keep).await;
    pieces.into_inner().expect("not poisoned")
}

fn text(text: &str) -> Piece {
    Piece::Body(Chunk::Text { text: text.to_owned() })
}

#[tokio::test]
async fn an_answer_comes_as_head_body_and_end() {
    let pieces = passed(whole(StatusCode::CONFLICT, &serde_json::json!({ "a": "ü" }))).await;
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    assert_eq!(pieces, [Piece::Head { status: 409, headers }, text(r#"{"a":"ü"}"#), Piece::End]);
}

#[tokio::test]
async fn pieces_go_on_as_they_come_and_a_break_is_told() {
    let (sender, body) = mpsc::unbounded::<Result<Frame<Bytes>, BoxError>>();
    let body = StreamBody::new(body);
    let (seen, first) = oneshot::channel();
    let seen = Mutex::new(Some(seen));
    let pieces = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&pieces);
    let passing = tokio::spawn(async move {
        pass(Response::new(body.boxed_unsync()), |piece| -> Result<(), Infallible> {
            if matches!(piece, Piece::Body(_))
                && let Some(seen) = seen.lock().expect("not poisoned").take()
            {
                seen.send(()).expect("somebody waits");
            }
            kept.lock().expect("not poisoned").push(piece);
            Ok(())
        })
        .await
    });
    sender.unbounded_send(Ok(Frame::data(Bytes::from_static(b"one")))).expect("taken");
    first.await.expect("the first piece comes before the second is sent");
    sender.unbounded_send(Err("broken off".into())).expect("taken");
    let Ok(()) = passing.await.expect("passed");
    let broken = Piece::Error { message: "broken off".to_owned() };
    let head = Piece::Head { status: 200, headers: vec![] };
    assert_eq!(*pieces.lock().expect("not poisoned"), [head, text("one"), broken]);
}

#[test]
fn half_a_character_goes_as_bytes_and_loses_nothing() {
    let (first, second) = "ü".as_bytes().split_at(1);
    assert_eq!(Chunk::from(first.to_vec()), Chunk::Bytes { base64: "ww==".to_owned() });
    assert_eq!(Chunk::from(second.to_vec()), Chunk::Bytes { base64: "vA==".to_owned() });
    let wire = serde_json::to_value(Piece::Body("ü".as_bytes().to_vec().into())).expect("JSON");
    assert_eq!(wire, serde_json::json!({ "kind": "body", "text": "ü" }));
}

#[tokio::test]
async fn a_request_waits_for_the_console_and_is_marked_as_the_pages_own() {
    let bridge = Arc::new(Bridge::default());
    let asking = tokio::spawn({
        let bridge = Arc::clone(&bridge);
        async move { bridge.ask(Method::POST, "/api/x?y=1", Some("{}".to_owned())).await }
    });
    let echo = service_fn(|request: Request<String>| async move {
        let seen = format!(
            "{} {} {:?} {:?} {}",
            request.method(),
            request.uri(),
            request.headers()[OWN_PAGE],
            request.headers()[header::CONTENT_TYPE],
            request.body()
        );
        Ok::<_, Infallible>(Response::new(seen))
    });
    bridge.lead_to(console_of(echo));
    let pieces = passed(asking.await.expect("asked").expect("a request")).await;
    assert_eq!(pieces[1], text(r#"POST /api/x?y=1 "1" "application/json" {}"#));
}

#[tokio::test]
async fn what_nobody_waits_for_is_ended() {
    /// Tells when it is dropped.
    struct Witness(Option<oneshot::Sender<()>>);
    impl Drop for Witness {
        fn drop(&mut self) {
            self.0.take().map(|gone| gone.send(()));
        }
    }
    let bridge = Bridge::default();
    let endless = |id| {
        let (gone, ended) = oneshot::channel();
        let witness = Witness(Some(gone));
        bridge.start(id, async move {
            let _witness = witness;
            std::future::pending::<()>().await;
        });
        ended
    };
    let (one, two, three) = (endless(1), endless(2), endless(2));
    two.await.expect("a name that is given again ends what had it");
    bridge.drop_one(1);
    one.await.expect("dropped by its name");
    bridge.drop_all();
    three.await.expect("dropped with all");
}

#[tokio::test]
async fn a_late_task_does_not_take_the_name_of_a_new_one() {
    let bridge = Arc::new(Bridge::default());
    bridge.start(7, std::future::pending());
    // Not the task that has the name.
    bridge.ended(7);
    assert!(bridge.running().contains_key(&7));
    let (done, ended) = oneshot::channel();
    bridge.start(7, {
        let bridge = Arc::clone(&bridge);
        async move {
            bridge.ended(7);
            done.send(()).expect("somebody waits");
        }
    });
    ended.await.expect("ended");
    assert!(bridge.running().is_empty());
}
