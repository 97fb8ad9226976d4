"""What becomes of JSON bodies, as a slow and obvious interpreter of the policy language has it.

Records are taken one by one: whose it is, whether it is left out, then each of its fields. It shares with the product
the functions that transforms are, the recognisers, and the canonical form of identifiers.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from policies.digest import canonical, is_exact
from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.masker import Tally
from policies.policy import PUBLIC, SCAN, Field, Grant, Record, System
from policies.policy_kinds import Owner
from policies.recognisers.scan import scan
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import transform_of
from policies.transforms.spec import Block, Drop, Form, Null, Redact, Scan, Show, Spec, form_of
from tests.policies.formats.masking import DIGESTER
from tests.policies.reference import Exchange, Reference

SECRET = b"r" * 32


class Refused(Exception):
    """The answer does not leave."""


@dataclass
class Body:
    """The body of one answer to *exchange*: `{"total": …, "note": …, "first": person, "items": [people]}`."""

    reference: Reference
    exchange: Exchange
    subjects: set[str] = field(default_factory=set)
    is_unreadable: bool = False

    @property
    def system(self) -> System:
        return self.reference.policy.systems[self.exchange.system]

    @property
    def limiting(self) -> list[Grant]:
        """The grants that apply and leave out records."""
        return [grant for grant in self.reference.applying(self.exchange) if grant.rows]

    def becomes(self, value: dict[str, Any]) -> Any:
        """What *value* becomes. Raises Refused, and Ambiguous."""
        person = self.system.records["person"]
        for grant in self.limiting:
            if any(self._sees(grant, record, each) for record, each in self._besides(grant, person)):
                raise Refused("what it sees stands in records that it cannot tell apart")
        shown: dict[str, Any] = {}
        hides = Hides()
        for key, item in value.items():
            if key == "total" and not isinstance(item, dict):
                shown[key] = item
            elif key in ("items", "first"):
                shown[key] = self._record(person, item, None, hides)
            elif key != "note":
                shown[key] = hidden(item)
                hides.add(item, shown[key])
        if "note" in value:
            shown["note"] = hides.scanned(value["note"])
        limits = [grant.at_most for grant in self.reference.applying(self.exchange) if grant.at_most is not None]
        if limits and (self.is_unreadable or len(self.subjects) > min(limits)):
            raise Refused("about too many persons")
        return {key: shown[key] for key in value}

    def _record(self, record: Record, value: Any, owner: Owner | None, around: "Hides") -> Any:
        """What *value* becomes in the place of a *record*, or of several, which stands in one of *owner*'s.

        What it hides, what is *around* it hides as well.
        """
        if isinstance(value, list):
            kept = [one for one in value if not (isinstance(one, dict) and self._is_left_out(record, one))]
            return [self._record(record, one, owner, around) for one in kept]
        if not isinstance(value, dict):
            shown = hidden(value)
            around.add(value, shown)
            return shown
        if self._is_left_out(record, value):
            raise Refused("a record that cannot be left out")
        if record.subject is not None:
            owner = self._owner(value.get(record.subject))
        specs = {key: self._spec(record, key, owner) for key in value}
        shown = {}
        hides = Hides()
        for key, item in value.items():
            declared, spec = record.fields.get(key), specs[key]
            if declared is not None and declared.record:
                shown[key] = self._record(self.system.records[declared.record], item, owner, hides)
            elif isinstance(spec, Drop | Null):
                hides.add(item, None)
                shown |= {key: None} if isinstance(spec, Null) else {}
            elif not isinstance(spec, Scan):
                shown[key] = masked(spec, item, self.system.name, declared.category) if declared else hidden(item)
                hides.add(item, shown[key])
        for key, spec in specs.items():
            if isinstance(spec, Scan):
                shown[key] = hides.scanned(value[key])
        around.include(hides)
        return {key: shown[key] for key in value if key in shown}

    def _spec(self, record: Record, key: str, owner: Owner | None) -> Spec:
        declared = record.fields.get(key)
        match declared:
            case None:
                return Redact()
            case Field(category="public"):
                return Show()
            case Field(category="scan"):
                return Scan()
            case Field(record=""):
                return self.reference.spec(self.exchange, record.name, declared, owner=owner)
            case _:
                return Redact()

    def _owner(self, identifier: Any) -> Owner | None:
        """Whose record it is that is about who has this *identifier*; it is counted."""
        if identifier in (None, "", [], {}):
            return None
        if not isinstance(identifier, str | int) or isinstance(identifier, bool):
            self.is_unreadable = True
            return None
        self.subjects.add(canonical(str(identifier)))
        asker = self.exchange.asker
        for owner, known in ((Owner.SELF, asker.own), (Owner.ACTING, asker.acting)):
            same = is_exact(known) and is_exact(str(identifier)) and canonical(known) == canonical(str(identifier))
            if same and any(grant.owner is owner for grant in self.reference.applying(self.exchange)):
                return owner
        return None

    def _is_left_out(self, record: Record, value: dict[str, Any]) -> bool:
        attributes = dict(self.exchange.asker.attributes)
        for grant in self.limiting:
            for name, row in grant.rows.items():
                if name.startswith(f"{record.name}."):
                    item = value.get(name.partition(".")[2])
                    allowed = {attributes.get(row.attribute)} if row.attribute else {*row.values}
                    single = isinstance(item, str | int | float) and not isinstance(item, bool)
                    if not single or str(item).strip() not in allowed:
                        return True
        return False

    def _besides(self, grant: Grant, record: Record) -> Iterator[tuple[Record, Field]]:
        """The fields of *record*, and of those in it, of which *grant* cannot tell whose they are."""
        if any(f"{record.name}.{name}" in grant.rows for name in record.fields):
            return
        for each in record.fields.values():
            if each.record:
                yield from self._besides(grant, self.system.records[each.record])
            elif each.category not in (PUBLIC, SCAN):
                yield record, each

    def _sees(self, grant: Grant, record: Record, each: Field) -> bool:
        is_named = (grant.records is None and grant.fields is None) or (
            record.name in (grant.records or ()) or f"{record.name}.{each.name}" in (grant.fields or ())
        )
        return is_named and each.category in grant.sees and form_of(grant.sees[each.category]) is not Form.NONE


class Hides:
    """What a record hides, which is hidden in its free text as well."""

    def __init__(self) -> None:
        self._values: list[str] = []

    def add(self, value: Any, shown: Any) -> None:
        """Note *value*, of which *shown* is left; each of a list."""
        if isinstance(value, list):
            for number, item in enumerate(value):
                self.add(item, shown[number] if isinstance(shown, list) else None)
        elif isinstance(value, dict):
            for key, item in value.items():
                self.add(item, shown[key] if isinstance(shown, dict) else None)
        elif isinstance(value, str) and value != shown:
            self._values.append(value)

    def include(self, others: "Hides") -> None:
        """Note what *others* hold."""
        self._values += others._values

    def scanned(self, value: Any) -> Any:
        """What is left of free text."""
        if isinstance(value, list):
            return [self.scanned(item) for item in value]
        if isinstance(value, str):
            known = KnownValues()
            for each in self._values:
                known.add(each)
            return mask_free_text(value, known, Tally(DIGESTER), typed=True)
        if value is None or isinstance(value, bool):
            return value
        return None if scan(json.dumps(value)) else value


def masked(spec: Spec, value: Any, system: str, category: str) -> Any:
    """What *spec* makes of a declared value, or of each in a list in its place. Raises Refused."""
    if isinstance(value, list):
        return [masked(spec, item, system, category) for item in value]
    if isinstance(spec, Show) or value is None or value == "":
        return value
    if isinstance(spec, Block):
        raise Refused("a value that nobody may see")
    if not isinstance(value, str):
        return None
    return transform_of(spec, FieldKeys(SECRET, system, category))(value)


def hidden(value: Any) -> Any:
    """What becomes of *value*, of which nothing is declared."""
    if isinstance(value, dict):
        return {key: hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [hidden(item) for item in value]
    return masked(Redact(), value, "", "")
