//! The OpenAI codec from outside: everything it sends validates against the official OpenAPI document,
//! everything that document allows is read, and nothing that comes in makes it panic.
//!
//! `cargo xtask test` fetches the document and names it in `POSTERN_OPENAI_SPEC`. Without it the tests
//! that need it say that they were skipped; with `POSTERN_TEST_STRICT` set they fail instead.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken expectation fails the test"
)]

mod answers;
mod asking;
mod events;
mod properties;
mod requests;
mod responses;
mod spec;
