//! Changes that keep a document a document: whole words, numbers and texts are put away, doubled,
//! exchanged or replaced by odd ones. libFuzzer's own changes to bytes take turns with these.

use libfuzzer_sys::fuzzer_mutate;

/// What may stand in the place of a value.
const ODD: [&str; 28] = [
    "0",
    "1",
    "-1",
    "2.5",
    "1e400",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "99999999999999999999999",
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "\"\"",
    "\"0\"",
    "\"-1\"",
    "\"1e9\"",
    "\"NaN\"",
    "\"../../x\"",
    "\"\u{202e}\\u0000\"",
    "\"2026-02-30T25:61:61Z\"",
    "[[[[]]]]",
    "{\"a\":{\"a\":{}}}",
    "0/0",
    "100%",
    "\n",
    " ",
];

/// Numbers without end from one that libFuzzer gives.
struct Choices(u64);

impl Choices {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let most = u64::try_from(most).unwrap_or(u64::MAX).max(1);
        usize::try_from((self.0 >> 11) % most).unwrap_or(0)
    }
}

/// Changes the first `size` bytes and answers how many there are then.
pub fn change(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut choices = Choices(u64::from(seed) << 8 | 0x9e37);
    if size == 0 || choices.below(2) == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let mut changed = data[..size].to_vec();
    for _ in 0..=choices.below(3) {
        changed = one(&changed, &mut choices);
    }
    let size = changed.len().min(max_size);
    data[..size].copy_from_slice(&changed[..size]);
    size
}

/// The words of a text: numbers and names, quoted texts, and every other sign alone.
fn words(bytes: &[u8]) -> Vec<&[u8]> {
    let mut words = Vec::new();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
        let length = if in_name(first) {
            rest.iter().take_while(|byte| in_name(byte)).count()
        } else if matches!(first, b'"' | b'\'') {
            let end = rest.iter().skip(1).position(|byte| byte == first);
            end.map_or(1, |end| end + 2)
        } else if first.is_ascii_whitespace() {
            rest.iter()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count()
        } else {
            1
        };
        let (word, after) = rest.split_at(length);
        words.push(word);
        rest = after;
    }
    words
}

fn one(bytes: &[u8], choices: &mut Choices) -> Vec<u8> {
    let mut words = words(bytes);
    if words.is_empty() {
        return ODD[choices.below(ODD.len())].as_bytes().to_vec();
    }
    let (at, other) = (choices.below(words.len()), choices.below(words.len()));
    let value = |word: &&[u8]| word[0].is_ascii_alphanumeric() || word[0] == b'"';
    let values: Vec<usize> = (0..words.len()).filter(|at| value(&words[*at])).collect();
    let a_value = values
        .get(choices.below(values.len()))
        .copied()
        .unwrap_or(at);
    let number;
    match choices.below(9) {
        0 => drop(words.remove(at)),
        1 => words.swap(at, other),
        2 => words[a_value] = ODD[choices.below(ODD.len())].as_bytes(),
        3 => {
            words[a_value] = words[values
                .get(choices.below(values.len()))
                .copied()
                .unwrap_or(other)]
        }
        4 => words.insert(at, ODD[choices.below(ODD.len())].as_bytes()),
        5 => {
            number = next_to(words[a_value], choices);
            words[a_value] = &number;
        }
        6 => {
            let part = part_of(&words, at, choices);
            let part: Vec<&[u8]> = words[part].to_vec();
            words.splice(other..other, part);
        }
        7 => {
            let part = part_of(&words, at, choices);
            words.drain(part);
        }
        _ => {
            // A line, which is what many formats are made of.
            let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            let (one, to) = (choices.below(lines.len()), choices.below(lines.len()));
            let mut lines = lines;
            match choices.below(3) {
                0 => drop(lines.remove(one)),
                1 => lines.swap(one, to),
                _ => lines.insert(to, lines[one]),
            }
            return lines.concat();
        }
    }
    words.concat()
}

/// A run of words from one on: what is bracketed there, or a few.
fn part_of(words: &[&[u8]], from: usize, choices: &mut Choices) -> std::ops::Range<usize> {
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate().skip(from) {
        match word {
            [b'{' | b'[' | b'(' | b'<'] => depth += 1,
            [b'}' | b']' | b')' | b'>'] => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && at > from {
            let more = if choices.below(2) == 0 { 1 } else { 2 };
            return from..(at + more).min(words.len());
        }
    }
    from..(from + 1 + choices.below(12)).min(words.len())
}

/// A number near another, or a word that is nearly the same.
fn next_to(word: &[u8], choices: &mut Choices) -> Vec<u8> {
    let text = String::from_utf8_lossy(word);
    match text.parse::<i64>() {
        Ok(number) => {
            let by = [1, -1, 2, 10, -10, 1000][choices.below(6)];
            number.wrapping_add(by).to_string().into_bytes()
        }
        Err(_) => {
            let mut word = word.to_vec();
            let at = choices.below(word.len());
            word[at] ^= 0x20;
            word
        }
    }
}
