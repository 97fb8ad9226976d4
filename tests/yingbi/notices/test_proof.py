"""What vouches for a notice: as it is signed, served and exported, checked by our command and by `openssl`."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulletin.files import site_files
from bulletin.shelf import Shelf
from incident.notice import PublishedNotice, publish, read_notice_file, statement_of
from policies.keys.detached import DetachedSigner, public_keys_in
from policies.keys.key_files import make_secret
from tests.absence import not_here
from tests.bulletin.conftest import served
from tests.bulletin.shelves import BODY, SITE, content, notice, withdrawn
from tests.incident.office import Office, new_database, zh
from tests.servers import ROOT
from yingbi.cli import main
from yingbi.commands.shape import COULD_NOT, FINE, FOUND
from yingbi.home import Home
from yingbi.notices.key import KIND, NoticeSigner, publish_key, sign_published
from yingbi.notices.proof import NoNotice, Verdict, check_notice

NOTICE = notice(1, content(), content(body_zh=BODY.replace("1,234", "1,243"), change=zh("人数有误")))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An installation with a key, a notice of two versions, one that was withdrawn, and one from before the key."""
    home = Home(tmp_path_factory.mktemp("home"))
    make_secret(home.private_key("notices"))
    home.notices.mkdir()
    publish_key(home)
    signer = NoticeSigner(home)
    for each in (NOTICE, withdrawn(notice(2))):
        publish(home.notices, each, signer.signatures_of(each))
    publish(home.notices, notice(3))
    return home


@pytest.fixture(scope="module")
def form(home: Home) -> bytes:
    return machine(home, NOTICE)


def machine(home: Home, told: PublishedNotice) -> bytes:
    shelf = Shelf(home.notices)
    shelf.notices()
    return shelf.proofs().signed(told)


def verify(tmp_path: Path, data: bytes, key: Path, *more: str) -> int:
    file = tmp_path / "notice.json"
    file.write_bytes(data)
    return main(["notice", "verify", str(file), "--key", str(key), *more])


@pytest.mark.parametrize("key", ["notices.pem", "jwks.json"])
def test_what_was_published_is_valid_and_says_which_version(
    home: Home, form: bytes, key: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert verify(tmp_path, form, home.notices / key) == FINE
    said = capfd.readouterr().out
    assert "version 1：有效 / valid" in said
    assert "version 2：有效 / valid" in said


@given(place=st.integers(0), change=st.integers(1, 255))
def test_whatever_octet_is_altered_it_is_noticed_or_says_the_same(
    home: Home, form: bytes, place: int, change: int
) -> None:
    altered = bytearray(form)
    altered[place % len(form)] ^= change
    keys = public_keys_in(home.notices / "notices.pem")
    before = check_notice(form, keys)
    try:
        found = check_notice(bytes(altered), keys)
    except NoNotice:
        return
    assert not found.valid or found == before, "as where one blank between two values became another"


def test_an_altered_octet_ends_with_one(
    home: Home, form: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pem = home.notices / "notices.pem"
    assert verify(tmp_path, form.replace(b"1,243", b"1,244"), pem, "--json") == FOUND
    told = json.loads(capfd.readouterr().out)
    assert [each["verdict"] for each in told["versions"]] == ["valid", "altered"]
    raw = json.loads(form)
    for versions in (raw["versions"][::-1], raw["versions"][1:]):
        assert verify(tmp_path, json.dumps({**raw, "versions": versions}).encode(), pem) == FOUND
    assert verify(tmp_path, form.replace(b"N-20261123-001", b"N-20261123-009", 1), pem) == FOUND
    twice = form.replace(b'"number":1', b'"number":7,"number":1')
    assert verify(tmp_path, twice, pem) == COULD_NOT, "another reader would take the other value"
    assert verify(tmp_path, form, tmp_path / "notice.json") == COULD_NOT, "no key"


def test_another_key_and_another_purpose_do_not_count(home: Home, form: bytes, tmp_path: Path) -> None:
    make_secret(tmp_path / "other.key")
    other = DetachedSigner(tmp_path / "other.key", KIND)
    (tmp_path / "other.pem").write_bytes(other.pem)
    keys = public_keys_in(tmp_path / "other.pem")
    assert {each.verdict for each in check_notice(form, keys).versions} == {Verdict.ANOTHER_KEY}
    assert verify(tmp_path, form, tmp_path / "other.pem") == FOUND
    wrong = DetachedSigner(home.private_key("notices"), "something-else")
    raw = json.loads(form)
    raw["versions"][0]["signature"] = wrong.signed(statement_of(NOTICE.id, NOTICE.versions[0]))
    found = check_notice(json.dumps(raw).encode(), public_keys_in(home.notices / "notices.pem"))
    assert [each.verdict for each in found.versions] == [Verdict.ALTERED, Verdict.VALID]


def test_a_withdrawal_is_signed_and_what_has_no_signature_is_told(
    home: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gone = machine(home, withdrawn(notice(2)))
    assert b"1,234" not in gone
    assert verify(tmp_path, gone, home.notices / "notices.pem") == FINE
    assert "已撤回 / withdrawn" in capfd.readouterr().out
    assert verify(tmp_path, machine(home, notice(3)), home.notices / "notices.pem") == FOUND
    assert "没有签名 / not signed" in capfd.readouterr().out


def test_the_site_and_its_files_hold_the_same_and_no_private_key(home: Home, form: bytes) -> None:
    shelf = Shelf(home.notices)
    files = dict(site_files(shelf.notices(), SITE, shelf.proofs()))
    with served(home.notices) as client:
        answers: dict[str, httpx.Response] = {
            name: client.get(f"/{name}")
            for name in ("notices/N-20261123-001.json", ".well-known/jwks.json", ".well-known/notices.pem")
        }
        assert client.get("/.well-known/notices.key").status_code == 404
        assert client.get("/notices/N-20261123-004.json").status_code == 404
    assert {name: answer.content for name, answer in answers.items()} == {name: files[name] for name in answers}
    assert files["notices/N-20261123-001.json"] == form
    assert [answer.headers["content-type"].partition(";")[0] for answer in answers.values()] == [
        "application/json",
        "application/jwk-set+json",
        "application/x-pem-file",
    ]
    assert "d" not in answers[".well-known/jwks.json"].json()["keys"][0]
    secret = home.private_key("notices").read_bytes()
    assert not any(secret in path.read_bytes() for path in home.notices.iterdir())


def test_openssl_alone_says_the_same_by_the_lines_of_the_manual(home: Home, form: bytes, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        not_here("there is no `openssl` on this machine")
    blocks = (ROOT / "docs" / "press.md").read_text("utf-8").split("```")[1::2]
    (script,) = [block for block in blocks if "openssl" in block]
    (tmp_path / "notices.pem").write_bytes((home.notices / "notices.pem").read_bytes())

    def says(data: bytes) -> str:
        (tmp_path / "N-20261126-001.json").write_bytes(data)
        ran = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, timeout=300, check=False)
        return f"{ran.returncode} {ran.stdout.decode().strip()}"

    assert says(form) == "0 Signature Verified Successfully"
    assert says(form.replace(b"1,234", b"1,235")).startswith("1 ")


def test_what_was_published_before_there_was_a_key_is_signed_from_its_journal_alone(tmp_path: Path) -> None:
    engine = new_database(tmp_path)
    office = Office(folder=tmp_path, engine=engine)
    office.publish(office.to_the_draft())
    home = Home(tmp_path)
    make_secret(home.private_key("notices"))
    signer = NoticeSigner(home)
    (path,) = (tmp_path / "published").glob("N-*.json")
    home.notices.mkdir()
    copy = home.notices / path.name
    forged = path.read_bytes().replace("个人信息".encode(), "其他信息".encode())
    assert forged != path.read_bytes()
    copy.write_bytes(forged)
    sign_published(home, office.cases.all(), signer)
    assert copy.read_bytes() == forged, "what the journal does not say is not signed"
    shutil.copyfile(path, copy)
    sign_published(home, office.cases.all(), signer)
    found = read_notice_file(copy)
    assert found.signatures == signer.signatures_of(found.notice) != ()
    office.events.close()
    engine.dispose()
