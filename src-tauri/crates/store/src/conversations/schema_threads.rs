//! The tables of conversations.

/// Conversations, what leads to them, and what people decided.
///
/// What is told apart by few values lies in `classes`, one row for each combination that occurs, with the number of its
/// conversations: so a million of them are counted and filtered through some thousands of rows, and a row of `threads`
/// is narrow where lists look. The words themselves are in `words`, the empty one with the number 0.
///
/// `links` says which conversations begin in a certain way: each exchange leaves the hash of what was asked and of all
/// that was said. A row of `texts` has the number `thread << 20 | turn`, so that what is found leads to its conversation
/// without another table. Of a conversation, `tip` and what stands beside it say where it can go on, by the rules of the
/// version `linked`; while everything is derived again, that is ahead of the body that is shown. `joined` names exchanges that can be read only together with an earlier one.
///
/// In `batches`, `undone` is 0 for what holds, 1 for what was undone and can be done again, 2 for what cannot; `own` is 0
/// for what happened without a person. In `audit` what is absent was not changed: `state` has 16 added to it while the
/// conversation is marked as grown, a rating of 0 is none, an empty edit is none.
pub(crate) const CREATE_THREADS: &str = "
CREATE TABLE words (
    id INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE
);
INSERT INTO words VALUES (0, '');
CREATE TABLE classes (
    id INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    standing INTEGER NOT NULL,
    model INTEGER NOT NULL,
    host INTEGER NOT NULL,
    upstream INTEGER NOT NULL,
    key INTEGER NOT NULL,
    dialect INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    language INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    rating INTEGER NOT NULL,
    edited INTEGER NOT NULL,
    threads INTEGER NOT NULL DEFAULT 0,
    UNIQUE (state, standing, model, host, upstream, key, dialect, kind, language, flags, rating, edited)
);
CREATE TABLE threads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    class INTEGER NOT NULL,
    began_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    leaf INTEGER NOT NULL,
    tip BLOB NOT NULL,
    tip_asked BLOB NOT NULL,
    tip_failed INTEGER NOT NULL,
    instructions INTEGER NOT NULL,
    instructed_anew INTEGER NOT NULL DEFAULT 0,
    linked INTEGER NOT NULL,
    parent INTEGER,
    fork_at INTEGER,
    total_ms INTEGER NOT NULL,
    turns INTEGER NOT NULL,
    chars INTEGER NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    text_hash INTEGER NOT NULL,
    cluster INTEGER,
    title TEXT NOT NULL,
    preview TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX threads_last ON threads (last_ms, id, class, tokens);
CREATE INDEX threads_longest ON threads (chars, id, class, tokens, last_ms);
CREATE INDEX threads_class ON threads (class, last_ms, id, tokens);
CREATE INDEX threads_class_longest ON threads (class, chars, id, tokens, last_ms);
CREATE INDEX threads_parent ON threads (parent) WHERE parent IS NOT NULL;
CREATE INDEX threads_cluster ON threads (cluster) WHERE cluster IS NOT NULL;
CREATE INDEX threads_text ON threads (text_hash) WHERE text_hash != 0;
CREATE TRIGGER threads_come AFTER INSERT ON threads BEGIN
    UPDATE classes SET threads = threads + 1 WHERE id = NEW.class;
END;
CREATE TRIGGER threads_change AFTER UPDATE OF class ON threads WHEN OLD.class != NEW.class BEGIN
    UPDATE classes SET threads = threads - 1 WHERE id = OLD.class;
    UPDATE classes SET threads = threads + 1 WHERE id = NEW.class;
END;
CREATE TRIGGER threads_gone AFTER DELETE ON threads BEGIN
    UPDATE classes SET threads = threads - 1 WHERE id = OLD.class;
    DELETE FROM media_uses WHERE seq = -OLD.id;
END;
CREATE TABLE bodies (
    thread INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    texts INTEGER NOT NULL,
    instructions INTEGER NOT NULL,
    bands BLOB NOT NULL,
    body BLOB NOT NULL,
    edited BLOB
);
CREATE TABLE links (
    hash BLOB NOT NULL,
    thread INTEGER NOT NULL,
    turns INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (hash, thread)
) WITHOUT ROWID;
CREATE INDEX links_thread ON links (thread);
CREATE TABLE answers (
    answer TEXT PRIMARY KEY,
    thread INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    turns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX answers_thread ON answers (thread);
CREATE INDEX answers_seq ON answers (seq);
CREATE TABLE joined (
    seq INTEGER PRIMARY KEY,
    earlier INTEGER NOT NULL
);
CREATE INDEX joined_earlier ON joined (earlier);
CREATE TABLE bands (
    band INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    PRIMARY KEY (band, thread)
) WITHOUT ROWID;
CREATE TABLE clusters (
    id INTEGER PRIMARY KEY,
    threads INTEGER NOT NULL
);
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
CREATE TABLE batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    what TEXT NOT NULL,
    own INTEGER NOT NULL,
    threads INTEGER NOT NULL DEFAULT 0,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX batches_undone ON batches (undone, id) WHERE own = 1;
CREATE TABLE audit (
    batch INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    state_before INTEGER,
    state_after INTEGER,
    rating_before INTEGER,
    rating_after INTEGER,
    note_before TEXT,
    note_after TEXT,
    edit_before BLOB,
    edit_after BLOB,
    PRIMARY KEY (batch, thread)
) WITHOUT ROWID;
CREATE INDEX audit_thread ON audit (thread, batch);
CREATE TABLE audit_tags (
    batch INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    tag TEXT NOT NULL,
    added INTEGER NOT NULL,
    PRIMARY KEY (batch, thread, tag)
) WITHOUT ROWID;
CREATE TABLE audit_pairs (
    batch INTEGER PRIMARY KEY,
    pair INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    at_turn INTEGER NOT NULL,
    chosen TEXT NOT NULL,
    rejected TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    added INTEGER NOT NULL
);
CREATE INDEX audit_pairs_thread ON audit_pairs (thread);
CREATE TABLE queries (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    filter TEXT NOT NULL
);
CREATE VIRTUAL TABLE texts USING fts5 (
    text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
";
