//! What clients reach through this server: shown, allowed with one click, taken back.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use http::Method;
use postern_console::api::proxy::{AuthType, DomainAllow, ProxyDomain, ProxyView, RefusedDomain};
use postern_console::{Code, ProxyDesk, Trouble};
use serde_json::json;
use tokio::sync::watch;

use crate::desk::FakeDesk;
use crate::support::House;

fn view(domains: Vec<ProxyDomain>) -> ProxyView {
    let refused =
        vec![RefusedDomain { domain: "x.example:8443".to_owned(), times: 3, last_ms: 1_700_000_000_000 }];
    ProxyView { known_vendors: true, domains, withdrawn: vec!["api.x.ai".to_owned()], refused }
}

impl ProxyDesk for FakeDesk {
    fn proxy(&self) -> ProxyView {
        view(Vec::new())
    }

    fn refusal_changes(&self) -> watch::Receiver<u64> {
        self.changes[7].subscribe()
    }

    fn allow_domain(&self, allow: DomainAllow) -> BoxFuture<'_, Result<ProxyView, Trouble>> {
        let domain = ProxyDomain {
            domain: allow.domain,
            auth_type: allow.auth_type.unwrap_or(AuthType::Auto),
            https: allow.https.unwrap_or(true),
            key: allow.key,
            record: allow.record.unwrap_or(true),
            vendor: false,
            listed: true,
        };
        ready(Ok(view(vec![domain]))).boxed()
    }

    fn forbid_domain<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<ProxyView, Trouble>> {
        let known = domain != "other.example";
        let gone = if known {
            Ok(view(Vec::new()))
        } else {
            Err(Trouble::new(Code::NotFound, "It is not let through."))
        };
        ready(gone).boxed()
    }
}

#[tokio::test]
async fn domains_are_shown_allowed_and_taken_back() {
    let house = House::new();
    let told = house.get("/api/proxy").await.ok();
    let refused = json!([{ "domain": "x.example:8443", "times": 3, "last_ms": 1_700_000_000_000_i64 }]);
    assert_eq!((&told["refused"], &told["withdrawn"]), (&refused, &json!(["api.x.ai"])));
    let allow =
        json!({ "domain": "127.0.0.1:11434", "auth_type": "openai", "https": false, "record": false });
    let told = house.post("/api/proxy/allow", allow).await.ok();
    let domain = json!({ "domain": "127.0.0.1:11434", "auth_type": "openai", "https": false, "key": null,
        "record": false, "vendor": false, "listed": true });
    assert_eq!(told["domains"], json!([domain]));
    assert_eq!(
        house.window(Method::DELETE, "/api/proxy/allow/127.0.0.1:11434", None).await.ok()["domains"],
        json!([])
    );
    let other = house.window(Method::DELETE, "/api/proxy/allow/other.example", None).await;
    assert_eq!(other.refused(404), "not_found");
    let odd = house.post("/api/proxy/allow", json!({ "domain": "a.example", "auth_type": "bearer" })).await;
    assert_eq!((odd.refused(400).as_str(), odd.field().as_str()), ("invalid", "auth_type"));
}
