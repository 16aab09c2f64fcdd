//! Rows to files. They are made in a folder beside the one that is wanted, which takes its name when all is written.

mod card;
mod file;
mod manifest;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Error;
use super::fault::Dropped;
use super::maker::Made;
use super::origin::Origin;
use super::run::{Sink, Tally, Watch, run};
use super::sample::json;
use super::spec::{FileFormat, Part, Preset, Spec};
use super::target::file_name;
use file::{Lines, RowFile};

/// What was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// Where.
    #[schema(value_type = String)]
    pub folder: PathBuf,
    /// How many rows, and how many were left out.
    pub tally: Tally,
    /// Every file.
    pub files: Vec<Written>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Written {
    /// Its place in the folder, with slashes.
    pub name: String,
    /// How large it is.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// Writes the data set into a new folder `out`.
///
/// # Errors
///
/// When the specification cannot be followed, the folder is there and not empty, a file cannot be written, the store
/// fails, or it is called off. Nothing is left of it then.
pub fn export(spec: &Spec, out: &Path, origin: &mut dyn Origin, watch: &dyn Watch) -> Result<Summary, Error> {
    let out = std::path::absolute(out).map_err(Error::file(out))?;
    if fs::read_dir(&out).is_ok_and(|mut entries| entries.next().is_some()) || out.is_file() {
        return Err(Error::Exists(out));
    }
    let parent = out.parent().unwrap_or(&out);
    fs::create_dir_all(parent).map_err(Error::file(parent))?;
    // Taken away when it is dropped, and so with every error.
    let draft = tempfile::Builder::new()
        .prefix(".postern-export-")
        .tempdir_in(parent)
        .map_err(Error::file(parent))?;
    let mut writer = Writer::new(spec, draft.path());
    let tally = run(spec, origin, watch, &mut writer)?;
    let files = writer.finish(&tally)?;
    if out.is_dir() {
        fs::remove_dir(&out).map_err(Error::file(&out))?;
    }
    fs::rename(draft.path(), &out).map_err(Error::file(&out))?;
    // What the guard would take away has another name now.
    let _ = draft.keep();
    Ok(Summary { folder: out, tally, files })
}

/// Files of a data set that is being written.
struct Writer<'a> {
    spec: &'a Spec,
    folder: &'a Path,
    parts: BTreeMap<Part, RowFile>,
    /// Columns that rows of a part have.
    columns: BTreeMap<Part, BTreeSet<String>>,
    invalid: Option<Lines>,
    /// Pictures and recordings that were copied.
    copied: BTreeSet<String>,
    written: Vec<Written>,
}

impl<'a> Writer<'a> {
    fn new(spec: &'a Spec, folder: &'a Path) -> Self {
        Self {
            spec,
            folder,
            parts: BTreeMap::new(),
            columns: BTreeMap::new(),
            invalid: None,
            copied: BTreeSet::new(),
            written: Vec::new(),
        }
    }

    /// The file of a part, begun when it is first wanted.
    fn part(&mut self, part: Part) -> Result<&mut RowFile, Error> {
        let (spec, folder) = (self.spec, self.folder);
        match self.parts.entry(part) {
            std::collections::btree_map::Entry::Occupied(file) => Ok(file.into_mut()),
            std::collections::btree_map::Entry::Vacant(place) => {
                Ok(place.insert(RowFile::create(folder, &part_file(spec, part), spec)?))
            }
        }
    }

    fn copy(&mut self, sha256: &str, mime: &str, origin: &dyn Origin) -> Result<(), Error> {
        let name = file_name(sha256, mime);
        let Some(from) = origin.media(sha256).filter(|_| !self.copied.contains(&name)) else { return Ok(()) };
        let to = self.folder.join(&name);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let bytes = fs::copy(&from, &to).map_err(Error::file(&to))?;
        self.written.push(Written { name: name.clone(), bytes, sha256: sha256.to_owned() });
        self.copied.insert(name);
        Ok(())
    }

    /// A small file, written at once.
    fn small(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let mut file = Lines::create(self.folder, name)?;
        file.text(text)?;
        self.written.push(file.finish()?);
        Ok(())
    }

    fn finish(mut self, tally: &Tally) -> Result<Vec<Written>, Error> {
        if self.spec.preset != Preset::Markdown {
            // A trainer looks for the file even when it is empty.
            self.part(Part::Train)?;
        }
        for (_, file) in std::mem::take(&mut self.parts) {
            self.written.push(file.finish()?);
        }
        if let Some(file) = self.invalid.take() {
            self.written.push(file.finish()?);
        }
        if self.spec.preset.is_llama_factory() {
            let info = card::dataset_info(self.spec, &self.columns);
            self.small("dataset_info.json", &info)?;
        }
        let card = card::readme(self.spec, tally, &self.written);
        self.small("README.md", &card)?;
        self.written.sort();
        let manifest = manifest::manifest(self.spec, tally, &self.written);
        self.small("export.json", &manifest)?;
        Ok(self.written)
    }
}

impl Sink for Writer<'_> {
    fn row(&mut self, made: Made, origin: &dyn Origin) -> Result<(), Error> {
        if self.takes_files() {
            for (sha256, mime) in &made.media {
                self.copy(sha256, mime, origin)?;
            }
        }
        if self.spec.preset == Preset::Markdown {
            let id = made.about.get("id").and_then(Value::as_str).unwrap_or_default();
            let name = format!("{}/{id}.md", made.part.word());
            let text = made.row.get("text").and_then(Value::as_str).unwrap_or_default();
            return self.small(&name, text);
        }
        if self.spec.preset.is_llama_factory()
            && let Value::Object(row) = &made.row
        {
            self.columns.entry(made.part).or_default().extend(row.keys().cloned());
        }
        let mut row = made.row;
        if let (FileFormat::Parquet, Value::Object(row), Value::Object(about)) =
            (self.spec.format, &mut row, made.about)
        {
            row.extend(about);
        }
        self.part(made.part)?.write(&row, made.line)
    }

    fn dropped(&mut self, dropped: Dropped) -> Result<(), Error> {
        if !self.spec.invalid_file {
            return Ok(());
        }
        if self.invalid.is_none() {
            self.invalid = Some(Lines::create(self.folder, "invalid.jsonl")?);
        }
        match &mut self.invalid {
            Some(file) => file.line(json(&dropped)),
            None => Ok(()),
        }
    }
}

impl Writer<'_> {
    /// Whether rows name files; else the bytes are in the rows.
    fn takes_files(&self) -> bool {
        !matches!(
            self.spec.preset,
            Preset::Openai | Preset::OpenaiDpo | Preset::Together | Preset::Fireworks | Preset::Mistral
        )
    }
}

/// Where the rows of a part are.
fn part_file(spec: &Spec, part: Part) -> String {
    match spec.format {
        FileFormat::Jsonl => format!("{}.jsonl", part.word()),
        FileFormat::Json => format!("{}.json", part.word()),
        FileFormat::Parquet => format!("data/{}-00000-of-00001.parquet", part.word()),
    }
}
