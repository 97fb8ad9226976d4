"""Names for people, as a policy gives them to what it declares."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Title:
    """A name for people, Chinese first."""

    zh: str
    en: str
