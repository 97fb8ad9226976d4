//! Whether anything packed in a text may hold values that are known: what `recognisers/packed_values.py` asks, of base64.

/// Letters of the shortest run that is read as base64, as in `recognisers/readings.py`.
const SHORTEST_BASE64: usize = 12;
/// The same of base32 and of hexadecimal digits.
const SHORTEST_BASE32: usize = 16;
const SHORTEST_HEX: usize = 18;
/// How what is compressed begins in base64.
const COMPRESSED: [(&[u8], u8, u8); 5] =
    [(b"H4s", b'I', b'I'), (b"eA", b'E', b'H'), (b"eF", b'4', b'7'), (b"eJ", b'w', b'z'), (b"eN", b'o', b'r')];
/// Octets that four letters spell, and letters that are skipped to read in each alignment.
const OCTETS: usize = 3;
const GROUP: usize = 4;
/// Octets of a value that are compared: ten characters, by which nobody is taken for somebody else often enough to matter.
const LOOKED_AT: usize = 32;

/// 0 only where none of *values*, a line each, stands in anything that `readings.packed` finds in *text*; 1 where one may.
///
/// None where that must be asked of Python: of other digits than those of base64, of what is compressed, and of UTF-16.
pub fn holds(text: &[u8], values: &[u8]) -> Option<i64> {
    let mut octets = Vec::new();
    for run in text.split(|octet| sextet(*octet).is_none()).filter(|run| run.len() >= SHORTEST_BASE64) {
        if may_be_other(run) {
            return None;
        }
        if is_mixed(run) {
            if (0..GROUP).any(|skipped| is_compressed(&run[skipped..])) {
                return None;
            }
            (0..GROUP).for_each(|skipped| decode(&run[skipped..], &mut octets));
        }
    }
    if octets.contains(&0) {
        return None;
    }
    Some(i64::from(stands_in(&octets, values.split(|octet| *octet == b'\n'))))
}

/// Whether any of *values* stands in *octets*, or, of one that is longer than is looked at, how it begins.
///
/// What a place costs grows hardly with how many values there are, and not with how alike: of values in order, none of
/// which begins another, only the last that is not behind what stands there can stand there.
fn stands_in<'a>(octets: &[u8], values: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut occurs = [false; 256];
    octets.iter().for_each(|octet| occurs[usize::from(*octet)] = true);
    let may_stand = |value: &&[u8]| !value.is_empty() && value.iter().all(|octet| occurs[usize::from(*octet)]);
    let mut begins = vec![false; 1 << 16];
    let mut sought = Vec::new();
    for value in values.filter(|value| may_stand(value) && value.len() <= octets.len()) {
        match value {
            [first, second, ..] => {
                begins[pair(*first, *second)] = true;
                sought.push(&value[..value.len().min(LOOKED_AT)]);
            }
            _ => return true, // nobody is called so, and nothing is lost by looking again
        }
    }
    sought.sort_unstable();
    sought.dedup_by(|next, value| next.starts_with(value)); // where the longer one stands, the shorter one does
    (1..octets.len()).any(|end| {
        let here = &octets[end - 1..];
        begins[pair(here[0], here[1])] && {
            let behind = sought.partition_point(|value| *value <= here);
            behind > 0 && here.starts_with(sought[behind - 1])
        }
    })
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

fn sextet(octet: u8) -> Option<u8> {
    match octet {
        b'A'..=b'Z' => Some(octet - b'A'),
        b'a'..=b'z' => Some(octet - b'a' + 26),
        b'0'..=b'9' => Some(octet - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// No number and no name is written in base64 without a capital letter, nor with capitals alone.
fn is_mixed(run: &[u8]) -> bool {
    run.iter().any(u8::is_ascii_uppercase)
        && run.iter().any(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit())
}

fn may_be_other(run: &[u8]) -> bool {
    let is_32 = |word: &[u8]| word.iter().all(|octet| matches!(octet, b'A'..=b'Z' | b'2'..=b'7'));
    let is_small_32 = |word: &[u8]| word.iter().all(|octet| matches!(octet, b'a'..=b'z' | b'2'..=b'7'));
    let mut words = run.split(|octet| !octet.is_ascii_alphanumeric());
    words.any(|word| word.len() >= SHORTEST_BASE32 && (is_32(word) || is_small_32(word)))
        || run.split(|octet| !octet.is_ascii_hexdigit()).any(|digits| digits.len() >= SHORTEST_HEX)
}

fn is_compressed(run: &[u8]) -> bool {
    COMPRESSED.iter().any(|(begin, from, to)| {
        run.starts_with(begin) && run.get(begin.len()).map_or(false, |octet| (from..=to).contains(&octet))
    })
}

/// Adds what *run* stands for, and behind it some octets that it does not: a value that is found in them is looked at.
fn decode(run: &[u8], octets: &mut Vec<u8>) {
    for letters in run.chunks(GROUP) {
        let bits = (0..GROUP).fold(0, |bits, place| {
            bits << 6 | u32::from(letters.get(place).and_then(|letter| sextet(*letter)).unwrap_or(63))
        });
        octets.extend_from_slice(&bits.to_be_bytes()[GROUP - OCTETS..]);
    }
}
