//! Builds the crate anew when the pages that it carries were.

fn main() {
    // A debug build reads the pages from the disk when they are asked for.
    let carries = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo:rerun-if-changed={}", if carries { "../../../ui/dist" } else { "build.rs" });
}
