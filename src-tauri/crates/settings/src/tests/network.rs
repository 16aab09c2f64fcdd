//! How to get out.

use super::*;

#[test]
fn a_way_out_is_one_of_two_words_or_a_proxy() {
    let way = |way: &str| from_file(&format!("[network]\nproxy = \"{way}\""));
    for good in
        ["direct", "system", "http://127.0.0.1:7890", "https://proxy.lan", "socks5://me:p%40ss@[::1]:9050"]
    {
        assert_eq!(way(good).expect("a way out").network.proxy, WayOut(good.to_owned()));
    }
    for bad in
        ["", "127.0.0.1:7890", "socks4://me:secret@h:1", "http://me:secret@h:0", "http://me:secret@h/x"]
    {
        let complaint = way(bad).expect_err(bad).to_string();
        assert!(complaint.contains("network.proxy") && complaint.contains("socks5h://"), "{complaint}");
        assert!(!complaint.contains("secret"), "{complaint}");
    }
    let shown = format!("{:?}", way("http://me:secret@proxy.lan:8080").expect("a way out"));
    assert!(shown.contains("http://proxy.lan:8080") && !shown.contains("secret"), "{shown}");
    assert_eq!(WayOut("direct".into()).without_password(), "direct");
}

#[test]
fn a_proxy_is_written_with_marks_in_the_place_of_its_password() {
    let settings = |proxy: &str| from_file(&format!("[network]\nproxy = \"{proxy}\"")).expect("valid");
    for (proxy, written, marked, shows) in [
        ("http://me:secret@proxy.lan:8080", "http://****@proxy.lan:8080", false, true),
        ("socks5h://secret@[::1]:9050", "socks5h://****@[::1]:9050", false, true),
        ("http://****@proxy.lan:8080", "http://****@proxy.lan:8080", true, false),
        ("http://proxy.lan:8080", "http://proxy.lan:8080", false, false),
        ("system", "system", false, false),
    ] {
        let settings = settings(proxy);
        assert_eq!(settings.value("network.proxy"), written);
        let way = &settings.network.proxy;
        assert_eq!((way.is_marked(), way.shows_login()), (marked, shows), "{written}");
    }
    for bad in ["http://**@h:1", "http://****:x@h:1", "http://a*@h:1"] {
        assert!(from_file(&format!("[network]\nproxy = \"{bad}\"")).is_err(), "{bad}");
    }
}

#[test]
fn hosts_without_a_proxy_are_names_addresses_and_blocks() {
    let hosts = |host: &str| from_file(&format!("[network]\nno_proxy = [\"{host}\"]"));
    for good in ["*", "nas", ".example.org", "*.example.org", "10.0.0.7", "::1", "10.0.0.0/8", "fd00::/8"] {
        assert_eq!(hosts(good).expect("a host").network.no_proxy, [NoProxy(good.to_owned())]);
    }
    for bad in ["", ".", "*.", "a b", "http://nas", "10.0.0.0/33", "nas/8", "a*b"] {
        assert!(hosts(bad).is_err(), "{bad}");
    }
}
