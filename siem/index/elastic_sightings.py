"""`siem.index.sightings` as aggregations of Elasticsearch, and what their answers say. Nothing here talks to a cluster.

Only terms, filters, cardinality, minimum and maximum are used: a cluster of any licence has them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from siem.index.condition import AllOf, Condition, Exists, Is, Not, fold
from siem.index.elastic_query import condition_query
from siem.index.sightings import Sample, Seer, Sighting

ASKED_AT_ONCE = 100
"""Subjects in one request: with them and `SEERS` fewer than the 65,536 buckets that a cluster allows. Each request asks
every day, of which there may be hundreds."""
SEERS = 150
ALL_SEERS = 15_000
"""For one subject alone, where `SEERS` were not all."""

NOTHING: Mapping[str, Any] = {
    "subjects": {"buckets": []},
    "seers": {"buckets": []},
}
"""What is answered where there is no index yet."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT = 40_000
"""Up to so many a cardinality is nearly exact; beyond, within a few per cent."""
_NOBODY: Mapping[str, Any] = {"bool": {"must_not": [{"exists": {"field": "user.id"}}]}}
_CLEAR: Mapping[str, Any] = {"term": {"yingbi.disclosure": "clear"}}


def of_seer(seer: Seer) -> Condition:
    """The events in which *seer* was shown something in clear."""
    if seer.caller:
        return AllOf((Is("user.id", seer.caller), IN_CLEAR))
    address = Is("source.ip", seer.address) if seer.address else Not(Exists("source.ip"))
    return AllOf((Not(Exists("user.id")), address, IN_CLEAR))


IN_CLEAR = Is("yingbi.disclosure", "clear")
"""The events that showed something in clear."""


def sighting_aggregations(subjects: Collection[str], seers: int) -> dict[str, Any]:
    """Asks for the sightings of *subjects*, by at most so many seers each."""
    times = {"first": {"min": {"field": "@timestamp"}}, "last": {"max": {"field": "@timestamp"}}}
    forms = {"filters": {"clear": _CLEAR, "other": {"bool": {"must_not": [_CLEAR]}}}}
    terms = {
        "field": "yingbi.subjects",
        "include": list(subjects),
        "size": len(subjects),
        # Otherwise ordinals of all subjects of an index would be made for the few that are asked for.
        "execution_hint": "map",
    }
    return {"subjects": {"terms": terms, "aggs": {"forms": {"filters": forms, "aggs": _by_seer(seers, times)}}}}


def volume_aggregations(seers: Sequence[Seer]) -> dict[str, Any]:
    """Asks of how many different subjects each of *seers* was shown something in clear."""
    subjects = {"cardinality": {"field": "yingbi.subjects", "precision_threshold": _EXACT}}
    filters = [condition_query(of_seer(seer)) for seer in seers]
    return {"seers": {"filters": {"filters": filters}, "aggs": {"subjects": subjects}}}


SAMPLED = ("yingbi.subjects", "user.id", "source.ip.text", "yingbi.disclosure")
"""What is read of the events of a sample, beside their time."""


def add_to(
    sample: Sample, event: Mapping[str, Sequence[str]], lowest: tuple[str, str], span: tuple[datetime, datetime]
) -> None:
    """Add to *sample* what the `SAMPLED` fields and the time of an *event* say: its subjects that lie between the
    *lowest*, and who was shown them in clear, where it happened within *span*.
    """
    subjects = [each for each in event["yingbi.subjects"] if lowest[0] <= each < lowest[1]]
    sample.known.update(subjects)
    at = datetime.fromisoformat(event["@timestamp"][0])
    if event.get("yingbi.disclosure") == ["clear"] and span[0] <= at < span[1]:
        callers, addresses = event.get("user.id"), event.get("source.ip.text", ("",))
        seer = Seer(fold(callers[0])) if callers else Seer("", fold(addresses[0]))
        sample.of.setdefault(seer, set()).update(subjects)


def sightings_in(found: Mapping[str, Any]) -> Iterator[Sighting]:
    """The sightings that the answer to `sighting_aggregations` tells of."""
    for subject in found["subjects"]["buckets"]:
        for form, told in subject["forms"]["buckets"].items():
            for seer, bucket in seers_in(told):
                yield Sighting(
                    subject=subject["key"],
                    seer=seer,
                    is_clear=form == "clear",
                    events=bucket["doc_count"],
                    first=_moment(bucket["first"]["value"]),
                    last=_moment(bucket["last"]["value"]),
                )


def not_whole(found: Mapping[str, Any]) -> list[str]:
    """The subjects that more seers were shown than the answer tells of."""
    return [
        subject["key"]
        for subject in found["subjects"]["buckets"]
        if any(
            terms["sum_other_doc_count"]
            for told in subject["forms"]["buckets"].values()
            for terms in (told["named"], told["nobody"]["addresses"])
        )
    ]


def seers_in(told: Mapping[str, Any]) -> Iterator[tuple[Seer, Mapping[str, Any]]]:
    """The seers of a bucket, each with its own bucket."""
    for bucket in told["named"]["buckets"]:
        yield Seer(fold(bucket["key"])), bucket
    for bucket in told["nobody"]["addresses"]["buckets"]:
        yield Seer("", fold(bucket["key"])), bucket


def _by_seer(seers: int, asked: Mapping[str, Any]) -> dict[str, Any]:
    named = {"terms": {"field": "user.id", "size": seers}, "aggs": asked}
    addresses = {"terms": {"field": "source.ip.text", "size": seers, "missing": ""}, "aggs": asked}
    return {"named": named, "nobody": {"filter": _NOBODY, "aggs": {"addresses": addresses}}}


def _moment(milliseconds: float) -> datetime:
    return _EPOCH + timedelta(milliseconds=int(milliseconds))
