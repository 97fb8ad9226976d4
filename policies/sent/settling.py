"""Whether the JSON that a caller sends may be sent on: no mask is in it, and values stand where they are declared."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from policies.checks.near import Near, named_within
from policies.formats.json.keys import is_hidden_key
from policies.formats.masker import Action, Kind, Withheld
from policies.policy_kinds import OnWrite
from policies.program import FREE_TEXT
from policies.program_shapes import (
    UNDECLARED,
    CursorShape,
    KeyShape,
    LinkShape,
    ObjectShape,
    RowsShape,
    Shape,
    ValueShape,
)
from policies.sent.json import DROPPED, Step, field_of
from policies.sent.write_back import MaskReturned, NotAsDeclared, WriteRules, spellings


class Settling(Step):
    """Takes out masks that are to be dropped, and raises at what is to be refused.

    *actions* are what becomes of fields for the caller, *sends* what becomes of them on their way, where any are
    changed. *replaces*: whether what is absent from a record is lost to the system, as with PUT.
    """

    def __init__(
        self,
        rules: WriteRules,
        actions: Sequence[Action],
        sends: Sequence[Action] = (),
        *,
        replaces: bool = False,
    ) -> None:
        self._rules = rules
        self._actions = actions
        self._sends = sends
        self._changed = rules.changed(sends)
        self._replaces = replaces

    def nested(self, value: Any, shape: Shape | None, parts: Mapping[str, Shape], *, droppable: bool) -> Any:
        """See `Step`. Raises NotAsDeclared in the place of a single value that is not for all to see.

        Whatever is done to a value is not done to keys, and what a system makes of a list nobody knows.
        """
        match shape:
            case ValueShape(index):
                has_label = isinstance(value, dict) and bool(value) and value.keys() <= parts.keys()
                if self._is_guarded(index) and not has_label:
                    raise NotAsDeclared(self._rules.fields[index].name)
            case KeyShape(fields) | CursorShape(_, fields):
                raise NotAsDeclared(self._rules.fields[fields[0]].name)
            case LinkShape():
                raise NotAsDeclared("")
            case RowsShape() if isinstance(value, dict):
                raise Withheld("table_not_as_declared")
            case _:
                pass
        return value

    def names(self, value: Mapping[str, Any], shape: Shape | None, declared: Mapping[str, Shape]) -> None:
        """See `Step`. Raises MaskReturned where one is that of a mask, or what was dropped is left out."""
        if self._replaces:
            for key, child in declared.items():
                field = self._rules.fields[field_of(child)]
                is_dropped = isinstance(child, ValueShape) and _is_left_out(self._actions[child.field])
                if is_dropped and key not in value and field.on_write is not OnWrite.DROP:
                    raise MaskReturned(field.name)
        near = self._near(shape, declared)
        other = shape.other if isinstance(shape, ObjectShape) else None
        for key in value.keys() - declared.keys():
            if near is not None and key in near:
                raise NotAsDeclared("")
            self._check_name(key, other)
            if any(map(is_hidden_key, spellings(key))) or self._rules.tokens.stand_in(key):
                raise MaskReturned(self._rules.fields[UNDECLARED].name)

    def columns(self, names: Iterable[str], record: ObjectShape) -> None:
        """See `Step`."""
        near = self._rules.near.in_object(record)
        for name in names:
            if name in near:
                raise NotAsDeclared("")
            if name not in record.children:
                self._check_name(name, record.other)

    def single(self, value: Any, shape: Shape | None, *, droppable: bool) -> Any:
        """See `Step`. Raises MaskReturned."""
        if not self._is_mask(value, shape):
            return value
        field = self._rules.fields[field_of(shape)]
        if droppable and field.on_write is OnWrite.DROP:
            return DROPPED
        raise MaskReturned(field.name)

    def _check_name(self, key: str, shape: Shape | None) -> None:
        """Raise NotAsDeclared for an undeclared key by which a system may find what is changed on its way."""
        named = named_within(key, self._changed) if shape is None and self._changed else None
        if named is not None:
            raise NotAsDeclared(named)

    def _near(self, shape: Shape | None, declared: Mapping[str, Shape]) -> Near | None:
        if isinstance(shape, ObjectShape):
            return self._rules.near.in_object(shape)
        return self._rules.near_labels if declared else None

    def _is_guarded(self, index: int) -> bool:
        """Whether something is done to values of a field on their way in or out, or they name records."""
        if index in (FREE_TEXT, UNDECLARED):
            return False
        field, kinds = self._rules.fields[index], {self._actions[index].kind}
        if self._sends:
            kinds.add(self._sends[index].kind)
        return kinds != {Kind.SHOW} or field.at_rest is not None or bool(field.key_of)

    def _is_mask(self, value: Any, shape: Shape | None) -> bool:
        action = self._actions[field_of(shape)]
        if isinstance(value, str):
            return self._rules.is_mask(action, value)
        if value is None:
            could_be = action.kind is Kind.DROP or (action.kind is Kind.MASK and not action.stored)
            return could_be and not isinstance(shape, ObjectShape | RowsShape)
        # A number that stands for a band stands for itself as well.
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and action.kind is Kind.MASK and action.number(value) == value


def _is_left_out(action: Action) -> bool:
    return action.kind is Kind.DROP and not action.stays
