//! The rules of the house that a compiler does not check: who may use whom, which room has which library,
//! how long a file may be, and that the two languages of the documents stay in step.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::product::workspace;

/// Libraries that belong to one room, or to two. Everything else asks that room.
const OWNED: [(&str, &[&str]); 8] = [
    ("rusqlite", &["postern-store"]),
    ("keyring", &["postern-vault"]),
    ("fantoccini", &["postern-browser"]),
    ("tokio-tungstenite", &["postern-browser"]),
    // The two doors. Who carries a router from one to the other knows it as `postern_console::Router`.
    ("axum", &["postern-gateway", "postern-console"]),
    ("clap", &["postern-app"]),
    ("rmcp", &["postern-upstream"]),
    ("tauri", &["postern-desktop"]),
];
/// Packages that are not part of the product: they may use what they like.
const OUTSIDE: [&str; 3] = ["postern-empty-window", "postern-tests", "xtask"];
const LONGEST_FILE: usize = 500;
const LONGEST_COMPONENT: usize = 250;
/// A file that is one repeated shape may be longer when it says so at its top.
const TABLE_MARK: &str = "This file is a table";

#[test]
fn rooms_use_only_what_the_floor_plan_allows() {
    let plan = floor_plan();
    let metadata = metadata();
    for package in rooms(&metadata) {
        let allowed = plan.get(package.name.as_str()).cloned().unwrap_or_default();
        for used in workspace_edges(&metadata, package) {
            assert!(
                allowed.contains(&used),
                "{} uses {used}, which docs/ARCHITECTURE.md does not allow (it allows {allowed:?})",
                package.name
            );
        }
    }
}

#[test]
fn the_floor_plan_names_every_room_and_no_other() {
    let metadata = metadata();
    let real: BTreeSet<String> = rooms(&metadata).map(|package| package.name.to_string()).collect();
    let drawn: BTreeSet<String> = floor_plan().into_keys().collect();
    assert_eq!(drawn, real, "left: docs/ARCHITECTURE.md, right: the workspace");
}

#[test]
fn a_library_stays_in_its_room() {
    let metadata = metadata();
    for package in rooms(&metadata) {
        for (library, owners) in OWNED {
            let uses = normal_dependencies(package).any(|name| name == library);
            assert!(
                !uses || owners.contains(&package.name.as_str()),
                "{} uses {library}, which only {} may",
                package.name,
                owners.join(" and ")
            );
        }
    }
}

#[test]
fn every_package_keeps_the_lints_of_the_house() {
    for package in &metadata().workspace_packages() {
        let manifest = read(package.manifest_path.as_std_path());
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} sets no lints", package.name);
    }
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for file in sources(&["rs", "ts", "tsx"]) {
        let text = read(&file);
        let lines = text.lines().count();
        let component = file.extension().is_some_and(|kind| kind == "tsx");
        let most = if component { LONGEST_COMPONENT } else { LONGEST_FILE };
        if lines > most && !text.lines().take(10).any(|line| line.contains(TABLE_MARK)) {
            long.push(format!("{} has {lines} lines, at most {most}", file.display()));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_crate_says_what_it_is() {
    let roots = sources(&["rs"]);
    for file in roots.iter().filter(|file| file.ends_with("lib.rs") || file.ends_with("src/main.rs")) {
        let text = read(file);
        let opening: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        let words = opening.join(" ").split_whitespace().count();
        assert!(words >= 12, "{} does not open with a paragraph about itself", file.display());
    }
}

#[test]
fn both_guides_explain_every_setting() {
    let settings = settings_keys();
    assert!(settings.len() > 10, "{settings:?}");
    for guide in ["docs/guide.en.md", "docs/guide.zh-CN.md"] {
        let text = read(&workspace().join(guide));
        for key in &settings {
            assert!(text.contains(&format!("`{key}`")), "{guide} does not explain {key}");
        }
    }
}

#[test]
fn documents_in_two_languages_are_in_step() {
    for (english, chinese) in [("README.md", "README.zh-CN.md"), ("docs/guide.en.md", "docs/guide.zh-CN.md")]
    {
        let [english, chinese] = [english, chinese].map(|name| Outline::of(&read(&workspace().join(name))));
        assert_eq!(english, chinese);
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for file in sources(&["md"]) {
        for target in links(&read(&file)) {
            let path = file.parent().expect("a file has a folder").join(&target);
            if !path.exists() {
                broken.push(format!("{} links to {target}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// What must be the same in both languages: the heading levels in their order, and the code.
#[derive(Debug, Default, PartialEq)]
struct Outline {
    headings: Vec<usize>,
    code: Vec<String>,
    table_rows: usize,
}

impl Outline {
    fn of(text: &str) -> Self {
        let mut outline = Self::default();
        let mut in_code = false;
        for line in text.lines() {
            if line.starts_with("```") {
                in_code = !in_code;
            } else if in_code && !line.contains('#') {
                outline.code.push(line.to_owned());
            } else if !in_code && line.starts_with('#') {
                outline.headings.push(line.chars().take_while(|sign| *sign == '#').count());
            } else if !in_code && line.starts_with('|') {
                outline.table_rows += 1;
            }
        }
        outline
    }
}

/// Room and what it may use, as the table of docs/ARCHITECTURE.md says. There is no second list.
fn floor_plan() -> BTreeMap<String, BTreeSet<String>> {
    let text = read(&workspace().join("docs/ARCHITECTURE.md"));
    let rows = text.lines().filter(|line| line.starts_with("| `postern-"));
    let plan: BTreeMap<_, _> = rows.map(plan_row).collect();
    assert!(!plan.is_empty(), "docs/ARCHITECTURE.md has no floor plan");
    plan
}

fn plan_row(row: &str) -> (String, BTreeSet<String>) {
    let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
    let [room, uses, ..] = cells.as_slice() else { panic!("not a row of the floor plan: {row}") };
    let uses = uses.split([',', ' ']).filter_map(|word| word.strip_prefix('`')?.strip_suffix('`'));
    (room.trim_matches('`').to_owned(), uses.map(|name| format!("postern-{name}")).collect())
}

fn metadata() -> Metadata {
    MetadataCommand::new().current_dir(workspace()).no_deps().exec().expect("cargo metadata")
}

fn rooms(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata.packages.iter().filter(|package| !OUTSIDE.contains(&package.name.as_str()))
}

fn normal_dependencies(package: &Package) -> impl Iterator<Item = &str> {
    let for_use = |kind| matches!(kind, DependencyKind::Normal | DependencyKind::Build);
    package.dependencies.iter().filter(move |used| for_use(used.kind)).map(|used| used.name.as_str())
}

fn workspace_edges(metadata: &Metadata, package: &Package) -> BTreeSet<String> {
    let members: BTreeSet<&str> = metadata.packages.iter().map(|member| member.name.as_str()).collect();
    normal_dependencies(package).filter(|name| members.contains(name)).map(str::to_owned).collect()
}

/// `section.key` of every setting, from the commented file that `postern` writes for a new data folder.
fn settings_keys() -> Vec<String> {
    let text = read(&workspace().join("src-tauri/crates/settings/src/default.toml"));
    let mut section = "";
    let mut keys = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if let Some((key, _)) = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = "))
            && key.chars().all(|sign| sign.is_ascii_lowercase() || sign == '_')
        {
            keys.push(format!("{section}.{key}"));
        }
    }
    keys
}

/// Relative targets of Markdown links, without their anchors.
fn links(text: &str) -> Vec<String> {
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let targets = ends.map(|(target, _)| target.split('#').next().unwrap_or_default());
    targets.filter(|target| !target.is_empty() && !target.contains("://")).map(str::to_owned).collect()
}

/// The files of the repository that end so, without what is built or fetched.
fn sources(kinds: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&workspace(), kinds, &mut found);
    assert!(!found.is_empty(), "no {kinds:?} files");
    found
}

fn collect(dir: &Path, kinds: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a readable folder") {
        let path = entry.expect("a folder entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let built = matches!(name, "target" | "node_modules" | "dist" | "gen") || name.starts_with('.');
        if path.is_dir() && !built {
            collect(&path, kinds, found);
        } else if path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| kinds.contains(&kind)) {
            found.push(path);
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
