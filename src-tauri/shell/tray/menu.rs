//! The tray itself: a picture and a menu, whose lines are changed in place. A menu that is built anew closes
//! under the user's hand.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Result, anyhow};
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry, include_image};

use super::view::{Action, Line, Shape, View};

type Item = MenuItem<Wry>;

/// The place of the accounts among the menu's lines.
const ACCOUNTS_AT: usize = 4;

/// The tray as it stands in the panel.
pub(super) struct Panel {
    icon: TrayIcon,
    menu: Menu<Wry>,
    status: Item,
    start_stop: Item,
    copy_url: Item,
    accounts: Submenu<Wry>,
    rows: Vec<Item>,
    requests: Item,
    private: CheckMenuItem<Wry>,
    open: Item,
    open_console: Item,
    quit: Item,
    shown: View,
}

impl Panel {
    /// Puts the tray into the panel. Must be called by the main thread.
    pub(super) fn put(app: &AppHandle, view: View, act: fn(&AppHandle, Action)) -> Result<Self> {
        let item = |line: &Line| make(app, line);
        let accounts = Submenu::new(app, &view.accounts.label, view.accounts.enabled)?;
        let (status, start_stop, copy_url) =
            (item(&view.status)?, item(&view.start_stop)?, item(&view.copy_url)?);
        let (requests, open) = (item(&view.requests)?, item(&view.open)?);
        let private = CheckMenuItem::with_id(
            app,
            id(&view.private),
            &view.private.label,
            view.private.enabled,
            view.is_private,
            None::<&str>,
        )?;
        let (open_console, quit) = (item(&view.open_console)?, item(&view.quit)?);
        let (above, below) = (PredefinedMenuItem::separator(app)?, PredefinedMenuItem::separator(app)?);
        let order: [&dyn IsMenuItem<Wry>; 11] = [
            &status,
            &start_stop,
            &copy_url,
            &above,
            &accounts,
            &requests,
            &private,
            &below,
            &open,
            &open_console,
            &quit,
        ];
        let menu = Menu::with_items(app, &order)?;
        let icon = build(app, &menu, &view, act)?;
        let rows = Vec::new();
        let mut panel = Self {
            icon,
            menu,
            status,
            start_stop,
            copy_url,
            accounts,
            rows,
            requests,
            private,
            open,
            open_console,
            quit,
            shown: view,
        };
        let rows = std::mem::take(&mut panel.shown.rows);
        panel.set_rows(app, &rows)?;
        panel.shown.rows = rows;
        Ok(panel)
    }

    /// Shows or hides the whole.
    pub(super) fn set_visible(&self, visible: bool) -> tauri::Result<()> {
        self.icon.set_visible(visible)
    }

    /// Changes what differs from what is shown.
    pub(super) fn show(&mut self, app: &AppHandle, view: View) -> tauri::Result<()> {
        if view == self.shown {
            return Ok(());
        }
        let lines = [
            (&self.status, &self.shown.status, &view.status),
            (&self.start_stop, &self.shown.start_stop, &view.start_stop),
            (&self.copy_url, &self.shown.copy_url, &view.copy_url),
            (&self.requests, &self.shown.requests, &view.requests),
            (&self.open, &self.shown.open, &view.open),
            (&self.open_console, &self.shown.open_console, &view.open_console),
            (&self.quit, &self.shown.quit, &view.quit),
        ];
        for (item, before, now) in lines {
            change(item, before, now)?;
        }
        self.set_private(&view)?;
        if view.accounts == self.shown.accounts {
            self.set_rows(app, &view.rows)?;
        } else {
            self.set_accounts(app, &view)?;
        }
        if view.shape != self.shown.shape {
            self.icon.set_icon_with_as_template(Some(picture(view.shape)), cfg!(target_os = "macos"))?;
        }
        if view.tooltip != self.shown.tooltip {
            self.icon.set_tooltip(Some(&view.tooltip))?;
        }
        self.shown = view;
        Ok(())
    }

    /// The system sets and takes the mark by itself when the line is chosen, so it is put right each time.
    fn set_private(&self, view: &View) -> tauri::Result<()> {
        let before = &self.shown.private;
        if before.label != view.private.label {
            self.private.set_text(&view.private.label)?;
        }
        if before.enabled != view.private.enabled {
            self.private.set_enabled(view.private.enabled)?;
        }
        self.private.set_checked(view.is_private)
    }

    /// On Linux panels are not told when the text of a line with a submenu changes, so this one is put there anew.
    fn set_accounts(&mut self, app: &AppHandle, view: &View) -> tauri::Result<()> {
        if !cfg!(target_os = "linux") {
            self.accounts.set_text(&view.accounts.label)?;
            self.accounts.set_enabled(view.accounts.enabled)?;
            return self.set_rows(app, &view.rows);
        }
        self.menu.remove(&self.accounts)?;
        self.accounts = Submenu::new(app, &view.accounts.label, view.accounts.enabled)?;
        self.rows.clear();
        self.set_rows(app, &view.rows)?;
        self.menu.insert(&self.accounts, ACCOUNTS_AT)
    }

    /// Rows keep their place: the first stays the first, whatever account it shows.
    fn set_rows(&mut self, app: &AppHandle, rows: &[Line]) -> tauri::Result<()> {
        // A line that only tells something has another name, so the last row may have to be made anew.
        while self.rows.len() > rows.len()
            || self.rows.iter().zip(rows).any(|(item, line)| item.id() != id(line).as_str())
        {
            let Some(last) = self.rows.pop() else { break };
            self.accounts.remove(&last)?;
        }
        for (item, line) in self.rows.iter().zip(rows) {
            item.set_text(&line.label)?;
        }
        for line in &rows[self.rows.len()..] {
            let item = make(app, line)?;
            self.accounts.append(&item)?;
            self.rows.push(item);
        }
        Ok(())
    }
}

fn id(line: &Line) -> String {
    line.action.map_or_else(|| "told".to_owned(), Action::id)
}

fn make(app: &AppHandle, line: &Line) -> tauri::Result<Item> {
    MenuItem::with_id(app, id(line), &line.label, line.enabled, None::<&str>)
}

fn change(item: &Item, before: &Line, now: &Line) -> tauri::Result<()> {
    if before.label != now.label {
        item.set_text(&now.label)?;
    }
    if before.enabled != now.enabled {
        item.set_enabled(now.enabled)?;
    }
    Ok(())
}

fn build(app: &AppHandle, menu: &Menu<Wry>, view: &View, act: fn(&AppHandle, Action)) -> Result<TrayIcon> {
    let builder = TrayIconBuilder::with_id("postern")
        .icon(picture(view.shape))
        // Elsewhere the system would paint the whole tile black.
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip(&view.tooltip)
        .menu(menu)
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(move |app, event| {
            if let Some(action) = Action::from_id(event.id().as_ref()) {
                act(app, action);
            }
        })
        .on_tray_icon_event(move |icon, event| {
            // A Mac opens the menu, Linux tells nothing of clicks.
            if let TrayIconEvent::Click {
                button: MouseButton::Left, button_state: MouseButtonState::Up, ..
            } = event
                && !cfg!(target_os = "macos")
            {
                act(icon.app_handle(), Action::Open);
            }
        });
    // On Linux the library that speaks with the panel is loaded now, and its absence is told by a panic.
    match catch_unwind(AssertUnwindSafe(|| builder.build(app))) {
        Ok(icon) => Ok(icon?),
        Err(_) => Err(anyhow!("the library libayatana-appindicator3 is missing")),
    }
}

#[cfg(not(target_os = "macos"))]
fn picture(shape: Shape) -> Image<'static> {
    match shape {
        Shape::Running => include_image!("./icons/tray/running.png"),
        Shape::Stopped => include_image!("./icons/tray/stopped.png"),
        Shape::Problem => include_image!("./icons/tray/problem.png"),
    }
}

#[cfg(target_os = "macos")]
fn picture(shape: Shape) -> Image<'static> {
    match shape {
        Shape::Running => include_image!("./icons/tray/running-template.png"),
        Shape::Stopped => include_image!("./icons/tray/stopped-template.png"),
        Shape::Problem => include_image!("./icons/tray/problem-template.png"),
    }
}
