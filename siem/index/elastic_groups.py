"""What is asked of a cluster about the groups that events fall into, and how its answers are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from siem.index.candidates import SUBJECTS, Amount, Reached
from siem.index.elastic_query import text_of
from siem.index.fields import FIELDS

type Part = tuple[datetime, datetime]
"""From the first until before the second."""

_TOLD, _METERED = 60_000, 20_000
LIKELY = 2_000
"""So many groups are few."""
FEW = frozenset({"source.ip", "service.name", "user.id", "yingbi.credential"})
"""Fields of which a group has few values, which are counted one by one."""


def altogether(name: str, reached: Reached, least: int) -> dict[str, Any] | None:
    """Asks what groups come to, of whatever time; None where that is no bound."""
    terms: dict[str, Any] = {"field": text_of(name), "size": LIKELY, "min_doc_count": least}
    if reached.amount is Amount.DIFFERENT and reached.field in FEW:
        what = {"terms": {"field": text_of(reached.field), "size": least}}
        return {"who": {"terms": terms, "aggregations": {"what": what}}} if least * LIKELY <= _TOLD else None
    metric = metric_of(reached)
    if metric:
        terms = {"field": text_of(name), "size": LIKELY, "order": {"much": "desc"}}
        return {"who": {"terms": terms, "aggregations": {"much": metric}}}
    return None if metric is None else {"who": {"terms": terms}}


def altogether_of(group: Mapping[str, Any]) -> float:
    """What one of these groups comes to."""
    return len(group["what"]["buckets"]) if "what" in group else _amount_of(group)


def _amount_of(group: Mapping[str, Any]) -> float:
    """What a group comes to: a little more where that is a sum of floating point."""
    return float(group["much"]["value"] * (1 + 1e-9) if "much" in group else group["doc_count"])


def asked_in(name: str, ranges: Sequence[Part], metric: Mapping[str, Any], least: int, counted: str) -> dict[str, Any]:
    """Asks which groups come to *least* in each of *ranges*, and how many values of *counted* are in no count."""
    terms: dict[str, Any] = {"field": text_of(name), "size": most_groups(len(ranges), metric)}
    who: dict[str, Any] = {"terms": terms}
    if metric:
        terms["order"] = {"much": "desc"}
        who["aggregations"] = {"much": metric}
    else:
        terms["min_doc_count"] = least
    return {"when": {**times_in(ranges), "aggregations": {"who": who}}, "ignored": ignored(counted)}


def most_groups(ranges: int, metric: Mapping[str, Any]) -> int:
    """How many groups are told of each range: a cluster tells 65,536 in all, and those with a metric whether or not
    they come to enough.
    """
    return (_METERED if metric else _TOLD) // ranges


def times_in(ranges: Sequence[Part]) -> dict[str, Any]:
    """Asks about each of *ranges* by itself."""
    times = [{"from": first.isoformat(), "to": last.isoformat()} for first, last in ranges]
    return {"date_range": {"field": "@timestamp", "ranges": times}}


def ignored(name: str) -> dict[str, Any]:
    """How many events have values of a field that are kept and not indexed, and so are not counted."""
    return {"filter": {"terms": {"ignored": [name, f"{name}.text"]}}}


def metric_of(reached: Reached) -> Mapping[str, Any] | None:
    """What a group comes to, empty for how many events it has, None where that is no bound."""
    if reached.amount is Amount.SUM:
        return {"sum": {"field": reached.field}}
    if reached.amount is Amount.EVENTS or not FIELDS[reached.field].listed:
        return {}
    return {"value_count": {"field": SUBJECTS}} if reached.field == SUBJECTS else None


def amounts_in(bucket: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The groups of a range, each with what it comes to."""
    return [(str(group["key"]), _amount_of(group)) for group in bucket["who"]["buckets"]]


def buckets_in(answer: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """The parts of *answer* called *name*; none where there are no such indices."""
    return answer[name]["buckets"] if answer else ()
