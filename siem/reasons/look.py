"""What is judged of one event: who looked at whom, when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from siem.baseline.calendar import LOCAL
from siem.detect.correlate import key_of
from siem.index.condition import AllOf, Condition, In, Is
from siem.reasons.declaration import Declaration
from siem.record.ecs import Document
from siem.record.event import CallerKind, Disclosure, Phase, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A member of staff was shown few people in clear."""

    at: datetime
    event: str
    caller: str
    posts: tuple[str, ...]
    who: frozenset[str]
    """The names that a handler of a case may bear: `caller:…`, `post:…`, `attribute:…`."""
    persons: tuple[tuple[str, str], ...]
    """Their digests, each with that under the key before, or an empty text."""

    @property
    def day(self) -> date:
        """By the clocks in offices."""
        return self.at.astimezone(LOCAL).date()

    def __lt__(self, other: Self) -> bool:
        return (self.at, self.event) < (other.at, other.event)


def looks_at(system: str) -> Condition:
    """What the events satisfy that `look_of` may make a look of."""
    return AllOf(
        (
            Is("service.name", system),
            Is("yingbi.caller_kind", CallerKind.STAFF),
            Is("yingbi.disclosure", Disclosure.CLEAR),
            Is("yingbi.verdict", Verdict.FORWARD),
            In("event.action", frozenset({Phase.WHOLE.value, Phase.SHOWN.value})),
        )
    )


def look_of(document: Document, declared: Declaration) -> Look | None:
    """The look that *document*, which satisfies `looks_at`, is; None where it is a list, or of somebody exempt."""
    own, user = document["yingbi"], document.get("user", {})
    subjects = own.get("subjects", ())
    caller, posts = user.get("id", ""), tuple(user.get("roles", ()))
    if not caller or not 0 < len(subjects) <= declared.most_shown:
        return None
    if caller in declared.exempt_callers or not declared.exempt_posts.isdisjoint(posts):
        return None
    former = own.get("former_subjects") or [""] * len(subjects)
    at, event = key_of(document)
    names = [f"caller:{caller}", *(f"post:{post}" for post in posts)]
    return Look(
        at=at,
        event=event,
        caller=caller,
        posts=posts,
        who=frozenset([*names, *(f"attribute:{each}" for each in own.get("attributes", ()))]),
        persons=tuple(zip(subjects, former, strict=False)),
    )
