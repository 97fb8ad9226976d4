//! What a pattern's steps are read together by: nodes, of which `automaton.rs` and `backward.rs` make their states.

use crate::classes::{Asked, Classes};
use crate::matcher as steps;
use std::collections::{HashMap, HashSet};

const MOST_NODES: usize = 1 << 14;
/// Of what is repeated, but for what is repeated without end.
const MOST_COPIES: u32 = 128;
const ENDLESS: u32 = u32::MAX;

#[derive(Clone, Copy)]
pub enum Node {
    Read(Classes, u32),
    /// The first is preferred.
    Either(u32, u32),
    Behind(Classes, u32),
    Before(Classes, u32),
    Matched,
}

/// Those of all rows.
#[derive(Default)]
pub struct Nodes {
    pub each: Vec<Node>,
    /// The row of each, or the number for what one asks for ahead of where it begins.
    pub slot_of: Vec<u8>,
}

impl Nodes {
    /// Of each, whether what stands behind matters to what is read from there on.
    pub fn asking_behind(&self) -> Vec<bool> {
        (0..self.each.len() as u32).map(|node| self.asks_behind(node)).collect()
    }

    fn asks_behind(&self, node: u32) -> bool {
        let (mut waiting, mut seen) = (vec![node], HashSet::new());
        while let Some(node) = waiting.pop() {
            if seen.insert(node) {
                match self.each[node as usize] {
                    Node::Behind(..) => return true,
                    Node::Before(_, next) => waiting.push(next),
                    Node::Either(first, second) => waiting.extend([first, second]),
                    Node::Read(..) | Node::Matched => (),
                }
            }
        }
        false
    }
}

/// Makes nodes of the steps of one row.
pub struct Maker<'a> {
    code: &'a [u32],
    members: &'a HashMap<Asked, Classes>,
    slot: usize,
    /// Whether they say where a match ends, and not only that there may be one.
    pub is_exact: bool,
    made: &'a mut Nodes,
    known: HashMap<usize, u32>,
}

impl<'a> Maker<'a> {
    pub fn of(code: &'a [u32], members: &'a HashMap<Asked, Classes>, slot: usize, made: &'a mut Nodes) -> Self {
        Maker { code, members, slot, is_exact: true, made, known: HashMap::new() }
    }

    fn add(&mut self, node: Node) -> Option<u32> {
        self.made.each.push(node);
        self.made.slot_of.push(self.slot as u8);
        (self.made.each.len() <= MOST_NODES).then(|| self.made.each.len() as u32 - 1)
    }

    /// The node of the step at *at* and of all behind it.
    pub fn node(&mut self, at: usize) -> Option<u32> {
        if let Some(known) = self.known.get(&at) {
            return Some(*known);
        }
        let operand = |number: usize| self.code.get(at + number).copied();
        let place = |number: usize| operand(number).map(|place| place as usize);
        let node = match *self.code.get(at)? {
            steps::END => self.add(Node::Matched)?,
            steps::LITERAL => {
                let classes = self.classes(Asked::Literal(operand(1)?))?;
                let next = self.node(at + 2)?;
                self.add(Node::Read(classes, next))?
            }
            steps::SET => {
                let classes = self.classes(Asked::Set(operand(1)?))?;
                let next = self.node(at + 2)?;
                self.add(Node::Read(classes, next))?
            }
            steps::REPEAT => {
                let classes = self.classes(Asked::Set(operand(1)?))?;
                let (least, most, is_lazy) = (operand(2)?, operand(3)?, operand(4)? == steps::LAZY);
                let next = self.node(at + 5)?;
                self.repeated(classes, least, most, is_lazy, next)?
            }
            steps::SPLIT => {
                let (first, second) = (self.node(place(1)?)?, self.node(place(2)?)?);
                self.add(Node::Either(first, second))?
            }
            steps::JUMP => self.node(place(1)?)?,
            steps::SAVE => self.node(at + 2)?,
            steps::LOOK => {
                let (is_not, width, behind) = (operand(1)? == 1, operand(2)?, place(3)?);
                let next = self.node(behind)?;
                match self.one_of(at + 4) {
                    Some(classes) if width < 2 => {
                        let classes = if is_not { !classes } else { classes };
                        self.add(if width == 1 { Node::Behind(classes, next) } else { Node::Before(classes, next) })?
                    }
                    _ => {
                        self.is_exact = false;
                        next
                    }
                }
            }
            steps::IF => {
                self.is_exact = false;
                let (yes, no) = (self.node(at + 3)?, self.node(place(2)?)?);
                self.add(Node::Either(yes, no))?
            }
            steps::SPACED => {
                let between = self.classes(Asked::Set(operand(1)?))?;
                let among = self.classes(Asked::Set(operand(3)?))?;
                let (number, least, most) = (operand(2)?, operand(4)?, operand(5)?);
                let next = self.node(at + 6)?;
                if number > MOST_COPIES || most > MOST_COPIES {
                    return None;
                }
                let mut node = next;
                for left in (0..most).rev() {
                    let one = self.add(Node::Read(among, node))?;
                    node = self.repeated(between, 0, number, false, one)?;
                    if left >= least {
                        node = self.add(Node::Either(node, next))?;
                    }
                }
                node
            }
            _ => {
                self.is_exact = false;
                self.add(Node::Matched)?
            }
        };
        self.known.insert(at, node);
        Some(node)
    }

    fn repeated(&mut self, classes: Classes, least: u32, most: u32, is_lazy: bool, next: u32) -> Option<u32> {
        let mut node = next;
        if most == ENDLESS {
            let again = self.add(Node::Matched)?;
            let one = self.add(Node::Read(classes, again))?;
            self.made.each[again as usize] = either(one, next, is_lazy);
            node = again;
        } else if most > MOST_COPIES {
            return None;
        } else {
            for _ in least..most {
                let one = self.add(Node::Read(classes, node))?;
                node = self.add(either(one, next, is_lazy))?;
            }
        }
        for _ in 0..least {
            node = self.add(Node::Read(classes, node))?;
        }
        Some(node)
    }

    fn classes(&self, asked: Asked) -> Option<Classes> {
        self.members.get(&asked).copied()
    }

    /// The classes of the one character for which the steps at *at* stand, if they do.
    fn one_of(&self, at: usize) -> Option<Classes> {
        let asked = match *self.code.get(at)? {
            steps::LITERAL => Asked::Literal(*self.code.get(at + 1)?),
            steps::SET => Asked::Set(*self.code.get(at + 1)?),
            _ => return None,
        };
        (*self.code.get(at + 2)? == steps::END).then(|| self.classes(asked)).flatten()
    }

    /// Where the steps stand of more than one character that must come from the place on where the row begins. Inner None:
    /// nothing is asked.
    pub fn ahead_of(&self, program: usize) -> Option<Option<usize>> {
        let mut at = program;
        while *self.code.get(at)? == steps::LOOK {
            let (is_not, width) = (*self.code.get(at + 1)? == 1, *self.code.get(at + 2)?);
            if !is_not && width == 0 && self.one_of(at + 4).is_none() {
                return Some(Some(at + 4));
            }
            at = *self.code.get(at + 3)? as usize;
        }
        Some(None)
    }
}

fn either(one: u32, other: u32, is_lazy: bool) -> Node {
    if is_lazy {
        Node::Either(other, one)
    } else {
        Node::Either(one, other)
    }
}
