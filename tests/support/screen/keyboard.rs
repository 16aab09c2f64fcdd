//! The keyboard of a screen. Its keys go the way of a real one's: through the X server and the toolkit to the page.

use anyhow::{Context, ensure};
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ConnectionExt as _, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode, Keysym,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

const SHIFT: char = '\u{e008}';
const CONTROL: char = '\u{e009}';
const RELEASE: char = '\u{e000}';
/// What WebDriver calls keys that are no letters, and what X does (`keysymdef.h`).
const NAMED: [(char, Keysym); 8] = [
    ('\u{e004}', 0xff09), // Tab
    ('\u{e007}', 0xff0d), // Return
    (SHIFT, 0xffe1),
    (CONTROL, 0xffe3),
    ('\u{e00c}', 0xff1b), // Escape
    ('\u{e013}', 0xff52), // Up
    ('\u{e015}', 0xff54), // Down
    ('\u{e017}', 0xffff), // Delete
];

/// Presses keys at the one window of a display. They are named as WebDriver names them: Shift and Control are held until
/// the key that releases them. Fails when there is no window, or a key is not on the keyboard.
pub fn press(display: &str, keys: &str) -> anyhow::Result<()> {
    // A window manager would have given it the keyboard.
    let windows = super::each_window(display, |x, window| {
        Ok(x.set_input_focus(InputFocus::PARENT, window, CURRENT_TIME)?.check()?)
    })?;
    ensure!(windows == 1, "keys for one window come to {windows}");
    let keyboard = Keyboard::of(display)?;
    let mut held = Vec::new();
    for key in keys.chars() {
        if key == RELEASE {
            for code in held.drain(..) {
                keyboard.send(KEY_RELEASE_EVENT, code)?;
            }
            continue;
        }
        let (code, shifted) = keyboard.find(key)?;
        let (shift, _) = keyboard.find(SHIFT)?;
        let shift = (shifted && !held.contains(&shift)).then_some(shift);
        if let Some(shift) = shift {
            keyboard.send(KEY_PRESS_EVENT, shift)?;
        }
        keyboard.send(KEY_PRESS_EVENT, code)?;
        if [SHIFT, CONTROL].contains(&key) {
            held.push(code);
        } else {
            keyboard.send(KEY_RELEASE_EVENT, code)?;
        }
        if let Some(shift) = shift {
            keyboard.send(KEY_RELEASE_EVENT, shift)?;
        }
    }
    // An answer tells that the server has had everything before.
    keyboard.x.get_input_focus()?.reply()?;
    Ok(())
}

struct Keyboard {
    x: RustConnection,
    /// What is on the keys from the first code on: without Shift, then with it, then more.
    symbols: Vec<Vec<Keysym>>,
}

impl Keyboard {
    fn of(display: &str) -> anyhow::Result<Self> {
        let (x, _) = x11rb::connect(Some(display))?;
        let (first, last) = (x.setup().min_keycode, x.setup().max_keycode);
        let mapping = x.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let symbols = mapping.keysyms.chunks(usize::from(mapping.keysyms_per_keycode).max(1));
        Ok(Self { symbols: symbols.map(<[Keysym]>::to_vec).collect(), x })
    }

    /// The key, and whether Shift is held with it.
    fn find(&self, key: char) -> anyhow::Result<(Keycode, bool)> {
        let named = NAMED.iter().find(|(name, _)| *name == key);
        // Latin letters are their own symbols.
        let symbol = named.map_or(u32::from(key), |(_, symbol)| *symbol);
        let place = |level: usize| self.symbols.iter().position(|on_key| on_key.get(level) == Some(&symbol));
        let (place, shifted) = place(0)
            .map(|at| (at, false))
            .or_else(|| place(1).map(|at| (at, true)))
            .with_context(|| format!("no key has {key:?}"))?;
        Ok((self.x.setup().min_keycode + u8::try_from(place)?, shifted))
    }

    fn send(&self, event: u8, code: Keycode) -> anyhow::Result<()> {
        Ok(self.x.xtest_fake_input(event, code, CURRENT_TIME, x11rb::NONE, 0, 0, 0)?.check()?)
    }
}
