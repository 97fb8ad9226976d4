"""Masks the messages of one stream, each whole, and the texts that run on from one message to the next.

An assistant streams its answer a few characters at a time, each in a message of its own: a number is in none of them,
and in all of them together. Text in such a place is scanned as one running text, and a message holds of it what is
decided by then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.choose import Choice
from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.json.body import without
from policies.formats.json.nodes import Node
from policies.formats.json.text import parse, parse_exactly, spell
from policies.formats.json.tree import JsonTree
from policies.formats.masker import LEFT_OUT, VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.formats.running_text import RunningText
from policies.transforms.make import REDACTED

LARGEST_MESSAGE = 1024 * 1024
"""Characters."""
MOST_TEXTS = 64
"""Running texts of one stream."""

type Steps = tuple[str, ...]
type _Path = tuple[str | int, ...]
type Sent = tuple[str, str]
"""The name of a message and what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What messages of one name hold: JSON, or text."""

    node: Node | None = None
    text: Action | None = None
    whole: bool = False
    """Whether each text is whole, and no value goes on in the next message."""
    joined: tuple[Steps, ...] = ()
    """Where in the JSON text stands that runs on; `*` is any key or index."""
    by: str = ""
    """A key beside such text, or around it, that tells apart several that come by turns."""
    literals: frozenset[str] = frozenset()
    """What is no JSON and passes as it is. After it every text is over."""
    ends: tuple[tuple[Steps, frozenset[str]], ...] = ()
    """Values that say, where they stand, that every text is over."""


@dataclass(slots=True)
class _Running:
    name: str
    path: _Path
    text: RunningText
    template: Any = None
    """The last message that held a piece of it, masked, with nothing in its place; None where it is the message."""


@dataclass(slots=True)
class Messages:
    """Those of one stream. Methods raise Withheld; then nothing more may leave."""

    kinds: Mapping[str, Message]
    undeclared: Action
    free_text: Action
    tally: Tally
    choice: Choice
    hidden: KnownValues | None = None
    _known: KnownValues = field(init=False)
    _running: dict[tuple[str, _Path, Steps], _Running] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = KnownValues(handles=self.hidden.handles if self.hidden is not None else ())
        if self.hidden is not None:
            self._known.include(self.hidden)

    def masked(self, name: str, data: str) -> list[Sent]:
        """What may be sent now that *data* has come as a message called *name*: nothing, it alone, or more."""
        kind = self.kinds.get(name)
        if kind is None:
            self.tally.count(self.undeclared)
            return []
        if len(data) > LARGEST_MESSAGE:
            raise Withheld("too_large_to_mask")
        if data in kind.literals:
            return [*self._over(), (name, data)]
        if kind.node is None:
            assert kind.text is not None
            text = self._text(name, kind, kind.text, data)
            return [(name, text)] if text else []
        return self._json(name, kind, kind.node, data.encode("utf-8", "surrogatepass"))

    def close(self) -> list[Sent]:
        """What has waited, now that the stream is over."""
        return list(self._over())

    def _text(self, name: str, kind: Message, action: Action, data: str) -> str:
        if action.kind is Kind.SCAN and not kind.whole:
            return self._runs(name, (), (), action).text.add(data)
        match action.kind:
            case Kind.SHOW:
                return data
            case Kind.SCAN:
                return mask_free_text(data, self._known, self.tally, typed=True, prose=action.prose)
            case Kind.BLOCK if data.strip():
                raise Withheld(VALUE_BLOCKED)
            case _:
                return REDACTED if data.strip() else data

    def _json(self, name: str, kind: Message, node: Node, data: bytes) -> list[Sent]:
        value = parse(data)
        over = any(said & _scalars(value, steps) for steps, said in kind.ends)
        pieces = list(_taken(value, kind))
        tree = self._tree(kind)
        if tree.is_left_out(node, value):
            self.tally.add(tree.tally)
            return []
        made = tree.apply(node, value)
        if tree.inexact:
            exact, tree = parse_exactly(data), self._tree(kind)
            list(_taken(exact, kind))
            made = tree.apply(node, exact)
        self.tally.add(tree.tally)
        if pieces and tree.tally.left_out:
            raise Withheld(LEFT_OUT)  # what is left stands elsewhere now
        if self.hidden is not None:
            made = without(made, self.hidden)
        own: list[tuple[_Path, str]] = []
        for path, told, text in pieces:
            running = self._runs(name, path, told, self.free_text)
            running.path, running.template = path, made
            own.append((path, running.text.add(text) + (running.text.finish() if over else "")))
        before = list(self._over()) if over else []
        for path, text in own:
            _put(made, path, text)
        shown = spell(made).decode()
        for path, _ in own:
            _put(made, path, "")
        return [*before, (name, shown)]

    def _tree(self, kind: Message) -> JsonTree:
        tree = JsonTree(self.undeclared, self.tally.apart(), self.choice)
        tree.hides, tree.is_part = self._known, not kind.whole
        return tree

    def _runs(self, name: str, path: _Path, told: Steps, action: Action) -> _Running:
        key = name, path, told
        running = self._running.get(key)
        if running is None:
            if len(self._running) >= MOST_TEXTS:
                raise Withheld("too_large_to_mask")
            running = self._running[key] = _Running(name, path, RunningText(action, self.tally, self._known))
        return running

    def _over(self) -> Iterator[Sent]:
        for running in self._running.values():
            if rest := running.text.finish():
                if running.template is None:
                    yield running.name, rest
                else:
                    _put(running.template, running.path, rest)
                    yield running.name, spell(running.template).decode()
                    _put(running.template, running.path, "")


def _taken(value: Any, kind: Message) -> Iterator[tuple[_Path, Steps, str]]:
    """The pieces of running texts in *value*, each taken out of it: where it stood, what tells it apart, and itself."""
    for steps in kind.joined:
        for path, told, text in list(_found(value, steps, kind.by, (), ())):
            if isinstance(text, str):
                _put(value, path, "", checked=False)
                yield path, told, text


def _found(value: Any, steps: Steps, by: str, path: _Path, told: Steps) -> Iterator[tuple[_Path, Steps, Any]]:
    """What stands in *value* at *steps*: where, what tells it apart, and itself."""
    if isinstance(value, dict) and by in value and not isinstance(value[by], dict | list):
        told = (*told, str(value[by]))
    if not steps:
        yield path, told, value
    elif isinstance(value, dict):
        names = list(value) if steps[0] == "*" else [steps[0]]
        for name in names:
            if name in value:
                yield from _found(value[name], steps[1:], by, (*path, name), told)
    elif isinstance(value, list) and steps[0] == "*":
        for place, item in enumerate(value):
            yield from _found(item, steps[1:], by, (*path, place), told)


def _scalars(value: Any, steps: Steps) -> set[str]:
    return {str(item) for _, _, item in _found(value, steps, "", (), ()) if isinstance(item, str | int)}


def _put(value: Any, path: _Path, text: str, *, checked: bool = True) -> None:
    """Let *text* stand in *value* at *path*, where nothing but a text may stand that was put there."""
    try:
        for step in path[:-1]:
            value = value[step]
        is_text = isinstance(value[path[-1]], str)
    except (KeyError, IndexError, TypeError):
        is_text = False
    if checked and not is_text:
        raise Withheld("text_out_of_place")
    value[path[-1]] = text
