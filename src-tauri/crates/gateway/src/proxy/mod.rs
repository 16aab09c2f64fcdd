//! The path proxy: `/{host[:port]}/{path}` reaches another server with the client's own request.
//!
//! `bytes -> rules -> bytes`. What the path names is looked up in the owner's list, the credential is put where that
//! server looks for it, and everything else goes through as it comes, both ways. The router is not asked: these requests
//! are told apart before it, since their paths are another server's.

mod alarm;
mod allow;
mod body;
mod credentials;
mod dialect;
mod entry;
mod forward;
mod headers;
mod ledger;
mod locals;
mod pages;
mod probe;
mod refused;
mod target;
mod tunnel;

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::body::Body as OwnBody;
use axum::response::IntoResponse;
use http::header::{ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_REQUEST_METHOD, UPGRADE};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use postern_net::{Client, Network, Reach, is_local_name};
use postern_protocol::{RequestId, Secret};
use postern_store::{KeyId, Server, Source, Via};
use tokio_util::task::TaskTracker;

pub(crate) use alarm::Alarm;
pub(crate) use allow::Allowed;
pub use allow::{AllowedDomain, AuthType};
pub(crate) use body::Outgoing;
pub(crate) use headers::POSTERN_KEY;
pub(crate) use probe::Probe;
pub use probe::{ProbeFilter, ProbeRequest};
pub use refused::RefusedDomain;
pub(crate) use refused::RefusedDomains;

use self::allow::{NoWay, Way};
use self::body::{Download, Progress, Upload};
use self::credentials::{Family, Papers};
use self::entry::Entry;
use self::forward::{Patience, Waits, forward};
use self::ledger::Ledger;
use self::locals::{Locals, LocalsHandle};
use self::target::{Reading, Target};
use crate::auth::Refused;
use crate::reject::Reject;
use crate::rules::Rules;
use crate::serve::Link;
use crate::stop::Stop;
use crate::tape::{Begun, Tape, Wish};
use crate::visit::{REQUEST_ID, Visit, new_id};
use crate::{Gateway, cors};

/// By which id a request that went on is known here. The other server's own `x-request-id` stays its own.
const POSTERN_REQUEST_ID: HeaderName = HeaderName::from_static("x-postern-request-id");

/// What the owner decides about the path proxy.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// Which servers may be reached.
    pub allowed: Vec<AllowedDomain>,
    /// Most bytes of a request body.
    pub body_bytes: u64,
    /// How long the beginning of an answer may take once the request was sent.
    pub first_byte_timeout: Duration,
    /// How long a request or an answer may pause.
    pub silence_timeout: Duration,
    /// Which requests are turned away, whatever they ask for.
    pub probe_request: ProbeRequest,
    /// Which requests get no line in the log.
    pub probe_filter: ProbeFilter,
}

impl Default for ProxyConfig {
    fn default() -> Self {
        Self {
            allowed: Vec::new(),
            body_bytes: 1024 * 1024 * 1024,
            first_byte_timeout: Duration::from_secs(600),
            silence_timeout: Duration::from_secs(300),
            probe_request: ProbeRequest::default(),
            probe_filter: ProbeFilter::default(),
        }
    }
}

/// The credentials that the owner stored for other servers.
pub trait StoredKeys: Send + Sync {
    /// The key of the upstream of this name, if that upstream is at `place`: the host in small letters, with its port where
    /// that is not the usual one, and with `http://` before it where what is said there is not encrypted.
    fn key_for(&self, place: &str, upstream: &str) -> Option<Secret>;
}

/// Nothing is stored.
impl StoredKeys for () {
    fn key_for(&self, _: &str, _: &str) -> Option<Secret> {
        None
    }
}

/// The way out for requests that name another server.
pub(crate) struct Proxy {
    client: Client<Upload>,
    locals: Arc<Locals>,
    stored: Box<dyn StoredKeys>,
    refused: RefusedDomains,
    ledger: Ledger,
}

/// How a request came in, and what of the house it needs.
pub(crate) struct Passage<'a> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) rules: Rules,
    pub(crate) link: Link,
    pub(crate) stop: &'a Stop,
    /// The connection's.
    pub(crate) alarm: &'a Alarm,
    /// Who waits for connections that have become something else.
    pub(crate) tasks: &'a TaskTracker,
}

impl Proxy {
    pub(crate) fn new(
        network: &Network,
        stored: Box<dyn StoredKeys>,
        config: &ProxyConfig,
        refused: RefusedDomains,
    ) -> Self {
        let locals = Arc::new(Locals::default());
        locals.set(&config.allowed);
        let client = network.client(LocalsHandle(Arc::clone(&locals)));
        Self { client, locals, stored, refused, ledger: Ledger::default() }
    }

    pub(crate) fn configure(&self, config: &ProxyConfig) {
        self.locals.set(&config.allowed);
    }

    pub(crate) fn refused(&self, rules: &Rules) -> Vec<RefusedDomain> {
        self.refused.list(|domain| rules.allowed().knows(domain))
    }

    /// Answers the request, if its path is another server's; else gives it back.
    pub(crate) async fn pass(
        &self,
        passage: Passage<'_>,
        request: Request<Incoming>,
    ) -> Result<Response<Outgoing>, Request<Incoming>> {
        // Cheap, and leaves the request free to be taken apart.
        let uri = request.uri().clone();
        let line = uri.path_and_query().map_or("", PathAndQuery::as_str);
        let target = match target::read(line, |name| passage.rules.allowed().knows(name)) {
            Reading::Own => return Err(request),
            Reading::Malformed => None,
            Reading::Elsewhere(target) => Some(target),
        };
        let rest = target.as_ref().map_or("", |target| target.rest);
        let visit = self.ledger.takes(Instant::now()).then(|| passage.visit(request.method(), &uri));
        let id = visit.as_ref().map_or_else(new_id, |visit| visit.id().clone());
        let (parts, body) = request.into_parts();
        let (upload, progress) = Upload::new(body, &parts.headers, passage.rules.config().proxy.body_bytes);
        let asked = Asked { parts, upload, progress };
        let mut notes = Notes { id: &id, visit: visit.as_ref(), tape: None };
        let (page, answered) = match passage.reader(&asked.parts) {
            Err(reject) => (None, Err(reject)),
            Ok(page) if cors::is_preflight(&asked.parts.method, &asked.parts.headers) => {
                (page, Ok(preflight(&asked.parts.headers)))
            }
            Ok(page) => (page, self.attempt(&passage, target, asked, &mut notes).await),
        };
        let tape = notes.tape.take();
        let (mut response, reject) = match answered {
            Ok(response) => (response, None),
            Err(reject) => {
                passage.note(visit.as_ref(), &reject);
                let said = dialect::say(&reject, dialect::spoken_at(rest), id.as_str());
                (said.map(Outgoing::Own), Some(reject))
            }
        };
        if let Some(page) = page {
            cors::grant_all(response.headers_mut(), page);
        }
        if let Some(visit) = &visit {
            visit.answered(response.status());
        }
        sign(&mut response, &id);
        let Some(tape) = tape else { return Ok(response) };
        let spoken = tape.spoken(response, reject.as_ref());
        Ok(spoken.map(|body| Outgoing::Own(OwnBody::new(body))))
    }

    /// Finds the way, prepares the request for it, and sends it there.
    async fn attempt(
        &self,
        passage: &Passage<'_>,
        target: Option<Target<'_>>,
        asked: Asked,
        notes: &mut Notes<'_>,
    ) -> Result<Response<Outgoing>, Reject> {
        let Asked { mut parts, mut upload, progress } = asked;
        let visit = notes.visit;
        let rest = Cow::Borrowed(target.as_ref().map_or("", |target| target.rest));
        let before = parts.uri.path_and_query().map_or(0, |line| line.as_str().len() - rest.len());
        let mut papers = Papers { headers: parts.headers, rest };
        let entry = entry::admit(passage.gateway.keys(), &mut papers, &parts.method, &passage.link);
        let entry = entry.map_err(|Refused { reject, key }| {
            passage.open(visit, key);
            reject
        })?;
        passage.open(visit, entry.key);
        let target = target.ok_or_else(malformed)?;
        let way = passage.rules.allowed().way(&target).map_err(|why| self.no_way(&target, why))?;
        passage.tape(notes, &entry, &way, (&parts.method, &papers));
        if let Some(tape) = &notes.tape {
            upload.let_hear(tape.ear());
        }
        if upload.is_too_large() {
            return Err(forward::too_large());
        }
        if let Some(visit) = visit {
            visit.passed_to(way.authority.as_str());
        }
        self.identify(&mut papers, &way, entry.stood_in)?;
        let Papers { headers, rest } = papers;
        let client = parts.extensions.remove::<OnUpgrade>().filter(|_| becomes_websocket(&headers));
        let headers = headers::outgoing(headers, client.is_some());
        let mut request = Request::new(upload);
        *request.method_mut() = parts.method;
        *request.uri_mut() = address(way, &rest)?;
        *request.headers_mut() = headers;
        let config = &passage.rules.config().proxy;
        let patience = Patience { first_byte: config.first_byte_timeout, silence: config.silence_timeout };
        let waits = Waits { progress: &progress, patience, stop: passage.stop, alarm: passage.alarm };
        let mut response = forward(&self.client, request, waits).await?;
        headers::lead_back(response.headers_mut(), || named(&parts.uri, before));
        if let Some(visit) = visit {
            visit.hears();
        }
        Ok(passage.hand_on(response, client, patience, visit))
    }

    /// Puts the credential where the server looks for it.
    fn identify(&self, papers: &mut Papers<'_>, way: &Way, stood_in: bool) -> Result<(), Reject> {
        let host = way.host();
        let entry = &way.site.entry;
        let path = papers.rest.split('?').next().unwrap_or_default();
        let Some(family) = Family::of(entry.auth, &host, path) else { return Ok(()) };
        let stored = entry.key.as_deref().and_then(|upstream| self.stored.key_for(&way.place(), upstream));
        // Servers of one's own often ask for none.
        let may_want_none = entry.auth == AuthType::Auto && is_near(&host);
        if stood_in && stored.is_none() && !may_want_none && !papers.are_shown() {
            return Err(nothing_stored(&host));
        }
        papers.present(family, || stored);
        Ok(())
    }

    fn no_way(&self, target: &Target<'_>, why: NoWay) -> Reject {
        let domain =
            target.port.map_or_else(|| target.host.to_owned(), |port| format!("{}:{port}", target.host));
        match why {
            NoWay::Malformed => malformed(),
            NoWay::Plain => {
                let message =
                    format!("`{domain}` is reached over https only. Leave `http://` out of the path.");
                Reject::new(StatusCode::FORBIDDEN, "domain_not_allowed", message)
            }
            NoWay::Unknown => {
                self.refused.remember(&domain);
                let message = format!(
                    "`{domain}` is not on the list of servers that may be reached through this one. Allow it in the \
                     window, or add `allowed_domains.\"{domain}\" = true` to the `[proxy]` section of config.toml."
                );
                Reject::new(StatusCode::FORBIDDEN, "domain_not_allowed", message)
            }
        }
    }
}

/// What is written down of a request.
struct Notes<'a> {
    id: &'a RequestId,
    visit: Option<&'a Visit>,
    tape: Option<Tape>,
}

/// A request, taken apart.
struct Asked {
    parts: http::request::Parts,
    upload: Upload,
    progress: Arc<Progress>,
}

impl Passage<'_> {
    fn visit(&self, method: &Method, uri: &Uri) -> Visit {
        let visit = Visit::new(method, uri.path());
        if self.rules.probe().hides(method, uri.path(), Some(self.link.peer.ip())) {
            visit.hush();
        }
        visit
    }

    /// The page that may read the answer, if a page asks; refuses names that are not this server's, what would become a
    /// page of it, and foreign pages while no key protects it.
    fn reader(&self, parts: &http::request::Parts) -> Result<Option<HeaderValue>, Reject> {
        self.rules.hosts().check(&parts.uri, &parts.headers, Some(&self.link))?;
        pages::check(&parts.headers)?;
        cors::reader(&parts.headers, &self.rules, self.gateway.keys().is_empty(), true)
    }

    /// Gives the request its row in the journal.
    fn open(&self, visit: Option<&Visit>, key: Option<KeyId>) {
        if let Some(visit) = visit {
            visit.write_down(self.gateway.requests(), Source::Client, key);
        }
    }

    /// Has the request recorded, if it is to be. Connections that become something else are not.
    fn tape(&self, notes: &mut Notes<'_>, entry: &Entry, way: &Way, asked: (&Method, &Papers<'_>)) {
        let (method, Papers { headers, rest }) = asked;
        let server = way.authority.as_str();
        let allowed = self.rules.config().record && entry.may_be_recorded && way.site.entry.record;
        if !allowed || *method == Method::OPTIONS || becomes_websocket(headers) {
            return;
        }
        let begun = Begun {
            id: notes.id,
            at: notes.visit.map_or_else(SystemTime::now, Visit::at),
            via: Via::Proxy,
            method,
            host: Some(server),
            path: rest,
            key: entry.key,
        };
        notes.tape = self.gateway.taping().begin(&Wish { allowed: true, headers }, begun);
        if let Some(tape) = &notes.tape {
            tape.served(Server { upstream: server.to_owned(), ..Server::default() });
        }
    }

    /// Writes down why there was no answer.
    fn note(&self, visit: Option<&Visit>, reject: &Reject) {
        self.open(visit, None);
        if let Some(visit) = visit {
            visit.failed(reject.trouble());
        }
    }

    /// The answer, on its way to the client.
    fn hand_on(
        &self,
        response: Response<Incoming>,
        client: Option<OnUpgrade>,
        patience: Patience,
        visit: Option<&Visit>,
    ) -> Response<Outgoing> {
        let (mut parts, body) = response.into_parts();
        let changes = parts.status == StatusCode::SWITCHING_PROTOCOLS;
        let server = parts.extensions.remove::<OnUpgrade>();
        parts.headers = headers::incoming(parts.headers, changes);
        pages::confine(&mut parts.headers);
        parts.version = Version::HTTP_11;
        if let (true, Some(client), Some(server)) = (changes, client, server) {
            if let Some(visit) = visit {
                visit.streams();
            }
            self.tasks.spawn(tunnel::join(client, server, self.stop.clone(), visit.cloned()));
            return Response::from_parts(parts, Outgoing::Own(OwnBody::empty()));
        }
        Response::from_parts(parts, Outgoing::Passed(Download::new(body, patience.silence, visit.cloned())))
    }
}

/// Whether it is this computer or one of its network.
fn is_near(host: &str) -> bool {
    let near = |address: IpAddr| {
        matches!(
            Reach::of(address.to_canonical()),
            Reach::Loopback | Reach::Private | Reach::LinkLocal | Reach::Shared
        )
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse().map_or_else(|_| is_local_name(host), near)
}

/// A refusal in the words of those who ask another server, if that is what the path is about.
pub(crate) fn told(reject: &Reject, rules: &Rules, uri: &Uri, id: &str) -> Option<Response<OwnBody>> {
    let line = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let rest = match target::read(line, |name| rules.allowed().knows(name)) {
        Reading::Own => return None,
        Reading::Malformed => "",
        Reading::Elsewhere(target) => target.rest,
    };
    Some(dialect::say(reject, dialect::spoken_at(rest), id))
}

/// What a browser is told that asks what a page may do: any method and any header.
fn preflight(asked: &HeaderMap) -> Response<Outgoing> {
    let mut headers = cors::preflight(asked);
    if let Some(method) = asked.get(ACCESS_CONTROL_REQUEST_METHOD) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    }
    (StatusCode::NO_CONTENT, headers).into_response().map(Outgoing::Own)
}

/// Whether the connection is to become one of messages. Other offers, such as HTTP/2, are for this server alone.
fn becomes_websocket(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// How a request names the other server, in so many bytes of its path: `/HOST` or `/SCHEME://HOST`.
fn named(uri: &Uri, bytes: usize) -> String {
    let line = uri.path_and_query().map_or("", PathAndQuery::as_str);
    format!("/{}", line.get(..bytes).unwrap_or_default().trim_start_matches('/'))
}

/// Where the request goes.
fn address(way: Way, rest: &str) -> Result<Uri, Reject> {
    let path = match rest {
        "" => Ok(PathAndQuery::from_static("/")),
        rest if rest.starts_with('/') => PathAndQuery::try_from(rest),
        query => PathAndQuery::try_from(format!("/{query}")),
    };
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(way.scheme);
    parts.authority = Some(way.authority);
    parts.path_and_query = Some(path.map_err(|_| malformed())?);
    Uri::from_parts(parts).map_err(|_| malformed())
}

/// By which ids the answer is known.
fn sign(response: &mut Response<Outgoing>, id: &RequestId) {
    let Ok(id) = HeaderValue::from_str(id.as_str()) else { return };
    if matches!(response.body(), Outgoing::Own(_)) {
        response.headers_mut().insert(REQUEST_ID, id.clone());
    }
    response.headers_mut().insert(POSTERN_REQUEST_ID, id);
}

fn malformed() -> Reject {
    let message = "The path does not name a server. Write /HOST/PATH, as in /api.openai.com/v1/models.";
    Reject::new(StatusCode::BAD_REQUEST, "invalid_target", message)
}

fn nothing_stored(host: &str) -> Reject {
    let message = format!(
        "A key of this server stands where the credential for `{host}` belongs, and its entry names no upstream there \
         whose stored key could go out instead. Send that credential, and the key as `X-Postern-Key`; or name the upstream: \
         `key` beside the domain in `allowed_domains` in the `[proxy]` section of config.toml."
    );
    Reject::new(StatusCode::UNAUTHORIZED, "no_stored_key", message)
}
