//! From settings and folders to what the rooms of the browser and the site want.

use std::path::{Path, PathBuf};
use std::time::Duration;

use postern_aistudio::{Config, Fleet, FleetLimits, Studio, ToolSetting, Tools};
use postern_browser::find::{Family, Kind};
use postern_browser::{CaptureMode, Options, ProxyChoice};
use postern_net::ProxyRule;
use postern_settings::{Browser, Capture, Settings, ToolMode};

use crate::{AccountName, Accounts, Paths, way};

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
        proxy: browser_proxy(settings, None),
        capture: match settings.aistudio.capture {
            Capture::Network => CaptureMode::Network,
            Capture::Page => CaptureMode::Page,
        },
        log_dir: paths.logs(),
    }
}

/// How a browser gets out: by its account's own way, else as the settings say, which have checked theirs in the same way.
pub(crate) fn browser_proxy(settings: &Settings, own: Option<&ProxyRule>) -> ProxyChoice {
    let network = &settings.network;
    let common = || network.proxy.0.parse().unwrap_or(ProxyRule::System);
    way::for_browser(&own.cloned().unwrap_or_else(common), &network.no_proxy)
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
    open_on(settings, paths, &home(paths, account), fleet, free)
}

fn home(paths: &Paths, account: &AccountName) -> Home {
    let accounts = Accounts::new(paths);
    let kept = accounts.read(account);
    Home {
        name: account.clone(),
        profile: accounts.profile(account),
        snapshots: accounts.snapshots(account),
        proxy: kept.proxy.map(|own| own.0),
        program: kept.program,
    }
}

/// Where an account is, in service or on its way there.
pub(crate) struct Home {
    pub(crate) name: AccountName,
    pub(crate) profile: PathBuf,
    pub(crate) snapshots: PathBuf,
    /// The program that the profile was made with.
    pub(crate) program: Option<PathBuf>,
    /// Its own way out; `None` for that of all.
    pub(crate) proxy: Option<ProxyRule>,
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
    Studio::open_after(config(settings, paths, home, fleet), free)
}

fn config(settings: &Settings, paths: &Paths, home: &Home, fleet: &Fleet) -> Config {
    let site = &settings.aistudio;
    Config {
        url: site.url.0.clone(),
        browser: Options {
            // Each driver has a log of its own.
            log_dir: paths.logs().join(home.name.to_string()),
            remote_profile: remote_profile(settings, &home.name),
            proxy: browser_proxy(settings, home.proxy.as_ref()),
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
    }
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
/// site by the account's `own` way, if it has one, and what the user adds; nothing that steers it.
pub fn sign_in_arguments(
    settings: &Settings,
    browser: Kind,
    profile: &Path,
    own: Option<&ProxyRule>,
) -> Vec<String> {
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
        arguments.extend(browser_proxy(settings, own).switches(args));
    }
    arguments.extend(args.iter().cloned());
    arguments.push(format!("{}/prompts/new_chat", settings.aistudio.url.0));
    arguments
}

#[cfg(test)]
mod tests {
    use postern_settings::{File, Flags};

    use super::*;

    #[test]
    fn the_browser_of_an_account_goes_by_its_own_way_and_others_by_that_of_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
        let text = "[network]\nproxy = \"http://all.example:8080\"\nno_proxy = [\"nas\"]\n";
        let file = File { name: "config.toml", text };
        let settings = postern_settings::resolve(Some(file), |_| None, Flags::default()).expect("settings");
        let accounts = Accounts::new(&paths);
        let switches = |name: &str, proxy: Option<&str>| {
            let name: AccountName = name.parse().expect("a name");
            accounts.create(&name).expect("created");
            let own = proxy.map(|proxy| proxy.to_owned().try_into().expect("a way"));
            accounts.change(&name, |kept| kept.proxy = own).expect("kept");
            let fleet = Fleet::new(fleet_limits(&settings));
            let home = home(&paths, &name);
            let started = config(&settings, &paths, &home, &fleet).browser.proxy.switches(&[]);
            let signed_in = sign_in_arguments(&settings, Kind::Chromium, &home.profile, home.proxy.as_ref());
            assert!(started.iter().all(|switch| signed_in.contains(switch)), "{signed_in:?}");
            started.first().cloned()
        };
        let own = switches("a", Some("socks5h://127.0.0.1:1080"));
        assert_eq!(own.as_deref(), Some("--proxy-server=socks5://127.0.0.1:1080"));
        assert_eq!(switches("b", None).as_deref(), Some("--proxy-server=http://all.example:8080"));
        assert_eq!(switches("c", Some("direct")).as_deref(), Some("--no-proxy-server"));
        assert_eq!(switches("d", Some("system")), None);
    }
}
