//! The stand-in in a real Chromium: it must behave as the site does before anything is tested against it.

mod accounts;
mod chat;
mod functions;
mod hands;
mod layouts;
mod misbehaviours;
mod output;
mod settings;
mod tools;
mod uploads;
mod visitor;
mod wires;
