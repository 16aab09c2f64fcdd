//! Accounts that come from files of other programs and from other machines, and go into files. What they carry is
//! found nowhere but in profiles and, sealed, in the vault.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postern_browser::{Browser, Options, Page, Profile};
use postern_tests::{Account, Misbehaviour, Scenario, Script, Standin};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::owner::Owner;
use super::planted::{command_lines, files_below, found_below, found_in_bytes};
use crate::product::{PATIENCE, Product, browser_args, browsers_in, command, configure};

/// What must be found nowhere: a cookie, an entry of local storage, a passphrase.
const COOKIE: &str = "PLANTED-cookie-7f3a9c";
const STORAGE: &str = "PLANTED-storage-51be02";
const PASSPHRASE: &str = "PLANTED-passphrase-c44d";

/// A server and its owner at the console.
struct House {
    product: Product,
    owner: Owner,
}

impl House {
    async fn open(site: Standin) -> anyhow::Result<Self> {
        let product = Product::start_in(TempDir::new()?, site, "")?;
        let owner = Owner::enter(&product.base_url, &product.command(&["console", "link"])?).await?;
        Ok(Self { product, owner })
    }

    /// Begins an import, and returns the names of the enrolments by their files.
    async fn import(
        &self,
        files: &[(&str, Vec<u8>)],
        passphrase: Option<&str>,
    ) -> anyhow::Result<Vec<String>> {
        let files: Vec<Value> = files
            .iter()
            .map(|(name, bytes)| json!({ "name": name, "content": STANDARD.encode(bytes) }))
            .collect();
        let start = json!({ "files": files, "passphrase": passphrase, "consent": true });
        let begun = self.owner.told(Method::POST, "/api/enrolments/import", Some(start)).await?;
        let begun = begun["enrolments"].as_array().context("enrolments")?;
        begun.iter().map(|view| Ok(view["id"].as_str().context("an id")?.to_owned())).collect()
    }

    async fn cancel(&self, id: &str) -> anyhow::Result<()> {
        let answer = self.owner.ask(Method::DELETE, &format!("/api/enrolments/{id}"), None).await?;
        ensure!(answer.status().is_success(), "{}", answer.text().await?);
        Ok(())
    }

    /// Waits until it is in this phase.
    async fn becomes(&self, id: &str, phase: &str) -> anyhow::Result<Value> {
        self.owner.becomes(id, phase).await.with_context(|| self.product.log())
    }

    async fn export(&self, account: &str, form: &str, passphrase: Option<&str>) -> anyhow::Result<Vec<u8>> {
        let asked = json!({ "form": form, "passphrase": passphrase });
        let path = format!("/api/accounts/{account}/export");
        let answer = self.owner.ask(Method::POST, &path, Some(asked)).await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.text().await?);
        Ok(answer.bytes().await?.to_vec())
    }

    async fn state(&self, account: &str) -> anyhow::Result<Value> {
        let checked = self.owner.told(Method::POST, &format!("/api/accounts/{account}/check"), None).await?;
        Ok(checked["status"]["state"].clone())
    }

    async fn switch(&self, account: &str, enabled: bool) -> anyhow::Result<()> {
        let change = json!({ "enabled": enabled });
        self.owner.told(Method::PATCH, &format!("/api/accounts/{account}"), Some(change)).await.map(drop)
    }

    fn data(&self) -> &Path {
        self.product.data.path()
    }
}

/// The step that failed, and why.
fn failed(view: &Value) -> (&str, &str, &str) {
    let steps = view["steps"].as_array().into_iter().flatten();
    let step = steps.into_iter().find(|step| step["state"] == "failed").unwrap_or(&Value::Null);
    let text = |value: &'static str| step["problem"][value].as_str().unwrap_or_default();
    (step["step"].as_str().unwrap_or_default(), text("kind"), text("message"))
}

/// A session as AIstudioProxyAPI keeps it, with what must be found nowhere.
fn profile_json(site: &Standin, email: &str) -> anyhow::Result<Value> {
    let mut state = site.control().session_state(email).context("an account")?;
    let cookie = json!({
        "name": "NID", "value": COOKIE, "domain": ".google.com", "path": "/", "expires": 1_900_000_000_u64,
        "httpOnly": true, "secure": true, "sameSite": "None",
    });
    state["cookies"].as_array_mut().context("cookies")?.push(cookie);
    let stored = state["origins"][0]["localStorage"].as_array_mut().context("local storage")?;
    stored.push(json!({ "name": "planted", "value": STORAGE }));
    Ok(state)
}

fn bytes(state: &Value) -> Vec<u8> {
    state.to_string().into_bytes()
}

/// A zip archive with one file.
fn zipped(name: &str, content: &[u8]) -> anyhow::Result<Vec<u8>> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default())?;
    writer.write_all(content)?;
    Ok(writer.finish()?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_other_programs_become_accounts_and_are_found_nowhere_else() -> anyhow::Result<()> {
    let (house, secrets) = import_all().await?;
    let control = house.product.site.control();
    let house = a_crash_while_it_is_tried(house, &control).await?;
    let done = async {
        out_and_in(&house, &secrets).await?;
        lost_and_found(&house, &control).await?;
        drive_failures(&house, &control).await?;
        let running = command_lines()?;
        ensure!(found_in_bytes(running.as_bytes(), &secrets).is_none(), "a secret is on a command line");
        nowhere(&house, &secrets).await
    };
    done.await.inspect_err(|error| eprintln!("{error:?}\n{}", house.product.log()))
}

/// Files in the shapes of other programs, all at once: those that hold a session become accounts.
async fn import_all() -> anyhow::Result<(House, Vec<String>)> {
    let site = Standin::start().await?;
    let control = site.control();
    for name in ["ada", "bob", "carl", "dora"] {
        control.add_account(Account::new(&format!("{name}@example.org"), "a password"));
    }
    control.add_account(Account::new("grace@example.org", "a password").device_bound());
    let ada = profile_json(&site, "ada@example.org")?;
    let mut bob = profile_json(&site, "bob@example.org")?;
    bob["accountName"] = json!("bob@example.org");
    let carl = control.session_cookies_txt("carl@example.org").context("a file")?;
    let grace = profile_json(&site, "grace@example.org")?;
    let mut lacking = profile_json(&site, "dora@example.org")?;
    lacking["cookies"].as_array_mut().context("cookies")?.retain(|cookie| cookie["name"] != "SAPISID");
    let secrets = secrets_of(&[&ada, &bob, &grace]);

    let house = House::open(site).await?;
    let files = [
        ("ada.json", bytes(&ada)),
        ("auth.zip", zipped("configs/auth/auth-3.json", &bytes(&bob))?),
        ("cookies.txt", carl.into_bytes()),
        ("grace.json", bytes(&grace)),
        ("lacking.json", bytes(&lacking)),
        ("broken.json", b"{\"cookies\": [{\"name\": 5}]}".to_vec()),
    ];
    let begun = house.import(&files, None).await?;
    let [ada_id, bob_id, carl_id, grace_id, lacking_id, broken_id] = &begun[..] else {
        bail!("six enrolments: {begun:?}")
    };
    for (id, account) in [(ada_id, "ada"), (bob_id, "bob@example.org"), (carl_id, "cookies")] {
        let done = house.becomes(id, "done").await?;
        ensure!(done["account"] == account, "{done:#}");
    }
    let stuck = house.becomes(grace_id, "stuck").await?;
    let (step, kind, message) = failed(&stuck);
    ensure!((step, kind) == ("page", "bound_elsewhere"), "{stuck:#}");
    ensure!(message.contains("bound to the device it was copied from"), "{message}");
    let stuck = house.becomes(lacking_id, "stuck").await?;
    ensure!(
        failed(&stuck) == ("file", "not_signed_in", "Nobody is signed in with this file: it lacks SAPISID.")
    );
    let stuck = house.becomes(broken_id, "stuck").await?;
    ensure!(
        failed(&stuck) == ("file", "bad_file", "The file cannot be used: cookies[0].domain is missing."),
        "{stuck:#}"
    );
    for id in [grace_id, lacking_id, broken_id] {
        house.cancel(id).await?;
    }
    ensure!(folders(house.data())? == ["ada", "bob@example.org", "cookies"], "{:?}", folders(house.data())?);
    for name in ["ada", "bob", "carl"] {
        let asked = control.records_of(&format!("{name}@example.org"));
        ensure!(!asked.is_empty(), "{name} answered the test question");
    }
    ensure!(control.records_of("grace@example.org").is_empty());
    Ok((house, secrets))
}

/// A kill while the test question waits for its answer: no account before it is whole, and nothing is lost.
async fn a_crash_while_it_is_tried(
    mut house: House,
    control: &postern_tests::Control,
) -> anyhow::Result<House> {
    let dora = profile_json(&house.product.site, "dora@example.org")?;
    let held = Scenario { answer: Script::new().text("ready").gate("held").into(), ..Scenario::default() };
    control.set_scenario_of("dora@example.org", held);
    let begun = house.import(&[("dora.json", bytes(&dora))], None).await?;
    house.product.until(async |_| !control.records_of("dora@example.org").is_empty()).await?;
    house.product.crash_and_restart()?;
    house.owner.move_to(&house.product.base_url);
    ensure!(!house.data().join("accounts/dora").exists(), "not an account before it is whole");
    let left = house.owner.enrolment(&begun[0]).await?;
    ensure!(left["phase"] == "interrupted", "{left:#}");
    control.set_scenario_of("dora@example.org", Scenario::default());
    house.owner.order(&begun[0], "retry").await?;
    ensure!(house.becomes(&begun[0], "done").await?["account"] == "dora");
    let source =
        house.owner.told(Method::GET, "/api/accounts/dora", None).await?["account"]["source"].clone();
    ensure!(source == "cookies", "{source}");
    Ok(house)
}

/// An account leaves in both forms and comes back.
async fn out_and_in(house: &House, secrets: &[String]) -> anyhow::Result<()> {
    let session: Value = serde_json::from_slice(&house.export("ada", "storage_state", None).await?)?;
    let has =
        |name: &str| session["cookies"].as_array().into_iter().flatten().any(|cookie| cookie["name"] == name);
    ensure!(has("SID") && has("NID") && session["accountName"] == "ada@example.org");
    ensure!(session["origins"][0]["localStorage"].to_string().contains(STORAGE));
    let short = json!({ "form": "sealed_profile", "passphrase": "elevenchars" });
    let refused = house.owner.ask(Method::POST, "/api/accounts/ada/export", Some(short)).await?;
    ensure!(refused.status() == 400, "{}", refused.text().await?);
    let sealed = house.export("ada", "sealed_profile", Some(PASSPHRASE)).await?;
    ensure!(found_in_bytes(&sealed, secrets).is_none(), "the archive is sealed");

    let wrong =
        house.import(&[("ada.postern-profile", sealed.clone())], Some("PLANTED-passphrase-wrong")).await?;
    let stuck = house.becomes(&wrong[0], "stuck").await?;
    ensure!(failed(&stuck).1 == "wrong_passphrase", "{stuck:#}");
    house.cancel(&wrong[0]).await?;
    let again = house.import(&[("ada.postern-profile", sealed)], Some(PASSPHRASE)).await?;
    let twin = house.becomes(&again[0], "duplicate").await?;
    ensure!(twin["account"] == "ada" && twin["name"] == "ada-2", "{twin:#}");
    house.owner.order(&again[0], "replace").await?;
    ensure!(house.becomes(&again[0], "done").await?["account"] == "ada");

    Ok(())
}

/// What was kept of a session is brought back when the profile has lost it, and not when the site has ended it.
async fn lost_and_found(house: &House, control: &postern_tests::Control) -> anyhow::Result<()> {
    for account in ["ada", "bob@example.org", "cookies", "dora"] {
        ensure!(house.state(account).await? == "ready", "{account}: {}", house.product.log());
    }
    // The browser closes, and the session is kept before that.
    house.switch("ada", false).await?;
    let profile = house.data().join("accounts/ada/profile");
    house.product.until(async |_| browsers_in(&profile).is_empty()).await?;
    let mut lost = 0;
    for file in ["Default/Cookies", "Default/Network/Cookies"] {
        lost += usize::from(std::fs::remove_file(profile.join(file)).is_ok());
    }
    ensure!(lost == 1, "the browser keeps its cookies elsewhere");
    house.switch("ada", true).await?;
    ensure!(house.state("ada").await? == "ready", "{}", house.product.log());
    ensure!(house.product.log().contains("brought the last good session back"), "{}", house.product.log());
    control.sign_out_everywhere("bob@example.org");
    ensure!(house.state("bob@example.org").await? == "sign_in_expired");
    Ok(())
}

/// Requests that are answered and some that fail, of which snapshots are kept.
async fn drive_failures(house: &House, control: &postern_tests::Control) -> anyhow::Result<()> {
    let (status, answer) = house.product.ask("hello").await?;
    ensure!(status == 200, "{answer}");
    control.set_scenario(Scenario { misbehaviour: Misbehaviour::ServerError, ..Scenario::default() });
    let (status, answer) = house.product.ask("fail").await?;
    ensure!(status >= 500, "{status} {answer}");
    control.set_scenario(Scenario::default());
    let snapshots =
        files_below(house.data())?.into_iter().filter(|path| path.starts_with(house.data().join("accounts")));
    ensure!(snapshots.into_iter().any(|path| path.to_string_lossy().contains("/snapshots/")), "no snapshot");
    Ok(())
}

/// Looks at every file that is no browser's own, and into the diagnostics bundle.
async fn nowhere(house: &House, secrets: &[String]) -> anyhow::Result<()> {
    let bundle = house.owner.told(Method::POST, "/api/diagnostics", None).await?;
    ensure!(bundle["entries"].as_array().is_some_and(|entries| !entries.is_empty()), "{bundle}");
    ensure!(house.data().join("postern.db").is_file());
    let found = found_below(house.data(), secrets)?;
    ensure!(found.is_empty(), "secrets lie about: {found:?}");
    // The search itself finds what there is to find, also in an archive.
    let planted = house.data().join("logs/planted.log");
    std::fs::write(&planted, format!("… {COOKIE} …"))?;
    ensure!(found_below(house.data(), secrets)? == std::slice::from_ref(&planted));
    std::fs::remove_file(&planted)?;
    let planted = house.data().join("planted.zip");
    std::fs::write(&planted, zipped("a/b.json", STORAGE.as_bytes())?)?;
    ensure!(found_below(house.data(), secrets)? == std::slice::from_ref(&planted));
    Ok(std::fs::remove_file(&planted)?)
}

/// What was planted, and the values that make the sessions.
fn secrets_of(states: &[&Value]) -> Vec<String> {
    let critical =
        |cookie: &&Value| ["SID", "__Secure-1PSID", "SAPISID"].iter().any(|name| cookie["name"] == *name);
    let cookies = states.iter().flat_map(|state| state["cookies"].as_array().into_iter().flatten());
    let values = cookies.filter(critical).filter_map(|cookie| cookie["value"].as_str());
    [COOKIE, STORAGE, "PLANTED-passphrase"].into_iter().chain(values).map(str::to_owned).collect()
}

/// The accounts, by their folders; what enrolments leave would be among them.
fn folders(data: &Path) -> anyhow::Result<Vec<String>> {
    let left = std::fs::read_dir(data.join("accounts/.enrolling")).map(Iterator::count).unwrap_or_default();
    ensure!(left == 0, "{left} enrolments are left");
    let entries = std::fs::read_dir(data.join("accounts"))?.flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    Ok(names)
}

/// Signs in to the account in a browser on this profile, as a person does.
async fn sign_in(site: &Standin, profile: &Path, logs: &Path, account: &Account) -> anyhow::Result<()> {
    let options =
        Options { headless: true, args: browser_args(site), log_dir: logs.to_owned(), ..Options::default() };
    let browser = Browser::start(&options, Profile::open(profile)?).await?;
    let page = browser.page();
    page.goto("https://aistudio.google.com/prompts/new_chat").await?;
    for typed in [&account.email, &account.password] {
        let next: String = page.run(STEP, typed).await?;
        page.goto(
            &format!("https://accounts.google.com{next}")
                .replace("https://accounts.google.comhttps:", "https:"),
        )
        .await?;
    }
    until(&page, "return Boolean(document.querySelector('[data-test-id=model-name]')?.textContent)").await?;
    browser.close().await;
    Ok(())
}

/// What a step of the sign-in sends when a person types; returns where it leads.
const STEP: &str = "const form = document.querySelector('form');
    const body = JSON.stringify({ value: arguments[0], flow: form.dataset.flow ?? '', webdriver: false });
    return fetch(`${form.dataset.step}?continue=${form.dataset.continue}`, { method: 'POST', body })
        .then((answer) => answer.json()).then(({ next }) => next);";

async fn until(page: &Page, script: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    // While it goes from page to page, a script may find none.
    while !page.run::<bool>(script, ()).await.unwrap_or(false) {
        ensure!(Instant::now() < deadline, "the page never came: {}", page.url().await?);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_profile_carries_a_session_that_no_copy_of_cookies_carries() -> anyhow::Result<()> {
    let site = Standin::start().await?;
    let grace = Account::new("grace@example.org", "nanoseconds").device_bound();
    site.control().add_account(grace.clone());
    let (here, there, desk) = (TempDir::new()?, TempDir::new()?, TempDir::new()?);
    for data in [&here, &there] {
        configure(data.path(), &site, "")?;
    }
    sign_in(&site, &here.path().join("accounts/grace/profile"), desk.path(), &grace).await?;

    // What its owner decided about it goes along.
    command(here.path(), &["account", "set", "grace", "--weight", "7", "--priority", "-3"])?;
    let file = |name: &str| desk.path().join(name).display().to_string();
    std::fs::write(file("passphrase"), "correct horse battery\n")?;
    std::fs::write(file("wrong"), "wrong horse battery\n")?;
    let export = |form: &str, name: &str| {
        let output = file(name);
        let asked = ["account", "export", "grace", "--form", form, "--output", &output];
        command(here.path(), &[&asked[..], &["--passphrase-file", &file("passphrase")]].concat())
    };
    export("sealed_profile", "grace.postern-profile")?;
    export("storage_state", "grace.json")?;
    for name in ["grace.postern-profile", "grace.json"] {
        let mode = std::fs::metadata(file(name))?.permissions().mode() & 0o777;
        ensure!(mode == 0o600, "{name}: {mode:o}");
    }
    let again = export("storage_state", "grace.json").expect_err("it is there").to_string();
    ensure!(again.contains("is there already"), "{again}");

    let import = |name: &str, passphrase: &str| {
        let given = ["account", "import", &file(name), "--passphrase-file", &file(passphrase)];
        command(there.path(), &given)
    };
    let wrong = import("grace.postern-profile", "wrong");
    ensure!(wrong.is_err() && folders(there.path())?.is_empty(), "{wrong:?}");
    let copy = command(there.path(), &["account", "import", &file("grace.json"), "--json"]);
    ensure!(
        copy.is_err() && folders(there.path())?.is_empty(),
        "the cookies alone do not carry it: {copy:?}"
    );
    ensure!(site.control().records_of(&grace.email).is_empty());

    let said = import("grace.postern-profile", "passphrase")?;
    ensure!(said.contains("the account grace (grace@example.org) is in service"), "{said}");
    let kept = std::fs::read_to_string(there.path().join("accounts/grace/account.toml"))?;
    ensure!(kept.contains("weight = 7") && kept.contains("priority = -3"), "{kept}");
    let twice = import("grace.postern-profile", "passphrase");
    ensure!(twice.is_err() && folders(there.path())? == ["grace"], "{twice:?}");

    let product = Product::start_in(there, site, "")?;
    let (status, answer) = product.ask("are you there?").await?;
    ensure!(status == 200, "{answer}");
    let asked = product.site.control().records_of(&grace.email);
    ensure!(asked.len() == 3, "a test question of each import, and this one: {}", asked.len());
    Ok(())
}
