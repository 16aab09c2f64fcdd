//! What clients reach through this server, for the console.

use std::time::UNIX_EPOCH;

use futures::future::BoxFuture;
use postern_console::api::proxy::{
    AuthType as Shown, DomainAllow, ProxyDomain, ProxyView, RefusedDomain as RefusedView,
};
use postern_console::api::settings::{SettingChange, SettingsChange};
use postern_console::{Code, ProxyDesk, Trouble};
use postern_gateway::RefusedDomain;
use postern_settings::{Allowance, Allowed, AuthType, Domain, Proxy};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::{HouseDesk, to_the_end};

const KEY: &str = "proxy.allowed_domains";

impl ProxyDesk for HouseDesk {
    fn proxy(&self) -> ProxyView {
        let proxy = &self.rooms.settings().proxy;
        let domains = proxy.allowed().into_iter().map(|(domain, allowed)| ProxyDomain {
            vendor: Proxy::is_vendor(&domain.0),
            listed: proxy.allowed_domains.contains_key(&domain),
            domain: domain.0,
            auth_type: shown(allowed.auth_type),
            https: allowed.https,
            key: allowed.key,
            record: allowed.record,
        });
        let withdrawn =
            proxy.allowed_domains.iter().filter(|(_, allowance)| **allowance == Allowance::Refused);
        ProxyView {
            known_vendors: proxy.known_vendors,
            domains: domains.collect(),
            withdrawn: withdrawn.map(|(domain, _)| domain.0.clone()).collect(),
            refused: self.rooms.gateway.refused_domains().into_iter().map(refused).collect(),
        }
    }

    fn refusal_changes(&self) -> watch::Receiver<u64> {
        self.rooms.gateway.refusals()
    }

    fn allow_domain(&self, allow: DomainAllow) -> BoxFuture<'_, Result<ProxyView, Trouble>> {
        let desk = self.clone();
        to_the_end(async move {
            let domain = named(&allow.domain)?;
            let allowed = Allowed {
                https: allow.https.unwrap_or_else(|| !is_near(&domain.0)),
                auth_type: allow.auth_type.map_or(AuthType::Auto, chosen),
                key: allow.key.filter(|key| !key.is_empty()),
                record: allow.record.unwrap_or(true),
            };
            // A vendor that was taken out comes back as it was.
            let back = Proxy::is_vendor(&domain.0) && allowed == Allowed::default();
            let told = (!back || !desk.rooms.settings().proxy.known_vendors).then(|| json!(allowed));
            desk.set(domain, told).await
        })
    }

    fn forbid_domain<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<ProxyView, Trouble>> {
        let (desk, domain) = (self.clone(), named(domain));
        to_the_end(async move {
            let domain = domain?;
            let proxy = &desk.rooms.settings().proxy;
            if !proxy.allowed().contains_key(&domain) {
                return Err(Trouble::new(Code::NotFound, format!("{} is not let through.", domain.0)));
            }
            let vendor = proxy.known_vendors && Proxy::is_vendor(&domain.0);
            desk.set(domain, vendor.then(|| json!(false))).await
        })
    }
}

impl HouseDesk {
    /// Writes what is said of one domain; `None` for nothing.
    async fn set(&self, domain: Domain, told: Option<Value>) -> Result<ProxyView, Trouble> {
        let mut domains = match self.rooms.settings().value(KEY) {
            Value::Object(domains) => domains,
            _ => Map::new(),
        };
        match told {
            Some(told) => drop(domains.insert(domain.0, told)),
            None => drop(domains.remove(&domain.0)),
        }
        let value = if domains.is_empty() { Value::Null } else { Value::Object(domains) };
        let change = SettingChange { key: KEY.to_owned(), value };
        self.rooms.change_settings(SettingsChange { changes: vec![change] }).await?;
        Ok(self.proxy())
    }
}

fn named(domain: &str) -> Result<Domain, Trouble> {
    let wrong =
        |error: postern_settings::Unfit| Trouble::new(Code::Invalid, error.to_string()).field("domain");
    domain.parse().map_err(wrong)
}

/// Whether it looks like a server of this computer or its network, which as a rule speaks without TLS.
fn is_near(domain: &str) -> bool {
    let host = domain.rsplit_once(':').map_or(domain, |(host, _)| host);
    let kept = [".local", ".lan", ".home", ".internal", ".localhost"].iter().any(|end| host.ends_with(end));
    kept || !host.contains('.') || host.parse::<std::net::IpAddr>().is_ok()
}

fn refused(refused: RefusedDomain) -> RefusedView {
    let since = refused.last.duration_since(UNIX_EPOCH).unwrap_or_default();
    RefusedView {
        domain: refused.domain,
        times: refused.times,
        last_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
    }
}

fn shown(auth_type: AuthType) -> Shown {
    match auth_type {
        AuthType::Auto => Shown::Auto,
        AuthType::OpenAi => Shown::OpenAi,
        AuthType::Anthropic => Shown::Anthropic,
        AuthType::Google => Shown::Google,
        AuthType::Azure => Shown::Azure,
        AuthType::Off => Shown::Off,
    }
}

fn chosen(auth_type: Shown) -> AuthType {
    match auth_type {
        Shown::Auto => AuthType::Auto,
        Shown::OpenAi => AuthType::OpenAi,
        Shown::Anthropic => AuthType::Anthropic,
        Shown::Google => AuthType::Google,
        Shown::Azure => AuthType::Azure,
        Shown::Off => AuthType::Off,
    }
}
