//! Pictures of every page, for people to look at: `cargo xtask shots`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::gallery::{LOOKS, SIZES, VIEWS, furnished};
use super::host::Console;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes pictures; `cargo xtask shots` runs it"]
async fn every_page_has_its_picture_taken() -> anyhow::Result<()> {
    let folder: PathBuf = std::env::var_os("POSTERN_SHOTS").context("POSTERN_SHOTS names a folder")?.into();
    let (console, _provider) = furnished().await?;
    for look in LOOKS {
        let folder = folder.join(format!("{}-{}", look.language, look.theme));
        std::fs::create_dir_all(&folder)?;
        console.wear(look).await?;
        for view in VIEWS {
            console.show(view).await?;
            take(&console, view.name, &folder).await?;
            console.dismiss().await?;
        }
    }
    console.leave().await?;
    for look in LOOKS {
        console.wear_outside(look).await?;
        take(&console, "login", &folder.join(format!("{}-{}", look.language, look.theme))).await?;
    }
    console.close().await
}

async fn take(console: &Console, name: &str, folder: &Path) -> anyhow::Result<()> {
    for size in SIZES {
        console.resize(size).await?;
        let picture = console.devtools("Page.captureScreenshot", json!({ "format": "png" })).await?;
        let picture = BASE64_STANDARD.decode(picture["data"].as_str().context("a picture")?)?;
        std::fs::write(folder.join(format!("{name}-{}.png", size.0)), picture)?;
    }
    Ok(())
}
