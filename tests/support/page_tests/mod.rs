//! The stand-in in a real Chromium: it must behave as the site does before anything is tested against it.

mod accounts;
mod chat;
mod layouts;
mod misbehaviours;
mod settings;
mod visitor;
mod wires;
