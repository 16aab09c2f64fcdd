//! The tables.

/// Exchanges as they were. `request` and `response` are packed bodies, which come last so that nothing else lies behind
/// them; `derived` is the version of the rules by which an exchange was last understood, zero for not yet.
///
/// `totals` is one row that knows how many exchanges there are. `spools` says up to which frame what a process spooled
/// is in the table, and `installation` holds the key by which credentials are told apart. A use of media belongs to an
/// exchange by its number, or to a conversation whose exchanges are gone by its negative id.
pub(crate) const CREATE_EXCHANGES: &str = "
CREATE TABLE exchanges (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL,
    thread INTEGER,
    derived INTEGER NOT NULL DEFAULT 0,
    via TEXT NOT NULL,
    method TEXT NOT NULL,
    host TEXT,
    path TEXT NOT NULL,
    key INTEGER,
    credential TEXT,
    upstream TEXT NOT NULL,
    model TEXT NOT NULL,
    account TEXT,
    status INTEGER NOT NULL,
    ended TEXT NOT NULL,
    first_byte_ms INTEGER,
    total_ms INTEGER NOT NULL,
    request_headers TEXT NOT NULL,
    response_headers TEXT NOT NULL,
    request BLOB NOT NULL,
    response BLOB NOT NULL
);
CREATE INDEX exchanges_id ON exchanges (id);
CREATE INDEX exchanges_at ON exchanges (at_ms);
CREATE INDEX exchanges_derived ON exchanges (derived, seq);
CREATE INDEX exchanges_thread ON exchanges (thread, seq);
CREATE TABLE totals (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    exchanges INTEGER NOT NULL,
    media_bytes INTEGER NOT NULL
);
INSERT INTO totals VALUES (1, 0, 0);
CREATE TABLE spools (
    name TEXT PRIMARY KEY,
    frame INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE installation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB NOT NULL
);
INSERT INTO installation VALUES (1, randomblob(32));
CREATE TABLE media (
    sha TEXT PRIMARY KEY,
    mime TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE media_uses (
    seq INTEGER NOT NULL,
    sha TEXT NOT NULL,
    PRIMARY KEY (seq, sha)
) WITHOUT ROWID;
CREATE INDEX media_uses_sha ON media_uses (sha);
CREATE TRIGGER exchanges_gone AFTER DELETE ON exchanges BEGIN
    UPDATE totals SET exchanges = exchanges - 1;
    DELETE FROM media_uses WHERE seq = OLD.seq;
END;
CREATE TRIGGER media_gone AFTER DELETE ON media BEGIN
    UPDATE totals SET media_bytes = media_bytes - OLD.bytes;
END;
";
