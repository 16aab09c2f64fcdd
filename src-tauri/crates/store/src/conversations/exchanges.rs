//! The table of exchanges.

use std::time::Duration;

use rusqlite::{OptionalExtension, Row};

use super::exchange::{Ended, Exchange, Seq, Server, Via};
use super::pack;
use super::review::ThreadId;
use crate::clock::unsigned;
use crate::{Conversations, Error, KeyId};

/// What an [`Exchange`] is read from, in the order of [`read`].
pub(super) const COLUMNS: &str = "seq, id, at_ms, via, method, host, path, key, credential, upstream, model, account, \
     status, ended, first_byte_ms, total_ms, request_headers, response_headers, request, response";

impl Conversations {
    /// The exchange with this number, its bodies unpacked.
    pub async fn exchange(&self, seq: Seq) -> Result<Option<Exchange>, Error> {
        let folder = self.folder.clone();
        self.reader
            .run(move |connection| {
                let mut select =
                    connection.prepare_cached(&format!("SELECT {COLUMNS} FROM exchanges WHERE seq = ?1"))?;
                let found = select.query_row([seq.0], |row| Ok(read(row, &folder))).optional()?;
                found.transpose()
            })
            .await
    }

    /// The exchanges of a conversation, oldest first, their bodies unpacked.
    pub async fn exchanges_of(&self, thread: ThreadId) -> Result<Vec<Exchange>, Error> {
        let folder = self.folder.clone();
        self.reader
            .run(move |connection| {
                let mut select = connection.prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM exchanges WHERE thread = ?1 ORDER BY seq"
                ))?;
                let rows = select.query_map([thread.0], |row| Ok(read(row, &folder)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }
}

/// An exchange from a row of [`COLUMNS`].
pub(super) fn read(row: &Row<'_>, folder: &std::path::Path) -> Result<Exchange, Error> {
    let text = |column: usize| row.get_ref(column).and_then(|value| Ok(value.as_str()?.to_owned()));
    let body = |column: usize| -> Result<_, Error> {
        pack::unpack(row.get_ref(column)?.as_blob().unwrap_or_default(), folder)
    };
    Ok(Exchange {
        seq: Seq(row.get(0)?),
        id: text(1)?,
        at_ms: row.get(2)?,
        via: Via::named(&text(3)?).ok_or(Error::Damaged("the way of an exchange"))?,
        method: text(4)?,
        host: row.get(5)?,
        path: text(6)?,
        key: row.get::<_, Option<i64>>(7)?.map(KeyId),
        credential: row.get(8)?,
        server: Server { upstream: row.get(9)?, model: row.get(10)?, account: row.get(11)? },
        status: row.get(12)?,
        ended: Ended::named(&text(13)?).ok_or(Error::Damaged("the end of an exchange"))?,
        first_byte: row.get::<_, Option<i64>>(14)?.map(millis),
        total: millis(row.get(15)?),
        request_headers: serde_json::from_str(&text(16)?)?,
        request: body(18)?.into(),
        response_headers: serde_json::from_str(&text(17)?)?,
        response: body(19)?.into(),
    })
}

fn millis(millis: i64) -> Duration {
    Duration::from_millis(unsigned(millis))
}
