//! Settings that are one of a few words.

use serde::Serialize;

use crate::values::{Text, Written};

/// An enum whose variants are written as these words.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident {
        $(#[$first_about:meta])* $first:ident = $first_word:literal,
        $($(#[$other_about:meta])* $other:ident = $word:literal,)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        pub enum $name {
            $(#[$first_about])*
            #[serde(rename = $first_word)]
            $first,
            $($(#[$other_about])* #[serde(rename = $word)] $other,)*
        }

        impl $name {
            /// The words in the file.
            pub const OPTIONS: &'static [&'static str] = &[$first_word, $($word,)*];

            /// The word in the file.
            pub fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_word,
                    $(Self::$other => $word,)*
                }
            }
        }

        impl Text for $name {
            const EXPECTED: &'static str =
                concat!("\"", $first_word, "\"", $(" or \"", $word, "\"",)*);

            fn from_text(text: &str) -> Option<Self> {
                match text {
                    $first_word => Some(Self::$first),
                    $($word => Some(Self::$other),)*
                    _ => None,
                }
            }
        }
    };
}

choice! {
    /// How answers are read from the site.
    Capture {
        /// From the network, through a DevTools connection.
        Network = "network",
        /// From inside the page.
        Page = "page",
    }
}

choice! {
    /// How a server wants its credential.
    AuthType {
        /// As its host and the path asked for suggest.
        Auto = "auto",
        /// `Authorization: Bearer`.
        OpenAi = "openai",
        /// `x-api-key`.
        Anthropic = "anthropic",
        /// `x-goog-api-key`.
        Google = "google",
        /// `api-key`.
        Azure = "azure",
        /// As the client sends it.
        Off = "off",
    }
}

impl<'de> serde::Deserialize<'de> for AuthType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer).map(|written: Written<Self>| written.0)
    }
}

choice! {
    /// Which account answers a request.
    AccountChoice {
        /// The one whose tab holds the conversation, else the least used.
        Sticky = "sticky",
        /// One after the other.
        RoundRobin = "round_robin",
        /// By chance.
        Random = "random",
        /// The one with the fewest answers today.
        LeastUsed = "least_used",
        /// The one with the most answers left, as far as that was learned.
        MostQuotaLeft = "most_quota_left",
    }
}

choice! {
    /// Which dialect a provider speaks.
    UpstreamKind {
        /// Google's generateContent.
        Gemini = "gemini",
        /// OpenAI's, which many others speak too.
        OpenAi = "openai",
        /// Anthropic's.
        Anthropic = "anthropic",
    }
}

choice! {
    /// Which functions of the MCP servers models are offered.
    Offered {
        /// Those that the request declares.
        Declared = "declared",
        /// All that the servers have.
        All = "all",
    }
}

choice! {
    /// How functions are offered to the site's models.
    ToolMode {
        /// Through the site's own editor, and in words where that fails.
        Auto = "auto",
        /// Through the site's own editor only.
        Native = "native",
        /// In words only.
        Emulated = "emulated",
    }
}

choice! {
    /// How much is logged.
    Level {
        /// What failed.
        Error = "error",
        /// And what is not as it should be.
        Warn = "warn",
        /// And what happens.
        Info = "info",
        /// And what helps to find defects.
        Debug = "debug",
    }
}

choice! {
    /// The window's colours.
    Theme {
        /// As the system has them.
        System = "system",
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
}

choice! {
    /// The window's language.
    Language {
        /// As the system has it.
        System = "system",
        /// English.
        English = "en",
        /// Chinese.
        Chinese = "zh-CN",
    }
}

choice! {
    /// The space between things.
    Density {
        /// Some.
        Comfortable = "comfortable",
        /// Little.
        Compact = "compact",
    }
}

choice! {
    /// What closing the window does.
    Close {
        /// Nobody has decided yet.
        Ask = "ask",
        /// The window hides, Postern goes on in the tray.
        Tray = "tray",
        /// Postern ends.
        Quit = "quit",
    }
}
