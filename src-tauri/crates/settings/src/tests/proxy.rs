use serde_json::json;

use super::*;

fn domain(text: &str) -> Domain {
    text.parse().expect("a domain")
}

pub(super) fn every_key() -> Proxy {
    let home = Allowed { auth_type: AuthType::Off, https: false, key: Some("home".into()), record: false };
    let pattern = |text: &str| vec![Pattern(text.to_owned())];
    Proxy {
        known_vendors: false,
        allowed_domains: [
            (domain("nas.lan:11434"), Allowance::Allowed(home)),
            (domain("*.openai.azure.com"), Allowance::Allowed(Allowed::default())),
            (domain("api.openai.com"), Allowance::Refused),
        ]
        .into(),
        body_bytes: 1024,
        first_byte_timeout: Duration::from_secs(1),
        silence_timeout: Duration::from_secs(2),
        probe_request: ProbeRequest {
            path_blocklist: vec!["/".into()],
            path_prefix_blocklist: vec!["/web/".into()],
            user_agent_substrings: vec!["Censys".into()],
            allowed_methods: vec![Method("GET".into())],
            ip_blocklist: vec![Address("192.0.2.7".parse().expect("one"))],
        },
        probe_filter: ProbeFilter {
            patterns: pattern("^GET /health$"),
            ip_patterns: pattern("^10"),
            custom_patterns: pattern("a|b"),
            custom_ip_patterns: pattern("1$"),
            disable_default_patterns: true,
            disable_default_ip_patterns: true,
        },
    }
}

fn allowed(text: &str) -> Vec<String> {
    from_file(text).expect("valid").proxy.allowed().into_keys().map(|domain| domain.0).collect()
}

#[test]
fn vendors_are_allowed_beside_what_the_owner_lists_unless_they_are_taken_out() {
    let usual = allowed("");
    assert!(usual.iter().any(|domain| domain == "api.openai.com"), "{usual:?}");
    let listed = allowed("[proxy.allowed_domains]\n\"x.example\" = true\n\"api.openai.com\" = false");
    assert_eq!(listed.len(), usual.len());
    assert!(
        listed.iter().any(|domain| domain == "x.example") && !listed.contains(&"api.openai.com".to_owned())
    );
    let alone = allowed("[proxy]\nknown_vendors = false\nallowed_domains = { \"X.Example:8443\" = {} }");
    assert_eq!(alone, ["x.example:8443"]);
    let azure =
        from_file("[proxy.allowed_domains]\n\"api.openai.com\" = { auth_type = \"azure\" }").expect("valid");
    assert_eq!(azure.proxy.allowed()[&domain("api.openai.com")].auth_type, AuthType::Azure);
}

#[test]
fn the_vendors_are_domains_in_order() {
    let vendors: Vec<Domain> = crate::vendors::VENDORS.iter().map(|(vendor, _)| domain(vendor)).collect();
    assert!(vendors.is_sorted_by(|one, other| one < other), "sorted, and each once");
    assert!(
        crate::vendors::VENDORS
            .iter()
            .all(|(vendor, _)| domain(vendor).0 == *vendor && Proxy::is_vendor(vendor))
    );
}

#[test]
fn a_domain_is_a_host_or_all_below_one() {
    for good in
        ["api.openai.com", "127.0.0.1:11434", "[::1]:8080", "nas", "*.openai.azure.com", "a_b.example"]
    {
        assert_eq!(domain(good).0, good);
    }
    for bad in
        ["", "*", "*.com", "*.", "*..a.b", "*.a.b:80", "https://a.b", "a.b/c", "me@a.b", "a.b:0", "a.*.b"]
    {
        assert!(bad.parse::<Domain>().is_err(), "{bad}");
    }
}

#[test]
fn custom_patterns_hold_also_without_the_usual_ones() {
    let filter = every_key().probe_filter;
    assert_eq!(filter.in_force(), (vec!["a|b".to_owned()], vec!["1$".to_owned()]));
    let both = ProbeFilter { disable_default_patterns: false, ..filter };
    assert_eq!(both.in_force().0, ["^GET /health$", "a|b"]);
}

#[test]
fn a_domain_is_added_where_the_others_are_written() {
    let text = "[proxy.allowed_domains]\n# mine\n\"a.example\" = { auth_type = \"openai\" } # why\n\n[proxy.allowed_domains.\"b.example\"]\nhttps = false # plain\n";
    let mut value = from_file(text).expect("valid").value("proxy.allowed_domains");
    // What stands there as it was written stays so.
    value["a.example"] = json!({ "auth_type": "openai" });
    value["b.example"] = json!({ "https": false });
    value["c.example"] = json!({ "auth_type": "google" });
    let change = Change { key: "proxy.allowed_domains".to_owned(), value };
    let text = edit(text, &[change]).expect("can be edited");
    for kept in ["# mine\n\"a.example\" = { auth_type = \"openai\" } # why\n", "https = false # plain\n"] {
        assert!(text.contains(kept), "{text}");
    }
    assert!(text.contains("\"c.example\" = { auth_type = \"google\" }"), "{text}");
}
