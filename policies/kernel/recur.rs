//! The recurrence of the network by which names are recognised: gated units, step by step, in both directions.
//!
//! Python multiplies whole matrices and leaves to the kernel what depends on the step before. `policies/recognisers/
//! tagger.py` has the same in NumPy, scaled alike: sums come halved where they go through the logistic function.

/// How many rows of a matrix are added at once: the sums are then read and written a fourth as often.
const ROWS: usize = 4;
const LOG2_E: f32 = std::f32::consts::LOG2_E;
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// Added and taken away, it leaves a number rounded.
const ROUNDING: f32 = 12_582_912.0;
/// Beyond it the hyperbolic tangent is one, as far as such numbers can tell.
const FURTHEST: f32 = 9.0;

/// Writes the states of *size* units to *hidden*, which has room for two directions of *count* sentences at each step.
///
/// *projected* holds what the inputs come to, three times as wide. *active* says how many sentences have each step. The
/// weights of both directions lie one behind the other. Refuses what does not go together.
#[inline(always)]
pub fn recur(
    projected: &[f32],
    gates: &[f32],
    candidates: &[f32],
    active: &[u32],
    size: usize,
    count: usize,
    hidden: &mut [f32],
) -> Option<i64> {
    let cells = active.len().checked_mul(2)?.checked_mul(count)?.checked_mul(size)?;
    let square = size.checked_mul(size)?;
    let fits = hidden.len() == cells
        && Some(projected.len()) == cells.checked_mul(3)
        && Some(gates.len()) == square.checked_mul(4)
        && Some(candidates.len()) == square.checked_mul(2);
    if !fits || size == 0 || active.iter().any(|&some| some as usize > count) {
        return None;
    }
    let (mut sums, mut kept) = (vec![0.0; 2 * size], vec![0.0; size]);
    let mut new = vec![0.0; size];
    for direction in 0..2 {
        let gates = gates.get(direction * 2 * square..)?.get(..2 * square)?;
        let candidates = candidates.get(direction * square..)?.get(..square)?;
        let longest = active.first().copied().unwrap_or(0) as usize;
        for sentence in 0..longest {
            let mut state = vec![0.0; size];
            for (step, &some) in active.iter().enumerate() {
                if sentence >= some as usize {
                    break;
                }
                let cell = (step * 2 + direction) * count + sentence;
                let given = projected.get(cell * 3 * size..)?.get(..3 * size)?;
                sums.copy_from_slice(given.get(..2 * size)?);
                add_product(&mut sums, &state, gates);
                for sum in sums.iter_mut() {
                    *sum = 0.5 + 0.5 * tangent(*sum);
                }
                let (update, reset) = sums.split_at(size);
                for ((kept, state), reset) in kept.iter_mut().zip(&state).zip(reset) {
                    *kept = state * reset;
                }
                new.copy_from_slice(given.get(2 * size..)?);
                add_product(&mut new, &kept, candidates);
                for ((state, new), update) in state.iter_mut().zip(&new).zip(update) {
                    *state += update * (tangent(*new) - *state);
                }
                hidden.get_mut(cell * size..)?.get_mut(..size)?.copy_from_slice(&state);
            }
        }
    }
    Some(0)
}

/// Adds *vector* times *matrix*, whose rows are as long as *sums*.
#[inline(always)]
fn add_product(sums: &mut [f32], vector: &[f32], matrix: &[f32]) {
    let width = sums.len();
    let (few, rest) = (vector.chunks_exact(ROWS), vector.len() % ROWS);
    for (some, rows) in few.zip(matrix.chunks_exact(ROWS * width)) {
        let (one, others) = rows.split_at(width);
        let (two, others) = others.split_at(width);
        let (three, four) = others.split_at(width);
        for ((((sum, a), b), c), d) in sums.iter_mut().zip(one).zip(two).zip(three).zip(four) {
            *sum += some[0] * a + some[1] * b + (some[2] * c + some[3] * d);
        }
    }
    let done = vector.len() - rest;
    for (&value, row) in vector[done..].iter().zip(matrix[done * width..].chunks_exact(width)) {
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += value * weight;
        }
    }
}

/// The hyperbolic tangent, by the exponential function: to the seventh digit.
#[inline(always)]
fn tangent(value: f32) -> f32 {
    let power = exponential(2.0 * value.max(-FURTHEST).min(FURTHEST));
    (power - 1.0) / (power + 1.0)
}

/// e to the *power*: a power of two, and what is left by the first terms of its series.
#[inline(always)]
fn exponential(power: f32) -> f32 {
    let twos = (power * LOG2_E + ROUNDING) - ROUNDING;
    let left = power - twos * LN_2_HIGH - twos * LN_2_LOW;
    let series = 1.0 + left / 7.0;
    let series = 1.0 + left / 6.0 * series;
    let series = 1.0 + left / 5.0 * series;
    let series = 1.0 + left / 4.0 * series;
    let series = 1.0 + left / 3.0 * series;
    let series = 1.0 + left / 2.0 * series;
    let series = 1.0 + left * series;
    series * f32::from_bits(((twos as i32 + 127) << 23) as u32)
}
