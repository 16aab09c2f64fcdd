//! The search on made-up machines of all three systems.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::choices::all;
use super::host::{Host, Os};
use super::search::{candidates, find};
use super::{Family, FindError, Kind, ObstacleKind, Role};
use crate::Options;

struct Fake {
    os: Os,
    variables: HashMap<&'static str, String>,
    /// Programs and what they print for `--version`.
    programs: HashMap<PathBuf, Option<String>>,
    /// Files that are not programs, and their text.
    texts: HashMap<PathBuf, String>,
}

impl Fake {
    fn new(os: Os) -> Self {
        let home = if os == Os::Windows { ("USERPROFILE", "C:/Users/me") } else { ("HOME", "/home/me") };
        let variables = [
            home,
            ("PATH", if os == Os::Windows { "C:/Windows;C:/tools" } else { "/usr/local/bin:/usr/bin" }),
            ("ProgramFiles", "C:/Program Files"),
            ("ProgramFiles(x86)", "C:/Program Files (x86)"),
            ("LOCALAPPDATA", "C:/Users/me/AppData/Local"),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self { os, variables, programs: HashMap::new(), texts: HashMap::new() }
    }

    fn program(mut self, path: &str, output: &str) -> Self {
        self.programs.insert(path.into(), Some(output.to_owned()));
        self
    }

    /// A program that prints nothing.
    fn silent(mut self, path: &str) -> Self {
        self.programs.insert(path.into(), None);
        self
    }

    /// A file that is no program; or what one prints, when the path is the words of its command line.
    fn file(mut self, path: &str, text: &str) -> Self {
        self.texts.insert(path.into(), text.to_owned());
        self
    }

    fn script(mut self, path: &str, text: &str) -> Self {
        self.texts.insert(path.into(), text.to_owned());
        self.silent(path)
    }
}

impl Host for Fake {
    fn os(&self) -> Os {
        self.os
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn is_file(&self, path: &Path) -> bool {
        self.programs.contains_key(path)
    }

    fn names_in(&self, folder: &Path) -> Vec<String> {
        let all = self.programs.keys().chain(self.texts.keys());
        let inside = all.filter_map(|path| path.strip_prefix(folder).ok());
        let names =
            inside.filter_map(|rest| rest.iter().next()).map(|name| name.to_string_lossy().into_owned());
        names.collect()
    }

    fn beginning(&self, path: &Path) -> String {
        self.texts.get(path).cloned().unwrap_or_default()
    }

    fn text(&self, path: &Path) -> Option<String> {
        self.texts.get(path).cloned()
    }

    fn output(&self, program: &Path, words: &[&str]) -> Option<String> {
        if words == ["--version"] {
            return self.programs.get(program).cloned().flatten();
        }
        self.texts.get(Path::new(&format!("{} {}", program.display(), words.join(" ")))).cloned()
    }
}

fn none() -> Options {
    Options::default()
}

fn remedy(error: FindError) -> String {
    match error {
        FindError::NotFound { remedy } => remedy,
        FindError::VersionMismatch { .. } => panic!("{error}"),
    }
}

#[test]
fn debian_with_its_own_packages() {
    let host = Fake::new(Os::Linux)
        .program("/usr/bin/chromium", "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n")
        .program(
            "/usr/bin/chromedriver",
            "ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})\n",
        );
    let found = find(&host, &none(), None).unwrap();
    assert_eq!(found.kind, Kind::Chromium);
    assert_eq!(found.path, Path::new("/usr/bin/chromium"));
    assert_eq!(found.version, "156.0.8078.79");
    assert_eq!(found.driver, Path::new("/usr/bin/chromedriver"));
    assert_eq!(found.driver_version, "156.0.8078.79");
}

#[test]
fn the_first_browser_with_a_driver_of_its_version_wins() {
    let host = Fake::new(Os::Linux)
        .program("/usr/bin/google-chrome-stable", "Google Chrome 160.0.1.2")
        .program("/usr/bin/microsoft-edge", "Microsoft Edge 159.0.3.4")
        .program("/usr/bin/msedgedriver", "Microsoft Edge WebDriver 159.0.3.9 (abc)")
        .program("/usr/bin/chromium", "Chromium 156.0.8078.79")
        .program("/usr/bin/chromedriver", "ChromeDriver 156.0.8078.79");
    let found = find(&host, &none(), None).unwrap();
    assert_eq!((found.kind, found.driver_version.as_str()), (Kind::Edge, "159.0.3.9"));

    let drivers: Vec<_> = candidates(&host, &none())
        .into_iter()
        .filter(|candidate| candidate.role == Role::Driver)
        .map(|candidate| candidate.path)
        .collect();
    assert_eq!(drivers, [Path::new("/usr/bin/chromedriver"), Path::new("/usr/bin/msedgedriver")]);
}

#[test]
fn a_driver_that_selenium_fetched_is_used() {
    let cache = "/home/me/.cache/selenium/chromedriver/linux64";
    let host = Fake::new(Os::Linux)
        .program("/usr/bin/google-chrome", "Google Chrome 160.0.1.2")
        .program(&format!("{cache}/99.0.0.1/chromedriver"), "ChromeDriver 99.0.0.1")
        .program(&format!("{cache}/160.0.1.0/chromedriver"), "ChromeDriver 160.0.1.0");
    let found = find(&host, &none(), None).unwrap();
    assert_eq!(found.driver, PathBuf::from(format!("{cache}/160.0.1.0/chromedriver")));
}

#[test]
fn windows_reads_the_version_from_the_folder() {
    let folder = "C:/Program Files (x86)/Microsoft/Edge/Application";
    let host = Fake::new(Os::Windows)
        .silent(&format!("{folder}/msedge.exe"))
        .silent(&format!("{folder}/99.0.1.1/msedge.dll"))
        .silent(&format!("{folder}/141.0.3537.57/msedge.dll"))
        .program("C:/tools/msedgedriver.exe", "Microsoft Edge WebDriver 141.0.3537.57 (d8a)");
    let found = find(&host, &none(), None).unwrap();
    assert_eq!((found.kind, found.version.as_str()), (Kind::Edge, "141.0.3537.57"));
    assert_eq!(found.driver, Path::new("C:/tools/msedgedriver.exe"));

    let local = "C:/Users/me/AppData/Local/Google/Chrome/Application";
    let host = Fake::new(Os::Windows)
        .silent(&format!("{local}/chrome.exe"))
        .silent(&format!("{local}/141.0.1.1/chrome.dll"))
        .program(&format!("{local}/chromedriver.exe"), "ChromeDriver 141.0.1.1");
    assert_eq!(find(&host, &none(), None).unwrap().kind, Kind::Chrome);
}

#[test]
fn macos_looks_into_applications() {
    let chrome = "Google Chrome.app/Contents/MacOS/Google Chrome";
    for root in ["/Applications", "/home/me/Applications"] {
        let host = Fake::new(Os::Mac)
            .program(&format!("{root}/{chrome}"), "Google Chrome 141.0.7390.54 \n")
            .program("/opt/homebrew/bin/chromedriver", "ChromeDriver 141.0.7390.54");
        let found = find(&host, &none(), None).unwrap();
        assert_eq!(found.path, Path::new(root).join(chrome));
    }
}

#[test]
fn settings_win_over_what_is_installed() {
    let host = Fake::new(Os::Linux)
        .program("/usr/bin/chromium", "Chromium 156.0.8078.79")
        .program("/usr/bin/chromedriver", "ChromeDriver 156.0.8078.79")
        .program("/opt/mine/edge", "Microsoft Edge 160.0.0.1")
        .program("/opt/mine/driver", "Microsoft Edge WebDriver 160.0.0.1");
    let options = Options {
        path: Some("/opt/mine/edge".into()),
        driver: Some("/opt/mine/driver".into()),
        ..Options::default()
    };
    let found = find(&host, &options, None).unwrap();
    assert_eq!((found.kind, found.path.as_path()), (Kind::Edge, Path::new("/opt/mine/edge")));

    let empty = Options { path: Some(PathBuf::new()), driver: Some(PathBuf::new()), ..Options::default() };
    assert_eq!(find(&host, &empty, None).unwrap().path, Path::new("/usr/bin/chromium"));

    let wrong = Options { path: Some("/opt/none".into()), ..Options::default() };
    assert!(remedy(find(&host, &wrong, None).unwrap_err()).contains("/opt/none"));
    let wrong = Options { driver: Some("/opt/none".into()), ..Options::default() };
    assert!(remedy(find(&host, &wrong, None).unwrap_err()).contains("/opt/none"));
}

#[test]
fn versions_that_disagree_are_told_apart() {
    let host = Fake::new(Os::Linux)
        .program("/usr/bin/chromium", "Chromium 156.0.8078.79")
        .program("/usr/bin/chromedriver", "ChromeDriver 155.9.9.9");
    let FindError::VersionMismatch { browser, driver, remedy } = find(&host, &none(), None).unwrap_err()
    else {
        panic!("a mismatch")
    };
    assert_eq!((browser.as_str(), driver.as_str()), ("156.0.8078.79", "155.9.9.9"));
    assert!(
        remedy.contains("chromium-driver")
            && remedy.contains("156")
            && remedy.contains("/usr/bin/chromedriver")
    );
}

#[test]
fn nothing_found_names_the_remedy_of_the_system() {
    assert!(remedy(find(&Fake::new(Os::Linux), &none(), None).unwrap_err()).contains("apt install chromium"));
    assert!(remedy(find(&Fake::new(Os::Windows), &none(), None).unwrap_err()).contains("Microsoft Edge"));
    assert!(remedy(find(&Fake::new(Os::Mac), &none(), None).unwrap_err()).contains("google.com/chrome"));

    let host = Fake::new(Os::Linux).program("/usr/bin/google-chrome", "Google Chrome 160.0.1.2");
    let text = remedy(find(&host, &none(), None).unwrap_err());
    assert!(text.contains("chromedriver") && text.contains("160"), "{text}");
}

#[test]
fn walled_off_packages_are_recognised_and_explained() {
    let host = Fake::new(Os::Linux)
        .script("/usr/bin/chromium-browser", "#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n")
        .program("/snap/bin/chromium", "Chromium 156.0.0.1 snap")
        .program("/var/lib/flatpak/exports/bin/com.google.Chrome", "Google Chrome 156.0.0.1")
        .program("/usr/bin/chromedriver", "ChromeDriver 156.0.0.1");
    assert!(remedy(find(&host, &none(), None).unwrap_err()).contains("Snap"));
    let problems: Vec<_> = candidates(&host, &none()).into_iter().filter_map(|c| c.problem).collect();
    assert_eq!(problems.iter().filter(|problem| problem.contains("Snap")).count(), 2);
    assert_eq!(problems.iter().filter(|problem| problem.contains("Flatpak")).count(), 1);

    // A system package beside them is used.
    let host = host.program("/usr/bin/google-chrome", "Google Chrome 156.0.0.1");
    assert_eq!(find(&host, &none(), None).unwrap().kind, Kind::Chrome);
}

/// A machine with nothing but this Firefox and its driver.
fn foxes(os: Os) -> (Fake, &'static str, &'static str) {
    let (browser, driver) = match os {
        Os::Linux => ("/usr/bin/firefox-esr", "/home/me/.cargo/bin/geckodriver"),
        Os::Windows => ("C:/Program Files/Mozilla Firefox/firefox.exe", "C:/tools/geckodriver.exe"),
        Os::Mac => ("/Applications/Firefox.app/Contents/MacOS/firefox", "/opt/homebrew/bin/geckodriver"),
    };
    let host = Fake::new(os).program(driver, "geckodriver 0.37.1 (abc 2026-01-01)\n\nThe source code ...");
    if os == Os::Windows {
        let about = "[App]\nVendor=Mozilla\nVersion=140.1.0\nBuildID=1\n";
        return (
            host.silent(browser).file("C:/Program Files/Mozilla Firefox/application.ini", about),
            browser,
            driver,
        );
    }
    (host.program(browser, "Mozilla Firefox 140.1.0esr\n"), browser, driver)
}

#[test]
fn firefox_is_found_with_any_geckodriver_on_every_system() {
    for os in [Os::Linux, Os::Windows, Os::Mac] {
        let (host, browser, driver) = foxes(os);
        let found = find(&host, &none(), None).unwrap();
        assert_eq!((found.kind, found.path.as_path()), (Kind::Firefox, Path::new(browser)), "{os:?}");
        assert_eq!((found.version.as_str(), found.driver_version.as_str()), ("140.1.0", "0.37.1"), "{os:?}");
        assert_eq!(found.driver, Path::new(driver));
        assert_eq!(obstacles(&host), [("Firefox".to_owned(), None)]);
    }
}

#[test]
fn a_firefox_without_its_driver_is_told_where_to_get_it() {
    for (os, words) in
        [(Os::Linux, "cargo install geckodriver"), (Os::Windows, "winget"), (Os::Mac, "brew install")]
    {
        let (mut host, _, driver) = foxes(os);
        host.programs.remove(Path::new(driver));
        let text = remedy(find(&host, &none(), None).unwrap_err());
        assert!(text.contains(words) && text.contains("mozilla/geckodriver/releases"), "{text}");
        let choices = all(&host, &none());
        assert_eq!(choices[0].obstacle().map(|it| it.kind), Some(ObstacleKind::NoDriver));
    }
}

#[test]
fn chromiums_family_comes_first_and_a_profile_keeps_its_own() {
    let (host, browser, _) = foxes(Os::Linux);
    let host = host
        .program("/usr/bin/chromium", "Chromium 156.0.8078.79")
        .program("/usr/bin/chromedriver", "ChromeDriver 156.0.8078.79");
    let kind = |options: &Options, family| find(&host, options, family).map(|found| found.kind);
    assert_eq!(kind(&none(), None), Ok(Kind::Chromium));
    assert_eq!(kind(&none(), Some(Family::Firefox)), Ok(Kind::Firefox));
    assert_eq!(kind(&none(), Some(Family::Chromium)), Ok(Kind::Chromium));
    let fox = Options { path: Some(browser.into()), ..none() };
    assert_eq!(kind(&fox, None), Ok(Kind::Firefox));
    assert_eq!(kind(&fox, Some(Family::Chromium)), Ok(Kind::Chromium));
    // A driver that the settings name is for the browsers that it steers.
    let driver = Options { driver: Some("/usr/bin/chromedriver".into()), ..fox };
    let found = find(&host, &driver, None).unwrap();
    assert_eq!(found.driver, Path::new("/home/me/.cargo/bin/geckodriver"));

    let (alone, ..) = foxes(Os::Linux);
    let text = remedy(find(&alone, &none(), Some(Family::Chromium)).unwrap_err());
    assert!(text.contains("made with Chrome, Edge or Chromium"), "{text}");
}

#[test]
fn what_shuts_a_firefox_in_is_told() {
    let (host, ..) = foxes(Os::Linux);
    let policy = r#"{"policies": {"DisableDeveloperTools": true}}"#;
    let managed = host.file("/etc/firefox/policies/policies.json", policy);
    assert_eq!(obstacles(&managed)[0].1, Some(ObstacleKind::Policy));

    let snap = Fake::new(Os::Linux)
        .script("/usr/bin/firefox", "#!/bin/sh\nexec /snap/bin/firefox \"$@\"\n")
        .program("/usr/bin/geckodriver", "geckodriver 0.37.1");
    assert_eq!(obstacles(&snap), [("Firefox (Snap)".to_owned(), Some(ObstacleKind::Confined))]);
    let action = all(&snap, &none())[0].obstacle().map(|it| it.action.clone()).unwrap();
    assert!(action.contains("firefox-esr"), "{action}");
}

fn obstacles(host: &Fake) -> Vec<(String, Option<ObstacleKind>)> {
    let choices = all(host, &none());
    choices.iter().map(|choice| (choice.name().to_owned(), choice.obstacle().map(|it| it.kind))).collect()
}

#[test]
fn the_choice_shows_each_browser_once_and_what_stands_in_its_way() {
    let host = Fake::new(Os::Linux)
        .program("/usr/bin/google-chrome-stable", "Google Chrome 160.0.1.2")
        .program("/usr/bin/google-chrome", "Google Chrome 160.0.1.2")
        .silent("/usr/bin/microsoft-edge")
        .program("/usr/bin/chromium", "Chromium 156.0.8078.79")
        .program("/usr/lib/chromium/chromium", "Chromium 156.0.8078.79")
        .program("/usr/bin/chromedriver", "ChromeDriver 156.0.8078.79")
        .program("/snap/bin/chromium", "Chromium 157.0.1.1 snap")
        .program("/var/lib/flatpak/exports/bin/com.google.Chrome", "Google Chrome 156.0.0.1")
        .program("/usr/bin/firefox-esr", "Mozilla Firefox 140.1.0esr");
    let name = |name: &str, obstacle| (name.to_owned(), obstacle);
    assert_eq!(
        obstacles(&host),
        [
            name("Chromium", None),
            name("Google Chrome", Some(ObstacleKind::NoDriver)),
            name("Microsoft Edge", Some(ObstacleKind::Silent)),
            name("Chromium (Snap)", Some(ObstacleKind::Confined)),
            name("Google Chrome (Flatpak)", Some(ObstacleKind::Confined)),
            name("Firefox", Some(ObstacleKind::NoDriver)),
        ]
    );
    let choices = all(&host, &none());
    let chrome = choices[1].obstacle().expect("an obstacle");
    assert!(chrome.message.contains("155") || chrome.message.contains("156"), "{}", chrome.message);
    assert!(chrome.action.contains("160"), "{}", chrome.action);
}

#[test]
fn a_machines_policies_are_read_on_every_system() {
    let debian = || {
        Fake::new(Os::Linux)
            .program("/usr/bin/chromium", "Chromium 156.0.8078.79")
            .program("/usr/bin/chromedriver", "ChromeDriver 156.0.8078.79")
    };
    let managed = |text: &str| debian().file("/etc/chromium/policies/managed/office.json", text);
    for text in
        ["{\"RemoteDebuggingAllowed\": false}", "{\"UserDataDir\": \"/srv/x\"}", "{\"BrowserSignin\": 2}"]
    {
        assert_eq!(obstacles(&managed(text))[0].1, Some(ObstacleKind::Policy), "{text}");
    }
    for text in ["{\"RemoteDebuggingAllowed\": true}", "{\"BrowserSignin\": 0}", "not json"] {
        assert_eq!(obstacles(&managed(text))[0].1, None, "{text}");
    }
    // Those of another browser are not its.
    let chromes =
        debian().file("/etc/opt/chrome/policies/managed/a.json", "{\"RemoteDebuggingAllowed\": false}");
    assert_eq!(obstacles(&chromes)[0].1, None);

    let folder = "C:/Program Files/Google/Chrome/Application";
    let windows = Fake::new(Os::Windows)
        .silent(&format!("{folder}/chrome.exe"))
        .silent(&format!("{folder}/141.0.1.1/chrome.dll"))
        .program("C:/tools/chromedriver.exe", "ChromeDriver 141.0.1.1")
        .file(
            "reg query HKLM\\SOFTWARE\\Policies\\Google\\Chrome",
            "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Google\\Chrome\r\n    \
             RemoteDebuggingAllowed    REG_DWORD    0x0\r\n",
        );
    assert_eq!(obstacles(&windows)[0].1, Some(ObstacleKind::Policy));

    let mac = Fake::new(Os::Mac)
        .program(
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "Google Chrome 141.0.7390.54",
        )
        .program("/opt/homebrew/bin/chromedriver", "ChromeDriver 141.0.7390.54")
        .file(
            "/usr/bin/plutil -convert json -o - /Library/Managed Preferences/com.google.Chrome.plist",
            "{\"UserDataDir\":\"/srv/profiles\"}",
        );
    assert_eq!(obstacles(&mac)[0].1, Some(ObstacleKind::Policy));
}
