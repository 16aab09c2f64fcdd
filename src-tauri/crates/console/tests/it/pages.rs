//! The pages, as far as a build without them has any.

use http::{HeaderValue, Method};

use crate::support::{House, request};

#[tokio::test]
async fn the_console_has_one_address_and_needs_no_login_to_show_its_page() {
    let house = House::new();
    let answer = house.call(request(Method::GET, "/console", None)).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["location"]),
        (308, &"/console/".parse().expect("text"))
    );
    let page = house.call(request(Method::GET, "/console/", None)).await;
    assert!(page.text().to_lowercase().starts_with("<!doctype html>"), "{}", page.text());
    assert_eq!(page.headers["cache-control"], "no-cache");
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    let policy = page.headers["content-security-policy"].to_str().expect("text").to_owned();
    for rule in [
        "default-src 'none'",
        "script-src 'self';",
        "media-src blob:;",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let again = house.call(request(Method::GET, "/console/", None)).await;
    assert_ne!(again.headers["content-security-policy"], page.headers["content-security-policy"]);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_a_page() {
    let house = House::new();
    let answer = house.call(request(Method::GET, "/console/assets/gone.js", None)).await;
    assert_eq!(answer.status, 404);
    assert!(!answer.text().contains("<html"), "{}", answer.text());
    let mut screen = request(Method::GET, "/console/keys", None);
    screen.headers_mut().insert("accept", HeaderValue::from_static("text/html,*/*"));
    let page = house.call(screen).await;
    assert!(page.text().to_lowercase().starts_with("<!doctype html>"), "{}", page.text());
}
