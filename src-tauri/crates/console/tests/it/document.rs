//! The document and the routes say the same, and the page's copy is the present one.

use std::collections::BTreeSet;
use std::path::Path;

use http::Method;
use serde_json::Value;

use crate::support::House;

pub(crate) fn document() -> Value {
    serde_json::from_str(postern_console::document()).expect("the document is JSON")
}

/// Method, path and description of every operation.
pub(crate) fn operations(document: &Value) -> Vec<(Method, String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(move |(method, it)| (path, method, it))
        })
        .map(|(path, method, operation)| {
            let method = method.to_uppercase().parse().expect("a method");
            (method, path.clone(), operation)
        })
        .collect()
}

#[test]
fn the_pages_copy_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/api/openapi.json");
    let copy = std::fs::read_to_string(&file).expect("ui/src/api/openapi.json");
    let current = copy.replace("\r\n", "\n") == postern_console::document();
    assert!(current, "ui/src/api/openapi.json is stale: run `cargo xtask openapi`");
}

#[tokio::test]
async fn every_route_of_the_document_is_there_and_knows_no_other_method() {
    let house = House::new();
    let document = document();
    let operations = operations(&document);
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let paths: BTreeSet<&String> = operations.iter().map(|(_, path, _)| path).collect();
    for path in paths {
        let told = |method: &Method| operations.iter().any(|(known, at, _)| known == method && at == path);
        for method in methods.iter().filter(|method| !told(method)) {
            let answer = house.window(method.clone(), &path.replace(['{', '}'], ""), None).await;
            assert_eq!(answer.status, 405, "{method} {path} is not in the document");
        }
        // The Allow header of a wrong method is what the router really has.
        let answer = house.window(Method::OPTIONS, &path.replace(['{', '}'], ""), None).await;
        assert_eq!(answer.refused(405), "wrong_method", "{path}");
        let allowed: BTreeSet<&str> = answer.headers["allow"]
            .to_str()
            .expect("text")
            .split(',')
            .filter(|name| *name != "HEAD")
            .collect();
        let described: BTreeSet<&str> = methods.iter().filter(|it| told(it)).map(Method::as_str).collect();
        assert_eq!(allowed, described, "{path}");
    }
}

#[test]
fn every_operation_is_described_for_the_page() {
    let document = document();
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().expect("an id");
        assert!(names.insert(name.to_owned()), "{name} is there twice");
        assert!(name.chars().all(char::is_alphanumeric), "{name} is no camelCase");
        assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{name}");
        let responses = operation["responses"].as_object().expect("responses");
        let good = responses.keys().any(|status| status.starts_with('2'));
        assert!(good && responses.contains_key("403"), "{name}");
        let open = path == "/api/session" && method != Method::DELETE;
        assert_eq!(responses.contains_key("401"), !(open && method == Method::GET), "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
    }
}
