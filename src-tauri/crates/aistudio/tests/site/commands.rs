//! What a request in a warm page costs of the browser: one command to fill the form, one to run it. Linux only, as the
//! driver is wrapped in a shell script.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use postern_browser::{Options, find};
use postern_protocol::chat::{Message, Part as Piece, Request, Role, Tool};
use postern_tests::{Layout, Scenario, Script, Usage};
use serde_json::json;

use crate::house::{House, question};

/// The driver behind a script that has it write down every command.
fn noting_driver(folder: &Path) -> (PathBuf, PathBuf) {
    let driver = find::find(&Options::default()).unwrap().driver;
    let (program, log) = (folder.join("driver"), folder.join("commands.log"));
    // Of an argument that comes twice the driver takes the last.
    let (driver, to) = (driver.display(), log.display());
    let script = format!("#!/bin/sh\nexec '{driver}' \"$@\" --log-level=INFO '--log-path={to}'\n");
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    (program, log)
}

/// The names of the commands so far: `[time][INFO]: [session] COMMAND Name {`.
fn commands(log: &Path) -> Vec<String> {
    let log = String::from_utf8_lossy(&std::fs::read(log).unwrap()).into_owned();
    let name = |line: &str| {
        let (before, after) = line.split_once(" COMMAND ")?;
        let head = before.starts_with('[') && before.contains("[INFO]: [");
        head.then(|| after.split(' ').next().unwrap_or_default().to_owned())
    };
    log.lines().filter_map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_in_a_warm_page_takes_two_commands() {
    let folder = tempfile::tempdir().unwrap();
    let (program, log) = noting_driver(folder.path());
    let house = House::with(Layout::default(), |config| config.browser.driver = Some(program)).await;
    let done = |script: Script| script.finish(1, Usage::default());
    house.site.set_scenario(Scenario::answering_in_turn([
        done(Script::new().call_signed("now", json!({}), "c", "bm93")),
        done(Script::new().text("Noon.")),
        done(Script::new().text("You are welcome.")),
    ]));
    let now = Tool { name: "now".into(), ..Tool::default() };
    let mut request = Request { tools: vec![now], ..question("What time is it?") };
    let call = house.ask(request.clone()).await.unwrap().tool_calls().remove(0);
    let before = commands(&log).len();

    let message = |role, part| Message { role, name: None, parts: vec![part] };
    let result = Piece::ToolResult { call_id: call.id.clone(), text: "12:00".into(), failed: false };
    request.messages.push(message(Role::Assistant, Piece::ToolCall(call)));
    request.messages.push(message(Role::Tool, result));
    house.ask(request.clone()).await.unwrap();
    let taken = commands(&log).split_off(before);
    assert_eq!(taken, ["ExecuteScript", "ClickElement"], "results are sent with the Run button");

    request.messages.push(Message::text(Role::Assistant, "Noon."));
    request.messages.push(Message::text(Role::User, "Thanks"));
    house.ask(request).await.unwrap();
    let taken = commands(&log).split_off(before + taken.len());
    assert_eq!(taken, ["ExecuteScript", "TypeElement"], "a prompt is sent with the keys");
    house.close().await;
}
