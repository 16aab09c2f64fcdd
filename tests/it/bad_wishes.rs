//! Wishes that cannot be granted, through the real product and a real browser: a clear error that names its field, and
//! a request after it that knows nothing of it.

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postern_tests::{Control, FileSent, Layout, Record, Scenario, Script, Usage, echo_text};
use serde_json::{Value, json};

use crate::product::Product;

const MODEL: &str = "gemini-3-flash-preview";
/// How every PNG begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const MIB: usize = 1 << 20;

/// One wish and what comes of it.
struct Case {
    name: &'static str,
    wish: Value,
    /// What the model answers; an echo where it is asked more often.
    answers: Vec<Script>,
    /// How often the model is asked.
    asked: usize,
    end: End,
}

/// What the client gets.
enum End {
    Answer,
    Error { status: u16, param: &'static str, says: &'static [&'static str] },
}

fn granted(name: &'static str, wish: Value) -> Case {
    Case { name, wish, answers: Vec::new(), asked: 1, end: End::Answer }
}

/// It is refused before the model is asked.
fn refused(name: &'static str, wish: Value, param: &'static str, says: &'static [&'static str]) -> Case {
    Case { name, wish, answers: Vec::new(), asked: 0, end: End::Error { status: 400, param, says } }
}

/// The model was asked twice, and did not do it.
fn failed(name: &'static str, wish: Value, answers: [Script; 2], says: &'static [&'static str]) -> Case {
    let answers = answers.map(|answer| answer.finish(1, Usage::default())).into();
    Case { name, wish, answers, asked: 2, end: End::Error { status: 502, param: "tool_choice", says } }
}

impl Case {
    async fn check(self, product: &Product) -> anyhow::Result<()> {
        let (site, name) = (product.site.control(), self.name);
        let before = site.records().len();
        site.set_scenario(Scenario::answering_in_turn(self.answers));
        let answer = product.post(&self.wish).await?;
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.context(name)?;
        match self.end {
            End::Answer => assert_eq!(status, 200, "{name}: {body}\n{}", product.log()),
            End::Error { status: expected, param, says } => {
                let error = &body["error"];
                assert_eq!((status, &error["param"]), (expected, &json!(param)), "{name}: {body}");
                let text = error["message"].as_str().with_context(|| format!("{name}: {body}"))?;
                assert!(says.iter().all(|words| text.contains(words)), "{name}: {says:?} in {text}");
                assert!(text.len() < 1000, "{name}: it does not repeat what it refuses");
            }
        }
        assert_eq!(site.records().len() - before, self.asked, "{name}");
        site.set_scenario(Scenario::default());
        undisturbed(product, &site).await.context(name)
    }
}

/// A plain question is answered, and nothing of the wish before is left.
async fn undisturbed(product: &Product, site: &Control) -> anyhow::Result<()> {
    let (status, body) = product.ask("And you?").await?;
    anyhow::ensure!(status == 200, "{body}\n{}", product.log());
    anyhow::ensure!(body["choices"][0]["message"]["content"] == echo_text("And you?"), "{body}");
    let Record { contents, functions, schema, files, .. } = site.records().pop().context("no request")?;
    let left = (functions.len(), schema, files.len(), contents.len());
    anyhow::ensure!(left == (0, None, 0, 1), "{left:?}");
    Ok(())
}

fn ask(more: &Value) -> Value {
    let mut body = json!({ "model": MODEL, "messages": [{ "role": "user", "content": "Well?" }] });
    for (field, value) in more.as_object().into_iter().flatten() {
        body[field] = value.clone();
    }
    body
}

/// A schema with a key that the page's editor does not take here.
fn patterned() -> Value {
    let zone = json!({ "type": "string", "pattern": "^[A-Z]+$" });
    json!({ "type": "object", "properties": { "zone": zone }, "required": ["zone"], "additionalProperties": false })
}

fn tools(parameters: &Value) -> Value {
    json!([{ "type": "function", "function": { "name": "now", "parameters": parameters } }])
}

fn now() -> Value {
    tools(&json!({ "type": "object", "properties": {} }))
}

/// A conversation in which this function is called as `c`, and these results come.
fn past(function: &str, results: &[&str]) -> Value {
    let call = json!({ "id": "c", "type": "function", "function": { "name": function, "arguments": "{}" } });
    let mut messages = vec![
        json!({ "role": "user", "content": "When?" }),
        json!({ "role": "assistant", "content": null, "tool_calls": [call] }),
    ];
    messages
        .extend(results.iter().map(|id| json!({ "role": "tool", "tool_call_id": id, "content": "noon" })));
    ask(&json!({ "messages": messages, "tools": now() }))
}

/// A question about a picture at this address.
fn shows(address: &str) -> Value {
    let picture = json!({ "type": "image_url", "image_url": { "url": address } });
    let content = json!([{ "type": "text", "text": "Well?" }, picture]);
    ask(&json!({ "messages": [{ "role": "user", "content": content }] }))
}

fn png_address(bytes: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(bytes))
}

/// Something of this size that begins as a picture does.
fn picture(size: usize) -> Vec<u8> {
    let mut bytes = PNG.to_vec();
    bytes.resize(size, b'.');
    bytes
}

fn call() -> Script {
    Script::new().call("now", json!({}))
}

fn words() -> Script {
    Script::new().text("I would rather talk.")
}

const IMAGE: &str = "messages[0].content";

/// What is refused, and granted, as Postern comes.
fn at_first(path: &str) -> Vec<Case> {
    let format = json!({ "type": "json_schema", "json_schema": { "name": "zone", "schema": patterned() } });
    let choice = |choice: Value| ask(&json!({ "tools": now(), "tool_choice": choice }));
    let named = json!({ "type": "function", "function": { "name": "now" } });
    let zip = png_address(b"PK\x03\x04\x14\0\0\0\x08\0");
    vec![
        refused(
            "a form that the editor refuses",
            ask(&json!({ "response_format": format })),
            "response_format",
            &["pattern"],
        ),
        granted("functions that the editor refuses", ask(&json!({ "tools": tools(&patterned()) }))),
        refused(
            "a result of no call",
            past("now", &["c", "gone"]),
            "messages[3].tool_call_id",
            &["'gone'", "leave its result out"],
        ),
        refused(
            "two results of a call",
            past("now", &["c", "c"]),
            "messages[3].tool_call_id",
            &["'c'", "one result for each call"],
        ),
        granted("a call of a function that is not offered", past("forgotten", &["c"])),
        failed(
            "a call that is not made",
            choice(json!("required")),
            [words(), words()],
            &["required", "again"],
        ),
        failed("a named call that is not made", choice(named), [words(), words()], &["'now'", "again"]),
        failed("a call that must not be", choice(json!("none")), [call(), call()], &["none", "again"]),
        refused("another type than was said", shows(&zip), IMAGE, &["application/zip"]),
        refused("a path", shows(path), IMAGE, &["path", "local_folders"]),
    ]
}

/// The same with an owner who says more about functions and files.
fn with_rules(path: &str, elsewhere: &str) -> Vec<Case> {
    vec![
        refused(
            "functions that the editor refuses",
            ask(&json!({ "tools": tools(&patterned()) })),
            "tools",
            &["pattern"],
        ),
        refused(
            "a file above the limit",
            shows(&png_address(&picture(30 * MIB))),
            IMAGE,
            &["20971520 bytes", "max_bytes"],
        ),
        refused(
            "a file that the site finds too large",
            shows(&png_address(&picture(3 * MIB))),
            IMAGE,
            &["larger than 2 MB", "image/png"],
        ),
        granted("a path below a listed folder", shows(path)),
        refused("a path elsewhere", shows(elsewhere), IMAGE, &["local_folders"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_had_is_explained_and_disturbs_nothing() -> anyhow::Result<()> {
    let mut product = Product::start().await?;
    let site = product.site.control();
    let layout = Layout { editor_refuses: vec!["pattern".to_owned()], ..Layout::default() };
    site.set_layout(layout.clone());
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cat.png");
    std::fs::write(&path, picture(200))?;
    let path = path.to_str().context("a path in letters")?;
    for case in at_first(path) {
        case.check(&product).await?;
    }
    large_picture(&product, &site).await?;

    // What the page is like is seen when it is loaded.
    site.set_layout(Layout { largest_file: 2 * MIB as u64, ..layout });
    let folders = json!([folder.path()]);
    product.reconfigure("pause_ms = 0", "pause_ms = 0\ntool_mode = \"native\"")?;
    product.reconfigure(
        "[browser]",
        &format!("[files]\nmax_bytes = 20971520\nlocal_folders = {folders}\n[browser]"),
    )?;
    product.crash_and_restart()?;
    let elsewhere = product.data.path().join("config.toml");
    for case in with_rules(path, elsewhere.to_str().context("a path in letters")?) {
        case.check(&product).await?;
    }
    Ok(())
}

/// A picture of many bytes arrives whole.
async fn large_picture(product: &Product, site: &Control) -> anyhow::Result<()> {
    let answer = product.post(&shows(&png_address(&picture(30 * MIB)))).await?;
    assert_eq!(answer.status().as_u16(), 200, "{}\n{}", answer.text().await?, product.log());
    let files = site.records().pop().context("no request")?.files;
    let [FileSent { size, mime, .. }] = files.as_slice() else { anyhow::bail!("{files:?}") };
    assert_eq!((*size, mime.as_str()), (30 * MIB, "image/png"));
    undisturbed(product, site).await
}
