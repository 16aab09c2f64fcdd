//! From settings and folders to what the rooms of the browser and the site want.

use std::path::{Path, PathBuf};
use std::time::Duration;

use postern_aistudio::{Config, Fleet, FleetLimits, Studio, ToolSetting, Tools};
use postern_browser::find::{Family, Kind};
use postern_browser::{BrowserProxy, CaptureMode, Options, ProxyChoice, ProxySpeech};
use postern_net::{ProxyKind, ProxyRule};
use postern_settings::{Browser, Capture, Settings, ToolMode};

use crate::{AccountName, Accounts, Paths};

/// How the browser is to be found and started.
pub fn browser_options(settings: &Settings, paths: &Paths) -> Options {
    let browser = &settings.browser;
    Options {
        path: browser.path.clone(),
        driver: browser.driver.clone(),
        webdriver_url: browser.webdriver_url.as_ref().map(|url| url.0.clone()),
        remote_profile: None,
        headless: browser.headless,
        args: browser.args.clone(),
        proxy: browser_proxy(settings),
        capture: match settings.aistudio.capture {
            Capture::Network => CaptureMode::Network,
            Capture::Page => CaptureMode::Page,
        },
        log_dir: paths.logs(),
    }
}

/// How browsers get out. What the settings name as a proxy is one; they have checked it in the same way.
fn browser_proxy(settings: &Settings) -> ProxyChoice {
    let network = &settings.network;
    let proxy = match network.proxy.0.parse() {
        Ok(ProxyRule::Via(proxy)) => proxy,
        Ok(ProxyRule::Direct) => return ProxyChoice::Direct,
        Ok(ProxyRule::System) | Err(_) => return ProxyChoice::AsSystem,
    };
    let speaks = match proxy.kind() {
        ProxyKind::Http => ProxySpeech::Http,
        ProxyKind::Https => ProxySpeech::Https,
        ProxyKind::Socks5 => ProxySpeech::Socks { names_there: false },
        ProxyKind::Socks5h => ProxySpeech::Socks { names_there: true },
    };
    let bypass = network.no_proxy.iter().map(|entry| entry.0.clone()).collect();
    ProxyChoice::Via(BrowserProxy { speaks, host: proxy.host().to_owned(), port: proxy.port(), bypass })
}

/// How many browsers may run at once, and for how long without a request.
pub(crate) fn fleet_limits(settings: &Settings) -> FleetLimits {
    let Browser { max_live, idle_stop, .. } = settings.browser;
    FleetLimits { max_live, idle_stop: Some(idle_stop).filter(|time| !time.is_zero()) }
}

/// Takes the account into service. Its browser starts when it is first needed.
pub fn open_studio(settings: &Settings, paths: &Paths, account: &AccountName) -> Studio {
    let fleet = Fleet::new(fleet_limits(settings));
    open_studio_after(settings, paths, account, &fleet, async {})
}

/// [`open_studio`] among the browsers of a house, but nothing is done with the profile until `free` resolves.
pub(crate) fn open_studio_after(
    settings: &Settings,
    paths: &Paths,
    account: &AccountName,
    fleet: &Fleet,
    free: impl Future<Output = ()> + Send + 'static,
) -> Studio {
    let accounts = Accounts::new(paths);
    let home = Home {
        name: account.clone(),
        profile: accounts.profile(account),
        snapshots: accounts.snapshots(account),
        program: accounts.read(account).program,
    };
    open_on(settings, paths, &home, fleet, free)
}

/// Where an account is, in service or on its way there.
pub(crate) struct Home {
    pub(crate) name: AccountName,
    pub(crate) profile: PathBuf,
    pub(crate) snapshots: PathBuf,
    /// The program that the profile was made with.
    pub(crate) program: Option<PathBuf>,
}

/// How long the first page of a browser may take: on a slow line it fetches everything.
const FIRST_PAGE: Duration = Duration::from_secs(60);

/// [`open_studio_after`] for an account that is anywhere.
pub(crate) fn open_on(
    settings: &Settings,
    paths: &Paths,
    home: &Home,
    fleet: &Fleet,
    free: impl Future<Output = ()> + Send + 'static,
) -> Studio {
    let site = &settings.aistudio;
    let config = Config {
        url: site.url.0.clone(),
        browser: Options {
            // Each driver has a log of its own.
            log_dir: paths.logs().join(home.name.to_string()),
            remote_profile: remote_profile(settings, &home.name),
            ..options_for(settings, paths, home.program.clone())
        },
        profile_dir: home.profile.clone(),
        name: home.name.to_string(),
        temporary_chat: site.temporary_chat,
        tool_mode: match site.tool_mode {
            ToolMode::Auto => ToolSetting::Auto,
            ToolMode::Native => ToolSetting::Native,
            ToolMode::Emulated => ToolSetting::Emulated,
        },
        tools: Tools {
            search: site.google_search,
            url_context: site.url_context,
            code_execution: site.code_execution,
            maps: site.google_maps,
        },
        selectors_file: Some(paths.selectors()),
        snapshots_dir: home.snapshots.clone(),
        max_snapshots: settings.diagnostics.max_snapshots,
        first_page_timeout: FIRST_PAGE,
        first_byte_timeout: settings.limits.first_byte_timeout,
        silence_timeout: settings.limits.silence_timeout,
        pause: site.pause,
        fleet: fleet.clone(),
        tabs: site.tabs_per_account,
    };
    Studio::open_after(config, free)
}

/// How the browser of a profile that was made with this program is to be found. The settings win.
pub(crate) fn options_for(settings: &Settings, paths: &Paths, program: Option<PathBuf>) -> Options {
    let options = browser_options(settings, paths);
    // One that is gone is looked for anew, so that an account does not end with a browser's path.
    let program = program.filter(|program| program.is_file());
    Options { path: options.path.or(program), ..options }
}

/// The account's profile where a remote browser runs. Paths there may be of another kind than those here.
fn remote_profile(settings: &Settings, account: &AccountName) -> Option<String> {
    let folder = settings.browser.remote_profiles.as_deref()?.display().to_string();
    Some(format!("{}/{account}", folder.trim_end_matches('/')))
}

/// What the user's browser is started with so that a person can sign in: the account's profile, the
/// site, and what the user adds; nothing that steers it.
pub fn sign_in_arguments(settings: &Settings, browser: Kind, profile: &Path) -> Vec<String> {
    let profile = profile.display().to_string();
    let mut arguments = match browser.family() {
        Family::Chromium => vec![
            format!("--user-data-dir={profile}"),
            "--no-first-run".to_owned(),
            "--no-default-browser-check".to_owned(),
        ],
        // Otherwise a window of the person's everyday Firefox would open.
        Family::Firefox => vec!["--profile".to_owned(), profile, "--no-remote".to_owned()],
    };
    let args = &settings.browser.args;
    if browser.family() == Family::Chromium {
        arguments.extend(browser_proxy(settings).switches(args));
    }
    arguments.extend(args.iter().cloned());
    arguments.push(format!("{}/prompts/new_chat", settings.aistudio.url.0));
    arguments
}
