//! The least that Tauri can show: one window with one line of text, without a command, a plugin or a server. It is
//! the bound that the start and the memory of Postern's window are measured against, and no part of the product.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
