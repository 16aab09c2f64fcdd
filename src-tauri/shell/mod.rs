//! What the desktop adds to the house: a window, one command for its page, one event, and an orderly end.

mod house;
mod quit;

use anyhow::Context as _;
use tauri::{Manager as _, RunEvent};

use house::Keeper;

/// Runs until the user quits.
pub(crate) fn run() -> anyhow::Result<()> {
    let app = tauri::Builder::default()
        .manage(Keeper::default())
        .invoke_handler(tauri::generate_handler![house::house_state])
        .setup(|app| {
            quit::on_signals(app.handle());
            house::open(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("cannot open the window")?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            tauri::async_runtime::block_on(app.state::<Keeper>().close());
        }
    });
    Ok(())
}
