"""Households and the people in them. The same seed gives the same people, on every machine and every Python.

The first people do not depend on how many are asked for, but for the last household and for the remarks.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random

from deploy.demo.register import names, numbers, places, remarks
from deploy.demo.register.resident import Household, Register, Resident

REFERENCE_DAY = date(2026, 6, 30)
"""The day on which the register was written: nobody was born and nothing was registered later."""

CANARIES = 3
FEWEST = 20

SERVICES = (
    "居住证申领", "社会保障卡补换", "基本医保参保登记", "生育登记", "老年人优待证", "户口迁移", "不动产信息查询",
    "公积金提取", "入学资格审核", "失业登记", "婚姻登记预约", "灵活就业参保", "残疾人证换领", "最低生活保障申请",
)  # fmt: skip
STATUSES = ("待受理", "办理中", "待补正", "已办结")

_SIZES, _SIZE_SHARES = (1, 2, 3, 4, 5, 6), (18, 27, 28, 15, 8, 4)
_MENTIONS = 0.4


def generate(count: int, seed: int) -> Register:
    """A register of *count* residents, three canaries among them. Raises ValueError for fewer than `FEWEST`.

    A canary lives alone, is mentioned nowhere, and lies behind the first quarter of the register: who browses its
    first pages does not meet one, who reads on in bulk does.
    """
    if count < FEWEST:
        raise ValueError(f"a register has at least {FEWEST} residents, not {count}")
    random = Random(seed)  # noqa: S311  repeatable is what is wanted
    canaries = set(Random(f"canaries {seed}").sample(range(count // 4 + 1, count + 1), CANARIES))  # noqa: S311
    new = _New()
    residents: list[Resident] = []
    households: list[Household] = []
    while len(residents) < count:
        first = len(residents) + 1
        room = min((canary for canary in canaries if canary > first), default=count + 1) - first
        (size,) = random.choices(_SIZES, _SIZE_SHARES)
        size = 1 if first in canaries else min(size, room)
        household, members = _household(random, len(households) + 1, first, size, new)
        households.append(household)
        residents += members
    mentionable = [person for person in residents if person.id not in canaries]
    for place, person in enumerate(residents):
        if person.id not in canaries and random.random() < _MENTIONS:
            other = random.choice([other for other in random.sample(mentionable, 2) if other.id != person.id])
            remark = remarks.mention(random, other)
        else:
            remark = remarks.plain(random)
        residents[place] = replace(person, remark=remark)
    return Register(
        residents=tuple(residents),
        households=tuple(households),
        canaries=tuple(person for person in residents if person.id in canaries),
    )


class _New:
    """Draws again until there is something that was not drawn before: no two people share a number."""

    def __init__(self) -> None:
        self._drawn: set[str] = set()

    def __call__(self, draw: Callable[[], str]) -> str:
        while (drawn := draw()) in self._drawn:
            pass
        self._drawn.add(drawn)
        return drawn


def _household(random: Random, number: int, first: int, size: int, new: _New) -> tuple[Household, list[Resident]]:
    street = random.choice(places.STREETS)
    address = places.address(random, street)
    ethnicity = names.ethnicity(random)
    members: list[Resident] = []
    for family, male, age in _family(random, size):
        dotted = names.has_dotted_names(ethnicity)
        born = REFERENCE_DAY - timedelta(days=age * 365 + age // 4 + random.randint(0, 364))
        code = places.region_code(random, born.year)
        known_for = (REFERENCE_DAY - max(born, date(2015, 1, 1))).days
        resident = Resident(
            id=first + len(members),
            name=names.dotted_name(random, male=male) if dotted else names.full_name(random, family, male=male),
            sex="男" if male else "女",
            ethnicity=ethnicity,
            birth_date=born,
            id_no=new(partial(numbers.resident_id, random, code, born, male=male)),
            mobile=new(partial(numbers.mobile, random)),
            bank_card=new(partial(numbers.bank_card, random)),
            email=new(partial(names.email, random, family, born.year)),
            address=address,
            household_id=number,
            street=street,
            service=random.choice(SERVICES),
            status=random.choice(STATUSES),
            registered_on=REFERENCE_DAY - timedelta(days=random.randint(0, known_for)),
            remark="",
        )
        members.append(resident)
    household = Household(
        id=number,
        household_no=f"{places.STREETS.index(street) + 1:02d}{number:07d}",
        head_name=members[0].name,
        address=address,
        street=street,
        members=size,
    )
    return household, members


def _family(random: Random, size: int) -> list[tuple[names.Surname, bool, int]]:
    """Surname, whether male, and age in years of each member, the head first. Children bear the father's surname."""
    head, male, age = names.surname(random), random.random() < 0.6, int(random.triangular(23, 88, 46))
    members = [(head, male, age)]
    inherited = head
    if size > 1 and random.random() < 0.8:
        spouse = names.surname(random)
        members.append((spouse, not male, max(21, age + random.randint(-5, 5))))
        inherited = head if male else spouse
    youngest = min(years for _, _, years in members)
    while len(members) < size:
        child = youngest - random.randint(21, 36)
        son = random.random() < 0.5
        if child >= 0:
            members.append((inherited, son, child))
        else:  # too young for children: the head's parents live with them
            members.append((head if son else names.surname(random), son, age + random.randint(21, 34)))
    return members
