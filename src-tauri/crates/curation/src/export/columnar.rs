//! Rows to Parquet, without Arrow: each row is taken apart into its leaves, with the levels that tell what is absent and
//! where a list begins, as the Parquet format describes it.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::Value;

use super::Error;
use super::sample::json;
use super::target::Column;

/// A row group is written when it has so many rows, or so many bytes of text.
const GROUP_ROWS: usize = 1000;
const GROUP_BYTES: usize = 16 << 20;

/// Writes rows to a Parquet file.
pub(crate) struct Columnar<W: Write + Send = File> {
    writer: SerializedFileWriter<W>,
    root: Column,
    leaves: Vec<Leaf>,
    rows: usize,
    bytes: usize,
}

/// What a row group has so far of one leaf.
#[derive(Default)]
struct Leaf {
    /// How much of the way to a value is there.
    present: Vec<i16>,
    /// In which list a value goes on; zero for a new row.
    repeated: Vec<i16>,
    texts: Vec<ByteArray>,
    truths: Vec<bool>,
    numbers: Vec<i64>,
}

/// Where in the lists a value stands.
#[derive(Clone, Copy)]
struct Level {
    present: i16,
    repeated: i16,
    /// How many lists are around it.
    lists: i16,
}

impl<W: Write + Send> Columnar<W> {
    pub(crate) fn new(out: W, columns: Vec<(&'static str, Column)>) -> Result<Self, Error> {
        let mut schema = String::from("message row {\n");
        for (name, column) in &columns {
            describe(name, column, &mut schema);
        }
        schema.push('}');
        let schema = Arc::new(parse_message_type(&schema)?);
        let packed = Compression::ZSTD(ZstdLevel::try_new(3)?);
        let properties = Arc::new(WriterProperties::builder().set_compression(packed).build());
        let writer = SerializedFileWriter::new(out, schema, properties)?;
        let root = Column::Group(columns);
        let leaves = (0..leaves(&root)).map(|_| Leaf::default()).collect();
        Ok(Self { writer, root, leaves, rows: 0, bytes: 0 })
    }

    pub(crate) fn write(&mut self, row: &Value) -> Result<(), Error> {
        let Column::Group(columns) = &self.root else { return Ok(()) };
        let mut first = 0;
        for (name, column) in columns {
            let level = Level { present: 0, repeated: 0, lists: 0 };
            self.bytes += take_apart(column, row.get(name), level, &mut self.leaves[first..]);
            first += leaves(column);
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for leaf in &mut self.leaves {
            write_leaf(&mut group, std::mem::take(leaf))?;
        }
        group.close()?;
        self.rows = 0;
        self.bytes = 0;
        Ok(())
    }

    /// Writes what is left, and the end. Gives back what it wrote to.
    pub(crate) fn finish(mut self) -> Result<W, Error> {
        self.flush()?;
        Ok(self.writer.into_inner()?)
    }
}

fn write_leaf<W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, leaf: Leaf) -> Result<(), Error> {
    let missing = || ParquetError::General("fewer columns than the schema has".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    let levels = (Some(leaf.present.as_slice()), Some(leaf.repeated.as_slice()));
    match column.untyped() {
        ColumnWriter::ByteArrayColumnWriter(writer) => writer.write_batch(&leaf.texts, levels.0, levels.1)?,
        ColumnWriter::BoolColumnWriter(writer) => writer.write_batch(&leaf.truths, levels.0, levels.1)?,
        ColumnWriter::Int64ColumnWriter(writer) => writer.write_batch(&leaf.numbers, levels.0, levels.1)?,
        _ => return Err(ParquetError::General("a column of another type".to_owned()).into()),
    };
    column.close()?;
    Ok(())
}

/// The schema in Parquet's own words. A list has the three levels that readers expect.
fn describe(name: &str, column: &Column, out: &mut String) {
    match column {
        Column::Text => out.push_str(&format!("optional binary {name} (STRING);\n")),
        Column::Truth => out.push_str(&format!("optional boolean {name};\n")),
        Column::Number => out.push_str(&format!("optional int64 {name};\n")),
        Column::List(element) => {
            out.push_str(&format!("optional group {name} (LIST) {{ repeated group list {{\n"));
            describe("element", element, out);
            out.push_str("} }\n");
        }
        Column::Group(fields) => {
            out.push_str(&format!("optional group {name} {{\n"));
            for (name, field) in fields {
                describe(name, field, out);
            }
            out.push_str("}\n");
        }
    }
}

fn leaves(column: &Column) -> usize {
    match column {
        Column::Text | Column::Truth | Column::Number => 1,
        Column::List(element) => leaves(element),
        Column::Group(fields) => fields.iter().map(|(_, field)| leaves(field)).sum(),
    }
}

/// Adds a value to its leaves, which are the first of `out`. Gives back how many bytes of text it has.
fn take_apart(column: &Column, value: Option<&Value>, level: Level, out: &mut [Leaf]) -> usize {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return absent(column, level, out);
    };
    let level = Level { present: level.present + 1, ..level };
    match column {
        Column::Text => {
            let text = value.as_str().map_or_else(|| json(value), str::to_owned);
            let bytes = text.len();
            out[0].at(level);
            out[0].texts.push(text.into_bytes().into());
            bytes
        }
        Column::Truth => {
            out[0].at(level);
            out[0].truths.push(value.as_bool().unwrap_or_default());
            1
        }
        Column::Number => {
            out[0].at(level);
            out[0].numbers.push(value.as_i64().unwrap_or_default());
            8
        }
        Column::Group(fields) => {
            let (mut first, mut bytes) = (0, 0);
            for (name, field) in fields {
                bytes += take_apart(field, value.get(name), level, &mut out[first..]);
                first += leaves(field);
            }
            bytes
        }
        Column::List(element) => {
            let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
            if list.is_empty() {
                return absent(column, level, out);
            }
            let inner = Level { present: level.present + 1, lists: level.lists + 1, ..level };
            let mut bytes = 0;
            for (at, value) in list.iter().enumerate() {
                let repeated = if at == 0 { level.repeated } else { inner.lists };
                bytes += take_apart(element, Some(value), Level { repeated, ..inner }, out);
            }
            bytes
        }
    }
}

fn absent(column: &Column, level: Level, out: &mut [Leaf]) -> usize {
    for leaf in &mut out[..leaves(column)] {
        leaf.at(level);
    }
    0
}

impl Leaf {
    fn at(&mut self, level: Level) {
        self.present.push(level.present);
        self.repeated.push(level.repeated);
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_come_out_of_columns_as_they_went_in() {
        let message = Column::Group(vec![
            ("role", Column::Text),
            ("calls", Column::List(Box::new(Column::Group(vec![("name", Column::Text)])))),
            ("weight", Column::Number),
        ]);
        let columns = vec![("messages", Column::List(Box::new(message))), ("good", Column::Truth)];
        let rows = [
            json!({ "messages": [{ "role": "user", "calls": [], "weight": null },
                { "role": "assistant", "calls": [{ "name": "f" }, { "name": "g" }], "weight": 1 }], "good": true }),
            json!({ "messages": [], "good": null }),
            json!({ "messages": null, "good": false }),
        ];
        let mut file = tempfile::tempfile().unwrap();
        let mut writer = Columnar::new(file.try_clone().unwrap(), columns).unwrap();
        for row in &rows {
            writer.write(row).unwrap();
        }
        writer.finish().unwrap().flush().unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let read: Vec<String> =
            reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        assert_eq!(
            read,
            [
                "{messages: [{role: \"user\", calls: [], weight: null}, {role: \"assistant\", calls: [{name: \"f\"}, {name: \"g\"}], weight: 1}], good: true}",
                "{messages: [], good: null}",
                "{messages: null, good: false}",
            ]
        );
    }
}
