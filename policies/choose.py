"""What of an answer depends on whose record it is.

A view holds several tables of actions: the general one, and one for each kind of owner that grants tell apart. Maskers
ask once for each record which of them counts. A record that declares no subject is treated as the record around it is;
where one is declared and cannot be read, the record is nobody's in particular, and the general table counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

GENERAL = 0
"""The number of the table that counts for everybody's records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the caller of one exchange gets otherwise than everybody to whom the same grants apply."""

    tables: Mapping[str, int] = field(default_factory=dict)
    """By the digest of a subject, the number of the table that counts for their records; for all others `GENERAL`."""
    rows: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By `record.field`, what the field holds in the records that are shown: all others are left out."""
    at_most: int | None = None
    """Of how many subjects one answer may be."""

    def table_of(self, digest: str) -> int:
        """The number of the table that counts for records of the subject with this *digest*."""
        return self.tables.get(digest, GENERAL)

    def shows(self, name: str, value: object) -> bool:
        """Whether records are shown in which the field *name* holds *value*. What is no single value fits nothing."""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            return False
        return str(value).strip() in self.rows.get(name, ())


EVERYBODYS = Choice()
"""Nothing depends on whose record it is."""
