//! What the program is told when it is started.

/// The arguments. What is not known is ignored: desktops and drivers hand over arguments of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// `--hidden`: start in the tray, without the window.
    pub(crate) hidden: bool,
    /// `--safe-graphics`: draw without the graphics card (Linux).
    pub(crate) safe_graphics: bool,
}

impl Arguments {
    /// Reads what stands behind the program's name.
    pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Self {
        let mut arguments = Self::default();
        for word in words {
            match word.as_str() {
                "--hidden" => arguments.hidden = true,
                "--safe-graphics" => arguments.safe_graphics = true,
                _ => {}
            }
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Arguments {
        Arguments::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn known_arguments_count_and_others_do_not_stop_the_program() {
        assert_eq!(read(""), Arguments::default());
        assert_eq!(read("--hidden"), Arguments { hidden: true, safe_graphics: false });
        assert_eq!(
            read("-psn_0_1 --safe-graphics --hidden"),
            Arguments { hidden: true, safe_graphics: true }
        );
    }
}
