//! The tables.

/// Exchanges as they were. `request` and `response` are packed bodies; `derived` is the version of the rules by which
/// an exchange was last understood, zero for not yet.
pub(crate) const CREATE_EXCHANGES: &str = "
CREATE TABLE exchanges (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    via TEXT NOT NULL,
    method TEXT NOT NULL,
    host TEXT,
    path TEXT NOT NULL,
    key INTEGER,
    upstream TEXT NOT NULL,
    model TEXT NOT NULL,
    account TEXT,
    status INTEGER NOT NULL,
    ended TEXT NOT NULL,
    first_byte_ms INTEGER,
    total_ms INTEGER NOT NULL,
    request_headers TEXT NOT NULL,
    request BLOB NOT NULL,
    response_headers TEXT NOT NULL,
    response BLOB NOT NULL,
    stored_bytes INTEGER NOT NULL,
    thread INTEGER,
    derived INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX exchanges_id ON exchanges (id);
CREATE INDEX exchanges_at ON exchanges (at_ms);
CREATE INDEX exchanges_derived ON exchanges (derived, seq);
CREATE INDEX exchanges_thread ON exchanges (thread, seq);
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
