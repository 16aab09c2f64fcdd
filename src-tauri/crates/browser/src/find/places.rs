//! Where browsers and drivers are installed, per system: a table.

use std::path::{Path, PathBuf};

use super::Kind;
use super::host::{Host, Os};
use super::version;

/// Every browser program that could be there, best first.
pub(super) fn browsers(host: &dyn Host) -> Vec<(Kind, PathBuf)> {
    let found = match host.os() {
        Os::Linux => linux(host),
        Os::Windows => windows(host),
        Os::Mac => macos(host),
    };
    distinct(found.into_iter().filter(|(_, path)| host.is_file(path)))
}

/// Every driver program for this browser that could be there, best first.
pub(super) fn drivers(host: &dyn Host, kind: Kind, browser: &Path) -> Vec<PathBuf> {
    let name = driver_name(host.os(), kind);
    let mut folders: Vec<PathBuf> = browser.parent().map(Path::to_owned).into_iter().collect();
    folders.extend(host.search_path());
    folders.extend(driver_folders(host.os()).iter().map(PathBuf::from));
    // Where `cargo install geckodriver` puts it.
    folders.extend(host.home().map(|home| home.join(".cargo/bin")));
    let beside = folders.into_iter().map(|folder| folder.join(name));
    let found = beside.chain(cached_drivers(host, kind)).filter(|path| host.is_file(path));
    distinct(found.map(|path| (kind, path))).into_iter().map(|(_, path)| path).collect()
}

/// What the driver's program is called.
pub(super) fn driver_name(os: Os, kind: Kind) -> &'static str {
    match (kind, os) {
        (Kind::Edge, Os::Windows) => "msedgedriver.exe",
        (Kind::Edge, Os::Linux | Os::Mac) => "msedgedriver",
        (Kind::Chrome | Kind::Chromium, Os::Windows) => "chromedriver.exe",
        (Kind::Chrome | Kind::Chromium, Os::Linux | Os::Mac) => "chromedriver",
        (Kind::Firefox, Os::Windows) => "geckodriver.exe",
        (Kind::Firefox, Os::Linux | Os::Mac) => "geckodriver",
    }
}

fn linux(host: &dyn Host) -> Vec<(Kind, PathBuf)> {
    let names = [
        (Kind::Chrome, "google-chrome-stable"),
        (Kind::Chrome, "google-chrome"),
        (Kind::Edge, "microsoft-edge-stable"),
        (Kind::Edge, "microsoft-edge"),
        (Kind::Chromium, "chromium"),
        (Kind::Chromium, "chromium-browser"),
        (Kind::Firefox, "firefox"),
        (Kind::Firefox, "firefox-esr"),
        (Kind::Firefox, "firefox-developer-edition"),
    ];
    let fixed = [
        (Kind::Chrome, "/opt/google/chrome/chrome"),
        (Kind::Edge, "/opt/microsoft/msedge/msedge"),
        (Kind::Chromium, "/usr/lib/chromium/chromium"),
        (Kind::Chromium, "/snap/bin/chromium"),
        (Kind::Firefox, "/opt/firefox/firefox"),
        (Kind::Firefox, "/usr/lib/firefox/firefox"),
        (Kind::Firefox, "/usr/lib/firefox-esr/firefox-esr"),
        (Kind::Firefox, "/snap/bin/firefox"),
    ];
    let flatpaks = [
        (Kind::Chrome, "com.google.Chrome"),
        (Kind::Edge, "com.microsoft.Edge"),
        (Kind::Chromium, "org.chromium.Chromium"),
        (Kind::Firefox, "org.mozilla.firefox"),
    ];
    let mut folders = host.search_path();
    folders.extend(["/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    let mut exports = vec![PathBuf::from("/var/lib/flatpak/exports/bin")];
    exports.extend(host.home().map(|home| home.join(".local/share/flatpak/exports/bin")));

    let on_path = names.iter().flat_map(|&(kind, name)| folders.iter().map(move |f| (kind, f.join(name))));
    let elsewhere = fixed.map(|(kind, path)| (kind, PathBuf::from(path)));
    let packed = flatpaks.iter().flat_map(|&(kind, id)| exports.iter().map(move |f| (kind, f.join(id))));
    let mut found: Vec<_> = on_path.chain(elsewhere).chain(packed).collect();
    found.sort_by_key(|(kind, _)| *kind == Kind::Firefox);
    found
}

fn windows(host: &dyn Host) -> Vec<(Kind, PathBuf)> {
    let programs = [
        (Kind::Chrome, "Google/Chrome/Application/chrome.exe"),
        (Kind::Edge, "Microsoft/Edge/Application/msedge.exe"),
        (Kind::Chromium, "Chromium/Application/chrome.exe"),
        (Kind::Firefox, "Mozilla Firefox/firefox.exe"),
        (Kind::Firefox, "Firefox Developer Edition/firefox.exe"),
    ];
    let roots: Vec<PathBuf> = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"]
        .iter()
        .filter_map(|name| host.variable(name))
        .map(PathBuf::from)
        .collect();
    programs.iter().flat_map(|&(kind, path)| roots.iter().map(move |root| (kind, root.join(path)))).collect()
}

fn macos(host: &dyn Host) -> Vec<(Kind, PathBuf)> {
    let programs = [
        (Kind::Chrome, "Google Chrome.app/Contents/MacOS/Google Chrome"),
        (Kind::Edge, "Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
        (Kind::Chromium, "Chromium.app/Contents/MacOS/Chromium"),
        (Kind::Firefox, "Firefox.app/Contents/MacOS/firefox"),
        (Kind::Firefox, "Firefox Developer Edition.app/Contents/MacOS/firefox"),
    ];
    let mut roots = vec![PathBuf::from("/Applications")];
    roots.extend(host.home().map(|home| home.join("Applications")));
    programs.iter().flat_map(|&(kind, path)| roots.iter().map(move |root| (kind, root.join(path)))).collect()
}

fn driver_folders(os: Os) -> &'static [&'static str] {
    match os {
        Os::Linux => &["/usr/bin", "/usr/local/bin", "/usr/lib/chromium", "/usr/lib/chromium-browser"],
        Os::Mac => &["/opt/homebrew/bin", "/usr/local/bin"],
        Os::Windows => &["C:/Program Files/WebDriver", "C:/WebDriver"],
    }
}

/// Drivers that Selenium downloaded earlier: `.cache/selenium/NAME/PLATFORM/VERSION/NAME`, newest first.
fn cached_drivers(host: &dyn Host, kind: Kind) -> Vec<PathBuf> {
    let program = driver_name(host.os(), kind);
    let name = program.trim_end_matches(".exe");
    let Some(cache) = host.home().map(|home| home.join(".cache/selenium").join(name)) else {
        return Vec::new();
    };
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for platform in host.names_in(&cache) {
        let folder = cache.join(platform);
        for number in host.names_in(&folder).into_iter().filter(|name| version::is_version(name)) {
            let path = folder.join(&number).join(program);
            found.push((number, path));
        }
    }
    found.sort_by(|(a, _), (b, _)| version::compare(b, a));
    found.into_iter().map(|(_, path)| path).collect()
}

fn distinct(found: impl Iterator<Item = (Kind, PathBuf)>) -> Vec<(Kind, PathBuf)> {
    let mut all: Vec<(Kind, PathBuf)> = Vec::new();
    for (kind, path) in found {
        if all.iter().all(|(_, known)| *known != path) {
            all.push((kind, path));
        }
    }
    all
}
