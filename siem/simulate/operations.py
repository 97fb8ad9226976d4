"""What can be asked of the invented district's systems, and how the gateway would record the answers."""

from dataclasses import dataclass

from siem.record.event import Disclosure, FieldUse

_CATEGORIES = {
    "resident_id": "keep_6_4",
    "name": "keep_first",
    "mobile": "keep_3_4",
    "address": "street",
    "licence_number": "keep_4",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a system."""

    system: str
    template: str
    """Method and path template."""
    disclosure: Disclosure
    categories: tuple[str, ...]
    format: str = "json"
    bytes_each: int = 700
    """About how much an answer grows with each subject."""
    writes: bool = False
    """Whether the method is unsafe, so that an intent is recorded before it is forwarded."""

    def fields(self, count: int) -> tuple[FieldUse, ...]:
        """What an answer with *count* subjects did to each field."""
        clear = self.disclosure is Disclosure.CLEAR
        return tuple(
            FieldUse(
                name=f"people[].{category}",
                category=category,
                transform="keep" if clear else _CATEGORIES[category],
                disclosure=self.disclosure,
                rule=f"{self.system}.yaml:{12 + place}",
                grant=f"{self.system}-work" if clear else None,
                count=count,
            )
            for place, category in enumerate(self.categories)
        )


_ALL = ("resident_id", "name", "mobile", "address")
_MASKED, _CLEAR = Disclosure.MASKED, Disclosure.CLEAR

OPERATIONS = {
    "register.list": Operation(
        system="register", template="GET /register/residents", disclosure=_MASKED, categories=_ALL
    ),
    "register.one": Operation(
        system="register", template="GET /register/residents/{id}", disclosure=_CLEAR, categories=_ALL
    ),
    "register.save": Operation(
        system="register",
        template="PUT /register/residents/{id}",
        disclosure=_CLEAR,
        categories=("name", "mobile"),
        writes=True,
    ),
    "register.export": Operation(
        system="register",
        template="GET /register/residents/export",
        disclosure=_CLEAR,
        categories=_ALL,
        format="csv",
        bytes_each=160,
    ),
    "register.shared": Operation(
        system="register",
        template="GET /register/exports/{id}",
        disclosure=_CLEAR,
        categories=_ALL,
        format="csv",
        bytes_each=160,
    ),
    "hall.queue": Operation(system="hall", template="GET /hall/queue", disclosure=_MASKED, categories=("name",)),
    "hall.matter": Operation(
        system="hall",
        template="GET /hall/matters/{id}",
        disclosure=_CLEAR,
        categories=("name", "mobile", "resident_id"),
    ),
    "hall.accept": Operation(
        system="hall", template="POST /hall/matters", disclosure=_CLEAR, categories=("name",), writes=True
    ),
    "licences.one": Operation(
        system="licences", template="GET /licences/{id}", disclosure=_CLEAR, categories=("licence_number", "name")
    ),
    "aid.one": Operation(system="aid", template="GET /aid/households/{id}", disclosure=_CLEAR, categories=_ALL),
    "aid.list": Operation(system="aid", template="GET /aid/households", disclosure=_MASKED, categories=_ALL),
    "hotline.caller": Operation(
        system="hotline", template="GET /hotline/callers/{id}", disclosure=_CLEAR, categories=("name", "mobile")
    ),
    "sharing.one": Operation(
        system="sharing", template="GET /sharing/v1/people/{id}", disclosure=_CLEAR, categories=("resident_id", "name")
    ),
    "sharing.changes": Operation(
        system="sharing", template="GET /sharing/v1/changes", disclosure=_CLEAR, categories=("resident_id", "name")
    ),
    "sharing.batch": Operation(
        system="sharing", template="POST /sharing/v1/batch", disclosure=_CLEAR, categories=_ALL, bytes_each=400
    ),
    "portal.me": Operation(system="portal", template="GET /portal/me", disclosure=_CLEAR, categories=_ALL),
    "portal.matters": Operation(
        system="portal", template="GET /portal/matters", disclosure=_CLEAR, categories=("name", "mobile")
    ),
    "reviews.page": Operation(
        system="reviews", template="GET /reviews", disclosure=_MASKED, categories=("name",), format="html"
    ),
    "terminal.print": Operation(
        system="licences", template="GET /licences/{id}/print", disclosure=_CLEAR, categories=("licence_number", "name")
    ),
}
