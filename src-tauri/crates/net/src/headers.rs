//! Headers that are not passed on.

/// Whether a header of this name, in small letters, is about one connection (RFC 9110, 7.6.1). `trailer` is not: it is about
/// the message.
pub fn is_of_the_hop(name: &str) -> bool {
    matches!(name, "connection" | "keep-alive" | "te" | "transfer-encoding" | "upgrade")
        || name.starts_with("proxy-")
}

/// Whether a header of an answer is about the host it comes from, as which a browser would know whoever passes it on.
pub fn is_of_the_host(name: &str) -> bool {
    let host = matches!(
        name,
        "set-cookie"
            | "set-cookie2"
            | "alt-svc"
            | "strict-transport-security"
            | "clear-site-data"
            | "service-worker-allowed"
    );
    host || name.starts_with("access-control-")
}
