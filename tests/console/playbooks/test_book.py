"""Playbooks of others that two people agree on in the console: what leads cases, and attempts to get by."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from console.playbooks.book import MOST_BYTES, BadPlaybook, PlaybookBook
from console.playbooks.journal import Standing
from console.tables import METADATA, PLAYBOOK_JOURNAL
from incident.database import for_writing
from incident.ids import NotPermitted, PersonId
from incident.signing import sign_playbook
from policies.keys.key_files import Signer, make_secret
from tests.incident.books import manual, raw_book, text_of
from tests.incident.office import CHEN, Office, alert, an_office
from yingbi.home import Home
from yingbi.playbook_shelf import PlaybookFolder
from yingbi.playbooks_in_force import PlaybooksInForce, agreements_in

SUN, QIAN = PersonId("p-sun"), PersonId("p-qian")


def theirs(said: str = "请处理") -> str:
    return text_of(raw_book("theirs", start={"then": "do"}, do=manual(said, then="end"), end={}))


class House:
    """An installation in which cases are led by what two people agree on."""

    def __init__(self, folder: Path, office: Office) -> None:
        self.office, self.home = office, Home(folder)
        METADATA.create_all(office.engine)
        self.home.keys.mkdir(exist_ok=True)
        make_secret(self.home.private_key("release"))
        self.signer = Signer(self.home.private_key("release"))
        self.home.public_key("release").write_bytes(self.signer.public_bytes)
        self.again()

    def again(self) -> None:
        """As if the process had died."""
        self.office.restart()
        shelf = PlaybookFolder(self.home, self.office.watch)
        self.book = PlaybookBook(
            self.office.engine, self.signer, self.office.watch, shelf, check_text=self.office.cases.check_text
        )
        self.in_force = PlaybooksInForce(self.home, self.office.cases, self.book, self.office.watch)

    @property
    def leads(self) -> frozenset[str]:
        """The playbooks of others that lead new cases now."""
        self.in_force.renew()
        return frozenset(self.office.cases.rules.books) - frozenset(self.office.books)

    def agreed(self, text: str = "", name: str = "theirs") -> int:
        number = self.book.propose(SUN, name, (text or theirs()).encode(), "邻区用过")
        self.book.agree(QIAN, number, self.digest(number))
        return number

    def digest(self, number: int) -> str:
        found = self.book.get(number)
        assert found is not None
        return found.fact.digest

    @property
    def file(self) -> Path:
        return self.home.playbooks / "theirs.json"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with an_office(tmp_path) as office:
        yield House(tmp_path, office)


def test_a_playbook_leads_cases_once_a_second_person_agreed_and_no_longer_than_that(house: House) -> None:
    number = house.book.propose(SUN, "theirs", theirs().encode(), "邻区用过")
    assert house.leads == frozenset()
    with pytest.raises(NotPermitted, match="no such playbook"):
        house.office.cases.open_by_hand("来信", "low", CHEN, "", book="theirs")
    house.book.agree(QIAN, number, house.digest(number))
    assert house.leads == {"theirs"}
    case = house.office.cases.open_or_join(alert(respond="theirs"))
    assert [asked.title for asked in house.office.cases.get(case).questions] == ["do"]
    house.book.withdraw(CHEN, number, "有误")
    assert house.leads == frozenset()
    house.again()
    assert house.leads == frozenset()
    asked = house.office.cases.get(case).questions
    assert [each.title for each in asked] == ["do"], "a case that runs goes on by its own text"
    house.office.cases.complete(case, asked[0].key, CHEN)
    assert house.office.cases.get(case).run_ended is not None


def test_what_is_agreed_is_so_after_a_restart_and_for_the_command_line(house: House) -> None:
    number = house.agreed()
    house.again()
    assert house.leads == {"theirs"}
    assert house.file.read_bytes() == theirs().encode(), "octet by octet"
    assert agreements_in(house.home).agreed == {"theirs": house.digest(number)}


@pytest.mark.parametrize("other", ["p-sun", "P-SUN", "Ｐ-SUN", "p sun"])
def test_nobody_is_the_second_person_under_another_spelling(house: House, other: str) -> None:
    number = house.book.propose(SUN, "theirs", theirs().encode(), "x")
    with pytest.raises(NotPermitted, match="another than who proposed"):
        house.book.agree(PersonId(other), number, house.digest(number))
    assert house.leads == frozenset()


def test_another_digest_is_agreed_to_by_nobody(house: House) -> None:
    first = house.book.propose(SUN, "theirs", theirs().encode(), "x")
    second = house.book.propose(SUN, "theirs", theirs("请立即处理").encode(), "x")
    for wrong in ("", "0" * 64, house.digest(second)):
        with pytest.raises(NotPermitted, match="not the text that was read"):
            house.book.agree(QIAN, first, wrong)
    assert house.leads == frozenset()


def test_a_file_that_is_edited_after_the_agreement_leads_no_case(house: House) -> None:
    house.agreed()
    assert house.leads == {"theirs"}
    house.file.write_text(theirs("请放行"), "utf-8")
    assert house.leads == frozenset()
    assert {each.code for each in house.book.shelf.usable(house.book.agreements())[2]} == {"edited"}
    house.again()
    assert house.leads == frozenset(), "a restart puts nothing back over what somebody edited"
    house.file.write_text(theirs(), "utf-8")
    assert house.leads == {"theirs"}


def test_an_entry_that_is_edited_in_the_database_lets_none_lead(house: House) -> None:
    house.agreed()
    with for_writing(house.office.engine).begin() as connection:
        table = PLAYBOOK_JOURNAL
        connection.execute(update(table).where(table.c.number == 1).values(body='{"type": "proposed"}'))
    house.again()
    assert house.book.broken is not None
    assert house.leads == frozenset()
    with pytest.raises(NotPermitted, match="an auditor has to look"):
        house.book.propose(SUN, "other", theirs().encode(), "x")
    with pytest.raises(ValueError, match="not as it was written"):
        agreements_in(house.home)


def test_of_two_who_agree_at_once_one_does(house: House) -> None:
    number = house.book.propose(SUN, "theirs", theirs().encode(), "x")
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def run(act: Callable[[], None], name: str) -> None:
        gate.wait()
        try:
            act()
            outcomes.append(name)
        except NotPermitted:
            outcomes.append("too late")

    acts: dict[str, Callable[[], None]] = {
        "qian": lambda: house.book.agree(QIAN, number, house.digest(number)),
        "chen": lambda: house.book.agree(CHEN, number, house.digest(number)),
    }
    threads = [threading.Thread(target=run, args=(act, name)) for name, act in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[-1] == "too late"
    assert len(set(outcomes)) == 2
    found = house.book.get(number)
    assert found is not None
    assert found.agreed_by in (QIAN, CHEN)
    assert house.book.number == 2


def test_a_drill_is_led_by_what_is_agreed_and_by_nothing_else(house: House) -> None:
    number = house.book.propose(SUN, "theirs", theirs().encode(), "x")
    assert house.leads == frozenset()
    with pytest.raises(NotPermitted, match="no such playbook"):
        house.office.cases.open_drill("演练", "low", CHEN, book="theirs", once="1")
    house.book.agree(QIAN, number, house.digest(number))
    assert house.leads == {"theirs"}
    drill = house.office.cases.open_drill("演练", "low", CHEN, book="theirs", once="2")
    assert house.office.cases.get(drill).drill


def test_a_newer_text_takes_the_place_of_the_one_before(house: House) -> None:
    first = house.agreed()
    second = house.agreed(theirs("请立即处理"))
    assert [each.standing for each in house.book.proposals()] == [Standing.REPLACED, Standing.AGREED]
    assert house.leads == {"theirs"}
    with pytest.raises(NotPermitted, match="settled"):
        house.book.withdraw(QIAN, first, "x")
    house.file.write_text(theirs(), "utf-8")  # as a process that died before it wrote the newer text
    house.again()
    assert house.file.read_text("utf-8") == theirs("请立即处理")
    house.file.unlink()
    house.again()
    assert house.leads == {"theirs"}
    house.book.withdraw(QIAN, second, "停用")
    assert house.leads == frozenset()


def test_what_was_withdrawn_leads_no_case_by_signatures_either(house: House) -> None:
    keys = {name: Ed25519PrivateKey.generate() for name in ("li", "wu")}
    house.home.playbook_signers.mkdir(parents=True)
    text = theirs()
    for name, key in keys.items():
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (house.home.playbook_signers / f"{name}.pem").write_bytes(public)
        text = sign_playbook(text, key, signee=name, now=house.office.watch() - timedelta(hours=1))
    number = house.agreed(text)
    house.book.withdraw(CHEN, number, "有误")
    assert house.leads == frozenset()
    again = house.book.propose(QIAN, "theirs", text.encode(), "改过规程")
    house.book.agree(SUN, again, house.digest(again))
    assert house.leads == {"theirs"}


def test_the_author_need_not_be_trusted_but_what_is_signed_must_be_whole(house: House) -> None:
    signed = sign_playbook(theirs(), Ed25519PrivateKey.generate(), signee="邻区", now=house.office.watch())
    house.agreed(signed)
    assert house.leads == {"theirs"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Theirs", theirs(), "small letters"),
        ("../theirs", theirs(), "small letters"),
        ("theirs", "", "1 to"),
        ("theirs", "x" * (MOST_BYTES + 1), "1 to"),
        ("theirs", "{", "line 1"),
        ("bulk-retrieval", theirs(), "one of ours"),
        ("theirs", theirs().replace('"on_completion"', '"on_success"', 1), "line"),
        ("theirs", theirs("请联系 13800138000"), "personal data"),
    ],
)
def test_what_cannot_lead_a_case_is_not_even_proposed(house: House, name: str, text: str, said: str) -> None:
    with pytest.raises(NotPermitted, match=said):
        house.book.propose(SUN, name, text.encode(), "x")
    assert house.book.proposals() == ()


def test_a_proposal_needs_a_reason_and_the_findings_are_told(house: House) -> None:
    for unseen in (" ", "\u3000\u200b"):
        with pytest.raises(NotPermitted, match="say why"):
            house.book.propose(SUN, "theirs", theirs().encode(), unseen)
    with pytest.raises(BadPlaybook) as told:
        house.book.propose(SUN, "theirs", theirs().replace("workflow_start", "workflow_begin").encode(), "x")
    assert {"missing", "unknown-key"} <= {each.code for each in told.value.findings}
