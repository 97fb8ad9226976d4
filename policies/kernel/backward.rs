//! Reads a text backward once, and says at each place which of the rows that are read together match from there on, or may.
//!
//! From the right it is known what comes: so nothing is begun that comes to nothing. Its states are sets of the nodes from
//! which a match can still be had, made as those of `automaton.rs` are, of the same nodes. Texts that come
//! to new ones again and again cost more than that saves: from there on it says that it does not know.

use crate::classes::Classes;
use crate::nodes::Node;
use std::collections::HashMap;

const MOST_STATES: usize = 1 << 12;
/// How many steps from state to state may be made, and for how many characters that are read one more.
const MOST_STEPS: usize = 1 << 14;
const CHARS_FOR_ONE: usize = 64;
/// Sets that are asked of the character ahead.
const MOST_AHEAD: usize = 16;

const BITS: usize = u64::BITS as usize;
const UNKNOWN: u16 = 0;
const FIRST: u16 = 1;
/// Of a state with rows that begin.
const NOTABLE: u16 = 1 << 15;

/// Parts of a text that are read at a time, and how long one is at least.
const LANES: usize = 4;
const LEAST_OF_LANE: usize = 256;

/// Which rows begin at a place, a bit each.
pub type Begun = (u32, u64);

#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct State {
    /// From which of those that read a match can be had at the character that was read last, a bit each.
    reads: Vec<u64>,
    /// Which of the sets that are asked for ahead hold that character.
    ahead: u16,
    /// What begins behind that character.
    rows: u64,
}

pub struct Backward {
    nodes: Vec<Node>,
    /// Those that read a character.
    readers: Vec<u32>,
    /// Of each node the number among those that read, or the bit of what it asks for ahead.
    number_of: Vec<u32>,
    /// Those that lead to each, which stand in a row, and where these begin.
    leading: Vec<u32>,
    leading_from: Vec<usize>,
    /// Those behind which nothing is read.
    matched: Vec<u32>,
    /// By class: whether one reads it.
    is_read: Vec<bool>,
    /// By class, which of the sets that are asked for ahead hold it.
    holds_ahead: Vec<u16>,
    /// The bit of each beginning, and its node.
    firsts: Vec<(u64, u32)>,
    /// Rows, and what has to come from the place on where each begins.
    needed: Vec<(u64, u64)>,
    no_class: u8,
    shift: u32,
    states: Vec<State>,
    numbers: HashMap<State, u16>,
    next: Vec<u16>,
    /// How many steps may still be made.
    left: usize,
    /// From which nodes a match can be had, as long as a step is made.
    is_open: Vec<bool>,
    open: Vec<u32>,
}

impl Backward {
    /// *firsts* are the bits and nodes of beginnings, *needed* rows and what each needs, *no_class* that of what stands
    /// around a text. None: that of *nodes* which cannot be read backward.
    pub fn new(nodes: &[Node], firsts: &[(u64, u32)], needed: &[(u64, u64)], no_class: u8, shift: u32) -> Option<Self> {
        let (mut readers, mut matched, mut ahead) = (Vec::new(), Vec::new(), Vec::<Classes>::new());
        let (mut number_of, mut read) = (vec![0; nodes.len()], 0);
        for (node, number) in (0..).zip(&mut number_of) {
            match nodes[node as usize] {
                Node::Read(classes, _) => {
                    *number = readers.len() as u32;
                    readers.push(node);
                    read |= classes;
                }
                Node::Before(classes, _) => {
                    let bit = ahead.iter().position(|set| *set == classes).unwrap_or(ahead.len());
                    if bit == ahead.len() {
                        ahead.push(classes);
                    }
                    *number = bit as u32;
                }
                Node::Matched => matched.push(node),
                Node::Either(..) | Node::Behind(..) => (),
            }
        }
        if ahead.len() > MOST_AHEAD {
            return None;
        }
        let (leading, leading_from) = leading_to_each(nodes)?;
        let holds = |class: u8| (0..).zip(&ahead).map(|(bit, set)| ((set >> class & 1) as u16) << bit).sum();
        let mut made = Backward {
            nodes: nodes.to_vec(),
            readers,
            number_of,
            leading,
            leading_from,
            matched,
            is_read: (0..=no_class).map(|class| read >> class & 1 == 1).collect(),
            holds_ahead: (0..=no_class).map(holds).collect(),
            firsts: firsts.to_vec(),
            needed: needed.to_vec(),
            no_class,
            shift,
            states: Vec::new(),
            numbers: HashMap::new(),
            next: Vec::new(),
            left: MOST_STEPS,
            is_open: vec![false; nodes.len()],
            open: Vec::new(),
        };
        made.forget();
        Some(made)
    }

    /// The places of a text of *classes*, the last of which is that of none, where rows begin, the last first. Before the
    /// place that comes back as well it is not known. They come in *room*.
    pub fn beginnings(&mut self, classes: &[u8], room: Vec<Begun>) -> (Vec<Begun>, usize) {
        self.left = MOST_STEPS.min(self.left + 1 + classes.len() / CHARS_FOR_ONE);
        let text = classes.split_last().map_or(classes, |(_, text)| text);
        let mut begun = room;
        begun.clear();
        if self.beginnings_by_lanes(text, &mut begun).is_some() {
            return (begun, 0);
        }
        begun.clear();
        let mut state = FIRST;
        for place in (0..=text.len()).rev() {
            state = match self.read(state, text, place, true, &mut begun) {
                Some(state) => state,
                None => return (begun, place + 1),
            }
        }
        (begun, 0)
    }

    /// The same by parts of the text at a time, for the processor waits for one table while it looks into another. None: it
    /// does not come apart, or there are too many states.
    fn beginnings_by_lanes(&mut self, text: &[u8], all: &mut Vec<Begun>) -> Option<()> {
        let part = text.len() / LANES;
        if part < LEAST_OF_LANE {
            return None;
        }
        let (mut places, mut states, mut begun) =
            ([text.len(); LANES], [FIRST; LANES], [(); LANES].map(|()| Vec::new()));
        for lane in 1..LANES {
            let about = part * (LANES - lane);
            let ends = |place: &usize| !self.is_read[usize::from(text[*place])];
            places[lane] = (about - LEAST_OF_LANE..about).rev().find(ends)?;
            states[lane] = self.behind(text[places[lane]])?;
        }
        let last = |lane: usize| places.get(lane + 1).map_or(0, |place| place + 1);
        let lasts = [0, 1, 2, 3].map(last);
        let together = (0..LANES).map(|lane| places[lane] - lasts[lane]).min()?;
        for _ in 0..together {
            for lane in 0..LANES {
                let (state, place) = (states[lane], places[lane]);
                let next = self.next[usize::from(state) << self.shift | usize::from(text[place - 1])];
                states[lane] = match next {
                    UNKNOWN | NOTABLE..=u16::MAX => self.read(state, text, place, false, &mut begun[lane])?,
                    next => next,
                };
                places[lane] = place - 1;
            }
        }
        for lane in 0..LANES {
            for place in (lasts[lane]..=places[lane]).rev() {
                states[lane] = self.read(states[lane], text, place, false, &mut begun[lane])?;
            }
        }
        begun.iter().for_each(|some| all.extend(some));
        Some(())
    }

    /// The state before *place* of *text*, of which *state* is that behind, and in *begun* what begins there. None: that
    /// would take one state more than is to be made.
    #[inline(always)]
    fn read(&mut self, state: u16, text: &[u8], place: usize, anew: bool, begun: &mut Vec<Begun>) -> Option<u16> {
        let class = place.checked_sub(1).map_or(self.no_class, |before| text[before]);
        let mut next = self.next[usize::from(state) << self.shift | usize::from(class)];
        if next == UNKNOWN {
            next = self.step(state, class, anew)?;
        }
        if next & NOTABLE != 0 {
            next &= !NOTABLE;
            begun.push((place as u32, self.states[usize::from(next)].rows));
        }
        Some(next)
    }

    /// The state behind one of *class* that none of those that read takes.
    fn behind(&mut self, class: u8) -> Option<u16> {
        let reads = vec![0; self.readers.len() / BITS + 1];
        self.number_of(State { reads, ahead: self.holds_ahead[usize::from(class)], rows: 0 }, false)
    }

    /// Begins anew, with no state but those that read nothing and behind a text.
    fn forget(&mut self) {
        self.states.clear();
        self.numbers.clear();
        self.next.clear();
        self.add(State::default());
        let reads = vec![0; self.readers.len() / BITS + 1];
        let ahead = self.holds_ahead[usize::from(self.no_class)];
        self.add(State { reads, ahead, rows: 0 });
    }

    fn add(&mut self, state: State) -> u16 {
        let number = self.states.len() as u16 | if state.rows != 0 { NOTABLE } else { 0 };
        self.next.resize(self.next.len() + (1 << self.shift), UNKNOWN);
        self.states.push(state.clone());
        self.numbers.insert(state, number);
        number
    }

    /// The state before *state* when one of *class* is read. None: it is one more than is to be made. *anew*: where there are
    /// too many, all others may be forgotten.
    fn step(&mut self, state: u16, class: u8, anew: bool) -> Option<u16> {
        self.left = self.left.checked_sub(1)?;
        let to = self.before(usize::from(state), class);
        let known = self.states.len();
        let number = self.number_of(to, anew)?;
        if self.states.len() >= known {
            self.next[usize::from(state) << self.shift | usize::from(class)] = number;
        }
        Some(number)
    }

    fn number_of(&mut self, state: State, anew: bool) -> Option<u16> {
        if let Some(number) = self.numbers.get(&state) {
            return Some(*number);
        }
        if self.states.len() >= MOST_STATES {
            if !anew {
                return None;
            }
            self.forget();
        }
        Some(self.add(state))
    }

    fn before(&mut self, state: usize, class: u8) -> State {
        let Backward { nodes, is_open, open, .. } = self;
        let from = &self.states[state];
        let mut reads = vec![0; from.reads.len()];
        open.extend(&self.matched);
        for (word, bits) in from.reads.iter().enumerate() {
            let mut left = *bits;
            while left != 0 {
                open.push(self.readers[word * BITS + left.trailing_zeros() as usize]);
                left &= left - 1;
            }
        }
        open.iter().for_each(|node| is_open[*node as usize] = true);
        let mut done = 0;
        while let Some(node) = open.get(done) {
            let node = *node as usize;
            for leading in &self.leading[self.leading_from[node]..self.leading_from[node + 1]] {
                let number = self.number_of[*leading as usize];
                let opens = match nodes[*leading as usize] {
                    Node::Read(classes, _) => {
                        reads[number as usize / BITS] |= ((classes >> class & 1) as u64) << (number as usize % BITS);
                        false
                    }
                    Node::Behind(classes, _) => classes >> class & 1 == 1,
                    Node::Before(..) => from.ahead >> number & 1 == 1,
                    Node::Either(..) | Node::Matched => true,
                };
                if opens && !std::mem::replace(&mut is_open[*leading as usize], true) {
                    open.push(*leading);
                }
            }
            done += 1;
        }
        let begun = self.firsts.iter().filter(|(_, node)| is_open[*node as usize]);
        let begun = begun.fold(0, |rows, (row, _)| rows | row);
        open.drain(..).for_each(|node| is_open[node as usize] = false);
        let lacking = self.needed.iter().filter(|(_, needed)| begun & needed == 0);
        let every = self.needed.iter().fold(0, |slots, (_, slot)| slots | slot);
        let rows = begun & !every & !lacking.fold(0, |rows, (row, _)| rows | row);
        State { reads, ahead: self.holds_ahead[usize::from(class)], rows }
    }
}

/// The nodes that lead to each of *nodes*, in a row, and where these begin, and end at last. None: one leads nowhere.
fn leading_to_each(nodes: &[Node]) -> Option<(Vec<u32>, Vec<usize>)> {
    let mut of_each = vec![Vec::new(); nodes.len()];
    for (number, node) in (0..).zip(nodes) {
        let (first, second) = match *node {
            Node::Either(first, second) => (Some(first), Some(second)),
            Node::Read(_, next) | Node::Behind(_, next) | Node::Before(_, next) => (Some(next), None),
            Node::Matched => (None, None),
        };
        for next in first.into_iter().chain(second) {
            of_each.get_mut(next as usize)?.push(number);
        }
    }
    let mut begins = vec![0];
    for some in &of_each {
        begins.push(begins.last()? + some.len());
    }
    Some((of_each.concat(), begins))
}
