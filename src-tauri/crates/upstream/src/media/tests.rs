use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::time::Duration;

use futures::future::BoxFuture;
use postern_net::{Destination, Judge, Lookup, Means, NetworkConfig, Refusal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// In these tests the internet is 127.0.0.2, and everything else is this computer.
const OPEN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const SHUT: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// The guard of these tests.
struct Played {
    guard: Guard,
    /// Where the internet is; everywhere when it is nowhere.
    open: Option<IpAddr>,
}

impl Played {
    fn by(rules: &MediaRules, open: Option<Ipv4Addr>) -> Self {
        Self { guard: Guard::allowing(rules.local_hosts.iter().cloned()), open: open.map(IpAddr::V4) }
    }
}

impl Judge for Played {
    fn named(&self, to: Destination<'_>) -> Result<(), Refusal> {
        self.guard.named(to)
    }

    fn found(&self, to: Destination<'_>, address: IpAddr) -> Result<(), Refusal> {
        if self.open.is_none_or(|open| open == address) { Ok(()) } else { self.guard.found(to, address) }
    }

    fn joined(&self, to: Destination<'_>, here: IpAddr, there: IpAddr) -> Result<(), Refusal> {
        // Here the internet lies on this computer.
        if self.open == Some(there) { Ok(()) } else { self.guard.joined(to, here, there) }
    }
}

fn network(lookup: Arc<Told>) -> Network {
    Network::with_means(NetworkConfig::default(), Means { lookup, ..Means::default() })
}

/// Answers with one list of addresses after the other; the last one stays.
struct Told {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Told {
    fn new(answers: &[&[Ipv4Addr]]) -> Arc<Self> {
        let list = |answer: &&[Ipv4Addr]| answer.iter().copied().map(IpAddr::V4).collect();
        Arc::new(Self { answers: Mutex::new(answers.iter().map(list).collect()), asked: Mutex::default() })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Lookup for Told {
    fn addresses(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.asked.lock().unwrap().push(host);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { Ok(answer.unwrap_or_default()) })
    }
}

/// A server that gives every connection the same answer, and counts them.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn at(ip: Ipv4Addr, answer: impl Fn(SocketAddr) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 2048];
                let count = stream.read(&mut head).await.unwrap_or_default();
                let line =
                    String::from_utf8_lossy(&head[..count]).lines().next().unwrap_or_default().to_owned();
                heard.lock().unwrap().push(line);
                let _ = stream.write_all(answer(address).as_bytes()).await;
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn text(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

fn web(rules: &MediaRules, lookup: Arc<Told>) -> Web {
    Web::new(Played::by(rules, Some(OPEN)), &network(lookup))
}

/// What came of fetching the address: its type and its text.
async fn fetch(web: &Web, rules: &MediaRules, address: &str) -> Result<(Option<String>, String), MediaError> {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::within(dir.path()).unwrap();
    let mut draft = folder.draft(rules.max_bytes)?;
    let mime = web.fetch(address, rules.fetch_timeout, &mut draft).await?;
    draft.finish().await?;
    let path = draft.named("x").unwrap();
    Ok((mime, std::fs::read_to_string(path).unwrap()))
}

fn guarded(outcome: &Result<(Option<String>, String), MediaError>) -> bool {
    matches!(outcome, Err(MediaError::Guarded { .. }))
}

#[tokio::test]
async fn a_name_is_asked_where_it_was_judged_and_not_where_it_leads_next() {
    let (open, shut) =
        (Server::at(OPEN, |_| text("public")).await, Server::at(SHUT, |_| text("secret")).await);
    let rules = MediaRules::default();
    // First it means somebody on the internet, from then on this computer.
    let lookup = Told::new(&[&[OPEN], &[SHUT]]);
    let web = web(&rules, Arc::clone(&lookup));
    let address = format!("http://rebound.test:{}/x?token=1#part", open.address.port());
    let got = fetch(&web, &rules, &address).await.unwrap();
    assert_eq!(got, (Some("text/plain".into()), "public".into()));
    assert_eq!(lookup.asked(), ["rebound.test"], "one look decides and connects");
    assert_eq!(open.asked(), ["GET /x?token=1 HTTP/1.1"]);

    let address = format!("http://rebound.test:{}/", shut.address.port());
    let outcome = fetch(&web, &rules, &address).await;
    assert!(guarded(&outcome), "{outcome:?}");
    assert!(shut.asked().is_empty());
    assert!(!outcome.unwrap_err().to_string().contains("127.0.0"), "what a name leads to is not told");
}

#[tokio::test]
async fn of_several_addresses_only_the_open_one_is_asked() {
    let open = Server::at(OPEN, |_| text("public")).await;
    let rules = MediaRules::default();
    let web = web(&rules, Told::new(&[&[SHUT, OPEN]]));
    let address = format!("http://both.test:{}/", open.address.port());
    assert_eq!(fetch(&web, &rules, &address).await.unwrap().1, "public");
}

#[tokio::test]
async fn this_computer_is_not_asked_at_an_address_that_is_its_own_on_the_internet_either() {
    let own = Server::at(SHUT, |_| text("secret")).await;
    let rules = MediaRules::default();
    let address = format!("http://own.test:{}/", own.address.port());
    let web = Web::new(Played::by(&rules, None), &network(Told::new(&[&[SHUT]])));
    let outcome = fetch(&web, &rules, &address).await;
    let Err(MediaError::Guarded { what, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(what, "this computer");
    assert!(own.asked().iter().all(String::is_empty), "nothing was said to it");
    let listed = MediaRules { local_hosts: vec!["own.test".parse().unwrap()], ..rules };
    let web = Web::new(Played::by(&listed, None), &network(Told::new(&[&[SHUT]])));
    assert_eq!(fetch(&web, &listed, &address).await.unwrap().1, "secret");
}

#[tokio::test]
async fn a_redirect_leads_nowhere_that_could_not_be_asked_itself() {
    let shut = Server::at(SHUT, |_| text("secret")).await;
    let port = shut.address.port();
    let rules = MediaRules::default();
    for to in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("//2130706433:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://inner.test:{port}/"),
    ] {
        let open = Server::at(OPEN, move |_| redirect(&to)).await;
        let web = web(&rules, Told::new(&[&[OPEN], &[SHUT]]));
        let outcome = fetch(&web, &rules, &format!("http://outer.test:{}/", open.address.port())).await;
        assert!(guarded(&outcome), "{outcome:?}");
        assert_eq!(open.asked().len(), 1);
    }
    let open = Server::at(OPEN, |_| redirect("file:///etc/passwd")).await;
    let web = web(&rules, Told::new(&[&[OPEN]]));
    let outcome = fetch(&web, &rules, &format!("http://outer.test:{}/", open.address.port())).await;
    assert!(matches!(outcome, Err(MediaError::Address(_))), "{outcome:?}");
    assert!(shut.asked().is_empty());
}

#[tokio::test]
async fn a_redirect_within_the_internet_is_followed_but_not_for_ever() {
    let end = Server::at(OPEN, |_| text("there")).await;
    let to = format!("http://end.test:{}/", end.address.port());
    let begin = Server::at(OPEN, move |_| redirect(&to)).await;
    let rules = MediaRules::default();
    let web = web(&rules, Told::new(&[&[OPEN]]));
    assert_eq!(
        fetch(&web, &rules, &format!("http://begin.test:{}/", begin.address.port())).await.unwrap().1,
        "there"
    );
    let round = Server::at(OPEN, |own| redirect(&format!("http://round.test:{}/", own.port()))).await;
    let outcome = fetch(&web, &rules, &format!("http://round.test:{}/", round.address.port())).await;
    assert!(matches!(outcome, Err(MediaError::NotFetched { .. })), "{outcome:?}");
    assert_eq!(round.asked().len(), 6);
}

#[tokio::test]
async fn a_listed_host_is_asked_wherever_it_is() {
    let shut = Server::at(SHUT, |_| text("mine")).await;
    let port = shut.address.port();
    let rules = MediaRules {
        local_hosts: vec![format!("127.0.0.1:{port}").parse().unwrap(), "nas.lan".parse().unwrap()],
        ..MediaRules::default()
    };
    let web = web(&rules, Told::new(&[&[SHUT]]));
    for host in ["127.0.0.1", "nas.lan"] {
        assert_eq!(fetch(&web, &rules, &format!("http://{host}:{port}/")).await.unwrap().1, "mine", "{host}");
    }
    assert!(guarded(&fetch(&web, &rules, &format!("http://other.lan:{port}/")).await));
}

#[tokio::test]
async fn what_is_too_large_or_too_slow_or_no_file_is_told() {
    let rules = MediaRules { max_bytes: 10, fetch_timeout: Duration::from_secs(30), ..MediaRules::default() };
    let of = async |rules: &MediaRules, answer: &'static str| {
        let server = Server::at(OPEN, move |_| answer.to_owned()).await;
        let web = web(rules, Told::new(&[&[OPEN]]));
        fetch(&web, rules, &format!("http://a.test:{}/secret?token=1", server.address.port()))
            .await
            .unwrap_err()
    };
    let large = "HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n12345678901";
    assert_eq!(of(&rules, large).await, MediaError::TooLarge { limit: 10 });
    let unannounced = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n";
    assert_eq!(of(&rules, unannounced).await, MediaError::TooLarge { limit: 10 });
    let empty = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    assert_eq!(of(&rules, empty).await, MediaError::Empty);
    let missing =
        of(&rules, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    assert!(missing.to_string().contains("404") && !missing.to_string().contains("token"), "{missing}");
    let packed =
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx";
    assert!(matches!(of(&rules, packed).await, MediaError::NotFetched { .. }));
    // It says how much comes, and then nothing.
    let silent = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
    let short = MediaRules { fetch_timeout: Duration::from_millis(50), ..rules };
    assert!(matches!(of(&short, silent).await, MediaError::NotFetched { .. }));
}

#[tokio::test]
async fn what_can_be_seen_at_once_is_refused_without_looking() {
    let dir = tempfile::tempdir().unwrap();
    let lookup = Told::new(&[&[SHUT]]);
    let media = Media::open(dir.path(), MediaRules::default(), network(lookup.clone())).unwrap();
    let url = |address: &str| media.check(&Source::Url(address.into()), &Principal::Anonymous);
    assert_eq!(url("/etc/passwd"), Err(MediaError::NoPaths));
    assert_eq!(url("file:///etc/passwd"), Err(MediaError::NoPaths));
    assert!(matches!(url("http://0x7f000001/"), Err(MediaError::Guarded { .. })));
    assert_eq!(url("https://example.com/x"), Ok(()));
    assert_eq!(media.check(&Source::FileId("x".into()), &Principal::Anonymous), Err(MediaError::Id));
    assert!(lookup.asked().is_empty());
    let folder = media.folder().unwrap();
    let outcome = media.take(&Source::Url("http://name.test/".into()), None, &folder).await;
    assert!(
        matches!(outcome, Err(MediaError::Guarded { .. })),
        "the real guard refuses loopback: {outcome:?}"
    );
    // What fetches is made anew for other rules only.
    let before = media.ruled();
    media.set_rules(MediaRules::default());
    assert!(Arc::ptr_eq(&before, &media.ruled()));
    // From now on paths may be named.
    media.set_rules(MediaRules { local_folders: vec![dir.path().to_owned()], ..MediaRules::default() });
    assert_eq!(url("/etc/passwd"), Ok(()), "its place is looked at when it is asked for");
    std::fs::write(dir.path().join("note.txt"), "hello").unwrap();
    let path = dir.path().join("note.txt").display().to_string();
    let taken = media.take(&Source::Url(path), None, &folder).await.unwrap();
    assert_eq!((taken.nature.mime.as_str(), taken.draft.size()), ("text/plain", 5));
    let outside = media.take(&Source::Url("/etc/passwd".into()), None, &folder).await;
    assert_eq!(outside.map(drop), Err(MediaError::Outside));
}
