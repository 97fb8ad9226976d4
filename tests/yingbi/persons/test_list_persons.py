"""Lists of persons to tell, made from a real index and opened with a real key; the system behind is played.

What the gateway shows of a real one is proved by `tests/e2e/test_persons.py`.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.private_file import write_private
from incident.ids import CaseId
from incident.person_lists import ListStanding, part_name
from policies.digest import Digester
from siem.record.event import Disclosure
from siem.record.reader import beginning_of, follow, starts_in
from tests.incident.office import CHEN, LI, LIMIT, TEN, Office, alert, new_database, shown
from tests.siem.events import document
from yingbi.home import Home
from yingbi.keys.age_key import NotOpened, make_key
from yingbi.persons.files import open_file
from yingbi.persons.list_persons import OPERATION, PersonLister
from yingbi.persons.reading import NotRead, Page, Record
from yingbi.persons.sources import PersonSource

OLD, NOW = Digester("1", bytes(32)), Digester("2", bytes([1]) * 32)
DECLARED = """
system: register
host: register.localhost
path: /residents.json
rows: rows
next: {member: next, parameter: _next}
columns: {person: id_no, name: name, phone: mobile}
credential: keys/source.header
"""
PEOPLE = [{"person": f"R-{n:06}", "name": f"某居民{n}", "phone": f"0570-87{n:05}"} for n in range(60)]
"""Of the register. Whoever has an even number was shown in clear, by the key of one epoch or the other."""


@dataclass
class Register:
    """A system behind, in pages of twenty, which goes down at a page where it is told to."""

    down_at: str = "-"
    asked: list[str] = field(default_factory=list)

    def read(self, source: PersonSource, after: str, read: int) -> Iterator[Page]:
        self.asked.append(after)
        while True:
            if after == self.down_at:
                raise NotRead("网关答 502 / the gateway answered 502")
            first = int(after or 0)
            rows: list[Record] = list(PEOPLE[first : first + 20])
            after = str(first + 20) if first + 20 < len(PEOPLE) else ""
            yield Page(rows, after)
            if not after:
                return


@dataclass
class Desk:
    """An installation where a list was agreed on, and the officer's key."""

    office: Office
    home: Home
    case: CaseId
    key: Path
    register: Register = field(default_factory=Register)

    def lister(self) -> PersonLister:
        return PersonLister(
            self.home,
            self.office.cases,
            self.office.events,
            self.register.read,
            indexed_until=self.office.watch,
            digester=lambda: NOW.after([OLD], writes_both=False),
            canaries=frozenset,
            clock=self.office.watch,
        )

    def parts(self) -> list[Path]:
        listed = self.office.cases.get(self.case).person_lists[1]
        return [self.home.person_lists / part_name(self.case, 1, part) for part in range(1, listed.parts + 1)]

    def names(self) -> list[str]:
        return sorted(each["name"] for path in self.parts() for each in open_file(path, self.key).people)

    @property
    def standing(self) -> ListStanding:
        return self.office.cases.get(self.case).person_lists[1].standing


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = new_database(tmp_path)
    office, home = Office(folder=tmp_path, engine=engine), Home(tmp_path / "home")
    for folder in (home.log, home.person_sources):
        folder.mkdir(parents=True)
    (home.person_sources / "register.yaml").write_text(DECLARED, "utf-8")
    with closing(office.events):
        digests = [(OLD if n % 4 else NOW)(f"R-{n:06}") for n in range(0, 60, 2)] + [NOW("somewhere-else")]
        masked = [NOW("R-000001")]
        office.events.append([_event(1, digests, Disclosure.CLEAR), _event(2, masked, Disclosure.MASKED)], LIMIT)
        case = office.cases.open_or_join(alert())
        office.cases.reassess(case, CHEN, 24)
        office.perform_all()
        recipient = make_key(tmp_path / "officer.key")
        office.cases.ask_persons(case, CHEN, "register", recipient, "依法告知", masked=False)
        office.cases.agree_persons(case, LI, 1, recipient)
        yield Desk(office, home, case, tmp_path / "officer.key")
    engine.dispose()


def _event(number: int, digests: list[str], disclosure: Disclosure) -> dict[str, object]:
    at = TEN - timedelta(minutes=5) + timedelta(seconds=number)
    use = shown("name", disclosure, len(digests))
    return document(number, at=at, subjects=tuple(digests), fields=(use,), disclosure=disclosure)


EXPECTED = sorted(f"某居民{n}" for n in range(0, 60, 2))


def test_the_list_is_who_was_shown_and_is_in_the_system_and_nobody_else(desk: Desk) -> None:
    desk.lister().step()
    assert desk.names() == EXPECTED
    listed = desk.office.cases.get(desk.case).person_lists[1]
    assert listed.standing is ListStanding.COMPLETE
    assert listed.last is not None
    assert (listed.last.affected, listed.last.found) == (31, 30), "one of them is not in this system, and it is said"
    (path,) = desk.parts()
    opened = open_file(path, desk.key)
    assert opened.end == {"complete": True, "persons": 30, "found": 30, "missing": 1, "why": ""}
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_making_is_an_event_of_the_log_with_counts_and_no_names(desk: Desk) -> None:
    desk.lister().step()
    (start,) = starts_in(desk.home.log)
    ((event, _),) = follow(desk.home.log / start, beginning_of(start))
    assert (event["yingbi"]["operation"], event["user"]["id"]) == (OPERATION, CHEN)
    assert event["yingbi"]["basis"] == desk.case
    counts = {use["name"]: use["count"] for use in event["yingbi"]["fields"]}
    assert counts == {"register.name": 30, "register.phone": 30}
    assert "某居民" not in json.dumps(event, ensure_ascii=False)


def test_a_system_that_goes_down_leaves_a_stated_part_and_is_asked_again_from_there(desk: Desk) -> None:
    desk.register.down_at = "40"
    lister = desk.lister()
    lister.step()
    listed = desk.office.cases.get(desk.case).person_lists[1]
    assert listed.last is not None
    assert (desk.standing, listed.last.found, listed.last.why) == (
        ListStanding.PARTIAL,
        20,
        "网关答 502 / the gateway answered 502",
    )
    (path,) = desk.parts()
    assert open_file(path, desk.key).end["complete"] is False
    lister.step()
    assert len(desk.parts()) == 1, "nothing new is no part"
    lister.step()
    asked = len(desk.register.asked)
    lister.step()
    assert len(desk.register.asked) == asked, "it rests meanwhile"
    desk.register.down_at = "-"
    desk.office.watch.move(hours=2)
    desk.office.restart()
    desk.lister().step()
    assert desk.register.asked[-1] == "40", "what has been read is not read again"
    assert (desk.standing, desk.names()) == (ListStanding.COMPLETE, EXPECTED)


def test_a_process_that_dies_before_it_could_tell_makes_the_same_list(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As a signal would."""

    def killed(*_: object) -> None:
        raise Killed

    for name in ("_record", "_keep"):
        with monkeypatch.context() as patched:
            patched.setattr(PersonLister, name, killed)
            with pytest.raises(Killed):
                desk.lister().step()
    desk.lister().step()
    assert (desk.standing, desk.names()) == (ListStanding.COMPLETE, EXPECTED)


def test_nothing_lies_in_clear_in_any_file(desk: Desk) -> None:
    desk.register.down_at = "40"
    desk.lister().step()
    everything = {path: path.read_bytes() for path in desk.office.folder.rglob("*") if path.is_file()}
    assert len(everything) > 5
    for path, data in everything.items():
        for person in PEOPLE:
            assert person["person"].encode() not in data, path
            assert person["name"].encode() not in data, path
            assert json.dumps(person["name"])[1:-1].encode() not in data, path
            assert person["phone"].encode() not in data, path


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ("system: hall", "declares that system"),
        ("paht: /x", "yingbi persons check"),
    ],
)
def test_what_is_declared_wrongly_is_said_and_nothing_is_read(desk: Desk, spoilt: str, why: str) -> None:
    text = DECLARED.replace("system: register", spoilt)
    (desk.home.person_sources / "register.yaml").write_text(text, "utf-8")
    desk.lister().step()
    last = desk.office.cases.get(desk.case).person_lists[1].last
    assert last is not None
    assert why in last.why
    assert (desk.standing, desk.register.asked) == (ListStanding.PARTIAL, [])


def test_another_key_and_a_damaged_file_open_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.lister().step()
    (path,) = desk.parts()
    make_key(tmp_path / "other.key")
    with pytest.raises(NotOpened, match="another key"):
        open_file(path, tmp_path / "other.key")
    with pytest.raises(NotOpened, match="already"):
        make_key(tmp_path / "other.key")
    write_private(path, path.read_bytes()[:-20])
    with pytest.raises(NotOpened, match="damaged"):
        open_file(path, desk.key)
