//! The store as its callers see it, on real files.

mod accounts;
mod figures;
mod files;
mod journal;
mod keys;
mod logins;
mod recorded;
mod recorder;
mod sealed;
mod support;
