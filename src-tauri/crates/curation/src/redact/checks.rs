//! Numbers that check themselves, and how random a text looks.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether digits have the check digit of Luhn (ISO/IEC 7812-1), other signs left out.
pub(super) fn luhn(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    // The same digit again and again is an example.
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != digits[0])
}

/// Whether a card's number has the length and the beginning of one of the large networks.
pub(super) fn card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let begins = |range: std::ops::RangeInclusive<u32>, length: usize| {
        digits.get(..length).and_then(|head| head.parse().ok()).is_some_and(|head: u32| range.contains(&head))
    };
    let network = match digits.len() {
        13 => begins(4..=4, 1),
        14 => begins(300..=305, 3) || begins(36..=36, 2) || begins(38..=39, 2),
        15 => begins(34..=34, 2) || begins(37..=37, 2),
        16 => {
            begins(4..=4, 1)
                || begins(51..=55, 2)
                || begins(2221..=2720, 4)
                || begins(6011..=6011, 4)
                || begins(644..=659, 3)
                || begins(3528..=3589, 4)
                || begins(62..=62, 2)
        }
        17..=19 => begins(62..=62, 2) || begins(4..=4, 1) && digits.len() == 19,
        _ => false,
    };
    network && luhn(&digits)
}

/// Whether an account number has its country's length and the check digits of ISO 13616.
pub(super) fn iban(text: &str) -> bool {
    const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 \
        ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 \
        LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 \
        SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20";
    let dense: String = text.chars().filter(|letter| *letter != ' ').collect();
    let known = LENGTHS.split(' ').any(|entry| {
        dense.get(..2) == entry.get(..2)
            && entry.get(2..).and_then(|length| length.parse().ok()) == Some(dense.len())
    });
    let rest = dense.chars().skip(4).chain(dense.chars().take(4)).try_fold(0, |rest: u32, letter| {
        let value = letter.to_digit(36)?;
        Some(if value > 9 { (rest * 100 + value) % 97 } else { (rest * 10 + value) % 97 })
    });
    known && rest == Some(1)
}

/// Whether eighteen signs are a Chinese identity number with its date and its check sign (GB 11643).
pub(super) fn chinese_id(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let number = |range: std::ops::Range<usize>| {
        text.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default()
    };
    let date = (1900..=2100).contains(&number(6..10))
        && (1..=12).contains(&number(10..12))
        && (1..=31).contains(&number(12..14));
    let province = (11..=82).contains(&number(0..2));
    let sum: Option<u32> =
        text.chars().zip(WEIGHTS).map(|(letter, weight)| Some(letter.to_digit(10)? * weight)).sum();
    let check = sum.and_then(|sum| "10X98765432".chars().nth((sum % 11) as usize));
    date && province
        && check.is_some()
        && check == text.chars().nth(17).map(|letter| letter.to_ascii_uppercase())
}

/// Whether an address is somebody's, and none that everybody has or that stands for one.
pub(super) fn public_v4(text: &str) -> bool {
    let Ok(address) = text.parse::<Ipv4Addr>() else { return false };
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let benchmark = first == 198 && matches!(second, 18 | 19);
    let name_server = matches!(
        address.octets(),
        [8, 8, 8, 8]
            | [8, 8, 4, 4]
            | [1, 1, 1, 1]
            | [1, 0, 0, 1]
            | [9, 9, 9, 9]
            | [114, 114, 114, 114]
            | [223, 5, 5, 5]
            | [1, 2, 3, 4]
    );
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_broadcast()
        || address.is_multicast()
        || shared
        || benchmark
        || name_server
        || first == 0
        || first >= 224)
}

/// The same of the sixth version.
pub(super) fn public_v6(text: &str) -> bool {
    let Ok(address) = text.parse::<Ipv6Addr>() else { return false };
    let head = address.segments();
    let documented = head[0] == 0x2001 && head[1] == 0x0db8;
    // Global unicast is all there is to say about somebody.
    (0x2000..0x4000).contains(&head[0]) && !documented && head[1..].iter().any(|part| *part != 0)
}

/// Bits of each letter: about 3 in a word, 4 in hexadecimal digits, more than that in random letters and digits.
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let all = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / all)
        .map(|share| -share * share.log2())
        .sum()
}
