//! The table of exchanges.

use std::time::Duration;

use rusqlite::{OptionalExtension, Row};

use super::exchange::{Ended, Exchange, Seq, Server, Via};
use super::pack;
use super::review::ThreadId;
use crate::clock::unsigned;
use crate::{Conversations, Error, KeyId};

/// What an [`Exchange`] is read from.
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
    let text = |column: &str| row.get_ref(column).and_then(|value| Ok(value.as_str()?.to_owned()));
    let body = |column: &str| -> Result<_, Error> {
        pack::unpack(row.get_ref(column)?.as_blob().unwrap_or_default(), folder)
    };
    Ok(Exchange {
        seq: Seq(row.get("seq")?),
        id: text("id")?,
        at_ms: row.get("at_ms")?,
        via: Via::named(&text("via")?).ok_or(Error::Damaged("the way of an exchange"))?,
        method: text("method")?,
        host: row.get("host")?,
        path: text("path")?,
        key: row.get::<_, Option<i64>>("key")?.map(KeyId),
        credential: row.get("credential")?,
        server: Server {
            upstream: row.get("upstream")?,
            model: row.get("model")?,
            account: row.get("account")?,
        },
        status: row.get("status")?,
        ended: Ended::named(&text("ended")?).ok_or(Error::Damaged("the end of an exchange"))?,
        first_byte: row.get::<_, Option<i64>>("first_byte_ms")?.map(millis),
        total: millis(row.get("total_ms")?),
        request_headers: serde_json::from_str(&text("request_headers")?)?,
        request: body("request")?.into(),
        response_headers: serde_json::from_str(&text("response_headers")?)?,
        response: body("response")?.into(),
    })
}

fn millis(millis: i64) -> Duration {
    Duration::from_millis(unsigned(millis))
}
