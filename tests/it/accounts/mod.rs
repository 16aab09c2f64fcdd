//! Accounts as their owners meet them: how they come into service, and what they do there.

mod enrol_crash;
mod firefox;
mod grid;
mod import;
mod owner;
mod planted;
mod pool;
mod selenium;
mod session;
mod sign_in;
