"""Declared elements of a page: what stands in them is the value of a field."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from policies.formats.free_text import KnownValues
from policies.formats.html_attributes import hidden_tag
from policies.formats.html_parts import Run, masked_comment, masked_raw, masked_tag
from policies.formats.html_tables import Cell
from policies.formats.html_tokens import Comment, EndTag, StartTag, Text, Token
from policies.formats.masker import Action, Kind, Tally, Withheld

LONGEST_FIELD = 256 * 1024
"""Characters from an element's start tag to its end."""

_OF_CHOICES = frozenset({"value", "label"})
"""Attributes in which a choice holds the field's value."""
_CELL_ENDS = frozenset({"tr", "tbody", "thead", "tfoot", "table"})


@dataclass(frozen=True, slots=True)
class Made:
    """A part of a page that is masked by itself, such as a control within an element."""

    source: Callable[[], str]
    """Tells what it becomes, once the personal values of its window are known."""


@dataclass(slots=True)
class Field:
    """An element whose content is the value of a field, collected up to its end."""

    tag: StartTag
    action: Action
    label: Action
    """For what stands before its value and says what that refers to."""
    is_subject: bool
    control: str | None = None
    """Where it is a form control: the field that it is declared to hold, "" for none."""
    cell: Cell | None = None
    """Where it is a cell of a table that no field is declared for."""
    values: dict[str, str] = field(default_factory=dict)
    """What stands in its own attributes where it is hidden, by their names."""
    content: list[Token | Made] = field(default_factory=list)
    _length: int = 0
    _depth: int = 0
    """How many elements of its own name are open inside."""
    _tables: int = 0

    def ends_with(self, token: Token) -> bool:
        """Whether *token* ends the element: its own end tag, or what implies one for a table cell."""
        if isinstance(token, EndTag) and token.name == self.tag.name and not self._depth and not self._tables:
            return True
        if self.tag.name not in ("td", "th") or self._tables:
            return False
        if isinstance(token, StartTag):
            return token.name in ("td", "th", "tr")
        return isinstance(token, EndTag) and token.name in _CELL_ENDS

    def add(self, token: Token) -> None:
        """Append *token* to the content. Raises Withheld where the element never seems to end."""
        self.content.append(token)
        self._length += len(token.source)
        if self._length > LONGEST_FIELD:
            raise Withheld("too_large_to_mask")
        if isinstance(token, StartTag | EndTag):
            step = 1 if isinstance(token, StartTag) else -1
            self._depth += step * (token.name == self.tag.name)
            self._tables += step * (token.name == "table")

    def parts(self, labels: tuple[str, str] | None) -> list["Field"]:
        """The label and the value, each a field of its own, where both are there; else the field itself."""
        if labels is not None:
            for place, token in enumerate(self.content):
                if isinstance(token, StartTag) and token.name == labels[0]:
                    label = replace(self, action=self.label, is_subject=False, content=self.content[:place])
                    return [label, replace(self, content=self.content[place:])] if label.text else [self]
        return [self]

    @property
    def text(self) -> str:
        """What a reader sees of the content, without the space around it."""
        return "".join(token.text for token in self.content if isinstance(token, Text) and not token.raw).strip()

    def start(self, known: KnownValues, tally: Tally, links: Sequence[re.Pattern[str]], *, hidden: bool) -> str:
        """Its start tag, where something of it is *hidden* or nothing. *links*: see `hidden_tag`."""
        if hidden:
            return hidden_tag(self.tag, known, tally, links, self.values).source
        return masked_tag(self.tag, known, tally)

    def masked(self, known: KnownValues, tally: Tally, links: Sequence[re.Pattern[str]]) -> str:
        """The content, transformed. Its start tag and its end are not part of it. *links*: see `hidden_tag`."""
        match self.action.kind:
            case Kind.SHOW:
                return "".join(_shown(token, known, tally) for token in self.content)
            case Kind.SCAN:
                run = Run()
                for token in self.content:
                    run.add(token if isinstance(token, Text | Comment | StartTag) else _as_it_is(token))
                return run.masked(known, tally)
            case Kind.DROP | Kind.BLOCK:
                return ""
            case Kind.MASK:
                return self._hidden(known, tally, links)

    def _hidden(self, known: KnownValues, tally: Tally, links: Sequence[re.Pattern[str]]) -> str:
        """The mask of the text where the text began; of the tags in it, what carries no value."""
        mask = html.escape(self.action.apply(self.text), quote=False)
        out = []
        for token in self.content:
            match token:
                case Text(raw=True) | Comment():
                    pass
                case Text() if not token.text.strip():
                    out.append(token.source)
                case Text():
                    before, _, after = token.source.partition(token.source.strip())
                    out += [before, mask, after]
                    mask = ""
                case StartTag():
                    out.append(hidden_tag(token, known, tally, links).source)
                case EndTag() | Made():
                    out.append(_as_it_is(token))
        return "".join(out)


def _shown(token: Token | Made, known: KnownValues, tally: Tally) -> str:
    match token:
        case StartTag():
            return masked_tag(token, known, tally, clear=_OF_CHOICES if token.name == "option" else frozenset())
        case Comment():
            return masked_comment(token, known, tally)
        case Text(raw=True):
            return masked_raw(token.source, known, tally)
        case Text():
            return token.source
        case _:
            return _as_it_is(token)


def _as_it_is(token: EndTag | Made) -> str:
    return token.source() if isinstance(token, Made) else f"</{token.name}>"
