//! The store as its callers see it, on real files.

mod accounts;
mod again;
mod derived;
mod faults;
mod figures;
mod files;
mod journal;
mod keeping;
mod keys;
mod linking;
mod logins;
mod recorded;
mod recorder;
mod reviewing;
mod same;
mod sealed;
mod secrets;
mod support;
