//! Makes Tauri's part of the program of `tauri.conf.json`.

fn main() {
    tauri_build::build();
}
