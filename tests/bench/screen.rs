//! A session of a desktop that nobody looks at: a screen whose picture lies in a file, the bus that programs of a
//! session meet on, and a panel that shows trays. Linux only.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, ensure};
use postern_tests::screen::{self, Panel};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A picture with no more colours than this is still the blank screen, the window's ground and what lies between
/// them while it is drawn. Letters have soft edges, so that one line of text has more.
const FLAT: usize = 8;
/// Of this many lines of the picture one is looked at: no letter is lower.
const STRIDE: u32 = 4;

/// The session. Everything in it ends when this value does.
pub(crate) struct Screen {
    display: String,
    bus: String,
    picture: Picture,
    _server: Child,
    _bus_daemon: Child,
    _panel: Panel,
    _folder: TempDir,
}

impl Screen {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (server, number) = said(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-br", "-nolisten", "tcp", "-fbdir"])
                .arg(folder.path()),
        )
        .await?;
        let picture = Picture::open(&folder.path().join("Xvfb_screen0"))?;
        let (bus_daemon, bus) =
            said(Command::new("dbus-daemon").args(["--session", "--nofork", "--print-address=1"])).await?;
        let panel = Panel::open(&bus).await?;
        Ok(Self {
            display: format!(":{number}"),
            bus,
            picture,
            _server: server,
            _bus_daemon: bus_daemon,
            _panel: panel,
            _folder: folder,
        })
    }

    /// Lets a program be one of this session, with a home of its own.
    pub(crate) fn dress(&self, command: &mut Command, home: &Path) {
        command
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("LANG", "C.UTF-8")
            .env("NO_AT_BRIDGE", "1");
    }

    /// Whether something can be read on the screen.
    pub(crate) fn shows_text(&self) -> anyhow::Result<bool> {
        self.picture.has_many_colours().context("the screen's picture")
    }

    /// Asks every window to close, as a window manager does for who clicks the cross.
    pub(crate) fn close_windows(&self) -> anyhow::Result<()> {
        screen::close_windows(&self.display)
    }
}

/// Starts a program that says one word when it is ready.
async fn said(command: &mut Command) -> anyhow::Result<(Child, String)> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().with_context(|| format!("start {name}"))?;
    let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
    let word = lines.next_line().await?.with_context(|| format!("{name} ended before it was ready"))?;
    Ok((child, word.trim().to_owned()))
}

/// What the X server has drawn, in the file that it shares (the format is that of `xwd`).
struct Picture {
    file: File,
    begin: u64,
    height: u32,
    bytes_per_line: u32,
}

impl Picture {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let mut header = [0; 100];
        file.read_exact_at(&mut header, 0)?;
        let field = |index: usize| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(&header[index * 4..index * 4 + 4]);
            u32::from_be_bytes(bytes)
        };
        // Fields of XWDFileHeader; each of the colours behind it takes 12 bytes.
        let [size, height, bits_per_pixel, bytes_per_line, colours] = [0, 5, 11, 12, 19].map(field);
        ensure!(bits_per_pixel == 32, "the screen has {bits_per_pixel} bits per pixel");
        Ok(Self { file, begin: u64::from(size + colours * 12), height, bytes_per_line })
    }

    fn has_many_colours(&self) -> std::io::Result<bool> {
        let mut line = vec![0; self.bytes_per_line as usize];
        let mut seen: Vec<[u8; 4]> = Vec::with_capacity(FLAT + 1);
        for y in (0..self.height).step_by(STRIDE as usize) {
            self.file.read_exact_at(&mut line, self.begin + u64::from(y * self.bytes_per_line))?;
            let mut last = None;
            for &pixel in line.as_chunks::<4>().0 {
                if last.replace(pixel) != Some(pixel) && !seen.contains(&pixel) {
                    seen.push(pixel);
                    if seen.len() > FLAT {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }
}
