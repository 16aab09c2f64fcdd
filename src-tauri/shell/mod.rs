//! What the desktop adds to the house: a window and a tray, one command for the page, and an orderly end.

mod arguments;
mod bridge;
mod choices;
#[cfg(target_os = "linux")]
pub(crate) mod graphics;
mod house;
mod launcher;
mod login;
mod native;
mod notify;
mod quit;
#[cfg(test)]
mod samples;
mod tray;
mod window;

use std::path::PathBuf;

use anyhow::Context as _;
use postern_app::Paths;
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Manager as _, RunEvent, WindowEvent};

pub(crate) use arguments::Arguments;
use bridge::Bridge;
use choices::Choices;
use house::Keeper;
use quit::End;
use tray::Tray;
use window::Pane;

/// Runs until the user quits.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = |variable| std::env::var_os(variable).map(PathBuf::from);
    let paths = Paths::new(place("POSTERN_DATA_DIR"), place("POSTERN_CONFIG"))?;
    let state = tauri_plugin_window_state::Builder::new()
        .with_state_flags(window::REMEMBERED)
        // A full path replaces the folder that the plugin would choose.
        .with_filename(paths.data().join("window.json").to_string_lossy())
        .build();
    let app = tauri::Builder::default()
        // First: a second start ends here, before anything else is touched.
        .plugin(tauri_plugin_single_instance::init(started_again))
        .plugin(state)
        .plugin(tauri_plugin_autostart::Builder::new().build())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        // For this program alone: no capability lets the page have any of it.
        .plugin(tauri_plugin_shell::init())
        .manage(first_choices(&paths))
        .manage(Keeper::new(paths))
        .manage(Bridge::default())
        .manage(Pane::default())
        .manage(Tray::default())
        .manage(End::default())
        .invoke_handler(tauri::generate_handler![bridge::console])
        .on_window_event(|window, event| on_window_event(window.app_handle(), event))
        .setup(move |app| {
            begin(app.handle(), arguments);
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("cannot open the window")?;
    app.run(on_run_event);
    Ok(())
}

/// What is chosen before the house is open. What is wrong with the settings the house says.
fn first_choices(paths: &Paths) -> Choices {
    Choices::new(&paths.settings(Default::default()).unwrap_or_default())
}

fn begin(app: &AppHandle, arguments: Arguments) {
    quit::on_signals(app);
    spawn(open_house(app.clone()));
    spawn(tray::settle(app.clone()));
    spawn(tray::follow(app.clone()));
    spawn(window::follow_theme(app.clone()));
    spawn(login::follow(app.clone()));
    spawn(notify::follow(app.clone()));
    if arguments.hidden || app.state::<Choices>().now().start_hidden {
        spawn(window::show_unless_tray(app.clone()));
    } else {
        window::show(app, None);
    }
}

/// If it cannot be opened, page and tray say so.
async fn open_house(app: AppHandle) {
    let _ = house::open(&app).await;
}

/// Somebody starts the program that runs already.
fn started_again(app: &AppHandle, words: Vec<String>, _folder: String) {
    // At login the system may start what the user has started before.
    if !Arguments::read(words).hidden {
        window::show(app, None);
    }
}

fn on_window_event(app: &AppHandle, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => window::close(app, api),
        WindowEvent::Destroyed => window::gone(app),
        WindowEvent::ThemeChanged(_) => window::paint_ground(app),
        _ => {}
    }
}

fn on_run_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::ExitRequested { code, api, .. } => quit::asked(app, code, &api),
        RunEvent::Exit => quit::last(app),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app, None),
        _ => {}
    }
}
