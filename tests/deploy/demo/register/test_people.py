import re
import unicodedata
from collections import Counter
from datetime import date

import pytest

from deploy.demo.register.names import has_dotted_names
from deploy.demo.register.numbers import old_resident_id
from deploy.demo.register.people import CANARIES, FEWEST, REFERENCE_DAY, SERVICES, STATUSES, generate
from deploy.demo.register.places import ABOLISHED_CODES, CURRENT_CODES, DISTRICT, STREETS
from deploy.demo.register.resident import Register, Resident
from policies.recognisers.checksums import is_luhn, is_resident_id
from tests.golden import Golden


@pytest.fixture(scope="module")
def register() -> Register:
    return generate(5000, 1)


def test_the_first_people_of_seed_one(golden: Golden) -> None:
    """Every machine and every Python makes the same people."""
    register = generate(FEWEST, 1)
    rows = [*register.households, *register.residents]
    golden.check("residents.txt", "".join(f"{row}\n" for row in rows))


def test_the_same_seed_gives_the_same_people(register: Register) -> None:
    assert generate(5000, 1) == register
    assert generate(5000, 2) != register


def test_the_first_people_do_not_depend_on_how_many_follow(register: Register) -> None:
    more = generate(6000, 1)
    assert [person.id_no for person in more.residents[:1000]] == [person.id_no for person in register.residents[:1000]]


def test_ids_count_from_one(register: Register) -> None:
    assert [person.id for person in register.residents] == list(range(1, 5001))
    assert [household.id for household in register.households] == list(range(1, len(register.households) + 1))


def test_every_number_is_valid_and_belongs_to_one_person(register: Register) -> None:
    for person in register.residents:
        assert is_resident_id(person.id_no)
        assert re.fullmatch(r"1[3-9]\d{9}", person.mobile)
        assert re.fullmatch(r"62\d{14,17}", person.bank_card)
        assert is_luhn(person.bank_card)
        assert re.fullmatch(r"[a-z0-9._]+@[a-z-]+\.example", person.email)
    for column in ("id_no", "mobile", "bank_card", "email"):
        assert len({getattr(person, column) for person in register.residents}) == 5000


def test_the_id_number_agrees_with_the_rest(register: Register) -> None:
    for person in register.residents:
        assert person.id_no[6:14] == f"{person.birth_date:%Y%m%d}"
        assert person.sex == ("男" if int(person.id_no[16]) % 2 else "女")
        code = person.id_no[:6]
        assert code in CURRENT_CODES or person.birth_date.year < ABOLISHED_CODES[code]
        assert date(1900, 1, 1) <= person.birth_date <= person.registered_on <= REFERENCE_DAY
    abolished = sum(person.id_no[:6] in ABOLISHED_CODES for person in register.residents)
    assert 0.03 < abolished / 5000 < 0.1


def test_households_agree_with_their_members(register: Register) -> None:
    members = Counter(person.household_id for person in register.residents)
    homes = {household.id: household for household in register.households}
    assert members == {household.id: household.members for household in register.households}
    heads: dict[int, str] = {}
    for person in register.residents:
        home = homes[person.household_id]
        assert (person.address, person.street) == (home.address, home.street)
        heads.setdefault(home.id, person.name)
    assert heads == {household.id: household.head_name for household in register.households}
    assert len({household.household_no for household in register.households}) == len(register.households)


def test_addresses_go_down_to_the_room(register: Register) -> None:
    for home in register.households:
        assert home.street in STREETS
        tail = home.address.removeprefix(DISTRICT + home.street)
        assert re.fullmatch(r"\w+\d+号\w+\d+幢\d单元\d{3,4}室|\w+村\d+组\d+号", tail)


def test_names_are_of_every_kind(register: Register) -> None:
    shapes = Counter(re.sub(r"[^·]", "x", person.name) for person in register.residents)
    assert {"xx", "xxx", "xxxx"} < set(shapes)
    assert any("·" in shape for shape in shapes)
    for person in register.residents:
        assert has_dotted_names(person.ethnicity) == ("·" in person.name)
        assert re.fullmatch(r"[\u4e00-\u9fff·]{2,12}", person.name)
    assert any(person.name.startswith("欧阳") for person in register.residents)


def test_what_is_shown_to_all_comes_in_every_kind(register: Register) -> None:
    assert {person.street for person in register.residents} == set(STREETS)
    assert {person.service for person in register.residents} == set(SERVICES)
    assert {person.status for person in register.residents} == set(STATUSES)
    assert len(STREETS) == 12


def test_four_of_ten_remarks_are_about_somebody_else(register: Register) -> None:
    ids = {number: person.id for person in register.residents for number in _numbers_of(person)}
    canaries = {person.id for person in register.canaries}
    about_others = 0
    for person in register.residents:
        assert 10 <= len(person.remark) <= 80, person.remark
        found = {ids[number] for number in _runs_in(person.remark) if number in ids}
        assert person.id not in found
        assert not found & canaries
        about_others += bool(found)
    assert 0.3 < about_others / 5000 < 0.42
    old = {old_resident_id(person.id_no) for person in register.residents}
    assert any(number in old for person in register.residents for number in _runs_in(person.remark))


def test_canaries_live_alone_and_behind_the_first_pages(register: Register) -> None:
    assert len(register.canaries) == CANARIES
    homes = Counter(person.household_id for person in register.residents)
    names = [person.name for person in register.canaries]
    for canary in register.canaries:
        assert canary.id > 1250
        assert homes[canary.household_id] == 1
        assert not _runs_in(canary.remark) & {number for person in register.residents for number in _numbers_of(person)}
    assert len(set(names)) == CANARIES


@pytest.mark.parametrize("seed", range(20))
def test_the_smallest_register_is_whole(seed: int) -> None:
    register = generate(FEWEST, seed)
    assert len(register.residents) == FEWEST
    assert len(register.canaries) == CANARIES
    assert sum(household.members for household in register.households) == FEWEST


def test_fewer_are_refused() -> None:
    with pytest.raises(ValueError, match="a register has at least 20 residents, not 19"):
        generate(19, 1)


def _numbers_of(person: Resident) -> list[str]:
    return [getattr(person, column) for column in ("id_no", "mobile", "bank_card")]


def _runs_in(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text).upper().replace("+86", "")
    runs = re.findall(r"\d(?:[ -]?\d)+(?:[ -]?X)?", plain)
    return {re.sub(r"[ -]", "", run) for run in runs}
