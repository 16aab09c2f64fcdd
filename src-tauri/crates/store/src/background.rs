//! Who has the processor first.

use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

/// The rank of threads that give way, of 99; the usual one is half of it. On Linux that is a niceness of 9: an eighth of
/// what others get.
const BEHIND: u8 = 25;

/// Lets the calling thread give way, from now on, to those that somebody waits for. Where the system does not let it, the
/// thread goes on as before.
pub fn give_way() {
    let done = ThreadPriorityValue::try_from(BEHIND).map_err(|error| error.to_string()).and_then(|rank| {
        set_current_thread_priority(ThreadPriority::Crossplatform(rank)).map_err(|error| error.to_string())
    });
    if let Err(error) = done {
        tracing::debug!(error, "a thread could not give way");
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::give_way;

    /// What `proc(5)` calls `nice`, the 19th field, counted behind the name in brackets.
    fn niceness() -> i64 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux tells");
        let behind_name = stat.rsplit_once(')').expect("a name").1;
        behind_name.split_whitespace().nth(16).expect("a field").parse().expect("a number")
    }

    #[test]
    fn a_thread_that_gives_way_is_behind_the_others() {
        let behind = std::thread::spawn(|| {
            give_way();
            niceness()
        });
        assert!(behind.join().expect("no panic") > niceness());
    }
}
