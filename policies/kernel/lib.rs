//! The kernel: what is done to every octet of a long answer, compiled. `policies/kernel/library.py` calls it.
//!
//! It knows nothing of policies. It proves that the records of a list are written alike, puts masks in the place of
//! values, digests whom records are about, and takes the steps of a network whose weights Python hands over. Whatever it
//! does not know it refuses, and Python does it. It has no memory of its own between two calls, but for what
//! `kernel_automaton` makes, and depends on nothing but Rust's standard library.
//!
//! All that is unsafe stands in this file: pointers and lengths become slices here. A panic, which there should be
//! none of, becomes a refusal.

mod around;
mod automaton;
mod backward;
mod beside;
mod blake2b;
mod candidate;
mod checks;
mod classes;
mod gate;
mod identify;
mod judge;
mod masked;
mod matcher;
mod nodes;
mod packed;
mod records;
mod recur;
mod resolve;
mod together;
mod weave;

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// Of what it was built: the digest of these files, as `deploy/setup/kernel.sh` says it. Python uses no other kernel.
const SOURCES: &str = env!("KERNEL_SOURCES");
/// "Python must do it."
const REFUSED: i64 = -1;

/// Writes `SOURCES` to *out*, which has room for it, or refuses.
///
/// # Safety
/// See `kernel_masked`.
#[no_mangle]
pub unsafe extern "C" fn kernel_sources(out: *mut u8, out_length: usize) -> i64 {
    let out = room(out, out_length);
    guarded(|| {
        out.get_mut(..SOURCES.len())?.copy_from_slice(SOURCES.as_bytes());
        Some(SOURCES.len() as i64)
    })
}

/// See `masked::masked`.
///
/// # Safety
/// As for all that follow: each pointer leads to as many values as the length behind it says, and nothing else is
/// written to where they lead as long as the call lasts. A pointer with no values is not looked at.
#[no_mangle]
pub unsafe extern "C" fn kernel_masked(
    template: *const u8,
    template_length: usize,
    records: *const u8,
    records_length: usize,
    state: *const u8,
    state_length: usize,
    group: usize,
    spans: *mut u32,
    spans_length: usize,
    told: *mut u32,
    told_length: usize,
    masks: *mut u32,
    masks_length: usize,
    digests: *mut u8,
    digests_length: usize,
    out: *mut u8,
    out_length: usize,
) -> i64 {
    let (template, records) = (given(template, template_length), given(records, records_length));
    let (spans, told) = (room(spans, spans_length), room(told, told_length));
    let (masks, state) = (room(masks, masks_length), given(state, state_length));
    let out = (room(out, out_length), room(digests, digests_length));
    guarded(|| masked::masked(template, records, spans, told, masks, state, group, out))
}

/// See `weave::weave`.
///
/// # Safety
/// See `kernel_masked`.
#[no_mangle]
pub unsafe extern "C" fn kernel_weave(
    records: *const u8,
    records_length: usize,
    spans: *const u32,
    spans_length: usize,
    masks: *mut u32,
    masks_length: usize,
    put: *const u8,
    put_length: usize,
    ends: *const u32,
    ends_length: usize,
    out: *mut u8,
    out_length: usize,
) -> i64 {
    let (records, spans) = (given(records, records_length), given(spans, spans_length));
    let (put, ends) = (given(put, put_length), given(ends, ends_length));
    let (masks, out) = (room(masks, masks_length), room(out, out_length));
    guarded(|| weave::weave(records, spans, masks, put, ends, out))
}

/// See `weave::gather`.
///
/// # Safety
/// See `kernel_masked`.
#[no_mangle]
pub unsafe extern "C" fn kernel_gather(
    records: *const u8,
    records_length: usize,
    spans: *const u32,
    spans_length: usize,
    chosen: *const u8,
    chosen_length: usize,
    out: *mut u8,
    out_length: usize,
) -> i64 {
    let (records, spans) = (given(records, records_length), given(spans, spans_length));
    let (chosen, out) = (given(chosen, chosen_length), room(out, out_length));
    guarded(|| weave::gather(records, spans, chosen, out))
}

/// See `blake2b::keyed`.
///
/// # Safety
/// See `kernel_masked`.
#[no_mangle]
pub unsafe extern "C" fn kernel_keyed(key: *const u8, key_length: usize, state: *mut u8, state_length: usize) -> i64 {
    let (key, state) = (given(key, key_length), room(state, state_length));
    guarded(|| blake2b::keyed(key, state))
}

/// See `blake2b::digests`.
///
/// # Safety
/// See `kernel_masked`.
#[no_mangle]
pub unsafe extern "C" fn kernel_digests(
    state: *const u8,
    state_length: usize,
    records: *const u8,
    records_length: usize,
    spans: *const u32,
    spans_length: usize,
    groups: usize,
    group: usize,
    out: *mut u8,
    out_length: usize,
) -> i64 {
    let (state, records) = (given(state, state_length), given(records, records_length));
    let (spans, out) = (given(spans, spans_length), room(out, out_length));
    guarded(|| blake2b::digests(state, records, spans, groups, group, out))
}

/// See `packed::holds`.
///
/// # Safety
/// See `kernel_masked`.
#[no_mangle]
pub unsafe extern "C" fn kernel_holds(
    text: *const u8,
    text_length: usize,
    values: *const u8,
    values_length: usize,
) -> i64 {
    let (text, values) = (given(text, text_length), given(values, values_length));
    guarded(|| packed::holds(text, values))
}

/// See `gate::may_open`.
///
/// # Safety
/// See `kernel_masked`. *text* is UTF-16, of which each unit has two octets, the lower first.
#[no_mangle]
pub unsafe extern "C" fn kernel_may_open(
    text: *const u8,
    text_length: usize,
    classes: *const u16,
    classes_length: usize,
    folded: *const u16,
    folded_length: usize,
    chains: *const u16,
    chains_length: usize,
    words: *const u16,
    words_length: usize,
) -> i64 {
    let (classes, folded) = (given(classes, classes_length), given(folded, folded_length));
    let (chains, words) = (given(chains, chains_length), given(words, words_length));
    if text as usize % std::mem::align_of::<u16>() != 0 || cfg!(target_endian = "big") {
        return REFUSED;
    }
    let text = given(text.cast::<u16>(), text_length / 2);
    guarded(|| gate::may_open(text, classes, folded, chains, words))
}

/// What shares the reading of texts for the rows of tables that `kernel_identify` takes, of which these are the first. 0: nothing
/// does. It is given back to `kernel_forget`, once, and never used by two threads at a time.
///
/// # Safety
/// See `kernel_masked`.
#[no_mangle]
pub unsafe extern "C" fn kernel_automaton(
    code: *const u32,
    code_length: usize,
    sets: *const u32,
    sets_length: usize,
    rows: *const u32,
    rows_length: usize,
    read_as: *const u16,
    read_as_length: usize,
    most: usize,
) -> *mut automaton::Automaton {
    let (code, sets, rows) = (given(code, code_length), given(sets, sets_length), given(rows, rows_length));
    let read_as = given(read_as, read_as_length);
    let made = catch_unwind(|| automaton::Automaton::new(code, sets, &identify::shared(rows), read_as, most));
    made.ok().flatten().map_or(std::ptr::null_mut(), |made| Box::into_raw(Box::new(made)))
}

/// Gives back what `kernel_automaton` made.
///
/// # Safety
/// It is not used again.
#[no_mangle]
pub unsafe extern "C" fn kernel_forget(automaton: *mut automaton::Automaton) {
    if !automaton.is_null() {
        drop(Box::from_raw(automaton));
    }
}

/// See `identify::identify`. What is found goes to *out*: how many hits, look-alikes and packed spans there are, then where
/// hits begin, where they end and what they are, then the spans. "There is no room" says how many numbers there are.
///
/// # Safety
/// See `kernel_masked`. *tables* holds where each table begins and how many numbers it has, in the order of `compiled.py`.
#[no_mangle]
pub unsafe extern "C" fn kernel_identify(
    text: *const u8,
    text_length: usize,
    wanted: u64,
    becomes: usize,
    unpacks: usize,
    automaton: *mut automaton::Automaton,
    tables: *const usize,
    tables_length: usize,
    out: *mut u32,
    out_length: usize,
) -> i64 {
    if text as usize % std::mem::align_of::<u32>() != 0 || cfg!(target_endian = "big") {
        return REFUSED;
    }
    let (text, out) = (given(text.cast::<u32>(), text_length / 4), room(out, out_length));
    let mut tables = given(tables, tables_length).chunks_exact(2);
    let mut next = || tables.next().map_or((0, 0), |table| (table[0], table[1]));
    let mut u32s = || {
        let (at, length) = next();
        given(at as *const u32, length)
    };
    let (code, sets, rows, words, regions, provinces) = (u32s(), u32s(), u32s(), u32s(), u32s(), u32s());
    let (issuers, countries, groups, places) = (u32s(), u32s(), u32s(), u32s());
    let kinds = resolve::Kinds { chosen: u32s(), category: u32s(), score: u32s(), proven: u32s() };
    let classes = u32s();
    let (at, length) = next();
    let firsts = given(at as *const u64, length);
    let (at, length) = next();
    let behind = given(at as *const u64, length);
    let (at, length) = next();
    let pairs = given(at as *const u64, length);
    let mut u16s = || {
        let (at, length) = next();
        given(at as *const u16, length)
    };
    let (read_as, chains, lower) = (u16s(), u16s(), u16s());
    guarded(|| {
        let place = |number: usize| places.get(number).map(|place| *place as usize);
        let tables = identify::Tables {
            code,
            sets,
            rows,
            firsts,
            behind,
            pairs,
            classes,
            read_as,
            words: around::Words { chains, words, lower, other: 1 << 31, firsts: place(14)? },
            places: checks::Places { regions, provinces, issuers, countries },
            groups,
            kinds,
            separators: place(0)?,
            stripped: place(1)?,
            unreadable: place(2)?,
            around: around::Patterns {
                not_between: place(3)?,
                tidy: place(4)?,
                comes_behind: place(5)?,
                goes_on_with: place(6)?,
                goes_on: place(7)?,
                comes_from: place(8)?,
                number_in_list: place(9)?,
                country: place(10)?,
                remote: place(11)?,
                of_files: place(12)?,
                of_address: place(13)?,
            },
        };
        identify::identify(text, wanted, becomes, unpacks != 0, &tables, automaton.as_mut())?.write(out)
    })
}

/// See `recur::recur`.
///
/// # Safety
/// See `kernel_masked`.
#[no_mangle]
pub unsafe extern "C" fn kernel_recur(
    projected: *const f32,
    projected_length: usize,
    gates: *const f32,
    gates_length: usize,
    candidates: *const f32,
    candidates_length: usize,
    active: *const u32,
    active_length: usize,
    size: usize,
    count: usize,
    hidden: *mut f32,
    hidden_length: usize,
) -> i64 {
    let (projected, active) = (given(projected, projected_length), given(active, active_length));
    let (gates, candidates) = (given(gates, gates_length), given(candidates, candidates_length));
    let hidden = room(hidden, hidden_length);
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        return guarded(|| recur_in_wide_registers(projected, gates, candidates, active, size, count, hidden));
    }
    guarded(|| recur::recur(projected, gates, candidates, active, size, count, hidden))
}

/// The same, compiled for processors that add eight numbers at once.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn recur_in_wide_registers(
    projected: &[f32],
    gates: &[f32],
    candidates: &[f32],
    active: &[u32],
    size: usize,
    count: usize,
    hidden: &mut [f32],
) -> Option<i64> {
    recur::recur(projected, gates, candidates, active, size, count, hidden)
}

unsafe fn given<'a, T>(at: *const T, length: usize) -> &'a [T] {
    if length == 0 {
        return &[];
    }
    from_raw_parts(at, length)
}

unsafe fn room<'a, T>(at: *mut T, length: usize) -> &'a mut [T] {
    if length == 0 {
        return &mut [];
    }
    from_raw_parts_mut(at, length)
}

fn guarded(work: impl FnOnce() -> Option<i64>) -> i64 {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten().unwrap_or(REFUSED)
}
