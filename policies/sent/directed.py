"""What becomes of values that a caller sends before a system has them, where a grant with `direction: request` says so.

What is not declared, and what no such grant is about, is sent as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from policies.formats.free_text import mask_free_text
from policies.formats.masker import Action, Kind, Tally
from policies.formats.sent_form import Part
from policies.program import FieldInfo
from policies.program_shapes import HtmlShapes, Shape, ValueShape
from policies.recognisers.scan import scan
from policies.sent.json import DROPPED, Dropped, Step
from policies.sent.write_back import control_field


class SentBlocked(Exception):
    """A request holds a value that may not be sent."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """As declared."""


class Sending(Step):
    """Masks what one caller sends. *actions* are those of the caller's view for what is sent, by field.

    As a step through JSON it raises SentBlocked.
    """

    def __init__(self, actions: Sequence[Action], fields: Sequence[FieldInfo], tally: Tally) -> None:
        self._actions = actions
        self._fields = fields
        tally.prose.stream()  # nobody else is answered while a request is read
        self._tally = tally

    def nested(self, value: Any, shape: Shape | None, parts: Mapping[str, Shape], *, droppable: bool) -> Any:
        """See `Step`: a value goes with its label."""
        action = self._actions[shape.field] if isinstance(shape, ValueShape) else None
        return value if action is None or action.kind is not Kind.DROP else _dropped(action, droppable=droppable)

    def single(self, value: Any, shape: Shape | None, *, droppable: bool) -> Any:
        """See `Step`."""
        if not isinstance(shape, ValueShape):
            return value
        action = self._actions[shape.field]
        return _dropped(action, droppable=droppable) if action.kind is Kind.DROP else self._single(action, value)

    def form(self, parts: Sequence[Part], shapes: HtmlShapes, own: Sequence[Part]) -> list[Part]:
        """What to send in place of the *parts* of a form. Raises SentBlocked.

        *own* are those that the caller sent: a true value that was put back in place of a mask is none of his.
        """
        kept: list[Part] = []
        for part in parts:
            action = self._actions[control_field(part.name, shapes)]
            if action.kind is Kind.SHOW or part not in own:
                kept.append(part)
            elif part.file is not None:
                raise SentBlocked(self._fields[action.field].name)
            elif action.kind is not Kind.DROP:
                kept.append(Part(part.name, self._single(action, part.value) or ""))
        return kept

    def text(self, field: int, text: str) -> str:
        """What to send in place of *text*, which is all of the field with the index *field*. Raises SentBlocked."""
        return str(self._single(self._actions[field], text) or "")

    def _single(self, action: Action, value: Any) -> Any:
        if value is None or value == "":
            return value
        match action.kind:
            case Kind.SHOW:
                return value
            case Kind.MASK:
                return action.apply(value) if isinstance(value, str) else None
            case Kind.SCAN if isinstance(value, str):
                return mask_free_text(value, None, self._tally, typed=True, prose=action.prose)
            case Kind.SCAN:
                return None if not isinstance(value, bool) and scan(str(value)) else value
            case Kind.DROP:
                return None
            case Kind.BLOCK:
                raise SentBlocked(self._fields[action.field].name)


def _dropped(action: Action, *, droppable: bool) -> Dropped | None:
    return DROPPED if droppable and not action.stays else None
