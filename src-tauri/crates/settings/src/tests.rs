mod editing;
mod network;
mod proxy;
mod upstreams;

use std::time::Duration;

use super::*;

fn from_file(text: &str) -> Result<Settings, Error> {
    resolve(Some(File { name: "config.toml", text }), |_| None, Flags::default())
}

fn complaint(text: &str) -> String {
    from_file(text).expect_err("should be refused").to_string()
}

/// The default file with its keys switched on.
fn written_out() -> String {
    let is_key = |line: &str| line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
    let switch = |line: &'static str| match line.strip_prefix("# ") {
        Some(rest) if is_key(rest) => rest,
        _ => line,
    };
    DEFAULT_FILE.lines().map(switch).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_default_file_changes_nothing() {
    assert_eq!(from_file(DEFAULT_FILE), Ok(Settings::default()));
}

#[test]
fn the_default_file_states_the_defaults() {
    assert_eq!(from_file(&written_out()), Ok(Settings::default()));
}

#[test]
fn the_default_file_has_every_key_and_every_key_is_described() {
    let written: toml::Table = written_out().parse().expect("TOML");
    let shown = toml::Table::try_from(Settings::default()).expect("a table");
    assert_eq!(written, shown);
    let described = describe();
    let mut in_file = Vec::new();
    for (section, names) in &written {
        for (name, value) in names.as_table().expect("a section") {
            let key = format!("{section}.{name}");
            let inner = value.as_table().filter(|_| !described.iter().any(|known| known.key == key));
            match inner {
                Some(inner) => in_file.extend(inner.keys().map(|name| format!("{key}.{name}"))),
                None => in_file.push(key),
            }
        }
    }
    let mut known: Vec<String> = described.iter().map(|known| known.key.to_owned()).collect();
    in_file.sort();
    known.sort();
    assert_eq!(in_file, known);
    for known in described {
        let (first, rest) = known.key.split_once('.').expect("a section");
        let default = rest.split('.').fold(&written[first], |section, name| &section[name]);
        let default = serde_json::to_value(default).expect("JSON");
        assert_eq!(default, known.default, "{}", known.key);
    }
}

const EVERY_KEY: &str = r#"
[server]
host = "::1"
port = 0
allowed_hosts = ["Gate.Example.org", "192.168.1.7"]
allowed_origins = ["https://chat.example.org:8443"]
[aistudio]
url = "http://127.0.0.1:9000/"
capture = "page"
temporary_chat = false
tool_mode = "emulated"
google_search = true
url_context = true
code_execution = true
google_maps = true
excluded_models = ["gemini-old"]
pause_ms = 250
tabs_per_account = 3
choice = "most_quota_left"
recheck_s = 0
[browser]
path = "/opt/chrome"
driver = "/opt/driver"
webdriver_url = "http://127.0.0.1:4444"
remote_profiles = "/srv/profiles"
headless = false
args = ["--lang=en"]
max_live = 2
idle_stop_s = 0
[limits]
first_byte_timeout_s = 1
silence_timeout_s = 2
total_timeout_s = 3
quota_cooldown_s = 7
rate_cooldown_s = 8
queue_length = 4
body_bytes = 5000
keep_alive_s = 6
[network]
proxy = "socks5h://me:secret@proxy.example.org:1080/"
no_proxy = [".Lan", "10.0.0.0/8"]
[files]
max_bytes = 6000
fetch_timeout_s = 5
local_folders = ["/srv/pictures"]
local_keys = ["laptop"]
local_hosts = ["NAS.lan:8080", "[::1]:9000"]
[diagnostics]
max_snapshots = 0
[console]
remote = true
session_days = 7
[models]
aliases = { "gpt-4o" = "gemini-pro" }
fallbacks = { best = ["one/a", "b"] }
excluded = ["aistudio/old"]
[mcp]
servers = { files = "http://127.0.0.1:8000/mcp/" }
tokens = { files = "FILES_TOKEN" }
allowed = ["plain+https://tools.example.org"]
tools = "all"
timeout_s = 9
result_bytes = 2048
max_rounds = 3
[proxy]
known_vendors = false
body_bytes = 1024
first_byte_timeout_s = 1
silence_timeout_s = 2
[proxy.allowed_domains]
"NAS.lan:11434" = { auth_type = "off", https = false, key = "home", record = false }
"*.openai.azure.com" = true
"api.openai.com" = false
[proxy.probe_request]
path_blocklist = ["/"]
path_prefix_blocklist = ["/web/"]
user_agent_substrings = ["Censys"]
allowed_methods = ["get"]
ip_blocklist = ["192.0.2.7"]
[proxy.probe_filter]
patterns = ["^GET /health$"]
ip_patterns = ["^10"]
custom_patterns = ["a|b"]
custom_ip_patterns = ["1$"]
disable_default_patterns = true
disable_default_ip_patterns = true
[requests]
keep_days = 8
max_rows = 900
replay_bytes = 0
[recording]
enabled = false
retention_days = 90
max_bytes = 1024
[logs]
level = "debug"
max_bytes = 1048576
[window]
theme = "dark"
language = "zh-CN"
density = "compact"
close = "tray"
start_hidden = true
open_at_login = true
keep_page_s = 0
[notifications]
enabled = true
"#;

fn every_key_of_the_site() -> AiStudio {
    AiStudio {
        url: WebUrl("http://127.0.0.1:9000".into()),
        capture: Capture::Page,
        temporary_chat: false,
        tool_mode: ToolMode::Emulated,
        google_search: true,
        url_context: true,
        code_execution: true,
        google_maps: true,
        excluded_models: vec!["gemini-old".into()],
        pause: Duration::from_millis(250),
        tabs_per_account: 3,
        choice: AccountChoice::MostQuotaLeft,
        recheck: Duration::ZERO,
    }
}

fn every_key_of_mcp() -> Mcp {
    Mcp {
        servers: [("files".to_owned(), McpAddress("http://127.0.0.1:8000/mcp/".into()))].into(),
        tokens: [("files".to_owned(), Variable("FILES_TOKEN".into()))].into(),
        allowed: vec![McpAddress("plain+https://tools.example.org".into())],
        tools: Offered::All,
        timeout: Duration::from_secs(9),
        result_bytes: 2048,
        max_rounds: 3,
    }
}

fn every_key_of_the_network() -> Network {
    Network {
        proxy: WayOut("socks5h://me:secret@proxy.example.org:1080".into()),
        no_proxy: vec![NoProxy(".lan".into()), NoProxy("10.0.0.0/8".into())],
    }
}

fn every_key_of_files() -> Files {
    Files {
        max_bytes: 6000,
        fetch_timeout: Duration::from_secs(5),
        local_folders: vec![FolderPath("/srv/pictures".into())],
        local_keys: vec!["laptop".into()],
        local_hosts: vec![HostPort("nas.lan:8080".into()), HostPort("[::1]:9000".into())],
    }
}

#[test]
fn every_key_can_be_set() {
    let seconds = Duration::from_secs;
    let server = Server {
        host: "::1".parse().expect("valid"),
        port: 0,
        allowed_hosts: vec![HostName("gate.example.org".into()), HostName("192.168.1.7".into())],
        allowed_origins: vec![Origin("https://chat.example.org:8443".into())],
    };
    let aistudio = every_key_of_the_site();
    let browser = Browser {
        path: Some("/opt/chrome".into()),
        driver: Some("/opt/driver".into()),
        webdriver_url: Some(WebUrl("http://127.0.0.1:4444".into())),
        remote_profiles: Some("/srv/profiles".into()),
        headless: false,
        args: vec!["--lang=en".into()],
        max_live: 2,
        idle_stop: Duration::ZERO,
    };
    let limits = Limits {
        first_byte_timeout: seconds(1),
        silence_timeout: seconds(2),
        total_timeout: seconds(3),
        quota_cooldown: seconds(7),
        rate_cooldown: seconds(8),
        queue_length: 4,
        body_bytes: 5000,
        keep_alive: seconds(6),
    };
    let settings = from_file(EVERY_KEY).expect("valid");
    assert_eq!(
        (&settings.server, &settings.aistudio, &settings.browser, &settings.limits),
        (&server, &aistudio, &browser, &limits)
    );
    assert_eq!(settings.network, every_key_of_the_network());
    assert_eq!(settings.files, every_key_of_files());
    assert_eq!(settings.diagnostics, Diagnostics { max_snapshots: 0 });
    assert_eq!(settings.console, Console { remote: true, session_days: 7 });
    let aliases = [("gpt-4o".to_owned(), "gemini-pro".to_owned())].into();
    let fallbacks = [("best".to_owned(), vec!["one/a".to_owned(), "b".to_owned()])].into();
    let excluded = vec![ModelPath("aistudio/old".into())];
    assert_eq!(settings.models, Models { aliases, fallbacks, excluded });
    assert_eq!(settings.mcp, every_key_of_mcp());
    assert_eq!(settings.proxy, proxy::every_key());
    assert_eq!(settings.requests, Requests { keep_days: 8, max_rows: 900, replay_bytes: 0 });
    assert_eq!(settings.recording, Recording { enabled: false, retention_days: 90, max_bytes: 1024 });
    assert_eq!(settings.logs, Logs { level: Level::Debug, max_bytes: 1_048_576 });
    let window = Window {
        theme: Theme::Dark,
        language: Language::Chinese,
        density: Density::Compact,
        close: Close::Tray,
        start_hidden: true,
        open_at_login: true,
        keep_page: Duration::ZERO,
    };
    assert_eq!(settings.window, window);
    assert_eq!(settings.notifications, Notifications { enabled: true });
    for known in describe() {
        assert_ne!(settings.value(known.key), known.default, "{} is not read", known.key);
    }
}

#[test]
fn a_complaint_names_file_line_key_and_what_belongs_there() {
    let table = [
        (
            "[server]\nport = 70000",
            "config.toml, line 2: server.port: invalid value: integer `70000`, expected a whole number from 0 to 65535",
        ),
        (
            "\n\n[limits]\nqueue_length = \"many\"",
            "config.toml, line 4: limits.queue_length: invalid type: string \"many\", expected a whole number from 1 to 100000",
        ),
        (
            "[limits]\nsilence_timeout_s = 0",
            "config.toml, line 2: limits.silence_timeout_s: invalid value: integer `0`, expected a whole number from 1 to 86400",
        ),
        (
            "[server]\nhost = \"example.org\"",
            "config.toml, line 2: server.host: invalid value: string \"example.org\", expected an IP address such as 127.0.0.1, 0.0.0.0 or ::1, or localhost",
        ),
        (
            "[server]\nallowed_hosts = [\"a.example\", \"https://b.example\"]",
            "config.toml, line 2: server.allowed_hosts[1]: invalid value: string \"https://b.example\", expected a host name or IP address without scheme and port, such as gate.example.org",
        ),
        (
            "[aistudio]\ncapture = \"dom\"",
            "config.toml, line 2: aistudio.capture: invalid value: string \"dom\", expected \"network\" or \"page\"",
        ),
        (
            "[aistudio]\nurl = \"aistudio.google.com\"",
            "config.toml, line 2: aistudio.url: invalid value: string \"aistudio.google.com\", expected a URL that starts with http:// or https://",
        ),
        (
            "[files]\nlocal_folders = [\"Pictures\"]",
            "config.toml, line 2: files.local_folders[0]: invalid value: string \"Pictures\", expected the whole path of a folder, such as /home/me/Pictures",
        ),
        (
            "[server]\nprot = 1",
            "config.toml, line 2: server.prot: unknown field `prot`, expected one of `host`, `port`, `allowed_hosts`, `allowed_origins`",
        ),
        (
            "[sever]\nport = 1",
            "config.toml, line 1: sever: unknown field `sever`, expected one of `server`, `aistudio`, `browser`, `limits`, `network`, `files`, `diagnostics`, `console`, `models`, `upstreams`, `mcp`, `proxy`, `requests`, `recording`, `logs`, `window`, `notifications`",
        ),
        (
            "[models.aliases]\na = \"b\"\nc = \"c\"",
            "config.toml, line 3: models.aliases.c: invalid value: string \"c\", expected the id of another model, without spaces",
        ),
        (
            "[models.aliases]\na = \"b\"\nb = \"c\"",
            "config.toml, line 1: models.aliases: `a` stands for `b`, which is such a name itself; expected the model's own id",
        ),
        (
            "[models]\nexcluded = [\"gemini\"]",
            "config.toml, line 2: models.excluded[0]: invalid value: string \"gemini\", expected an upstream and its model, such as aistudio/gemini-2.5-pro",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(complaint(text), expected);
    }
}

#[test]
fn a_complaint_about_the_path_proxy_names_the_entry() {
    let table = [
        (
            "[proxy.probe_filter]\npatterns = [\"^GET\", \"(\"]",
            "config.toml, line 2: proxy.probe_filter.patterns[1]: invalid value: string \"(\", expected a regular expression such as ^GET /health$",
        ),
        (
            "[proxy]\nallowed_domains.\"https://x.example\" = true",
            "config.toml, line 2: proxy.allowed_domains: invalid value \"https://x.example\", expected a host without scheme and path, maybe with a port, such as api.example.com or 127.0.0.1:11434, or *.example.com for all below it",
        ),
        (
            "[proxy]\nallowed_domains.\"x.example\" = { auth_type = \"bearer\" }",
            "config.toml, line 2: proxy.allowed_domains.x.example.auth_type: invalid value: string \"bearer\", expected \"auto\" or \"openai\" or \"anthropic\" or \"google\" or \"azure\" or \"off\"",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(complaint(text), expected);
    }
}

#[test]
fn what_is_not_toml_is_refused_with_its_line() {
    let complaint = complaint("[server]\nport 2048\n");
    assert!(complaint.starts_with("config.toml, line 2: "), "{complaint}");
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = || Some(File { name: "config.toml", text: "[server]\nport = 1\nhost = \"10.0.0.1\"" });
    let environment = |name: &str| match name {
        "POSTERN_PORT" => Some("2".to_owned()),
        "POSTERN_HOST" => Some(" localhost ".to_owned()),
        _ => None,
    };
    let flags = Flags { host: None, port: Some(3) };
    let at = |settings: Settings| format!("{}:{}", settings.server.host, settings.server.port);

    assert_eq!(resolve(file(), |_| None, Flags::default()).map(at), Ok("10.0.0.1:1".to_owned()));
    assert_eq!(resolve(file(), environment, Flags::default()).map(at), Ok("127.0.0.1:2".to_owned()));
    assert_eq!(resolve(file(), environment, flags).map(at), Ok("127.0.0.1:3".to_owned()));
    assert_eq!(resolve(None, |_| Some(String::new()), Flags::default()), Ok(Settings::default()));
}

#[test]
fn a_bad_variable_is_named() {
    let environment = |name: &str| (name == "POSTERN_PORT").then(|| "http".to_owned());
    let complaint = resolve(None, environment, Flags::default()).expect_err("should be refused");
    assert_eq!(
        complaint.to_string(),
        "environment variable POSTERN_PORT: invalid value \"http\", expected a whole number from 0 to 65535"
    );
}

#[test]
fn a_host_of_files_has_no_scheme_and_no_path() {
    let hosts = |host: &str| from_file(&format!("[files]\nlocal_hosts = [\"{host}\"]"));
    for good in ["nas", "nas.lan:8080", "127.0.0.1", "[::1]", "[::1]:80"] {
        assert_eq!(hosts(good).expect("a host").files.local_hosts, [HostPort(good.to_owned())]);
    }
    for bad in ["", "http://nas", "nas/x", "nas:", "nas:0", "::1", "[::1", "me@nas"] {
        assert!(hosts(bad).is_err(), "{bad}");
    }
}

#[test]
fn origins_and_urls_have_no_loose_ends() {
    for text in ["", "https://", "https://a/b", "https://a b", "chat.example.org", "https://*"] {
        assert_eq!(Origin::from_text(text), None, "{text}");
    }
    for text in ["", "https://", "https:///x", "ftp://a"] {
        assert_eq!(WebUrl::from_text(text), None, "{text}");
        assert_eq!(McpAddress::from_text(text), None, "{text}");
    }
    for text in ["plain+", "plain+plain+http://a", "http://me@a/mcp", "http://a/mcp?key=1", "http://a/mcp#x"]
    {
        assert_eq!(McpAddress::from_text(text), None, "{text}");
    }
    for text in ["", "1TOKEN", "env:TOKEN", "TO KEN"] {
        assert_eq!(Variable::from_text(text), None, "{text}");
    }
    let grid = WebUrl("https://me:secret@grid.example:4444/hub".to_owned());
    assert_eq!(grid.without_password(), "https://grid.example:4444/hub");
    assert_eq!(format!("{grid:?}"), "WebUrl(\"https://grid.example:4444/hub\")");
}

#[test]
fn everybody_who_decides_is_told_apart() {
    let file = "[server]\nport = 1\nhost = \"::1\"\n[logs]\nlevel = \"warn\"\n[window]\ntheme = \"dark\"";
    let environment = |name: &str| match name {
        "POSTERN_PORT" => Some("2".to_owned()),
        "POSTERN_LOG" => Some("debug".to_owned()),
        "POSTERN_HOST" => Some(" ".to_owned()),
        _ => None,
    };
    let found = sources(Some(file), environment, Flags::default());
    let of = |key| (found[key], key);
    assert_eq!(of("server.port"), (Source::Environment, "server.port"));
    assert_eq!(of("server.host"), (Source::File, "server.host"));
    assert_eq!(of("logs.level"), (Source::Environment, "logs.level"));
    assert_eq!(of("window.theme"), (Source::File, "window.theme"));
    assert_eq!(of("window.close"), (Source::Default, "window.close"));
    let flagged = sources(Some(file), environment, Flags { host: None, port: Some(3) });
    assert_eq!(flagged["server.port"], Source::Flag);
    assert_eq!(found.len(), describe().len());
}
