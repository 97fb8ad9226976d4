"""Evidence is sealed before it is written down, compared before it is given out, and every opening is on record."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from incident.evidence import Custody, Evidence, digests
from incident.evidence_acts import KEEP, MOST_BYTES, MOST_MEGABYTES
from incident.evidence_book import Altered, EvidenceBook
from incident.facts.case import Move
from incident.facts.handling import EvidenceOpened
from incident.handling_book import HandlingBook
from incident.ids import CaseId, NotPermitted
from incident.marking import CaseRole, Tlp
from policies.keys.sealed_folder import NotAsSealed, SealedFolder
from tests.incident.office import CHEN, LI, ZHAO, Office

DATA = b"2026-11-23 10:00:00 GET /residents 200\n" * 40


@pytest.fixture
def case(office: Office) -> CaseId:
    return office.cases.open_by_hand("接到外部举报", "high", CHEN, "")


@pytest.fixture
def book(office: Office) -> EvidenceBook:
    return EvidenceBook(office.cases, SealedFolder(office.folder / "evidence", b"s" * 32, "evidence"), NotAsSealed)


def piece(office: Office, case: CaseId, number: int = 1) -> Evidence:
    return office.cases.get(case).handling.evidence[number]


def openings(office: Office, case: CaseId) -> list[tuple[str, bool]]:
    entries = office.cases.get(case).entries
    return [(e.by.id, e.fact.intact) for e in entries if isinstance(e.fact, EvidenceOpened)]


def test_digests_are_those_of_the_standards() -> None:
    """Source of the second: GB/T 32905-2016, A.1."""
    assert digests(b"abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    )


def test_a_file_is_kept_sealed_and_comes_back_with_its_opening_on_record(
    office: Office, case: CaseId, book: EvidenceBook
) -> None:
    book.add(case, CHEN, "access.log", DATA, "一号服务器", Tlp.AMBER)
    for file in (office.folder / "evidence").iterdir():
        assert DATA[:40] not in file.read_bytes()
    found, data = book.open(case, CHEN, 1, audits=False)
    assert (data, found.sha256, found.size) == (DATA, hashlib.sha256(DATA).hexdigest(), len(DATA))
    assert openings(office, case) == [(CHEN, True)]
    office.restart()
    assert piece(office, case).chain[0].intact


def test_a_changed_octet_is_found_and_named(office: Office, case: CaseId, book: EvidenceBook) -> None:
    book.add(case, CHEN, "access.log", DATA, "一号服务器", Tlp.AMBER)
    (file,) = (office.folder / "evidence").iterdir()
    sealed = bytearray(file.read_bytes())
    sealed[-20] ^= 1
    file.write_bytes(sealed)
    with pytest.raises(Altered, match="evidence 1 is not as it was added") as caught:
        book.open(case, CHEN, 1, audits=False)
    assert "access.log" in caught.value.zh
    assert openings(office, case) == [(CHEN, False)]
    assert piece(office, case).altered
    with pytest.raises(Altered):
        book.export(case, CHEN, audits=False)


def test_one_file_in_the_place_of_another_is_found(office: Office, case: CaseId, book: EvidenceBook) -> None:
    book.add(case, CHEN, "a", b"one", "一号服务器", Tlp.AMBER)
    book.add(case, CHEN, "b", b"two", "一号服务器", Tlp.AMBER)
    one, two = (office.folder / "evidence" / f"{case}.{digests(data)[0]}" for data in (b"one", b"two"))
    shutil.copy(two, one)
    with pytest.raises(Altered):
        book.open(case, CHEN, 1, audits=False)
    assert book.open(case, CHEN, 2, audits=False)[1] == b"two"


def test_who_is_not_of_the_case_opens_nothing(office: Office, case: CaseId, book: EvidenceBook) -> None:
    book.add(case, CHEN, "a", b"one", "一号服务器", Tlp.AMBER)
    with pytest.raises(NotPermitted, match="a role in the case"):
        book.open(case, LI, 1, audits=False)
    with pytest.raises(NotPermitted, match="a role in the case"):
        book.export(case, LI, audits=False)
    assert openings(office, case) == []
    assert book.open(case, ZHAO, 1, audits=True)[1] == b"one"
    HandlingBook(office.cases).give_role(case, CHEN, CaseRole.LEGAL, [LI])
    assert book.open(case, LI, 1, audits=False)[1] == b"one"
    assert openings(office, case) == [(ZHAO, True), (LI, True)]


def test_the_chain_of_custody_goes_on_after_the_case(office: Office, case: CaseId, book: EvidenceBook) -> None:
    book.add(case, CHEN, "a", b"one", "一号服务器", Tlp.AMBER)
    office.cases.act(case, Move.DISMISS, CHEN, "误报")
    book.move(case, CHEN, 1, Custody.SEALED, "法务科", "")
    book.move(case, LI, 1, Custody.HANDED_OVER, "区公安分局", "凭调取通知书")
    book.move(case, LI, 1, Custody.RETURNED, "法务科", "")
    assert [(link.step, link.by.id, link.party) for link in piece(office, case).chain] == [
        (Custody.SEALED, CHEN, "法务科"),
        (Custody.HANDED_OVER, LI, "区公安分局"),
        (Custody.RETURNED, LI, "法务科"),
    ]
    with pytest.raises(NotPermitted, match="to or by whom"):
        book.move(case, LI, 1, Custody.RETURNED, " ", "")
    with pytest.raises(NotPermitted, match="the case has ended"):
        book.add(case, CHEN, "b", b"two", "一号服务器", Tlp.AMBER)


@pytest.mark.parametrize(
    ("name", "data", "origin", "said"),
    [
        ("a", b"", "一号服务器", f"{MOST_MEGABYTES} MB at most"),
        ("a", bytes(MOST_BYTES + 1), "一号服务器", f"{MOST_MEGABYTES} MB at most"),
        (" ", b"x", "一号服务器", "a name"),
        ("a", b"x", "", "where it comes from"),
        ("13800138000.txt", b"x", "一号服务器", "personal data"),
    ],
)
def test_what_cannot_be_evidence_is_not_kept(
    office: Office, case: CaseId, book: EvidenceBook, name: str, data: bytes, origin: str, said: str
) -> None:
    with pytest.raises(NotPermitted, match=said):
        book.add(case, CHEN, name, data, origin, Tlp.AMBER)
    assert not (office.folder / "evidence").exists()
    assert office.cases.get(case).handling.evidence == {}


def test_what_is_kept_elsewhere_has_digests_only(office: Office, case: CaseId, book: EvidenceBook) -> None:
    sha256, sm3 = digests(b"image")
    book.note(case, CHEN, "disk.img", 5, sha256.upper(), "", "公安机关物证室", Tlp.RED)
    assert (piece(office, case).sha256, piece(office, case).sm3, piece(office, case).kept) == (sha256, "", False)
    with pytest.raises(NotPermitted, match="kept elsewhere"):
        book.open(case, CHEN, 1, audits=False)
    for wrong in ("", "zz", sm3[:-1]):
        with pytest.raises(NotPermitted, match="64 hexadecimal"):
            book.note(case, CHEN, "disk.img", 5, wrong, "", "公安机关物证室", Tlp.RED)


def test_an_export_verifies_with_the_tools_of_others(
    office: Office, case: CaseId, book: EvidenceBook, tmp_path: Path
) -> None:
    book.add(case, CHEN, "../../etc/passwd", b"one", "一号服务器", Tlp.AMBER)
    book.add(case, CHEN, "b", DATA, "二号服务器", Tlp.GREEN)
    book.move(case, CHEN, 1, Custody.SEALED, "法务科", "")
    archive = zipfile.ZipFile(io.BytesIO(book.export(case, CHEN, audits=False)))
    assert archive.namelist() == ["evidence/001.bin", "evidence/002.bin", "SHA256SUMS", "SM3SUMS", "manifest.json"]
    archive.extractall(tmp_path / "out")
    checking = ["sha256sum", "-c", "--strict", "SHA256SUMS"]
    assert subprocess.run(checking, cwd=tmp_path / "out", check=False).returncode == 0
    sm3 = {path: digest for digest, path in (line.split() for line in archive.read("SM3SUMS").decode().splitlines())}
    assert {path: digests(archive.read(path))[1] for path in sm3} == sm3
    manifest = json.loads(archive.read("manifest.json"))
    last = office.cases.get(case).last
    assert manifest["journal"] == {"entry": last.number, "chain": last.chain}
    assert [each["file"] for each in manifest["evidence"]] == ["evidence/001.bin", "evidence/002.bin"]
    assert manifest["evidence"][0]["chain"][0]["party"] == "法务科"
    (tmp_path / "out" / "evidence" / "002.bin").write_bytes(DATA + b"x")
    assert subprocess.run(checking, cwd=tmp_path / "out", check=False, capture_output=True).returncode == 1


def test_what_is_marked_red_is_not_exported(office: Office, case: CaseId, book: EvidenceBook) -> None:
    book.add(case, CHEN, "a", b"one", "一号服务器", Tlp.RED)
    with pytest.raises(NotPermitted, match="evidence 1 is marked TLP:RED"):
        book.export(case, CHEN, audits=False)
    HandlingBook(office.cases).mark(case, CHEN, Tlp.RED)
    with pytest.raises(NotPermitted, match="the case is marked TLP:RED"):
        book.export(case, CHEN, audits=False)
    assert openings(office, case) == []


def test_a_file_goes_when_its_time_has_come_and_its_chain_stays(
    office: Office, case: CaseId, book: EvidenceBook
) -> None:
    book.add(case, CHEN, "a", b"one", "一号服务器", Tlp.AMBER)
    office.watch.at += KEEP - timedelta(seconds=1)
    book.step()
    assert book.open(case, CHEN, 1, audits=False)[1] == b"one"
    office.watch.at += timedelta(days=1)
    with pytest.raises(NotPermitted, match="its time has come"):
        book.open(case, CHEN, 1, audits=False)
    book.step()
    assert list((office.folder / "evidence").iterdir()) == []
    assert piece(office, case).sha256 == digests(b"one")[0]
