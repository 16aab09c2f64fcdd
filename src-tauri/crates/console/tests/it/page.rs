//! AI Studio's page, in a house that only plays one.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use http::Method;
use postern_console::api::page::{AccountPage, PageView};
use postern_console::{Desk, PageDesk, Trouble};
use postern_protocol::page::{
    Absence, Control, Group, Loss, Need, PackFault, PackFile, PackStatus, PageReport, Sight,
};
use serde_json::json;

use crate::desk::{FakeDesk, no_account};
use crate::support::House;

fn pack() -> PackStatus {
    let file = PackFile {
        path: "/data/selectors.toml".to_owned(),
        version: Some(1),
        outdated: false,
        overrides: vec!["selectors.run".to_owned()],
        fault: Some(PackFault { line: Some(3), what: "there is no selector called `rum`".to_owned() }),
    };
    PackStatus { version: 1, file: Some(file) }
}

fn control(purpose: &str, sight: Sight) -> Control {
    Control {
        purpose: purpose.to_owned(),
        name: "Something".to_owned(),
        group: Group::Prompt,
        need: Need::Required,
        loss: Loss::Answers,
        sight,
    }
}

fn report() -> PageReport {
    let controls = vec![
        control("prompt", Sight::Found { selector: "textarea".to_owned(), rank: 1 }),
        control("run", Sight::Missing { tried: vec!["#run".to_owned()] }),
        control("stop", Sight::NotLookedFor { why: Absence::NoAnswer }),
    ];
    PageReport { checked_at: 7, model: Some("m".to_owned()), trouble: None, pack: pack(), controls }
}

impl PageDesk for FakeDesk {
    fn page(&self) -> PageView {
        let reports = vec![AccountPage { account: "ada".to_owned(), report: report() }];
        PageView { pack: pack(), pack_path: "/data/selectors.toml".to_owned(), reports }
    }

    fn check_page<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<PageReport, Trouble>> {
        let known = self.accounts().iter().any(|known| known.name == account);
        ready(if known { Ok(report()) } else { Err(no_account()) }).boxed()
    }
}

#[tokio::test]
async fn the_page_is_told_control_by_control() {
    let house = House::new();
    let report = house.post("/api/page/ada/check", json!({})).await.ok();
    assert_eq!(
        report["controls"][0]["sight"],
        json!({ "state": "found", "selector": "textarea", "rank": 1 })
    );
    assert_eq!(report["controls"][1]["sight"], json!({ "state": "missing", "tried": ["#run"] }));
    assert_eq!(report["controls"][2]["sight"], json!({ "state": "not_looked_for", "why": "no_answer" }));
    assert_eq!(report["pack"]["file"]["fault"]["line"], 3);
    let known = house.get("/api/page").await.ok();
    assert_eq!((&known["reports"][0]["account"], &known["reports"][0]["report"]), (&json!("ada"), &report));
    assert_eq!(house.post("/api/page/nobody/check", json!({})).await.refused(404), "not_found");
    assert_eq!(house.window(Method::GET, "/api/page/ada/check", None).await.refused(405), "wrong_method");
}
