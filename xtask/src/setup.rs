//! What a machine must have, and installing what it lacks.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

/// What a command is about to do, which decides what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Serve without a window.
    Serve,
    /// Measure it.
    Bench,
    /// Run all tests: of the server, of the console's pages and of the window.
    Test,
    /// Fetch Node as a Python package.
    FetchNode,
    /// Build the window.
    Desktop,
}

/// One thing a machine must have.
struct Need {
    /// The Debian package that brings it.
    package: &'static str,
    /// What it is for.
    why: &'static str,
    /// What to get where there is no Debian package.
    elsewhere: &'static str,
    have: fn() -> bool,
}

const COMPILER: Need = Need {
    package: "build-essential",
    why: "the C compiler that SQLite and ring are built with",
    elsewhere: "a C compiler (Xcode command line tools, Visual Studio Build Tools, gcc)",
    have: || cfg!(windows) || shell::on_path("cc").is_some(),
};
const BROWSER: Need = Need {
    package: "chromium",
    why: "the browser in which AI Studio's page runs",
    elsewhere: "Google Chrome, Microsoft Edge or Chromium",
    have: || cfg!(any(windows, target_os = "macos")) || any_on_path(&BROWSERS),
};
const DRIVER: Need = Need {
    package: "chromium-driver",
    why: "the WebDriver of that browser",
    elsewhere: "the driver of the same version as the browser (chromedriver or msedgedriver), on PATH",
    have: || any_on_path(&["chromedriver", "msedgedriver"]),
};
const FIREFOX: Need = Need {
    package: "firefox-esr",
    why: "the other family of browsers, for the tests of accounts in it",
    elsewhere: "Firefox, not as a snap",
    have: || any_on_path(&["firefox", "firefox-esr"]),
};
const VENV: Need = Need {
    package: "python3-venv",
    why: "an environment for the official OpenAI Python SDK, which the tests use",
    elsewhere: "Python 3.10 or newer with the venv module",
    have: || shell::output(crate::python::SYSTEM, &["-c", "import ensurepip, venv"]).is_some(),
};
const PKG_CONFIG: Need = Need {
    package: "pkg-config",
    why: "finds the libraries of the window",
    elsewhere: "pkg-config",
    have: || cfg!(any(windows, target_os = "macos")) || shell::on_path("pkg-config").is_some(),
};
const WEBKIT: Need = Need {
    package: "libwebkit2gtk-4.1-dev",
    why: "the web view that the window shows its page in",
    elsewhere: "WebKitGTK 4.1 with its development files",
    have: || {
        cfg!(any(windows, target_os = "macos"))
            || shell::output("pkg-config", &["--exists", "webkit2gtk-4.1"]).is_some()
    },
};
const TRAY: Need = Need {
    package: "libayatana-appindicator3-1",
    why: "shows the tray in the panel",
    elsewhere: "libayatana-appindicator3",
    have: || {
        cfg!(any(windows, target_os = "macos"))
            || shell::output("/sbin/ldconfig", &["-p"]).is_some_and(|known| shows_trays(&known))
    },
};
const WEBKIT_DRIVER: Need = Need {
    package: "webkit2gtk-driver",
    why: "the WebDriver of the window's web view, for its tests",
    elsewhere: "WebKitWebDriver, which WebKitGTK brings",
    have: || !cfg!(target_os = "linux") || shell::on_path("WebKitWebDriver").is_some(),
};
const SCREEN: Need = Need {
    package: "xvfb",
    why: "a screen that nobody looks at, for tests of the window",
    elsewhere: "Xvfb",
    have: || !cfg!(target_os = "linux") || shell::on_path("Xvfb").is_some(),
};
const BUS: Need = Need {
    package: "dbus",
    why: "a message bus of their own for tests of the window",
    elsewhere: "dbus-daemon",
    have: || !cfg!(target_os = "linux") || shell::on_path("dbus-daemon").is_some(),
};
const KEYRING: Need = Need {
    package: "gnome-keyring",
    why: "a keyring of their own for tests of the master key",
    elsewhere: "gnome-keyring-daemon",
    have: || !cfg!(target_os = "linux") || shell::on_path("gnome-keyring-daemon").is_some(),
};
const HANDS: Need = Need {
    package: "xdotool",
    why: "types and clicks as a hand would, for tests in which a person signs in",
    elsewhere: "xdotool",
    have: || !cfg!(target_os = "linux") || shell::on_path("xdotool").is_some(),
};
const JAVA: Need = Need {
    package: "default-jre-headless",
    why: "runs Selenium Server, for tests of browsers on other machines",
    elsewhere: "Java 17 or newer",
    have: || any_on_path(&["java"]),
};
const NGINX: Need = Need {
    package: "nginx-light",
    why: "the server that the path proxy is measured against",
    elsewhere: "nginx, if it is to be measured against",
    // Elsewhere than on Debian the bench goes without it.
    have: || !has_apt() || shell::on_path("nginx").is_some() || Path::new("/usr/sbin/nginx").is_file(),
};
const BROWSERS: [&str; 6] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge"];

fn needs(purpose: Purpose) -> &'static [Need] {
    match purpose {
        Purpose::Serve => &[COMPILER, BROWSER, DRIVER],
        Purpose::Bench => &[COMPILER, BROWSER, DRIVER, NGINX],
        Purpose::Test => &[
            COMPILER,
            BROWSER,
            DRIVER,
            FIREFOX,
            VENV,
            PKG_CONFIG,
            WEBKIT,
            TRAY,
            WEBKIT_DRIVER,
            SCREEN,
            BUS,
            KEYRING,
            HANDS,
            JAVA,
        ],
        Purpose::FetchNode => &[VENV],
        Purpose::Desktop => &[COMPILER, BROWSER, DRIVER, PKG_CONFIG, WEBKIT, TRAY],
    }
}

/// `cargo xtask setup`.
pub(crate) fn command(own: &[String]) -> Result<()> {
    match own {
        [] => ensure(Purpose::Test),
        [option] if option == "--desktop" => ensure(Purpose::Desktop),
        [other, ..] => bail!("unknown option `{other}`"),
    }
}

/// Installs or names what is missing for the purpose; quick when nothing is.
pub(crate) fn ensure(purpose: Purpose) -> Result<()> {
    ensure_packages(purpose)?;
    match purpose {
        Purpose::Test => ensure_components(),
        Purpose::Serve | Purpose::Bench | Purpose::FetchNode | Purpose::Desktop => Ok(()),
    }
}

/// The formatter and the lints, which a minimal Rust comes without.
fn ensure_components() -> Result<()> {
    if any_on_path(&["cargo-fmt"]) && any_on_path(&["cargo-clippy"]) {
        return Ok(());
    }
    shell::title("Rust's formatter and lints are missing");
    shell::run(shell::command("rustup").args(["component", "add", "rustfmt", "clippy"]))
}

fn ensure_packages(purpose: Purpose) -> Result<()> {
    let missing: Vec<&Need> = needs(purpose).iter().filter(|need| !(need.have)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    shell::title("This machine lacks");
    if !has_apt() {
        for need in &missing {
            eprintln!("   {}: {}", need.elsewhere, need.why);
        }
        bail!("please install what is named above and run this again");
    }
    for need in &missing {
        eprintln!("   {}: {}", need.package, need.why);
    }
    refuse_snap_browser(&missing)?;
    install(&missing.iter().map(|need| need.package).collect::<Vec<_>>())
}

fn install(packages: &[&str]) -> Result<()> {
    shell::run(apt()?.arg("update"))?;
    shell::run(apt()?.args(["install", "--no-install-recommends", "-y"]).args(packages))
        .context("installing system packages")
}

/// `apt-get` with the rights it needs. The variable is set behind `sudo`, which drops the environment.
fn apt() -> Result<Command> {
    let words = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
    if shell::output("id", &["-u"]).as_deref() == Some("0") {
        let mut command = shell::command(words[0]);
        command.args(&words[1..]);
        return Ok(command);
    }
    if shell::on_path("sudo").is_none() {
        bail!("installing them needs root or sudo; install them by hand and run this again");
    }
    let mut command = shell::command("sudo");
    command.args(words);
    Ok(command)
}

fn has_apt() -> bool {
    shell::on_path("apt-get").is_some() && shell::on_path("dpkg").is_some()
}

/// Ubuntu's own `chromium` is a snap, which may not write to the profile folders that Postern gives it.
fn refuse_snap_browser(missing: &[&Need]) -> Result<()> {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let browser = missing.iter().any(|need| need.package.starts_with("chromium"));
    if browser && is_ubuntu(&release) {
        bail!(
            "Ubuntu brings Chromium only as a snap, which cannot use the profiles of other programs; \
             please install Google Chrome and the chromedriver of the same version, and run this again"
        );
    }
    Ok(())
}

fn is_ubuntu(os_release: &str) -> bool {
    os_release.lines().any(|line| line == "ID=ubuntu")
}

/// Whether one of the libraries is known to the linker that the tray is shown with.
fn shows_trays(known: &str) -> bool {
    ["libayatana-appindicator3.so.1", "libappindicator3.so.1"].iter().any(|library| known.contains(library))
}

fn any_on_path(programs: &[&str]) -> bool {
    programs.iter().any(|program| shell::on_path(&shell::executable(program)).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_needs_a_browser_and_a_server_alone_needs_no_webkit() {
        for purpose in [Purpose::Serve, Purpose::Test, Purpose::Desktop] {
            let packages: Vec<_> = needs(purpose).iter().map(|need| need.package).collect();
            assert!(packages.contains(&"chromium-driver"), "{purpose:?}");
            assert_eq!(packages.contains(&"libwebkit2gtk-4.1-dev"), purpose != Purpose::Serve);
            assert_eq!(packages.contains(&"libayatana-appindicator3-1"), purpose != Purpose::Serve);
        }
    }

    #[test]
    fn either_library_shows_trays() {
        assert!(shows_trays("\tlibayatana-appindicator3.so.1 (libc6,x86-64) => /lib/a"));
        assert!(shows_trays("\tlibappindicator3.so.1 (libc6,x86-64) => /lib/b"));
        assert!(!shows_trays("\tlibgtk-3.so.0 (libc6,x86-64) => /lib/c"));
    }

    #[test]
    fn ubuntu_is_told_from_debian_and_from_what_is_like_it() {
        assert!(is_ubuntu("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n"));
        assert!(!is_ubuntu("ID=debian\n"));
        assert!(!is_ubuntu("ID=linuxmint\nID_LIKE=ubuntu\n"));
    }
}
