/// What can be asked of a model: the word after the colon of `/v1beta/models/{model}:{method}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// An answer as a whole.
    GenerateContent,
    /// An answer in pieces.
    StreamGenerateContent,
    /// How many tokens a request has.
    CountTokens,
    /// The vector of one text.
    EmbedContent,
    /// The vectors of several texts.
    BatchEmbedContents,
}

impl Method {
    const ALL: [Self; 5] = [
        Self::GenerateContent,
        Self::StreamGenerateContent,
        Self::CountTokens,
        Self::EmbedContent,
        Self::BatchEmbedContents,
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::GenerateContent => "generateContent",
            Self::StreamGenerateContent => "streamGenerateContent",
            Self::CountTokens => "countTokens",
            Self::EmbedContent => "embedContent",
            Self::BatchEmbedContents => "batchEmbedContents",
        }
    }

    /// Splits what comes after `/models/` into the model and what is asked of it. A model's name may have colons of its
    /// own.
    pub fn split(path: &str) -> Option<(&str, Self)> {
        let (model, name) = path.rsplit_once(':')?;
        let method = Self::ALL.into_iter().find(|method| method.name() == name)?;
        (!model.is_empty()).then_some((model, method))
    }
}

/// A model's name without the words that Google's clients put before it.
pub(super) fn bare(model: &str) -> &str {
    let model = model.strip_prefix("models/").unwrap_or(model);
    model.strip_prefix("google/").unwrap_or(model)
}
