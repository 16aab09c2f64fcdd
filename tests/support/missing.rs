/// Whether everything that a test needs of this machine is there. What is missing is said, and the test may be left out;
/// with `POSTERN_TEST_STRICT` it counts as a failure.
pub fn all_there(missing: &[impl AsRef<str>]) -> bool {
    if missing.is_empty() {
        return true;
    }
    let missing: Vec<&str> = missing.iter().map(AsRef::as_ref).collect();
    let said = format!("`cargo xtask test` brings what is missing here: {}", missing.join(", "));
    assert!(std::env::var_os("POSTERN_TEST_STRICT").is_none(), "{said}");
    eprintln!("skipped, because {said}");
    false
}
