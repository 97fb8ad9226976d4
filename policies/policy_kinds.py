"""The kinds of things that are declared."""

from enum import StrEnum


class Level(StrEnum):
    """How grave harm to the data would be. Source: GB/T 43697-2024, 5.4 (core, important and general data)."""

    CORE = "core"
    IMPORTANT = "important"
    GENERAL = "general"


class Harmed(StrEnum):
    """Who or what is harmed where data is leaked, altered, destroyed or abused. Source: GB/T 43697-2024."""

    NATIONAL_SECURITY = "national-security"
    ECONOMY = "economy"
    SOCIAL_ORDER = "social-order"
    PUBLIC_INTEREST = "public-interest"
    ORGANISATION = "organisation"
    PERSON = "person"


class Gravity(StrEnum):
    """How gravely. Source: GB/T 43697-2024."""

    GENERAL = "general"
    SERIOUS = "serious"
    VERY_SERIOUS = "very-serious"


class OnWrite(StrEnum):
    """What is done with a mask that comes back in a request, where the true value belongs."""

    REFUSE = "refuse"
    DROP = "drop"
    RESTORE = "restore"


class Uploaded(StrEnum):
    """What is done with personal data in a file that a caller sends."""

    RECORD = "record"
    """The file goes as it is; the record says what kinds of it are in it, and how often."""
    MASK = "mask"
    REFUSE = "refuse"


class Beyond(StrEnum):
    """What becomes of running text of which more comes than may be read for names and addresses."""

    MASK = "mask"
    """Each sentence in which somebody could be named is hidden."""
    WITHHOLD = "withhold"
    """The answer is withheld."""


class Elsewhere(StrEnum):
    """What becomes of a value that is hidden in its field and stands in another text of the same page."""

    HIDE = "hide"
    LEAVE = "leave"
    """For values of a few kinds: among all of them in a list, the hidden one would be the one that is meant."""


class State(StrEnum):
    """How far a system is declared."""

    LEARNING = "learning"
    """All text is masked hard, writes are refused, an inventory of fields is kept."""
    ENFORCING = "enforcing"


class Kind(StrEnum):
    """Who a caller is."""

    STAFF = "staff"
    SYSTEM = "system"
    TERMINAL = "terminal"
    CITIZEN = "citizen"


class Direction(StrEnum):
    """Which way a value goes that a grant is about."""

    ANSWER = "answer"
    """From the system to the caller."""
    REQUEST = "request"
    """From the caller to the system."""


class Owner(StrEnum):
    """Whose record it is, as seen from the caller."""

    SELF = "self"
    """A citizen's own."""
    ACTING = "acting"
    """Theirs on whose behalf the caller acts, on a basis that the credential names."""


class Meaning(StrEnum):
    """What values of a category are, as far as it matters to what they add up to; see `policies.checks.composite`."""

    RESIDENT_ID = "resident-id"
    BIRTH_DATE = "birth-date"
    SEX = "sex"
    REGION = "region"
    """The county or district where somebody was registered, as a code or within an address."""
    OTHER = "other"
