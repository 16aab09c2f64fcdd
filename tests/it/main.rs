//! The house as a whole: its rules, and the product as its users and their clients meet it.
//!
//! One test program, because every further one would be linked anew.

mod house;
