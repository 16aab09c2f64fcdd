//! Conversations that look like real ones: half of them Chinese, most short and some long.

use std::path::Path;
use std::time::Instant;

use postern_store::{Conversations, Derived, Facts, Prefix, Seq, Standing};
use rusqlite::{Connection, params};

use super::rate;

/// One in a thousand is of this model.
pub(crate) const RARE_MODEL: &str = "model-rare";
/// A word in one of ten thousand.
pub(crate) const RARE_WORD: &str = "zyzzyva ";
/// The same in Chinese.
pub(crate) const RARE_CHINESE: &str = "饕餮盛宴";

/// So many are written in one go.
const PIECE: u64 = 10_000;

/// The last so many are written once more without the store, to compare.
const COMPARED: u64 = 20_000;

const ENGLISH: [&str; 48] = [
    "the", "a", "of", "to", "and", "in", "is", "that", "for", "with", "function", "value", "return",
    "please", "write", "list", "error", "file", "quick", "brown", "model", "answer", "question", "test",
    "data", "code", "how", "do", "can", "you", "explain", "string", "number", "server", "request",
    "response", "time", "table", "index", "query", "page", "thread", "memory", "user", "name", "key", "type",
    "class",
];
const CHINESE: [&str; 40] = [
    "今天", "天气", "怎么", "样子", "请问", "如何", "使用", "语言", "解析", "函数", "返回", "错误", "文件",
    "模型", "回答", "问题", "测试", "数据", "代码", "解释", "字符", "数字", "服务", "请求", "时间", "表格",
    "索引", "查询", "页面", "内存", "用户", "名字", "类型", "我们", "他们", "可以", "需要", "因为", "所以",
    "北京",
];

/// What was written.
pub(crate) struct Written {
    /// Of the last ones, per second.
    pub(crate) rate: f64,
    /// The last ones.
    pub(crate) compared: Vec<Derived>,
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap_or_default()]
    }
}

/// Writes conversations of two to ten turns through the store; their exchanges are written as bare rows.
pub(crate) async fn write(
    conversations: &Conversations,
    database: &Path,
    threads: u64,
) -> anyhow::Result<Written> {
    let bare = Connection::open(database)?;
    bare.busy_timeout(std::time::Duration::from_secs(60))?;
    let mut dice = Dice(7);
    let mut compared = Vec::new();
    let mut spent = 0.0;
    let last = threads.saturating_sub(COMPARED);
    for from in (0..threads).step_by(usize::try_from(PIECE)?) {
        let until = (from + PIECE).min(threads);
        let derived: Vec<(Seq, Derived)> = (from..until)
            .map(|number| Ok((Seq(i64::try_from(number + 1)?), one(&mut dice, number))))
            .collect::<anyhow::Result<_>>()?;
        exchanges(&bare, from, until)?;
        let begun = Instant::now();
        if from >= last {
            compared.extend(derived.iter().map(|(_, derived)| derived.clone()));
            let begun = Instant::now();
            conversations.put(1, derived).await?;
            spent += begun.elapsed().as_secs_f64();
        } else {
            conversations.put(1, derived).await?;
        }
        if until.is_multiple_of(100_000) {
            eprintln!(
                "  {until} conversations, the last of them {:.0} a second",
                rate(usize::try_from(PIECE)?, begun)
            );
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let rate = compared.len() as f64 / spent;
    Ok(Written { rate, compared })
}

/// A thousand of them.
pub(crate) fn some() -> Vec<Derived> {
    let mut dice = Dice(7);
    (0..1_000).map(|number| one(&mut dice, number)).collect()
}

/// Bare rows for the exchanges, with hardly anything in them.
fn exchanges(connection: &Connection, from: u64, until: u64) -> anyhow::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    let mut add = transaction.prepare_cached(
        "INSERT INTO exchanges (seq, id, at_ms, stored_bytes, via, method, path, upstream, model, status, ended, total_ms,
             request_headers, response_headers, request, response)
         VALUES (?1, 'req', ?2, 10, 'api', 'POST', '/v1/chat/completions', ?3, 'm', 200, 'whole', 900, '[]', '[]', x'', x'')",
    )?;
    for number in from..until {
        let number = i64::try_from(number)?;
        add.execute(params![
            number + 1,
            1_700_000_000_000 + number * 1_000,
            format!("upstream-{}", number % 5)
        ])?;
    }
    drop(add);
    Ok(transaction.commit()?)
}

fn one(dice: &mut Dice, number: u64) -> Derived {
    let chinese = number.is_multiple_of(2);
    let turns = 2 + 2 * [0, 0, 0, 1, 1, 2, 4][usize::try_from(dice.below(7)).unwrap_or_default()];
    let texts: Vec<String> = (0..turns).map(|turn| text(dice, number, chinese, turn % 2 == 1)).collect();
    let chars: u64 = texts.iter().map(|text| text.chars().count() as u64).sum();
    let said: Vec<String> = texts
        .iter()
        .zip(["user", "assistant"].iter().cycle())
        .map(|(text, role)| format!(r#"{{"role":"{role}","parts":[{{"type":"text","text":"{text}"}}]}}"#))
        .collect();
    let model = match number {
        number if number % 1_000 == 0 => RARE_MODEL.to_owned(),
        _ => format!("model-{}", dice.below(8)),
    };
    let prefixes = (0..turns).map(|turn| prefix(number, turn)).collect::<Vec<Prefix>>();
    Derived {
        body: format!(r#"{{"kind":"chat","model":"{model}","turns":[{}]}}"#, said.join(",")).into_bytes(),
        asked: prefixes.len() - 1,
        prefixes,
        instructions: 0,
        facts: Facts {
            title: texts[0].chars().take(120).collect(),
            preview: texts[1].chars().take(200).collect(),
            kind: "chat".to_owned(),
            dialect: ["chat", "messages", "gemini"][usize::try_from(number % 3).unwrap_or_default()]
                .to_owned(),
            model,
            language: if chinese { "cmn" } else { "eng" }.to_owned(),
            standing: if dice.below(20) == 0 { Standing::Truncated } else { Standing::Ok },
            turns: u32::try_from(turns).unwrap_or_default(),
            chars,
            tokens_in: chars / 8,
            tokens_out: chars / 4,
            flags: if dice.below(10) == 0 { 1 << dice.below(16) } else { 0 },
            text_hash: number + 1,
            bands: (0..16).map(|band| dice.0 ^ (band << 40)).collect(),
        },
        texts,
        answer_id: None,
        continues: None,
        kept_in: None,
    }
}

fn prefix(number: u64, turn: u64) -> Prefix {
    let mut prefix = [0; 16];
    // Spread as hashes are.
    prefix[..8].copy_from_slice(&(number * 64 + turn + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    prefix
}

fn text(dice: &mut Dice, number: u64, chinese: bool, answer: bool) -> String {
    let words = if answer { 20 + dice.below(160) } else { 5 + dice.below(40) };
    let mut text = String::new();
    for at in 0..words {
        text.push_str(dice.one(if chinese { &CHINESE } else { &ENGLISH }));
        match (chinese, at % 9) {
            (true, 8) => text.push('，'),
            (false, 8) => text.push_str(", "),
            (true, _) => {}
            (false, _) => text.push(' '),
        }
    }
    if number.is_multiple_of(10_000) {
        text.push_str(if chinese { RARE_CHINESE } else { RARE_WORD });
    }
    if number.is_multiple_of(10_001) {
        text.push_str(RARE_WORD);
    }
    text
}
