"""How grave a kind of personal data is, as reports say it.

Source: GB/T 45574-2025, which counts financial accounts (that of the housing fund among them), medical and health data,
religious belief and precise location as sensitive personal information. Ethnicity, marriage and membership of a party
count with them here, for the harm that a leak may do; numbers of documents do not, and a policy may say otherwise of
its own (`sensitive`). What tells of somebody only together with more is a quasi-identifier (GB/T 37964-2019).
"""

from enum import StrEnum


class Gravity(StrEnum):
    """What a report says of a category."""

    SENSITIVE = "sensitive"
    IDENTIFIER = "identifier"
    QUASI = "quasi"


SENSITIVE = frozenset(
    "bank_card bank_account housing_fund medical_no health religion ethnicity party marriage coordinates".split()
)
QUASI = frozenset("sex birth_date schooling origin household".split())


def level_of(category: str) -> Gravity:
    """The level of *category*; what nobody knows is one of identifiers."""
    if category in SENSITIVE:
        return Gravity.SENSITIVE
    return Gravity.QUASI if category in QUASI else Gravity.IDENTIFIER
