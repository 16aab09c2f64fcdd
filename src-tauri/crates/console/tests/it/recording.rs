//! Whether conversations are recorded, and how much of them is kept.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use http::Method;
use postern_console::api::recording::RecordingView;
use postern_console::{RecordingDesk, Trouble};
use postern_store::RecordingUsage;
use serde_json::json;
use tokio::sync::watch;

use crate::desk::FakeDesk;
use crate::support::House;

fn view(private: bool, exchanges: u64) -> RecordingView {
    let usage = Some(RecordingUsage { exchanges, ..RecordingUsage::default() });
    RecordingView { enabled: true, private, active: !private, failed: None, usage, deriving: None }
}

impl RecordingDesk for FakeDesk {
    fn recording(&self) -> BoxFuture<'_, RecordingView> {
        ready(view(self.gateway.is_private(), 3)).boxed()
    }

    fn recording_changes(&self) -> watch::Receiver<u64> {
        self.changes[8].subscribe()
    }

    fn set_private(&self, private: bool) {
        self.gateway.set_private(private);
    }

    fn forget_recorded(&self) -> BoxFuture<'_, Result<RecordingView, Trouble>> {
        ready(Ok(view(self.gateway.is_private(), 0))).boxed()
    }
}

#[tokio::test]
async fn a_private_time_begins_and_ends_and_everything_can_be_forgotten() {
    let house = House::new();
    let told = house.get("/api/recording").await.ok();
    assert_eq!((&told["active"], &told["usage"]["exchanges"]), (&json!(true), &json!(3)));
    let private = |on: bool| house.window(Method::PUT, "/api/recording", Some(json!({ "private": on })));
    let told = private(true).await.ok();
    assert_eq!((&told["private"], &told["active"]), (&json!(true), &json!(false)));
    assert_eq!(private(false).await.ok()["private"], false);
    let told = house.window(Method::DELETE, "/api/recording", None).await.ok();
    assert_eq!(told["usage"]["exchanges"], 0);
    let wrong = house.window(Method::PUT, "/api/recording", Some(json!({}))).await;
    assert_eq!(wrong.refused(400), "invalid");
}
