//! Every page of the console, with something on it, in a browser: what its looks are checked on and what pictures are
//! taken of.

use anyhow::Context;
use postern_tests::provider::{KEY, Provider, Vendor};
use postern_tests::{Misbehaviour, Scenario};
use serde_json::{Value, json};

use super::host::{Console, Host};

/// Sizes that the pages are looked at in.
pub(crate) const SIZES: [(u32, u32); 2] = [(1280, 800), (960, 800)];

/// A page in a certain state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) name: &'static str,
    route: &'static str,
    /// What is done on the page, in its own language: everything is found in every language.
    act: &'static str,
    /// What is there when that is done.
    shows: &'static str,
}

const PAGE: &str = "h1";
const DIALOG: &str = "[role=dialog], [role=alertdialog]";
const ROW: &str = "document.querySelector('[role=row][data-row]')";

const STEP: &str = "document.querySelectorAll('main nav button')";
/// Drops files on the page: one of cookies, one sealed, one that is none.
const DROP: &str = "
    const files = new DataTransfer();
    for (const [name, text] of [['alice.json', '{}'], ['bob.postern-profile', 'sealed'], ['empty.txt', '']])
        files.items.add(new File([text], name));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: files, cancelable: true }));
";
/// Opens the inspector's menu and chooses the export.
const EXPORT: &str = "
    const chosen = setInterval(() => {
        const open = document.querySelector('#inspector header button');
        const entry = document.querySelectorAll('[role=menuitem]')[1];
        if (entry) clearInterval(chosen);
        if (entry) entry.click();
        else open?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    }, 50);
";

const fn page(name: &'static str, route: &'static str) -> View {
    View { name, route, act: "", shows: PAGE }
}

/// All of them, but the way in.
pub(crate) const VIEWS: [View; 52] = [
    page("overview", "/"),
    page("accounts", "/accounts"),
    View { name: "accounts-open", route: "/accounts?id=main", act: "", shows: "#inspector table" },
    View { name: "accounts-sign-in", route: "/accounts?add=sign-in", act: "", shows: "[role=dialog] h3" },
    View { name: "accounts-no-screen", route: "/accounts?add=no-screen", act: "", shows: DIALOG },
    View {
        name: "accounts-import",
        route: "/accounts?add=import",
        act: DROP,
        shows: "[role=dialog] [type=password]",
    },
    View {
        name: "accounts-enrolments",
        route: "/accounts",
        act: "document.querySelector('main p[role=status] + button').click()",
        shows: "[role=dialog] ol",
    },
    View {
        name: "accounts-export",
        route: "/accounts?id=main",
        act: EXPORT,
        shows: "[role=dialog] [type=password]",
    },
    page("upstreams", "/upstreams"),
    View { name: "upstreams-open", route: "/upstreams?name=gemini", act: "", shows: "#inspector ul code" },
    View {
        name: "upstreams-add",
        route: "/upstreams",
        act: "document.querySelector('main header button').click()",
        shows: "[role=dialog] ul button",
    },
    page("keys", "/keys"),
    View { name: "keys-open", route: "/keys?id=1", act: "", shows: "#inspector" },
    View { name: "keys-create", route: "/keys?new=yes", act: "", shows: DIALOG },
    View {
        name: "keys-delete",
        route: "/keys",
        act: "ROW.focus(); ROW.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete', bubbles: true }))",
        shows: DIALOG,
    },
    page("models", "/models"),
    View { name: "models-open", route: "/models", act: "ROW.click()", shows: "#inspector" },
    page("connect", "/connect"),
    page("connect-file", "/connect?client=continue"),
    page("proxy", "/proxy"),
    page("requests", "/requests"),
    View { name: "requests-open", route: "/requests", act: "ROW.click()", shows: "#inspector dl" },
    View {
        name: "requests-failed",
        route: "/requests?outcome=failed",
        act: "ROW.click()",
        shows: "#inspector dl",
    },
    page("conversations", "/conversations"),
    View {
        name: "conversations-open",
        route: "/conversations",
        act: "ROW.click()",
        shows: "#conversation [data-turn]",
    },
    View {
        name: "conversations-edit",
        route: "/conversations",
        act: "ROW.click(); const open = setInterval(() => {
            const edit = document.querySelectorAll('[data-turn] header button')[1];
            if (edit) clearInterval(open);
            edit?.click();
        }, 50)",
        shows: "[data-turn] textarea",
    },
    View {
        name: "conversations-export",
        route: "/conversations",
        act: "[...document.querySelectorAll('main header button')].at(-1).click()",
        shows: "[role=dialog] dl",
    },
    page("playground", "/playground"),
    page("welcome", "/welcome"),
    View {
        name: "welcome-consent",
        route: "/welcome",
        act: "STEP[1].click()",
        shows: "main [type=checkbox]",
    },
    View { name: "welcome-account", route: "/welcome", act: "STEP[2].click()", shows: "main section ul" },
    page("settings-window", "/settings/window"),
    page("settings-server", "/settings/server"),
    page("settings-console", "/settings/console"),
    page("settings-aistudio", "/settings/aistudio"),
    page("settings-browser", "/settings/browser"),
    page("settings-models", "/settings/models"),
    page("settings-mcp", "/settings/mcp"),
    page("settings-limits", "/settings/limits"),
    page("settings-network", "/settings/network"),
    page("settings-proxy", "/settings/proxy"),
    page("settings-files", "/settings/files"),
    page("settings-requests", "/settings/requests"),
    View { name: "settings-page", route: "/settings/page", act: "", shows: "main section section li" },
    page("settings-security", "/settings/security"),
    page("settings-logs", "/settings/logs"),
    page("settings-storage", "/settings/storage"),
    page("settings-health", "/settings/health"),
    page("settings-diagnostics", "/settings/diagnostics"),
    page("settings-about", "/settings/about"),
    View {
        name: "palette",
        route: "/",
        act: "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }))",
        shows: "[cmdk-item]",
    },
    View {
        name: "help",
        route: "/",
        act: "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }))",
        shows: DIALOG,
    },
];

/// A way that pages look and speak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) theme: &'static str,
    pub(crate) language: &'static str,
}

/// All of them.
pub(crate) const LOOKS: [Look; 4] = [
    Look { theme: "light", language: "en" },
    Look { theme: "dark", language: "en" },
    Look { theme: "dark", language: "zh-CN" },
    Look { theme: "light", language: "zh-CN" },
];

/// A console in a browser on which there is something to see, and what it asks with a key.
pub(crate) async fn furnished() -> anyhow::Result<(Console, Provider)> {
    let provider = Provider::start(Vendor::Gemini).await?;
    let settings = "[models]\naliases = { gpt-4o = \"postern/echo\" }\n\
        [mcp]\nservers = { notes = \"http://127.0.0.1:9/mcp\" }\n";
    let console = Console::open(Host::Browser, settings).await?;
    for (model, text) in [
        ("postern/echo", "Where is the key?"),
        ("gpt-4o", "What is a postern?"),
        ("no-such-model", "Is anybody there?"),
        ("gemini-3-flash-preview", "Tell me about gates."),
    ] {
        console.send(model, text).await?;
    }
    console.site().set_scenario(Scenario::misbehaving(Misbehaviour::Quota));
    console.send("gemini-3-flash-preview", "Too much?").await?;
    console.site().set_scenario(Scenario::default());
    console.api("POST", "/api/accounts/main/reset-cooldowns", &json!({})).await?;
    console.click("link", "Playground").await?;
    console.fill("Message", "**Gates** of a castle: `postern`, portcullis.").await?;
    console.click("button", "Send").await?;
    console.see_times("portcullis", 2).await?;
    // It is not on the list of the path proxy, and no key is asked for yet.
    reqwest::get(format!("{}/api.relay.example/v1/models", console.base_url)).await?;
    for name in ["laptop", "editor"] {
        console.api("POST", "/api/keys", &json!({ "name": name, "per_minute": 60 })).await?;
    }
    console.api("PATCH", "/api/setup", &json!({ "consent": true })).await?;
    // A page that lacks something, found by selectors of which a file replaces one.
    let file = "[pack]\nversion = 1\n[selectors]\ntop_p = [\"input.top-p\"]\n";
    std::fs::write(console.data().join("selectors.toml"), file)?;
    console.api("POST", "/api/page/main/check", &json!({})).await?;
    // Neither is one: both stay on the list with what is wrong with them.
    let files = ["alice.json", "bob.txt"].map(|name| json!({ "name": name, "content": "e30=" }));
    console.api("POST", "/api/enrolments/import", &json!({ "files": files, "consent": true })).await?;
    for (name, kind, address, key) in [
        ("gemini", "gemini", provider.base_url(), json!({ "value": KEY })),
        ("deepseek", "openai", "https://api.deepseek.com/v1".to_owned(), Value::Null),
    ] {
        let upstream = json!({ "name": name, "kind": kind, "base_url": address, "key": key });
        console.api("POST", "/api/upstreams", &upstream).await?;
    }
    console.api("POST", "/api/upstreams/gemini/models/refresh", &json!({})).await?;
    Ok((console, provider))
}

impl Console {
    /// Sends a text, or parts, as a client would, whatever comes of it.
    pub(crate) async fn send(&self, model: &str, content: impl Into<Value>) -> anyhow::Result<()> {
        let content: Value = content.into();
        let body = json!({ "model": model, "messages": [{ "role": "user", "content": content }] });
        let url = format!("{}/v1/chat/completions", self.base_url);
        reqwest::Client::new().post(url).json(&body).send().await?.bytes().await?;
        Ok(())
    }

    /// Asks the browser's own protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        self.driver("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    /// Asks the driver what the client has no words for.
    pub(crate) async fn driver(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let session = self.client.session_id().await?.context("a session")?;
        let url = format!("{}/session/{session}/{path}", self.driver_url);
        let mut answer: Value = reqwest::Client::new().post(url).json(body).send().await?.json().await?;
        anyhow::ensure!(answer["value"]["error"].is_null(), "{path}: {answer}");
        Ok(answer["value"].take())
    }

    /// Gives the page exactly this room.
    pub(crate) async fn resize(&self, (width, height): (u32, u32)) -> anyhow::Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await?;
        self.becomes("innerWidth", json!(width)).await
    }

    /// Looks and speaks so from now on.
    pub(crate) async fn wear(&self, look: Look) -> anyhow::Result<()> {
        let changes = json!({ "changes": [
            { "key": "window.theme", "value": look.theme },
            { "key": "window.language", "value": look.language },
        ] });
        self.api("PATCH", "/api/settings", &changes).await?;
        self.worn(look).await
    }

    async fn worn(&self, look: Look) -> anyhow::Result<()> {
        self.becomes("document.documentElement.dataset.theme", json!(look.theme)).await?;
        self.becomes("document.documentElement.lang", json!(look.language)).await
    }

    /// Signed out, the same.
    pub(crate) async fn wear_outside(&self, look: Look) -> anyhow::Result<()> {
        let remembered = json!({ "theme": look.theme, "language": look.language }).to_string();
        let remember = "localStorage.setItem('postern.appearance', arguments[0]); location.reload()";
        self.client.execute(remember, vec![json!(remembered)]).await?;
        self.worn(look).await?;
        self.settled("main input").await
    }

    /// Leaves the console, for its door.
    pub(crate) async fn leave(&self) -> anyhow::Result<()> {
        self.wear(LOOKS[0]).await?;
        self.command("sign out").await?;
        self.settled("main input").await
    }

    /// Shows a view and waits until all of it is there.
    pub(crate) async fn show(&self, view: View) -> anyhow::Result<()> {
        self.go(view.route).await?;
        self.settled(PAGE).await.with_context(|| view.name)?;
        for (part, selector) in
            [("ROW", "[role=row][data-row]"), ("STEP", "main nav button"), ("status", "main p[role=status]")]
        {
            if view.act.contains(part) {
                self.settled(selector).await.with_context(|| view.name)?;
            }
        }
        self.client.execute(&view.act.replace("ROW", ROW).replace("STEP", STEP), vec![]).await?;
        self.settled(view.shows).await.with_context(|| view.name)
    }

    /// Closes what was opened on top of the page.
    pub(crate) async fn dismiss(&self) -> anyhow::Result<()> {
        let escape = "const open = () => document.querySelector('[role=dialog][data-state=open], [role=alertdialog]');
            if (open()) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))";
        self.client.execute(escape, vec![]).await?;
        self.becomes("document.querySelector('[role=dialog], [role=alertdialog]')", Value::Null).await
    }

    async fn settled(&self, selector: &str) -> anyhow::Result<()> {
        let settled = self.client.execute_async(include_str!("settled.js"), vec![json!(selector)]).await;
        settled.with_context(|| format!("the page does not come to rest with {selector}"))?;
        Ok(())
    }
}
