//! Files that know how large they are and what their hash is when they are written.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::Error;
use super::super::columnar::Columnar;
use super::super::sample::json;
use super::super::spec::{FileFormat, Spec};
use super::super::target::columns;
use super::Written;

/// So much is gathered before it is written.
const BUFFER: usize = 64 << 10;

/// A file with rows in it.
pub(super) enum RowFile {
    Jsonl(Lines),
    Json { lines: Lines, begun: bool },
    Parquet { writer: Box<Columnar<Hashed>>, name: String, path: PathBuf },
}

impl RowFile {
    pub(super) fn create(folder: &Path, name: &str, spec: &Spec) -> Result<Self, Error> {
        Ok(match spec.format {
            FileFormat::Jsonl => Self::Jsonl(Lines::create(folder, name)?),
            FileFormat::Json => {
                let mut lines = Lines::create(folder, name)?;
                lines.text("[")?;
                Self::Json { lines, begun: false }
            }
            FileFormat::Parquet => {
                let path = folder.join(name);
                let out = Hashed::create(&path)?;
                let writer = Box::new(Columnar::new(out, columns(spec.preset))?);
                Self::Parquet { writer, name: name.to_owned(), path }
            }
        })
    }

    /// Adds a row; `line` is the same as JSON, where somebody has written it already.
    pub(super) fn write(&mut self, row: &Value, line: Option<String>) -> Result<(), Error> {
        let line = || line.unwrap_or_else(|| json(row));
        match self {
            Self::Jsonl(lines) => lines.line(line()),
            Self::Json { lines, begun } => {
                lines.text(if std::mem::replace(begun, true) { ",\n" } else { "\n" })?;
                lines.text(&line())
            }
            Self::Parquet { writer, .. } => writer.write(row),
        }
    }

    pub(super) fn finish(self) -> Result<Written, Error> {
        match self {
            Self::Jsonl(lines) => lines.finish(),
            Self::Json { mut lines, .. } => {
                lines.text("\n]\n")?;
                lines.finish()
            }
            Self::Parquet { writer, name, path } => writer.finish()?.finish(name, &path),
        }
    }
}

/// A text file.
pub(super) struct Lines {
    out: Hashed,
    name: String,
    path: PathBuf,
}

impl Lines {
    pub(super) fn create(folder: &Path, name: &str) -> Result<Self, Error> {
        let path = folder.join(name);
        Ok(Self { out: Hashed::create(&path)?, name: name.to_owned(), path })
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), Error> {
        self.out.write_all(text.as_bytes()).map_err(Error::file(&self.path))
    }

    /// The text and the end of its line.
    pub(super) fn line(&mut self, mut text: String) -> Result<(), Error> {
        text.push('\n');
        self.text(&text)
    }

    pub(super) fn finish(self) -> Result<Written, Error> {
        self.out.finish(self.name, &self.path)
    }
}

/// A file that counts and hashes what is written.
pub(super) struct Hashed {
    out: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Hashed {
    fn create(path: &Path) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let file = File::create_new(path).map_err(Error::file(path))?;
        Ok(Self { out: BufWriter::with_capacity(BUFFER, file), hash: Sha256::new(), bytes: 0 })
    }

    fn finish(mut self, name: String, path: &Path) -> Result<Written, Error> {
        self.out.flush().and_then(|()| self.out.get_ref().sync_all()).map_err(Error::file(path))?;
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Written { name, bytes: self.bytes, sha256 })
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
