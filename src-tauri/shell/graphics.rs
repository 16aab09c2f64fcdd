//! Traps of the web view on Linux, which have to be avoided before GTK reads its environment.

use std::ffi::OsString;

/// Hands frames from the web process to the window through the graphics driver. With NVIDIA's driver, and on
/// some Wayland compositors, that ends in a blank window or in a crash; without it a page as calm as this one
/// is drawn just as well.
const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// Everything that the web view does on the graphics card.
const NO_COMPOSITING: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
const BACKEND: &str = "GDK_BACKEND";

/// Sets what the web view needs, unless the user has decided it.
///
/// The variables are set in this process. Starting the program anew with them would do without unsafe code,
/// but would load WebKit's libraries twice, which a user waits for at every start.
pub(crate) fn prepare(safe: bool) {
    for (name, value) in wanted(safe, |name| std::env::var_os(name)) {
        set(name, value);
    }
}

/// What to set, given what is set.
fn wanted(
    safe: bool,
    present: impl Fn(&str) -> Option<OsString>,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let no_dmabuf = present(NO_DMABUF).is_none().then_some((NO_DMABUF, "1"));
    let no_compositing = (safe && present(NO_COMPOSITING).is_none()).then_some((NO_COMPOSITING, "1"));
    // The start script of an AppImage forces X11, under which some Wayland compositors draw a window that
    // takes no clicks. X11 stays the second choice.
    let forced = present("APPIMAGE").is_some() && present(BACKEND).is_some_and(|backend| backend == "x11");
    let wayland =
        (forced && !safe && present("WAYLAND_DISPLAY").is_some()).then_some((BACKEND, "wayland,x11"));
    [no_dmabuf, no_compositing, wayland].into_iter().flatten()
}

#[expect(unsafe_code, reason = "the environment may be changed while the process has one thread")]
fn set(name: &str, value: &str) {
    // SAFETY: `main` calls this first. No other thread exists yet that could read the environment meanwhile.
    unsafe { std::env::set_var(name, value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(safe: bool, present: &[(&str, &str)]) -> Vec<(&'static str, &'static str)> {
        let find = |name: &str| present.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        wanted(safe, find).collect()
    }

    #[test]
    fn the_renderer_that_leaves_windows_blank_is_off_unless_the_user_decides() {
        assert_eq!(with(false, &[]), [(NO_DMABUF, "1")]);
        assert_eq!(with(false, &[(NO_DMABUF, "0")]), []);
    }

    #[test]
    fn safe_graphics_does_without_the_card() {
        assert_eq!(with(true, &[]), [(NO_DMABUF, "1"), (NO_COMPOSITING, "1")]);
        assert_eq!(with(true, &[(NO_DMABUF, "1"), (NO_COMPOSITING, "0")]), []);
    }

    #[test]
    fn an_appimage_on_wayland_is_not_held_to_x11_and_anybody_else_keeps_their_choice() {
        let user = [(NO_DMABUF, "1"), (BACKEND, "x11"), ("WAYLAND_DISPLAY", "wayland-0")];
        assert_eq!(with(false, &user), []);
        let image = [user.as_slice(), &[("APPIMAGE", "/p")]].concat();
        assert_eq!(with(false, &image), [(BACKEND, "wayland,x11")]);
        assert_eq!(with(false, &image[1..2]), [(NO_DMABUF, "1")]);
    }
}
