use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

const BASE: &str = "http://127.0.0.1:2048";
const API: &str = "http://127.0.0.1:2048/v1";
const KEY: &str = "sk-planted-key-0123456789";

const CONTINUE: &str = "\
# my assistants
name: My Config   # a name
version: 1.0.0
schema: v1

models:
  # the big one
  - name: GPT
    provider: openai
    model: gpt-4o
    apiKey: planted-foreign
    roles: [chat, edit] # trailing
  - uses: ollama/llama

# context follows
context:
  - provider: code
rules:
- |
  Always: be nice
  # not a comment
- 'quoted: x'
";
const AIDER: &str = "\
# aider
model: gpt-4o # mine

## more
dark-mode: true
api-key:
  - gemini=planted-foreign
read:
  - CONVENTIONS.md
";
const OPENCODE: &str = "\
{
  // my theme
  \"theme\": \"system\", /* y */
  \"provider\": {
    \"other\": { \"options\": { \"apiKey\": \"planted-foreign\" } }, // keep
  },
  \"model\": \"other/x\",
}
";

struct Home {
    folder: TempDir,
    clients: Clients,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clients = Clients::below(folder.path());
        Self { folder, clients }
    }

    fn with(client: ClientId, text: &str) -> Self {
        let home = Self::new();
        let path = home.path(client);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, text).expect("written");
        home
    }

    fn path(&self, client: ClientId) -> PathBuf {
        self.clients.path(client)
    }

    fn text(&self, client: ClientId) -> String {
        std::fs::read_to_string(self.path(client)).expect("a file")
    }

    fn preview(&self, client: ClientId, model: &str) -> Result<ClientPreview, Trouble> {
        self.clients.preview(client, &choice(model), BASE)
    }

    fn apply(&self, client: ClientId, model: &str) -> ClientApplied {
        let revision = self.preview(client, model).expect("a preview").revision;
        self.clients.apply(client, &order(model, revision), BASE).expect("applied")
    }

    fn configured(&self, client: ClientId) -> bool {
        self.clients.list(BASE).into_iter().find(|view| view.id == client).expect("listed").configured
    }

    fn files(&self, client: ClientId) -> Vec<PathBuf> {
        let path = self.path(client);
        let folder = path.parent().unwrap_or(self.folder.path());
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        files.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
    }
}

fn choice(model: &str) -> ClientChoice {
    ClientChoice { model: model.to_owned(), key: Some(KEY.to_owned()) }
}

fn order(model: &str, revision: String) -> ClientApply {
    ClientApply { model: model.to_owned(), key: Some(KEY.to_owned()), revision }
}

fn rich(client: ClientId) -> &'static str {
    match client {
        ClientId::Continue => CONTINUE,
        ClientId::Aider => AIDER,
        ClientId::OpenCode => OPENCODE,
    }
}

/// Whether every line of `before` is in `after`, in order, except those in `but`.
fn keeps(before: &str, after: &str, but: &[&str]) -> bool {
    let mut lines = after.lines();
    before.lines().filter(|line| !but.contains(line)).all(|line| lines.any(|other| other == line))
}

#[test]
fn a_rich_file_keeps_everything_that_is_not_ours() {
    for client in ALL {
        let home = Home::with(client, rich(client));
        assert!(!home.configured(client));
        home.apply(client, "gemini-2.5-pro");
        let after = home.text(client);
        assert!(keeps(rich(client), &after, &["model: gpt-4o # mine"]), "{after}");
        assert!(after.contains(API) && after.contains(KEY), "{after}");
        assert!(home.configured(client), "{after}");
    }
}

#[test]
fn what_is_written_is_what_the_clients_document() {
    let home = Home::with(ClientId::Continue, "name: a\nversion: 1.0.0\nschema: v1\nmodels: []\n");
    home.apply(ClientId::Continue, "m");
    let entry = format!(
        "models:\n  - name: Postern\n    provider: openai\n    model: m\n    apiBase: {API}\n    \
         apiKey: {KEY}\n    roles: [chat, edit, apply]\n"
    );
    assert_eq!(home.text(ClientId::Continue), format!("name: a\nversion: 1.0.0\nschema: v1\n{entry}"));

    let home = Home::with(ClientId::Aider, AIDER);
    home.apply(ClientId::Aider, "m");
    let after = home.text(ClientId::Aider);
    assert!(after.contains("\nmodel: openai/m # mine\n"), "{after}");
    assert!(after.contains(&format!("\nopenai-api-base: {API}\n")), "{after}");
    assert!(after.contains(&format!("\nopenai-api-key: {KEY}\n")), "{after}");

    let home = Home::new();
    home.apply(ClientId::OpenCode, "m");
    let written: serde_json::Value =
        serde_json::from_str(&home.text(ClientId::OpenCode)).expect("plain JSON where there was nothing");
    let expected = serde_json::json!({
        "$schema": "https://opencode.ai/config.json",
        "provider": { "postern": {
            "npm": "@ai-sdk/openai-compatible",
            "name": "Postern",
            "options": { "baseURL": API, "apiKey": KEY },
            "models": { "m": { "name": "m" } },
        } },
    });
    assert_eq!(written, expected);
}

#[test]
fn a_missing_file_is_made_for_its_owner_alone() {
    for client in ALL {
        let home = Home::new();
        let applied = home.apply(client, "m");
        assert_eq!(applied.backup, None);
        assert!(home.configured(client), "{}", home.text(client));
        #[cfg(unix)]
        assert_eq!(mode(&home.path(client)), 0o600);
    }
    let home = Home::new();
    home.apply(ClientId::Continue, "m");
    assert!(home.text(ClientId::Continue).starts_with("name: Local Config\nversion: 1.0.0\nschema: v1\n"));
}

#[test]
fn writing_the_same_again_changes_nothing() {
    for client in ALL {
        let home = Home::with(client, rich(client));
        home.apply(client, "m");
        let (text, files) = (home.text(client), home.files(client).len());
        assert!(home.preview(client, "m").expect("a preview").unchanged);
        assert_eq!(home.apply(client, "m").backup, None);
        assert_eq!((home.text(client), home.files(client).len()), (text, files));
    }
}

#[test]
fn another_model_and_address_replace_the_old_ones() {
    for client in ALL {
        let home = Home::with(client, rich(client));
        home.apply(client, "old-model");
        let revision = home.preview(client, "new-model").expect("a preview").revision;
        let base = "http://127.0.0.1:3000/";
        home.clients.apply(client, &order("new-model", revision), base).expect("applied");
        let after = home.text(client);
        assert!(after.contains("new-model") && after.contains("http://127.0.0.1:3000/v1"), "{after}");
        assert!(!after.contains(API), "{after}");
        assert!(!home.configured(client));
        assert!(keeps(rich(client), &after, &["model: gpt-4o # mine"]), "{after}");
    }
}

#[test]
fn a_preview_shows_the_change_and_no_key() {
    for client in ALL {
        let home = Home::with(client, rich(client));
        let preview = home.preview(client, "gemini").expect("a preview");
        assert!(preview.diff.contains(API) && preview.diff.contains("+++"), "{}", preview.diff);
        assert!(!preview.diff.contains("planted"), "{}", preview.diff);
        assert!(!preview.unchanged);
        assert_eq!(home.text(client), rich(client));
    }
}

#[test]
fn a_file_that_changed_since_the_preview_is_not_written() {
    for client in ALL {
        let home = Home::with(client, rich(client));
        let revision = home.preview(client, "m").expect("a preview").revision;
        let changed = format!("{}\n", rich(client));
        std::fs::write(home.path(client), &changed).expect("written");
        let trouble = home.clients.apply(client, &order("m", revision), BASE).expect_err("refused");
        assert_eq!(trouble.code, Code::Conflict);
        assert_eq!(home.text(client), changed);
        assert_eq!(home.files(client).len(), 1);
    }
}

#[test]
fn a_broken_file_is_left_alone() {
    let table = [
        (ClientId::Continue, "name: [a\nmodels:\n  - name: planted\n"),
        (ClientId::Continue, "a: 1\n---\nb: 2\n"),
        (ClientId::Continue, "models: planted\n"),
        (ClientId::Continue, "- a\n- b\n"),
        (ClientId::Aider, "model: {planted\n"),
        (ClientId::Aider, "openai-api-key:\n  - planted\n"),
        (ClientId::OpenCode, "{ \"planted\": "),
        (ClientId::OpenCode, "[1]"),
        (ClientId::OpenCode, "{\"provider\": 3}"),
    ];
    for (client, text) in table {
        let home = Home::with(client, text);
        let trouble = home.preview(client, "m").expect_err(text);
        assert_eq!(trouble.code, Code::Invalid, "{text}");
        assert!(!trouble.message.contains("planted"), "{}", trouble.message);
        assert!(trouble.message.contains(&home.path(client).display().to_string()), "{}", trouble.message);
        assert_eq!(home.text(client), text);
        assert!(!home.configured(client));
    }
}

#[test]
fn a_copy_can_be_put_back_and_that_undone() {
    for client in ALL {
        let home = Home::with(client, rich(client));
        assert_eq!(home.clients.restore(client).expect_err("nothing to restore").code, Code::NotFound);
        let backup = PathBuf::from(home.apply(client, "m").backup.expect("a copy"));
        assert_eq!(std::fs::read_to_string(&backup).expect("a copy"), rich(client));
        #[cfg(unix)]
        assert_eq!(mode(&backup), 0o600);
        let view = home.clients.list(BASE).into_iter().find(|view| view.id == client).expect("listed");
        assert!(view.backup_at.is_some_and(|at| at > 0));
        let written = home.text(client);
        home.clients.restore(client).expect("restored");
        assert_eq!(home.text(client), rich(client));
        home.clients.restore(client).expect("restored again");
        assert_eq!(home.text(client), written);
    }
}

#[test]
fn line_ends_of_windows_stay() {
    for client in ALL {
        let windows = rich(client).replace('\n', "\r\n");
        let home = Home::with(client, &windows);
        home.apply(client, "m");
        let after = home.text(client);
        assert!(!after.replace("\r\n", "").contains('\n'), "{after:?}");
        assert!(keeps(rich(client), &after, &["model: gpt-4o # mine"]), "{after}");
        assert!(home.configured(client));
    }
}

#[test]
fn only_the_last_copies_are_kept() {
    let client = ClientId::Continue;
    let home = Home::with(client, rich(client));
    let copies: Vec<PathBuf> = (0..8)
        .map(|number| PathBuf::from(home.apply(client, &format!("m{number}")).backup.expect("a copy")))
        .collect();
    let there: Vec<bool> = copies.iter().map(|copy| copy.exists()).collect();
    assert_eq!(there, [false, false, false, true, true, true, true, true]);
}

#[test]
fn names_that_yaml_would_take_for_something_else_are_quoted() {
    for model in ["yes", "123", "a: b", "a #b", "*x", "it's", "{a}", "models/gemini"] {
        let home = Home::with(ClientId::Continue, CONTINUE);
        home.apply(ClientId::Continue, model);
        assert!(home.preview(ClientId::Continue, model).expect("a preview").unchanged, "{model}");
    }
    let trouble = Home::new().preview(ClientId::Aider, "a\nb: c").expect_err("two lines");
    assert_eq!(trouble.field.as_deref(), Some("model"));
}

#[test]
fn without_a_key_something_stands_in_its_place() {
    let home = Home::new();
    let choice = ClientChoice { model: "m".to_owned(), key: None };
    let revision = home.clients.preview(ClientId::Aider, &choice, BASE).expect("a preview").revision;
    let apply = ClientApply { model: "m".to_owned(), key: None, revision };
    home.clients.apply(ClientId::Aider, &apply, BASE).expect("applied");
    assert!(home.text(ClientId::Aider).contains("openai-api-key: postern\n"));
}

#[test]
fn opencode_reads_the_file_with_comments_first() {
    let home = Home::with(ClientId::OpenCode, OPENCODE);
    std::fs::write(home.path(ClientId::OpenCode).with_extension("jsonc"), "{}").expect("written");
    assert!(home.path(ClientId::OpenCode).ends_with("opencode.jsonc"));
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_the_mode_stays() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let dotfiles = home.folder.path().join("dotfiles");
    std::fs::create_dir(&dotfiles).expect("created");
    let real = dotfiles.join("aider.yml");
    std::fs::write(&real, AIDER).expect("written");
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).expect("set");
    std::os::unix::fs::symlink("dotfiles/aider.yml", home.path(ClientId::Aider)).expect("linked");
    let applied = home.apply(ClientId::Aider, "m");
    assert!(home.path(ClientId::Aider).is_symlink());
    assert!(std::fs::read_to_string(&real).expect("read").contains(API));
    assert_eq!(mode(&real), 0o640);
    assert!(Path::new(&applied.backup.expect("a copy")).starts_with(dotfiles.canonicalize().expect("there")));
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn what_does_not_end_is_not_read() {
    let home = Home::new();
    let choice = ClientChoice { model: "gemini".to_owned(), key: None };
    let file = home.folder.path().join(".aider.conf.yml");
    std::os::unix::fs::symlink("/dev/zero", &file).expect("a link");
    let trouble = home.clients.preview(ClientId::Aider, &choice, BASE).expect_err("not a file");
    assert_eq!(trouble.code, Code::Unavailable);
    assert!(home.clients.list(BASE).iter().all(|view| !view.configured));

    std::fs::remove_file(&file).expect("removed");
    std::fs::File::create(&file).and_then(|file| file.set_len(1 << 40)).expect("a large one");
    assert!(home.clients.preview(ClientId::Aider, &choice, BASE).is_err(), "a terabyte");
}
