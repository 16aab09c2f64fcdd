//! `export.json`: what was asked for and what came of it, so that it can be done again.

use serde::Serialize;

use super::super::run::Tally;
use super::super::spec::{Spec, VERSION};
use super::Written;

#[derive(Serialize)]
struct Manifest<'a> {
    /// Of this file's form.
    version: u32,
    program: &'static str,
    program_version: &'static str,
    spec: &'a Spec,
    scope: postern_store::Filter,
    #[serde(flatten)]
    tally: &'a Tally,
    files: &'a [Written],
}

pub(super) fn manifest(spec: &Spec, tally: &Tally, files: &[Written]) -> String {
    let manifest = Manifest {
        version: VERSION,
        program: "postern",
        program_version: env!("CARGO_PKG_VERSION"),
        spec,
        scope: spec.scope(),
        tally,
        files,
    };
    serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n"
}
