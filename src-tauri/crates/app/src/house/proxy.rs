//! What the settings say of the path proxy, in the gateway's words.

use postern_gateway::{AllowedDomain, AuthType, ProbeFilter, ProbeRequest, ProxyConfig};
use postern_settings::{Allowed, AuthType as Chosen, Domain, Proxy};

/// The gateway's choices for requests to other servers, from the settings.
pub(super) fn proxy_config(proxy: &Proxy) -> ProxyConfig {
    let probe = &proxy.probe_request;
    let (patterns, ip_patterns) = proxy.probe_filter.in_force();
    ProxyConfig {
        allowed: proxy.allowed().into_iter().map(|(domain, allowed)| entry(domain, allowed)).collect(),
        body_bytes: proxy.body_bytes,
        first_byte_timeout: proxy.first_byte_timeout,
        silence_timeout: proxy.silence_timeout,
        probe_request: ProbeRequest {
            path_blocklist: probe.path_blocklist.clone(),
            path_prefix_blocklist: probe.path_prefix_blocklist.clone(),
            user_agent_substrings: probe.user_agent_substrings.clone(),
            allowed_methods: probe.allowed_methods.iter().map(|method| method.0.clone()).collect(),
            ip_blocklist: probe.ip_blocklist.iter().map(|address| address.0).collect(),
        },
        probe_filter: ProbeFilter { patterns, ip_patterns },
    }
}

fn entry(domain: Domain, allowed: Allowed) -> AllowedDomain {
    let auth = match allowed.auth_type {
        Chosen::Auto => AuthType::Auto,
        Chosen::OpenAi => AuthType::OpenAi,
        Chosen::Anthropic => AuthType::Anthropic,
        Chosen::Google => AuthType::Google,
        Chosen::Azure => AuthType::Azure,
        Chosen::Off => AuthType::Off,
    };
    AllowedDomain { domain: domain.0, auth, https: allowed.https, key: allowed.key, record: allowed.record }
}
