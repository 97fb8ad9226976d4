//! BLAKE2b (RFC 7693) of short texts under one key: what `policies/digest.py` makes of subjects, many at once.

const BLOCK: usize = 128;
const STATE: usize = 64;
/// Octets of a digest, as in `policies/digest.py`.
const DIGEST: usize = 16;
/// Characters of an identifier that is digested here: a resident ID number.
const IDENTIFIER: usize = 18;

const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// One round, in which the words of the message are taken in the order of the last sixteen numbers. It is written out for
/// each round, since what is known when it is compiled need not be looked up for each digest.
macro_rules! round {
    ($v:ident, $m:ident, $a:literal $b:literal $c:literal $d:literal $e:literal $f:literal $g:literal $h:literal
     $i:literal $j:literal $k:literal $l:literal $n:literal $o:literal $p:literal $q:literal) => {
        mix(&mut $v, [0, 4, 8, 12], $m[$a], $m[$b]);
        mix(&mut $v, [1, 5, 9, 13], $m[$c], $m[$d]);
        mix(&mut $v, [2, 6, 10, 14], $m[$e], $m[$f]);
        mix(&mut $v, [3, 7, 11, 15], $m[$g], $m[$h]);
        mix(&mut $v, [0, 5, 10, 15], $m[$i], $m[$j]);
        mix(&mut $v, [1, 6, 11, 12], $m[$k], $m[$l]);
        mix(&mut $v, [2, 7, 8, 13], $m[$n], $m[$o]);
        mix(&mut $v, [3, 4, 9, 14], $m[$p], $m[$q]);
    };
}

/// Writes to *state* what is left of *key*, of 1 to 64 octets, once it has been taken in.
pub fn keyed(key: &[u8], state: &mut [u8]) -> Option<i64> {
    if !(1..=64).contains(&key.len()) || state.len() != STATE {
        return None;
    }
    let mut words = IV;
    words[0] ^= 0x0101_0000 ^ ((key.len() as u64) << 8) ^ DIGEST as u64;
    let mut block = [0; BLOCK];
    block[..key.len()].copy_from_slice(key);
    compress(&mut words, &block, BLOCK as u64, false);
    for (octets, word) in state.chunks_exact_mut(8).zip(words) {
        octets.copy_from_slice(&word.to_le_bytes());
    }
    Some(0)
}

/// Writes to *out* the digests of the values of *group* in each record, under the key of *state*; see `weave::weave`.
///
/// Returns how many there are; None unless each is 18 ASCII letters and digits, of which capitals are the canonical form.
pub fn digests(
    state: &[u8],
    records: &[u8],
    spans: &[u32],
    groups: usize,
    group: usize,
    out: &mut [u8],
) -> Option<i64> {
    let mut from = [0; 8];
    if state.len() != STATE || group >= groups {
        return None;
    }
    for (word, octets) in from.iter_mut().zip(state.chunks_exact(8)) {
        *word = u64::from_le_bytes(octets.try_into().ok()?);
    }
    let (of_one, mut number) = (groups.checked_mul(2)?, 0);
    for (of_record, digest) in spans.chunks_exact(of_one).zip(out.chunks_exact_mut(DIGEST)) {
        let span = (of_record[2 * group] as usize + 1, of_record[2 * group + 1] as usize);
        let value = records.get(span.0..span.1.checked_sub(1)?)?;
        if value.len() != IDENTIFIER || !value.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        let mut block = [0; BLOCK];
        block[..IDENTIFIER].copy_from_slice(value);
        block[..IDENTIFIER].make_ascii_uppercase();
        let mut words = from;
        compress(&mut words, &block, (BLOCK + IDENTIFIER) as u64, true);
        digest[..8].copy_from_slice(&words[0].to_le_bytes());
        digest[8..].copy_from_slice(&words[1].to_le_bytes());
        number += 1;
    }
    (number * of_one == spans.len()).then_some(number as i64)
}

fn compress(words: &mut [u64; 8], block: &[u8; BLOCK], taken: u64, is_last: bool) {
    let mut message = [0; 16];
    for (word, octets) in message.iter_mut().zip(block.chunks_exact(8)) {
        *word = u64::from_le_bytes([
            octets[0], octets[1], octets[2], octets[3], octets[4], octets[5], octets[6], octets[7],
        ]);
    }
    let mut v = [0; 16];
    v[..8].copy_from_slice(words);
    v[8..].copy_from_slice(&IV);
    v[12] ^= taken;
    if is_last {
        v[14] = !v[14];
    }
    round!(v, message, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    round!(v, message, 14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3);
    round!(v, message, 11 8 12 0 5 2 15 13 10 14 3 6 7 1 9 4);
    round!(v, message, 7 9 3 1 13 12 11 14 2 6 5 10 4 0 15 8);
    round!(v, message, 9 0 5 7 2 4 10 15 14 1 11 12 6 8 3 13);
    round!(v, message, 2 12 6 10 0 11 8 3 4 13 7 5 15 14 1 9);
    round!(v, message, 12 5 1 15 14 13 4 10 0 7 6 3 9 2 8 11);
    round!(v, message, 13 11 7 14 12 1 3 9 5 0 15 4 8 6 2 10);
    round!(v, message, 6 15 14 9 11 3 0 8 12 2 13 7 1 4 10 5);
    round!(v, message, 10 2 8 4 7 6 1 5 15 11 9 14 3 12 13 0);
    round!(v, message, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    round!(v, message, 14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3);
    for (place, word) in words.iter_mut().enumerate() {
        *word ^= v[place] ^ v[place + 8];
    }
}

#[inline(always)]
fn mix(v: &mut [u64; 16], [a, b, c, d]: [usize; 4], x: u64, y: u64) {
    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
    v[d] = (v[d] ^ v[a]).rotate_right(32);
    v[c] = v[c].wrapping_add(v[d]);
    v[b] = (v[b] ^ v[c]).rotate_right(24);
    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
    v[d] = (v[d] ^ v[a]).rotate_right(16);
    v[c] = v[c].wrapping_add(v[d]);
    v[b] = (v[b] ^ v[c]).rotate_right(63);
}
