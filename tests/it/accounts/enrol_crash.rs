//! A sign-in whose Postern is killed, again and again, at every step: no profile is lost, none is half there, and
//! nothing is an account that is not whole.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Context, ensure};
use postern_tests::{Misbehaviour, Scenario, Standin};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::owner::Owner;
use crate::product::{browsers_in, command, configure, end, postern};

/// A browser whose person does nothing but leave a profile behind. When a program steers it, it is the real one; it
/// waits before that as long as a file says so.
const BROWSER: &str = r#"#!/bin/sh
here=$(dirname "$0")
hold() { while [ -e "$here/hold-$1" ]; do sleep 0.05; done; }
for word in "$@"; do
    case "$word" in
        --version) exec chromium "$@" ;;
        --dump-dom) hold network; exec chromium "$@" ;;
        --remote-debugging*) hold page; exec chromium "$@" ;;
        --user-data-dir=*) profile=${word#--user-data-dir=} ;;
    esac
done
trap 'exit 0' INT TERM
[ -e "$profile/Local State" ] || echo '{}' > "$profile/Local State"
echo x >> "$here/starts"
while :; do sleep 0.05; done
"#;

/// A server, and its owner at the console.
struct House {
    child: Child,
    owner: Owner,
    data: TempDir,
    tools: TempDir,
    site: Standin,
}

impl House {
    async fn open() -> anyhow::Result<Self> {
        let (data, tools, site) = (TempDir::new()?, TempDir::new()?, Standin::start().await?);
        let browser = tools.path().join("browser");
        std::fs::write(&browser, BROWSER)?;
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755))?;
        configure(data.path(), &site, &format!("path = {:?}\n", browser.display().to_string()))?;
        let (child, base_url) = serve(&data)?;
        let owner = Owner::enter(&base_url, &command(data.path(), &["console", "link"])?).await?;
        Ok(Self { child, owner, data, tools, site })
    }

    /// Ends the server without a word, and starts it again.
    async fn crash(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        let accounts = self.accounts()?;
        ensure!(
            accounts.iter().all(|account| account.join("account.toml").is_file()
                && account.join("profile/Local State").is_file()),
            "an account is not whole: {accounts:?}"
        );
        let (child, base_url) = serve(&self.data)?;
        self.child = child;
        self.owner.move_to(&base_url);
        Ok(())
    }

    async fn told_nothing(&self, method: Method, path: &str) -> anyhow::Result<()> {
        let answer = self.owner.ask(method, path, None).await?;
        ensure!(answer.status() == 204, "{path}: {}", answer.status());
        Ok(())
    }

    async fn begin(&self, start: Value) -> anyhow::Result<String> {
        let view = self.owner.told(Method::POST, "/api/enrolments/sign-in", Some(start)).await?;
        Ok(view["id"].as_str().context("an id")?.to_owned())
    }

    /// Waits until it is in this phase.
    async fn becomes(&self, id: &str, phase: &str) -> anyhow::Result<Value> {
        self.until(id, |view| view["phase"] == phase).await.with_context(|| phase.to_owned())
    }

    /// Waits until this step is being done.
    async fn is_at(&self, id: &str, step: &str) -> anyhow::Result<Value> {
        let at = |view: &Value| {
            let mut steps = view["steps"].as_array().into_iter().flatten();
            steps.any(|one| one["step"] == step && one["state"] == "running")
        };
        self.until(id, at).await.with_context(|| step.to_owned())
    }

    async fn until(&self, id: &str, holds: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        self.owner.until(id, holds).await.with_context(|| self.log())
    }

    fn hold(&self, what: &str) -> anyhow::Result<()> {
        Ok(std::fs::write(self.tools.path().join(format!("hold-{what}")), "")?)
    }

    fn let_go(&self, what: &str) -> anyhow::Result<()> {
        Ok(std::fs::remove_file(self.tools.path().join(format!("hold-{what}")))?)
    }

    /// How often the person's browser was started.
    fn starts(&self) -> usize {
        std::fs::read_to_string(self.tools.path().join("starts")).unwrap_or_default().lines().count()
    }

    /// The folders of accounts.
    fn accounts(&self) -> anyhow::Result<Vec<PathBuf>> {
        let Ok(all) = std::fs::read_dir(self.data.path().join("accounts")) else { return Ok(Vec::new()) };
        let mut folders = Vec::new();
        for entry in all {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with('.') {
                folders.push(entry.path());
            }
        }
        Ok(folders)
    }

    /// What is left of enrolments.
    fn staged(&self) -> usize {
        let folder = self.data.path().join("accounts/.enrolling");
        std::fs::read_dir(folder).map(Iterator::count).unwrap_or_default()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("stderr.log")).unwrap_or_default()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        end(&mut self.child);
        if !std::thread::panicking() {
            assert_eq!(browsers_in(self.data.path()), Vec::<u32>::new(), "a browser was left behind");
        }
    }
}

fn serve(data: &TempDir) -> anyhow::Result<(Child, String)> {
    let mut child = postern(data.path())
        .args(["serve", "--port=0"])
        // Nobody looks at it: the browser that would show itself only pretends.
        .env("DISPLAY", ":nowhere")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(data.path().join("stderr.log"))?)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("stdout")?).lines();
    let line = lines.next().context("a line")??;
    let url = line.strip_prefix("listening on ").context(line.clone())?.trim().to_owned();
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    Ok((child, url))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_survives_a_kill_at_every_step() -> anyhow::Result<()> {
    let mut house = House::open().await?;
    house.hold("network")?;
    let id = house.begin(json!({ "name": "ada", "consent": true })).await?;
    house.is_at(&id, "network").await?;
    house.crash().await?;
    house.becomes(&id, "interrupted").await?;
    ensure!(house.starts() == 0, "the browser started before the network was known");
    house.let_go("network")?;
    house.owner.order(&id, "retry").await?;

    house.becomes(&id, "awaiting_person").await?;
    house.crash().await?;
    house.becomes(&id, "interrupted").await?;
    house.owner.order(&id, "retry").await?;
    // The person still has the browser open, so it is not started again.
    house.becomes(&id, "awaiting_person").await?;
    ensure!(house.starts() == 1, "started {} times", house.starts());

    house.hold("page")?;
    house.owner.order(&id, "signed-in").await?;
    house.is_at(&id, "page").await?;
    house.crash().await?;
    house.becomes(&id, "interrupted").await?;
    house.let_go("page")?;
    house.site.control().set_scenario(Scenario::misbehaving(Misbehaviour::Stall));
    house.owner.order(&id, "retry").await?;
    house.is_at(&id, "question").await?;
    ensure!(house.accounts()?.is_empty(), "it is an account before it is saved");
    house.crash().await?;
    house.becomes(&id, "interrupted").await?;
    house.site.control().clear();
    house.owner.order(&id, "retry").await?;
    let done = house.becomes(&id, "done").await?;
    ensure!(done["account"] == "ada", "{done:#}");
    ensure!(house.starts() == 1, "the person had to sign in again");
    ensure!(house.staged() == 0, "something is left of the enrolment");
    is_in_service(&house).await?;

    called_off_after_a_kill(&mut house).await?;
    replaced(&mut house).await?;
    signed_in_again(&mut house).await?;
    // What is under way when the server is told to stop is kept for later, and its browser ended.
    let id = house.begin(json!({ "consent": true })).await?;
    house.becomes(&id, "awaiting_person").await?;
    end(&mut house.child);
    ensure!(browsers_in(house.data.path()).is_empty(), "a browser was left behind");
    ensure!(house.staged() == 1, "{} enrolments are kept", house.staged());
    Ok(())
}

/// The account answers, and is whole over a further kill.
async fn is_in_service(house: &House) -> anyhow::Result<()> {
    let accounts = house.owner.told(Method::GET, "/api/accounts", None).await?;
    let names: Vec<&Value> =
        accounts["accounts"].as_array().context("accounts")?.iter().map(|one| &one["name"]).collect();
    ensure!(names == ["ada"], "{names:?}");
    let body = json!({
        "model": "gemini-3-flash-preview",
        "messages": [{ "role": "user", "content": "is the gate open?" }],
    });
    let answer = house.owner.ask(Method::POST, "/v1/chat/completions", Some(body)).await?;
    ensure!(answer.status() == 200, "{}\n{}", answer.text().await?, house.log());
    Ok(())
}

async fn called_off_after_a_kill(house: &mut House) -> anyhow::Result<()> {
    let id = house.begin(json!({ "consent": true })).await?;
    house.becomes(&id, "awaiting_person").await?;
    house.crash().await?;
    house.becomes(&id, "interrupted").await?;
    house.told_nothing(Method::DELETE, &format!("/api/enrolments/{id}")).await?;
    ensure!(house.staged() == 0, "something is left of it");
    let left = browsers_in(&house.data.path().join("accounts/.enrolling"));
    ensure!(left.is_empty(), "the person's browser is left: {left:?}");
    is_in_service(house).await
}

/// A second sign-in of the same person takes the place of the first, under its name.
async fn replaced(house: &mut House) -> anyhow::Result<()> {
    let kept = house.data.path().join("accounts/ada/account.toml");
    std::fs::write(&kept, std::fs::read_to_string(&kept)?.replace("weight = 1", "weight = 7"))?;
    let id = house.begin(json!({ "consent": true })).await?;
    house.becomes(&id, "awaiting_person").await?;
    house.owner.order(&id, "signed-in").await?;
    let view = house.becomes(&id, "duplicate").await?;
    ensure!(view["account"] == "ada", "{view:#}");
    let marker = house.data.path().join("accounts/ada/profile/of-the-first");
    std::fs::write(&marker, "")?;
    house.owner.order(&id, "replace").await?;
    house.becomes(&id, "done").await?;
    ensure!(!marker.exists(), "the old profile is still there");
    ensure!(std::fs::read_to_string(&kept)?.contains("weight = 7"), "what its owner decided is lost");
    ensure!(house.staged() == 0 && house.accounts()?.len() == 1, "something is left of it");
    house.crash().await?;
    is_in_service(house).await
}

/// A sign-in to an account that is there works in its own profile, and the account comes back whatever happens.
async fn signed_in_again(house: &mut House) -> anyhow::Result<()> {
    let again = json!({ "account": "ada", "consent": true });
    let id = house.begin(again.clone()).await?;
    house.becomes(&id, "awaiting_person").await?;
    let on_it = browsers_in(&house.data.path().join("accounts/ada/profile"));
    ensure!(on_it.len() == 1, "{on_it:?} are on the profile");
    house.crash().await?;
    house.becomes(&id, "interrupted").await?;
    house.told_nothing(Method::DELETE, &format!("/api/enrolments/{id}")).await?;
    is_in_service(house).await?;

    let id = house.begin(again).await?;
    house.becomes(&id, "awaiting_person").await?;
    house.owner.order(&id, "signed-in").await?;
    house.becomes(&id, "done").await?;
    ensure!(house.staged() == 0 && house.accounts()?.len() == 1, "something is left of it");
    is_in_service(house).await
}
