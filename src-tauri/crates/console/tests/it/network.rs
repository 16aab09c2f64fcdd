//! The way out, in a house that only plays one.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use postern_console::api::network::{NetworkOutcome, NetworkReport, NetworkTest};
use postern_console::{Code, NetworkDesk, Trouble};
use serde_json::json;

use crate::desk::FakeDesk;
use crate::support::House;

impl NetworkDesk for FakeDesk {
    fn test_network(&self, test: NetworkTest) -> BoxFuture<'_, Result<NetworkReport, Trouble>> {
        let way = test.proxy.unwrap_or_else(|| "direct".to_owned());
        if way == "nonsense" {
            return ready(Err(Trouble::new(Code::Invalid, "That is no proxy.").field("proxy"))).boxed();
        }
        let report = NetworkReport {
            outcome: NetworkOutcome::Reached,
            url: test.url.unwrap_or_else(|| "https://example.org/".to_owned()),
            way,
            status: Some(204),
            milliseconds: 7,
            why: None,
        };
        ready(Ok(report)).boxed()
    }
}

#[tokio::test]
async fn the_way_out_is_tried_as_it_is_or_as_it_might_be() {
    let house = House::new();
    let report = house.post("/api/network/test", json!({})).await.ok();
    assert_eq!((&report["outcome"], &report["way"]), (&json!("reached"), &json!("direct")));
    let told = json!({ "proxy": "http://127.0.0.1:7890", "url": "https://a.example/" });
    let report = house.post("/api/network/test", told).await.ok();
    assert_eq!(report["way"], "http://127.0.0.1:7890");
    let wrong = house.post("/api/network/test", json!({ "proxy": "nonsense" })).await;
    assert_eq!(wrong.refused(400), "invalid");
}
