//! Where something may be packed in a text beside what is found in it: Python unpacks it, as `recognisers/readings.py` says.

use crate::resolve::{Found, Kinds};

/// As in `recognisers/readings.py`.
const SHORTEST_PACKED: usize = 12;
const SHORTEST_BASE32: usize = 16;
const SHORTEST_HEX: usize = 18;
const MOST_FILLED: usize = 2;

/// Where something may be packed in *text*, but for what a check digit proves to be an identifier as it stands.
pub fn packed_beside(text: &[u32], found: &[Found], kinds: &Kinds) -> Option<Vec<(u32, u32)>> {
    let mut proven = Vec::new();
    for hit in found {
        if *kinds.proven.get(hit.kind as usize)? != 0 {
            proven.push((hit.start, hit.end));
        }
    }
    proven.sort_unstable();
    let (mut packed, mut begun, mut at, mut reach) = (Vec::new(), 0, 0, 0);
    while let Some(first) = text.get(begun..begun + SHORTEST_PACKED) {
        if let Some(other) = first.iter().rposition(|char| !is_letter(*char)) {
            begun += other + 1; // nothing that is long enough begins before it
            continue;
        }
        let rest = &text[begun + SHORTEST_PACKED..];
        let place = text.len() - rest.len() + rest.iter().position(|char| !is_letter(*char)).unwrap_or(rest.len());
        while at < proven.len() && proven[at].0 as usize <= begun {
            reach = proven[at].1.max(reach);
            at += 1;
        }
        if (reach as usize) < place && may_tell(&text[begun..place]) {
            let filled = text[place..].iter().take(MOST_FILLED).take_while(|char| **char == u32::from(b'=')).count();
            packed.push((begun as u32, (place + filled) as u32));
        }
        begun = place + 1;
    }
    Some(packed)
}

const LETTERS: [bool; 128] = {
    let (mut letters, mut char) = ([false; 128], 0u8);
    while char < 128 {
        letters[char as usize] = char.is_ascii_alphanumeric() || matches!(char, b'+' | b'/' | b'_' | b'-');
        char += 1;
    }
    letters
};

/// Of base64, in either of its alphabets.
fn is_letter(char: u32) -> bool {
    LETTERS.get(char as usize).map_or(false, |is_letter| *is_letter)
}

/// False of digits that are neither base64, which has a capital letter, nor base32, nor long enough for hexadecimal ones.
fn may_tell(run: &[u32]) -> bool {
    let is_among = |first: u8, last: u8| run.iter().all(|char| (u32::from(first)..=u32::from(last)).contains(char));
    !is_among(b'0', b'9') || run.len() >= SHORTEST_HEX || (run.len() >= SHORTEST_BASE32 && is_among(b'2', b'7'))
}
