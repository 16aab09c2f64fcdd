//! The tables.

/// Exchanges as they were. `request` and `response` are packed bodies, which come last so that nothing else lies behind
/// them; `derived` is the version of the rules by which an exchange was last understood, zero for not yet.
///
/// `totals` is one row that knows how many exchanges there are. `spools` says up to which frame what a process spooled
/// is in the table, and `installation` holds the key by which credentials are told apart. A use of media belongs to an
/// exchange by its number, or to a conversation whose exchanges are gone by its negative id.
pub(crate) const CREATE_EXCHANGES: &str = "
CREATE TABLE exchanges (
    seq INTEGER PRIMARY KEY,
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

/// Conversations, what leads to them, and what people decided.
///
/// `links` says where a conversation with a certain beginning is: each exchange leaves the hash of what was asked and
/// of all that was said. A row of `texts` has the number `thread << 20 | turn`, so that what is found leads to its
/// conversation without another table.
pub(crate) const CREATE_THREADS: &str = "
CREATE TABLE threads (
    id INTEGER PRIMARY KEY,
    began_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    leaf INTEGER NOT NULL,
    tip BLOB NOT NULL,
    parent INTEGER,
    fork_at INTEGER,
    host TEXT,
    upstream TEXT NOT NULL,
    key INTEGER,
    total_ms INTEGER NOT NULL,
    title TEXT NOT NULL,
    preview TEXT NOT NULL,
    kind TEXT NOT NULL,
    dialect TEXT NOT NULL,
    model TEXT NOT NULL,
    language TEXT NOT NULL,
    standing TEXT NOT NULL,
    turns INTEGER NOT NULL,
    chars INTEGER NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    text_hash INTEGER NOT NULL,
    cluster INTEGER,
    state TEXT NOT NULL DEFAULT 'new',
    rating INTEGER,
    note TEXT NOT NULL DEFAULT '',
    reviewed_ms INTEGER
);
CREATE TRIGGER threads_gone AFTER DELETE ON threads BEGIN
    DELETE FROM media_uses WHERE seq = -OLD.id;
END;
CREATE TABLE bodies (
    thread INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    edited BLOB
);
CREATE TABLE links (
    hash BLOB PRIMARY KEY,
    thread INTEGER NOT NULL,
    turns INTEGER NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE answers (
    answer TEXT PRIMARY KEY,
    thread INTEGER NOT NULL,
    seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE bands (
    band INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    PRIMARY KEY (band, thread)
) WITHOUT ROWID;
CREATE TABLE tags (
    tag TEXT NOT NULL,
    thread INTEGER NOT NULL,
    PRIMARY KEY (tag, thread)
) WITHOUT ROWID;
CREATE INDEX tags_thread ON tags (thread);
CREATE TABLE pairs (
    id INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL,
    at_turn INTEGER NOT NULL,
    chosen TEXT NOT NULL,
    rejected TEXT NOT NULL,
    at_ms INTEGER NOT NULL
);
CREATE INDEX pairs_thread ON pairs (thread);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    what TEXT NOT NULL,
    before BLOB,
    after BLOB,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX audit_batch ON audit (batch);
CREATE INDEX audit_thread ON audit (thread);
CREATE TABLE queries (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    filter TEXT NOT NULL
);
CREATE VIRTUAL TABLE texts USING fts5 (text, content='', contentless_delete=1, tokenize='unicode61');
";
