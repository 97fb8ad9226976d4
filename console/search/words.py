"""What the form of a search offers, and a search in words."""

from collections.abc import Mapping, Sequence

from console.event_words import CALLER_KINDS, DISCLOSURES, PHASES, VERDICTS
from console.pages import Pages
from console.search.filters import FIELDS, SPANS, Filters, Span
from console.words import Table, word

type Options = list[tuple[str, str]]

_ANY = ("", "不限 / any")
_CLOSED: Mapping[str, Table] = {
    "caller_kind": CALLER_KINDS,
    "shown": DISCLOSURES,
    "outcome": VERDICTS,
    "action": PHASES,
}


def choices(filters: Filters, pages: Pages) -> dict[str, Options]:
    """For each filter that is chosen from a list, its options; one that was asked for and is none of them as well."""
    tables = {**_CLOSED, **_declared(pages)}
    return {name: _options(table, getattr(filters, name)) for name, table in tables.items()}


def described(filters: Filters, pages: Pages) -> Sequence[tuple[str, str]]:
    """The search in words: what is narrowed, and to what."""
    tables = {**_CLOSED, **_declared(pages)}
    found = [("时间", SPANS[filters.span].zh)]
    if filters.span is Span.GIVEN and filters.since and filters.until:
        found = [("时间", f"{pages.moments.exact(filters.since)} 至 {pages.moments.exact(filters.until)}")]
    if filters.about:
        found.append(("有关", filters.about))
    for name, value in filters.given.items():
        found.append((FIELDS[name].zh, word(tables[name], value).zh if name in tables else value))
    return found


def _declared(pages: Pages) -> Mapping[str, Table]:
    """What the policy in force calls systems and categories; reasons."""
    labels = pages.office.cases.rules.press.labels
    systems = {system.name: word(labels.systems, system.name) for system in pages.office.state().policy.systems}
    return {"system": {**labels.systems, **systems}, "category": labels.categories, "reason": pages.office.reasons}


def _options(table: Table, chosen: str) -> Options:
    found = [_ANY, *((str(key), _both(each.zh, str(key))) for key, each in table.items())]
    return found if chosen in dict(found) else [*found, (chosen, chosen)]


def _both(words: str, code: str) -> str:
    return words if words == code else f"{words}（{code}）"
