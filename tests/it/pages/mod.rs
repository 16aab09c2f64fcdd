//! The console as its users see it: one list of things to do, done in a browser at the headless server and in the
//! window, and the looks of every page.

mod host;
mod list;
mod page;
