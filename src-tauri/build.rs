//! Reads `tauri.conf.json` and what its page may ask for, and makes Tauri's part of the program of it.

use anyhow::Context as _;
use tauri_build::{AppManifest, Attributes};

fn main() -> anyhow::Result<()> {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    // Tauri's own way of naming commands would write a folder of generated permissions into the repository.
    let manifest = AppManifest::new().permissions_path_pattern("./src-tauri/permissions/*.toml");
    let attributes =
        Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*").app_manifest(manifest);
    tauri_build::try_build(attributes).context("Tauri's build script")
}
