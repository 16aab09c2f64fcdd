//! In which language a text is.

use whatlang::Script;

/// More letters do not make it clearer.
const MOST: usize = 2000;

/// Of a script that many languages share, fewer different words do not tell which of them it is.
const LEAST: usize = 4;

/// A text is English when it has so many different ones of [`ENGLISH`], and when these and [`ALSO`] are so large a part of
/// its words, in percent.
const KINDS: usize = 3;
const SHARE: usize = 20;

/// Words that every English text is full of, and texts in other languages are not.
const ENGLISH: [&str; 25] = [
    "about", "and", "are", "because", "been", "could", "each", "from", "has", "how", "if", "it", "should",
    "that", "the", "their", "then", "there", "these", "they", "this", "what", "when", "with", "you",
];

/// Words of the same kind that others have as well.
const ALSO: [&str; 23] = [
    "after", "all", "any", "as", "at", "be", "but", "by", "can", "for", "have", "in", "is", "its", "not",
    "of", "on", "or", "so", "to", "was", "which", "will",
];

/// The language of a text in ISO 639-3, if that is clear. Code says nothing about it.
pub(crate) fn language(text: &str) -> Option<&'static str> {
    let prose = prose(text);
    if whatlang::detect_script(&prose)? == Script::Latin {
        // To hold it against all languages of this script takes twenty times as long as to look at its words.
        let words = Words::of(&prose);
        if words.different.len() < LEAST {
            return None;
        }
        if words.are_english() {
            return Some(whatlang::Lang::Eng.code());
        }
    }
    let found = whatlang::detect(&prose)?;
    found.is_reliable().then(|| found.lang().code())
}

/// The beginning of a text without its code.
fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len().min(2 * MOST));
    let mut left = MOST;
    for piece in text.split("```").step_by(2) {
        let end = piece.char_indices().nth(left).map_or(piece.len(), |(end, _)| end);
        prose.push_str(&piece[..end]);
        left -= piece[..end].chars().count();
        if left == 0 {
            break;
        }
    }
    prose
}

/// What the words of a text tell at a glance.
#[derive(Default)]
struct Words<'a> {
    count: usize,
    /// The first ones that differ, [`LEAST`] at most.
    different: Vec<&'a str>,
    /// Words of [`ENGLISH`] and [`ALSO`].
    familiar: usize,
    /// Which ones of [`ENGLISH`] there are, a bit for each.
    kinds: u32,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        let mut words = Self::default();
        let all = text.split(|letter: char| !letter.is_alphabetic());
        all.filter(|word| !word.is_empty()).for_each(|word| words.take(word));
        words
    }

    fn take(&mut self, word: &'a str) {
        self.count += 1;
        let is_new = |known: &&str| !known.eq_ignore_ascii_case(word);
        if self.different.len() < LEAST && self.different.iter().all(is_new) {
            self.different.push(word);
        }
        // As long as the longest of them.
        let mut small = [0; 7];
        let Some(small) = small.get_mut(..word.len()) else { return };
        small.copy_from_slice(word.as_bytes());
        small.make_ascii_lowercase();
        let find = |list: &[&str]| list.binary_search_by(|known| known.as_bytes().cmp(small)).ok();
        if let Some(place) = find(&ENGLISH) {
            self.kinds |= 1 << place;
            self.familiar += 1;
        } else if find(&ALSO).is_some() {
            self.familiar += 1;
        }
    }

    fn are_english(&self) -> bool {
        self.kinds.count_ones() as usize >= KINDS && self.familiar * 100 >= SHARE * self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What somebody says in each of these languages, with words that English has too where there are such.
    const SAID: [(&str, &str); 25] = [
        (
            "eng",
            "How do I read a file in Rust? You can open it with the standard library and read all of its bytes.",
        ),
        (
            "deu",
            "Das Wetter im Norden wird morgen regnerisch, mit etwas Wind vom Meer her am späten Abend und in der Nacht.",
        ),
        (
            "fra",
            "Le temps sera pluvieux demain dans le nord du pays, avec un peu de vent venu de la mer pendant la soirée.",
        ),
        (
            "spa",
            "Mañana lloverá en el norte del país, con algo de viento del mar por la tarde y durante toda la noche.",
        ),
        (
            "por",
            "Amanhã vai chover no norte do país, com algum vento do mar ao fim da tarde e também durante a noite.",
        ),
        (
            "ita",
            "Domani il tempo sarà piovoso nel nord del paese, con un po' di vento dal mare nella serata e nella notte.",
        ),
        (
            "nld",
            "Het weer in het noorden van het land wordt morgen regenachtig, met wat wind van zee in de avond, of in de nacht.",
        ),
        (
            "afr",
            "Die weer in die noorde van die land sal môre reënerig wees, met 'n bietjie wind van die see af in die aand.",
        ),
        (
            "swe",
            "Vädret i norra delen av landet blir regnigt i morgon, med lite vind från havet på kvällen och under natten.",
        ),
        (
            "pol",
            "Jutro na północy kraju będzie deszczowo, wieczorem powieje lekki wiatr od morza, a w nocy zrobi się chłodniej.",
        ),
        (
            "ces",
            "Zítra bude na severu země deštivo, večer zafouká mírný vítr od moře a v noci se citelně ochladí.",
        ),
        (
            "hun",
            "Holnap az ország északi részén esős idő várható, este kisebb szél fúj a tenger felől, éjszaka pedig lehűl.",
        ),
        (
            "ron",
            "Mâine vremea va fi ploioasă în nordul țării, cu puțin vânt dinspre mare seara și în cursul nopții.",
        ),
        (
            "fin",
            "Huomenna maan pohjoisosassa on sateista, illalla tuulee hieman mereltä ja yöllä sää viilenee selvästi.",
        ),
        (
            "tur",
            "Yarın ülkenin kuzeyinde hava yağmurlu olacak, akşam denizden hafif bir rüzgar esecek ve gece hava soğuyacak.",
        ),
        (
            "vie",
            "Ngày mai thời tiết ở miền bắc sẽ có mưa, buổi tối có gió nhẹ từ biển thổi vào và ban đêm trời sẽ lạnh hơn.",
        ),
        (
            "ind",
            "Besok cuaca di bagian utara negara itu akan hujan, dengan sedikit angin dari laut pada sore dan malam hari.",
        ),
        (
            "rus",
            "Что вы об этом думаете? Мне кажется, что говорить об этом ещё рано, но мы ещё вернёмся к этому вопросу, когда будет время.",
        ),
        (
            "ukr",
            "Завтра на півночі країни буде дощово, увечері повіє легкий вітер з моря, а вночі стане холодніше.",
        ),
        ("cmn", "明天北方地区将有小到中雨，傍晚海上有风，请大家注意带伞，晚上气温会有所下降。"),
        ("jpn", "明日は北の地方で雨が降り、夕方には海から少し風が吹いて、夜には気温が下がるでしょう。"),
        (
            "kor",
            "내일은 북부 지방에 비가 내리고 저녁에는 바다에서 약한 바람이 불며 밤에는 기온이 내려가겠습니다.",
        ),
        (
            "ara",
            "سيكون الطقس ممطرا غدا في شمال البلاد مع رياح خفيفة من البحر في المساء وستنخفض درجات الحرارة ليلا.",
        ),
        (
            "ell",
            "Αύριο ο καιρός στα βόρεια της χώρας θα είναι βροχερός, με λίγο άνεμο από τη θάλασσα το βράδυ.",
        ),
        ("hin", "कल देश के उत्तर में बारिश होगी, शाम को समुद्र से हल्की हवा चलेगी और रात में तापमान गिर जाएगा।"),
    ];

    #[test]
    fn each_language_is_told_from_the_others() {
        for (code, said) in SAID {
            assert_eq!(language(said), Some(code), "{said}");
        }
    }

    #[test]
    fn english_is_known_by_its_words_and_nothing_else_is() {
        assert!(
            Words::of("Is the file that you sent from THE server, and what should I do with it?")
                .are_english()
        );
        for (code, said) in SAID.iter().filter(|(code, _)| *code != "eng") {
            assert!(!Words::of(said).are_english(), "{code}");
        }
        let (_, german) = SAID[1];
        let mixed = format!("Is it the weather that you asked about? {german} {german} {german}");
        assert!(!Words::of(&mixed).are_english(), "a few words among many others");
    }

    #[test]
    fn three_words_of_a_script_that_many_share_are_in_no_language() {
        assert_eq!(language("Hello word number 1 word number 2 word number 3 Word Number 4"), None);
        assert_eq!(language("12345 + 67890"), None);
        assert_eq!(language("你好"), Some("cmn"));
        assert_eq!(language("γεια σου"), Some("ell"));
    }

    #[test]
    fn code_says_nothing_about_the_language() {
        let code = "```rust\n// the bytes that you read from it, and what they are about\n```\n";
        assert_eq!(language(&format!("{}{code}{code}{code}", SAID[1].1)), Some("deu"));
        assert_eq!(language(code), None);
    }

    #[test]
    fn the_words_to_look_for_are_in_order_and_short_enough() {
        assert!(ENGLISH.is_sorted() && ALSO.is_sorted());
        assert!(ENGLISH.iter().chain(&ALSO).all(|word| word.len() <= 7 && word.is_ascii()));
    }
}
