//! Which way leads to whom. Pure, but for what the system says of its own proxies.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::Matcher;
use ipnet::IpNet;

use crate::guard::Destination;
use crate::proxy::{Proxy, ProxyRule};
use crate::reach::{is_own_address, is_own_name};
use crate::{NetError, ProxyTrouble};

/// How long what the system said is believed: its owner may change it at any time.
const BELIEVED: Duration = Duration::from_secs(5);

/// The way to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Straight there.
    Direct,
    /// Through a proxy.
    Via(Proxy),
}

/// Hosts that are reached without a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoProxy(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    All,
    /// A name and all below it.
    Name(String),
    /// All below a name.
    Below(String),
    Net(IpNet),
}

/// The ways out that are in force.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) rule: ProxyRule,
    pub(crate) no_proxy: NoProxy,
    system: Arc<System>,
}

/// What the environment and the system say of proxies.
#[derive(Debug, Default)]
struct System {
    read: ArcSwapOption<Read>,
    /// Held by who asks the system anew.
    asking: Mutex<()>,
}

#[derive(Debug)]
struct Read {
    at: Instant,
    said: Arc<Said>,
}

/// What they said at one time.
#[derive(Debug)]
pub(crate) struct Said {
    matcher: Matcher,
    /// All of it, to be compared: hosts and lists, and the proxies with what they want to see of us.
    whole: (String, [Option<Proxy>; 2]),
}

impl Said {
    fn new(matcher: Matcher) -> Self {
        let to = |uri| matcher.intercept(&Uri::from_static(uri)).and_then(|named| Proxy::of_system(&named));
        let whole = (format!("{matcher:?}"), ["http://h.invalid/", "https://h.invalid/"].map(to));
        Self { matcher, whole }
    }
}

impl NoProxy {
    /// Reads names (each stands for itself and all below it), `.name` and `*.name` (all below it), addresses, blocks of
    /// addresses such as `10.0.0.0/8`, and `*` for everybody.
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a str>) -> Self {
        let read = |text: &str| {
            let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
            let bare = text.trim_start_matches('[').trim_end_matches(']');
            if text.is_empty() {
                return None;
            }
            Some(match (bare.parse::<IpNet>(), bare.parse::<IpAddr>()) {
                (Ok(net), _) => Entry::Net(net),
                (_, Ok(address)) => Entry::Net(address.into()),
                _ if text == "*" => Entry::All,
                _ => match text.strip_prefix("*.").or_else(|| text.strip_prefix('.')) {
                    Some(below) => Entry::Below(below.to_owned()),
                    None => Entry::Name(text),
                },
            })
        };
        Self(entries.into_iter().filter_map(read).collect())
    }

    fn holds(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let address = host.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        let below =
            |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
        self.0.iter().any(|entry| match entry {
            Entry::All => true,
            Entry::Name(name) => host == *name || address.is_none() && below(name),
            Entry::Below(name) => address.is_none() && below(name),
            Entry::Net(net) => address.is_some_and(|address| net.contains(&address)),
        })
    }
}

impl Rules {
    pub(crate) fn new(rule: ProxyRule, no_proxy: NoProxy) -> Self {
        Self { rule, no_proxy, system: Arc::default() }
    }

    /// The same with another rule.
    pub(crate) fn with(&self, rule: ProxyRule) -> Self {
        Self { rule, no_proxy: self.no_proxy.clone(), system: Arc::clone(&self.system) }
    }

    /// The way to an address. This computer is always reached straight.
    pub(crate) fn way(&self, uri: &Uri) -> Result<Way, NetError> {
        let proxy = match &self.rule {
            ProxyRule::Direct => None,
            ProxyRule::Via(proxy) => Some(Ok(proxy.clone())),
            ProxyRule::System => self.system.look(|said| said.matcher.intercept(uri)).map(|named| {
                Proxy::of_system(&named).ok_or_else(|| NetError::Proxy {
                    proxy: format!("{}", named.uri()).trim_end_matches('/').to_owned(),
                    trouble: ProxyTrouble::Unspoken,
                })
            }),
        };
        // As a rule there is none, and whose address it is need not be told.
        let Some(proxy) = proxy else { return Ok(Way::Direct) };
        let to = Destination::of(uri)?;
        let here = to.literal().map_or_else(|| is_own_name(to.host), is_own_address);
        if here || self.no_proxy.holds(to.host) { Ok(Way::Direct) } else { proxy.map(Way::Via) }
    }

    /// What the system says, where that decides: the same `Arc` for as long as it says the same.
    pub(crate) fn said(&self) -> Option<Arc<Said>> {
        (self.rule == ProxyRule::System).then(|| self.system.look(Arc::clone))
    }

    /// Whether this is what [`Rules::said`] would give back.
    pub(crate) fn still_says(&self, known: Option<&Arc<Said>>) -> bool {
        match known {
            Some(known) => {
                self.rule == ProxyRule::System && self.system.look(|said| Arc::ptr_eq(said, known))
            }
            None => self.rule != ProxyRule::System,
        }
    }

    /// What a proxy wants to see in the request itself, since nothing is said to it before.
    pub(crate) fn forward_authorization(&self, uri: &Uri) -> Option<HeaderValue> {
        match self.way(uri) {
            Ok(Way::Via(proxy)) if proxy.kind.is_http() => proxy.authorization(),
            _ => None,
        }
    }
}

impl System {
    /// Looks at what the system says. Every request does.
    fn look<T>(&self, at: impl FnOnce(&Arc<Said>) -> T) -> T {
        let read = self.read.load();
        match &*read {
            Some(read) if read.at.elapsed() < BELIEVED => at(&read.said),
            read => at(&self.ask(read.as_deref())),
        }
    }

    /// Asks the system, which may take a moment: meanwhile the others believe what was `known`.
    fn ask(&self, known: Option<&Read>) -> Arc<Said> {
        let asking = match (self.asking.try_lock(), known) {
            (Ok(asking), _) => asking,
            (Err(TryLockError::Poisoned(asking)), _) => asking.into_inner(),
            (Err(TryLockError::WouldBlock), Some(known)) => return Arc::clone(&known.said),
            (Err(TryLockError::WouldBlock), None) => {
                self.asking.lock().unwrap_or_else(PoisonError::into_inner)
            }
        };
        let said = self.hear(Matcher::from_system(), Instant::now());
        drop(asking);
        said
    }

    /// Believes this from this moment on.
    fn hear(&self, matcher: Matcher, at: Instant) -> Arc<Said> {
        let new = Said::new(matcher);
        let known = self.read.load_full();
        let same = known.filter(|read| read.said.whole == new.whole).map(|read| Arc::clone(&read.said));
        let said = same.unwrap_or_else(|| Arc::new(new));
        self.read.store(Some(Arc::new(Read { at, said: Arc::clone(&said) })));
        said
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("direct"),
            Self::Via(proxy) => proxy.fmt(f),
        }
    }
}

#[cfg(test)]
impl Rules {
    /// For a system that says this, and goes on to say it.
    pub(crate) fn told(matcher: Matcher) -> Self {
        let rules = Self::new(ProxyRule::System, NoProxy::new(["quiet.example.org"]));
        rules.hear(matcher);
        rules
    }

    /// The system says this from now on.
    pub(crate) fn hear(&self, matcher: Matcher) {
        self.system.hear(matcher, Instant::now() + Duration::from_secs(3600));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(matcher: Matcher) -> Rules {
        Rules::told(matcher)
    }

    fn way(rules: &Rules, uri: &'static str) -> String {
        rules.way(&Uri::from_static(uri)).map_or_else(|error| error.to_string(), |way| way.to_string())
    }

    #[test]
    fn hosts_on_the_list_need_no_proxy() {
        let list =
            NoProxy::new(["Example.org.", ".lan", "*.corp.example", "10.0.0.0/8", "192.168.1.7", "fd00::/8"]);
        for host in [
            "example.org",
            "a.EXAMPLE.org",
            "nas.lan",
            "x.corp.example",
            "10.9.9.9",
            "192.168.1.7",
            "fd00::1",
        ] {
            assert!(list.holds(host), "{host}");
        }
        for host in
            ["notexample.org", "lan", "corp.example", "11.0.0.1", "192.168.1.8", "example.org.evil.net"]
        {
            assert!(!list.holds(host), "{host}");
        }
        assert!(NoProxy::new(["*"]).holds("anybody.example") && !NoProxy::new([""]).holds("x"));
    }

    #[test]
    fn this_computer_is_reached_straight_whatever_the_rule() {
        let rules = Rules::new("http://proxy.example:8080".parse().unwrap(), NoProxy::default());
        assert_eq!(way(&rules, "https://api.example.org/x"), "http://proxy.example:8080");
        for here in
            ["http://localhost:1/", "http://127.0.0.1:1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"]
        {
            assert_eq!(way(&rules, here), "direct", "{here}");
        }
        assert_eq!(way(&rules.with(ProxyRule::Direct), "https://api.example.org/"), "direct");
    }

    #[test]
    fn what_the_system_names_is_taken_by_scheme_and_past_its_list() {
        let rules = told(
            Matcher::builder()
                .http("http://me:secret@web:3128")
                .https("socks5h://me:secret@socks")
                .no("inside.example.org")
                .build(),
        );
        assert_eq!(way(&rules, "http://a.example.org/"), "http://web:3128");
        assert_eq!(way(&rules, "https://a.example.org/"), "socks5h://socks:1080");
        assert_eq!(way(&rules, "https://x.inside.example.org/"), "direct");
        assert_eq!(way(&rules, "https://quiet.example.org/"), "direct");
        let line = rules.forward_authorization(&Uri::from_static("http://a.example.org/")).unwrap();
        assert_eq!(line, "Basic bWU6c2VjcmV0");
        let Ok(Way::Via(socks)) = rules.way(&Uri::from_static("https://a.example.org/")) else { panic!() };
        assert_eq!(socks.login.unwrap().password.expose(), "secret");
        let old =
            way(&told(Matcher::builder().all("socks4://me:secret@h:1").build()), "https://a.example.org/");
        assert!(old.contains("socks4://h:1 is of a kind") && !old.contains("secret"), "{old}");
    }
}
