//! All that is done to most lists, in one call: what it takes to call the kernel is as much as it does to a short list.

use crate::{blake2b, records, weave};

/// How many numbers are told behind the counts: how many records there are, and 1 where they were digested.
const TOLD_BEHIND: usize = 2;

/// Does what `records::split`, `blake2b::digests` and `weave::weave` do, one after the other, with the same arguments.
///
/// *told* has the counts, and behind them see `TOLD_BEHIND`. Nothing is digested where *group* is none of the groups, and
/// nothing is woven where Python must spell the values of some group. Returns how long what is woven is, or `UNKNOWN`; None
/// where the records are not all written like *template*.
#[allow(clippy::too_many_arguments)]
pub fn masked(
    template: &[u8],
    records: &[u8],
    spans: &mut [u32],
    told: &mut [u32],
    masks: &mut [u32],
    state: &[u8],
    group: usize,
    out: (&mut [u8], &mut [u8]),
) -> Option<i64> {
    let groups = masks.len() / weave::NUMBERS;
    let (counts, behind) = told.split_at_mut(told.len().checked_sub(TOLD_BEHIND)?);
    if groups == 0 || counts.len() != 2 * groups {
        return None;
    }
    let number = records::split(template, records, spans, counts)? as usize;
    let spans = spans.get(..2 * groups * number)?;
    let (woven, digests) = out;
    let are_digested = blake2b::digests(state, records, spans, groups, group, digests).is_some();
    behind[0] = number as u32;
    behind[1] = u32::from(are_digested);
    if masks.chunks_exact(weave::NUMBERS).any(|mask| mask[0] == weave::PUT) {
        return Some(weave::UNKNOWN);
    }
    weave::weave(records, spans, masks, &[], &[], woven)
}
