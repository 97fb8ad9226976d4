"""An export of evidence is what was signed, or the command says what is not: by one octet, one file, another key."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from incident.evidence_book import MANIFEST, SIGNATURE, EvidenceBook
from incident.marking import Tlp
from policies.keys.detached import DetachedSigner
from policies.keys.key_files import make_secret
from policies.keys.sealed_folder import NotAsSealed, SealedFolder
from tests.incident.office import CHEN, Office, an_office
from yingbi.cli import main
from yingbi.commands.shape import COULD_NOT
from yingbi.evidence_proof import KIND

PIECE = "evidence/001.bin"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as made:
        yield made


@pytest.fixture
def exported(office: Office) -> dict[str, bytes]:
    """The files of an export with one piece that is kept and one that is elsewhere, and the public key beside it."""
    signer = signer_of(office.folder, KIND)
    shelf = SealedFolder(office.folder / "evidence", b"s" * 32, "evidence")
    book = EvidenceBook(office.cases, shelf, NotAsSealed, signer.signed)
    case = office.cases.open_by_hand("接到外部举报", "high", CHEN, "")
    book.add(case, CHEN, "截图.png", b"x" * 4_000, "举报人提供", Tlp.AMBER)
    (office.folder / "notices.pem").write_bytes(signer.pem)
    with zipfile.ZipFile(io.BytesIO(book.export(case, CHEN, audits=False))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def signer_of(folder: Path, kind: str, name: str = "k") -> DetachedSigner:
    make_secret(folder / f"{name}.key")
    return DetachedSigner(folder / f"{name}.key", kind)


def checked(office: Office, files: dict[str, bytes], capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    path = office.folder / "export.zip"
    path.write_bytes(packed(files))
    return verdict(office, path, capsys)


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def verdict(office: Office, path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = main(["case", "verify-evidence", str(path), "--key", str(office.folder / "notices.pem"), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["valid"] is (code == 0)
    return code, [each["en"] for each in told["wrong"]]


def test_what_was_signed_is_told_to_be(
    office: Office, exported: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(office, exported, capsys) == (0, [])


def flipped(lines: bytes) -> bytes:
    return (b"1" if lines[:1] == b"0" else b"0") + lines[1:]


TAMPERED: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "an octet of the file": (lambda f: f.update({PIECE: b"y" + f[PIECE][1:]}), "piece 1 is not what"),
    "a longer file": (lambda f: f.update({PIECE: f[PIECE] + b"x"}), "piece 1 is not what"),
    "no file": (lambda f: f.pop(PIECE), "the file of piece 1 is missing"),
    "another file": (lambda f: f.update({"evidence/002.bin": b"z"}), "'evidence/002.bin' is not in the manifest"),
    "a digest in a list of them": (lambda f: f.update({"SHA256SUMS": flipped(f["SHA256SUMS"])}), "`SHA256SUMS` is not"),
    "a line more in one": (lambda f: f.update({"SM3SUMS": f["SM3SUMS"] * 2}), "`SM3SUMS` is not what the manifest"),
    "no list of digests": (lambda f: f.pop("SM3SUMS"), "`SM3SUMS` is missing"),
    "the manifest": (lambda f: f.update({MANIFEST: f[MANIFEST] + b" "}), "the manifest is not what was signed"),
    "no signature": (lambda f: f.pop(SIGNATURE), "the manifest is not signed"),
    "a signature that is none": (lambda f: f.update({SIGNATURE: b"\xff"}), "the manifest is not what was signed"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_altered_is_named(
    office: Office, exported: dict[str, bytes], capsys: pytest.CaptureFixture[str], how: str
) -> None:
    tamper, said = TAMPERED[how]
    tamper(exported)
    code, wrong = checked(office, exported, capsys)
    assert (code, len(wrong)) == (1, 1)
    assert said in wrong[0]


HIDDEN: dict[str, Callable[[bytes], bytes]] = {
    "before the files": lambda data: b"MZ hidden" + data,
    "behind the list of them": lambda data: data[:-2] + b"\x06\x00hidden",
    "between the files and the list": lambda data: inserted(data, data.index(b"PK\x01\x02")),
}


def inserted(data: bytes, at: int) -> bytes:
    """*data* with more before its list of files, which its end says where it is."""
    end = data.rindex(b"PK\x05\x06")
    start = int.from_bytes(data[end + 16 : end + 20], "little") + len(b"hidden")
    return data[:at] + b"hidden" + data[at : end + 16] + start.to_bytes(4, "little") + data[end + 20 :]


@pytest.mark.parametrize("where", HIDDEN)
def test_nothing_hides_in_the_archive_beside_its_files(
    office: Office, exported: dict[str, bytes], capsys: pytest.CaptureFixture[str], where: str
) -> None:
    path = office.folder / "export.zip"
    path.write_bytes(HIDDEN[where](packed(exported)))
    assert verdict(office, path, capsys) == (1, ["the archive holds more than its files, or was packed anew"])
    path.write_bytes(packed(exported, zipfile.ZIP_DEFLATED))
    assert verdict(office, path, capsys)[0] == 1


def test_another_key_and_another_kind_of_signature_do_not_count(
    office: Office, exported: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    other = signer_of(office.folder, KIND, "other").signed(exported[MANIFEST])
    assert checked(office, {**exported, SIGNATURE: other.encode()}, capsys) == (1, ["another key signed the manifest"])
    notice = DetachedSigner(office.folder / "k.key", "yingbi-notice").signed(exported[MANIFEST])
    assert checked(office, {**exported, SIGNATURE: notice.encode()}, capsys)[0] == 1


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"no archive"])
def test_what_is_no_export_is_said_to_be(
    office: Office, exported: dict[str, bytes], capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    path = office.folder / "x.zip"
    path.write_bytes(data)
    assert main(["case", "verify-evidence", str(path), "--key", str(office.folder / "notices.pem")]) == COULD_NOT
    assert "ZIP" in capsys.readouterr().err
