"""What the register holds: residents and the households they live in."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Who live together. The fields are the columns of `households`."""

    id: int
    household_no: str
    head_name: str
    address: str
    street: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One person. The fields are the columns of `residents`."""

    id: int
    name: str
    sex: str
    ethnicity: str
    birth_date: date
    id_no: str
    mobile: str
    bank_card: str
    email: str
    address: str
    household_id: int
    street: str
    service: str
    status: str
    registered_on: date
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All residents by id, their households, and the canaries among them: people nobody has any business with."""

    residents: tuple[Resident, ...]
    households: tuple[Household, ...]
    canaries: tuple[Resident, ...]
