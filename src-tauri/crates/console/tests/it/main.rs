//! The console router as window and browser meet it, over a house that only plays one.

mod desk;
mod document;
mod events;
mod fuzz;
mod guard;
mod keys;
mod login;
mod pages;
mod routes;
mod support;
