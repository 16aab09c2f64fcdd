//! The path proxy of the real server against a minimal hyper pass-through and, where it is installed, nginx.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::crowd::{self, one_stream};
use crate::load;
use crate::process::{self, Server};
use crate::servers::CHUNKS;
use crate::stats::{Case, Summary, Table, at_least, median, verdict};

const ROUNDS: usize = 3;
const TRANSLATED: usize = 2_000;
const FIRSTS: usize = 15;
/// The variable of the environment with the key of the provider.
const KEY: &str = "POSTERN_BENCH_KEY";
/// How long nginx may take to listen.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that carries the same bytes.
struct Ways {
    backend: Server,
    pass_through: Server,
    postern: Server,
    nginx: Option<Server>,
    _folders: [TempDir; 2],
}

impl Ways {
    async fn start() -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let backend = Server::start(&program, &["serve", "backend"]).await?;
        let pass_through = Server::start(&program, &["serve", "pass-through", &backend.address]).await?;
        let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
        let postern = postern(&folders[0], &backend.address).await?;
        let nginx = nginx(folders[1].path(), &backend.address).await?;
        Ok(Self { backend, pass_through, postern, nginx, _folders: folders })
    }

    /// Name, server, and where chats are asked for at it; the bound first.
    fn each(&self) -> Vec<(&'static str, &Server, String)> {
        let through = format!("{}/{}/v1/chat/completions", self.postern.address, self.backend.address);
        let mut all = vec![
            ("hyper pass-through", &self.pass_through, self.pass_through.address.clone()),
            ("path proxy", &self.postern, through),
        ];
        all.extend(self.nginx.as_ref().map(|nginx| ("nginx", nginx, nginx.address.clone())));
        all
    }

    async fn stop(self) -> anyhow::Result<()> {
        for server in [self.postern, self.pass_through, self.backend].into_iter().chain(self.nginx) {
            server.stop().await?;
        }
        Ok(())
    }
}

/// The server as people start it, with the backend on its list, and as a provider that is asked with a key.
async fn postern(folder: &TempDir, backend: &str) -> anyhow::Result<Server> {
    let config = format!(
        "[proxy.allowed_domains.\"{backend}\"]\nhttps = false\n\
         [upstreams.bench]\nkind = \"gemini\"\nbase_url = \"http://{backend}\"\napi_key = \"env:{KEY}\"\nmodels = [\"full\"]\n"
    );
    std::fs::write(folder.path().join("config.toml"), config)?;
    let data = folder.path().to_str().context("the temporary folder's name")?;
    Server::start(&process::built("postern")?, &["serve", "--port", "0", "--data-dir", data]).await
}

async fn nginx(folder: &Path, backend: &str) -> anyhow::Result<Option<Server>> {
    // Its port is free when it is chosen; nginx cannot choose one itself.
    let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.to_string();
    let home = folder.display();
    let config = format!(
        "worker_processes auto; pid {home}/pid; error_log {home}/error.log;\n\
         events {{ worker_connections 4096; }}\n\
         http {{\n  access_log off; client_body_temp_path {home}/body; proxy_temp_path {home}/proxy;\n  \
         fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;\n  \
         upstream backend {{ server {backend}; keepalive 512; }}\n  \
         server {{ listen {address}; keepalive_requests 1000000;\n    location / {{ proxy_pass http://backend; \
         proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_buffering off; }}\n  }}\n}}\n"
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, config)?;
    let debian = Path::new("/usr/sbin/nginx");
    let program = if debian.is_file() { debian } else { Path::new("nginx") };
    let started = Command::new(program)
        .arg("-c")
        .arg(&file)
        .args(["-g", "daemon off;"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let Ok(child) = started else {
        println!("nginx is not installed, so it is not measured");
        return Ok(None);
    };
    let begun = Instant::now();
    while TcpStream::connect(&address).await.is_err() {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "nginx does not listen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(Some(Server::at(child, address)))
}

pub(crate) async fn measure() -> anyhow::Result<()> {
    let ways = Ways::start().await?;
    let slow = body("slow-20ms", true);
    // Before all others: what those leave in the memory of a server would hide what this takes.
    let places = ways.each();
    let place = |index: usize| (places[index].1, places[index].2.as_str());
    crowd::compare("path proxy", place(0), place(1), &slow).await?;
    drop(places);
    for (form, model, requests, bounds) in [
        ("whole answers", "full", 8_000, WHOLE),
        ("whole answers of 64 kB", "full-64kB", 4_000, WHOLE),
        ("whole answers of 1 MB", "full-1MB", 600, WHOLE),
    ] {
        throughput(&ways, form, &body(model, false), requests, &bounds).await?;
    }
    let form = format!("answers streamed in {CHUNKS} chunks at full speed");
    throughput(&ways, &form, &body("full", true), 3_000, &STREAMED).await?;
    first_chunk(&ways, &slow).await?;
    translation(&ways).await?;
    ways.stop().await
}

fn body(model: &str, stream: bool) -> Bytes {
    Bytes::from(format!(
        r#"{{"model":"{model}","stream":{stream},"messages":[{{"role":"user","content":"Hello"}}]}}"#
    ))
}

/// What the path proxy should reach, as ratios.
struct Bounds {
    /// Least of the rate of the hyper pass-through.
    rate: Option<f64>,
    /// Most of its processor time.
    cpu: f64,
    /// Least of the rate of nginx.
    nginx: Option<f64>,
}

const WHOLE: Bounds = Bounds { rate: Some(0.9), cpu: 1.2, nginx: Some(0.7) };
const STREAMED: Bounds = Bounds { rate: None, cpu: 1.3, nginx: None };

async fn throughput(
    ways: &Ways,
    form: &str,
    body: &Bytes,
    requests: usize,
    bounds: &Bounds,
) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        "connections",
        "way",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "CPU µs/request",
        "rate ratio",
        "target",
        "CPU ratio",
        "target",
        "rate to nginx",
        "target",
    ]);
    for connections in [16, 128] {
        let each = ways.each();
        let mut cases: Vec<Case> = each.iter().map(|_| Case::default()).collect();
        for _ in 0..ROUNDS {
            for ((_, server, place), case) in each.iter().zip(&mut cases) {
                let before = server.cpu_us()?;
                let seen = load::run(place, body, connections, requests).await?;
                case.take(seen, server.cpu_us()? - before);
            }
        }
        let summaries: Vec<Summary> = cases.into_iter().map(Case::summary).collect();
        for ((name, ..), summary) in each.iter().zip(&summaries) {
            let cells = row(name, summary, &summaries, bounds);
            table.row(&[vec![connections.to_string()], cells].concat());
        }
    }
    table.print(&format!("Path proxy, {form}"));
    Ok(())
}

fn row(name: &str, summary: &Summary, all: &[Summary], bounds: &Bounds) -> Vec<String> {
    let Summary { rate, p50, p99, cpu } = summary;
    let mut cells = vec![
        name.to_owned(),
        format!("{rate:.0}"),
        format!("{p50:.3}"),
        format!("{p99:.3}"),
        format!("{cpu:.1}"),
    ];
    let ours = name == "path proxy";
    let judged = |ratio: f64, target: Option<String>| [format!("{ratio:.2}"), target.unwrap_or_default()];
    if let Some(bound) = all.first() {
        let (rate, cpu) = (rate / bound.rate, cpu / bound.cpu);
        cells.extend(judged(rate, bounds.rate.filter(|_| ours).map(|least| at_least(rate, least))));
        cells.extend(judged(cpu, ours.then(|| verdict(cpu, bounds.cpu))));
    }
    if let Some(nginx) = all.get(2) {
        let rate = rate / nginx.rate;
        cells.extend(judged(rate, bounds.nginx.filter(|_| ours).map(|least| at_least(rate, least))));
    }
    cells
}

/// Chat Completions in, Google's dialect at the provider, and back. The bound carries the bytes that the provider is asked
/// for: the same events.
async fn translation(ways: &Ways) -> anyhow::Result<()> {
    let google = Bytes::from_static(br#"{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}"#);
    let bound = format!("{}/v1beta/models/full:streamGenerateContent?alt=sse", ways.pass_through.address);
    let mut table = Table::new(&[
        "answer",
        "connections",
        "hyper, CPU µs/request",
        "Postern, CPU µs/request",
        "ratio",
        "target",
    ]);
    for stream in [false, true] {
        let chat = body("bench/full", stream);
        for connections in [1, 16] {
            let (mut theirs, mut ours) = (Case::default(), Case::default());
            for _ in 0..ROUNDS {
                for (server, place, body, case) in [
                    (&ways.pass_through, &bound, &google, &mut theirs),
                    (&ways.postern, &ways.postern.address, &chat, &mut ours),
                ] {
                    let before = server.cpu_us()?;
                    let seen = load::run(place, body, connections, TRANSLATED).await?;
                    case.take(seen, server.cpu_us()? - before);
                }
            }
            let (theirs, ours) = (theirs.summary().cpu, ours.summary().cpu);
            let ratio = ours / theirs;
            table.row(&[
                if stream { "streamed" } else { "whole" }.to_owned(),
                connections.to_string(),
                format!("{theirs:.1}"),
                format!("{ours:.1}"),
                format!("{ratio:.2}"),
                verdict(ratio, 3.0),
            ]);
        }
    }
    table.print(&format!("Chat to Gemini and back, {CHUNKS} chunks of the provider"));
    Ok(())
}

async fn first_chunk(ways: &Ways, body: &Bytes) -> anyhow::Result<()> {
    let each = ways.each();
    let mut firsts: Vec<Vec<f64>> = each.iter().map(|_| Vec::new()).collect();
    for _ in 0..FIRSTS {
        for ((_, _, place), firsts) in each.iter().zip(&mut firsts) {
            firsts.push(one_stream(place, body).await?.0);
        }
    }
    let mut table = Table::new(&["way", "first chunk p50, ms", "ratio", "target"]);
    let medians: Vec<f64> = firsts.iter_mut().map(|all| median(all)).collect();
    for ((name, ..), first) in each.iter().zip(&medians) {
        let ratio = first / medians[0];
        let target = if *name == "path proxy" { verdict(ratio, 1.2) } else { String::new() };
        table.row(&[(*name).to_owned(), format!("{first:.2}"), format!("{ratio:.2}"), target]);
    }
    table.print(
        "Path proxy, time to the first chunk of one paced stream, over a new connection of the client",
    );
    Ok(())
}
