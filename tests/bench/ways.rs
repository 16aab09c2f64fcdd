//! Everything that carries the same bytes: the path proxy of the real server, a minimal hyper pass-through and, where it
//! is installed, nginx, in front of one backend.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::process::{self, Server};

/// The variable of the environment with the key of the provider.
const KEY: &str = "POSTERN_BENCH_KEY";
/// How long nginx may take to listen.
const PATIENCE: Duration = Duration::from_secs(5);

/// The servers of the comparison.
pub(crate) struct Ways {
    backend: Server,
    pub(crate) pass_through: Server,
    /// It records nothing.
    pub(crate) postern: Server,
    /// The same server, recording.
    pub(crate) recorder: Server,
    nginx: Option<Server>,
    recorded: TempDir,
    _folders: [TempDir; 2],
}

impl Ways {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let backend = Server::start(&program, &["serve", "backend"]).await?;
        let pass_through = Server::start(&program, &["serve", "pass-through", &backend.address]).await?;
        let (recorded, folders) = (tempfile::tempdir()?, [tempfile::tempdir()?, tempfile::tempdir()?]);
        let postern = start_postern(&folders[0], &backend.address, false).await?;
        let recorder = start_postern(&recorded, &backend.address, true).await?;
        let nginx = nginx(folders[1].path(), &backend.address).await?;
        Ok(Self { backend, pass_through, postern, recorder, nginx, recorded, _folders: folders })
    }

    /// Name, server, and where chats are asked for at it; the bound first.
    pub(crate) fn each(&self) -> Vec<(&'static str, &Server, String)> {
        let through = self.through(&self.postern);
        let mut all = vec![
            ("hyper pass-through", &self.pass_through, self.pass_through.address.clone()),
            ("path proxy", &self.postern, through),
        ];
        all.extend(self.nginx.as_ref().map(|nginx| ("nginx", nginx, nginx.address.clone())));
        all
    }

    /// Where chats with the backend are asked for at this one.
    pub(crate) fn through(&self, postern: &Server) -> String {
        format!("{}/{}/v1/chat/completions", postern.address, self.backend.address)
    }

    /// How many exchanges are in the database of the one that records.
    pub(crate) fn recorded(&self) -> anyhow::Result<i64> {
        let path = self.recorded.path().join("conversations.db");
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(database.query_row("SELECT count(*) FROM exchanges", [], |row| row.get(0))?)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        let servers = [self.postern, self.recorder, self.pass_through, self.backend];
        for server in servers.into_iter().chain(self.nginx) {
            server.stop().await?;
        }
        Ok(())
    }
}

/// The server as people start it, with the backend on its list, and as a provider that is asked with a key.
async fn start_postern(folder: &TempDir, backend: &str, records: bool) -> anyhow::Result<Server> {
    let config = format!(
        "[recording]\nenabled = {records}\n[proxy.allowed_domains.\"{backend}\"]\nhttps = false\n\
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
