"""Playbooks of others: taken in octet by octet once two people stand for them, and out of use once one does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from incident.graph import SHIPPED
from tests.incident.books import identify, manual, raw_book, text_of
from tests.incident.test_signing import NOW, pem
from yingbi.cli import main
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE
from yingbi.home import Home
from yingbi.playbook_shelf import books_for_cases, shelf_of, take_in
from yingbi.settings import HOME

LI, WU = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    home = Home(tmp_path / "home")
    home.playbook_signers.mkdir(parents=True)
    for name, key in (("li", LI), ("wu", WU)):
        (home.playbook_signers / f"{name}.pem").write_bytes(pem(key, public=True))
        (tmp_path / f"{name}.key").write_bytes(pem(key, public=False))
    return home


def of_others(folder: Path, **changes: Any) -> Path:
    """A playbook with an extension that nobody here knows, and a step for a shell, in a spelling of its own."""
    raw = raw_book("theirs", start={"then": "do"}, do=manual(ok="end"), end={})
    raw["workflow"][identify("action", "do")]["commands"] = [{"type": "bash", "command": "iptables -L"}]
    raw["extension_definitions"] = {
        identify("extension-definition", "x"): {
            "type": "extension-definition",
            "name": "theirs",
            "created_by": identify("identity", "them"),
            "schema": "https://them.example/x.json",
            "version": "1",
        }
    }
    raw["playbook_extensions"] = {identify("extension-definition", "x"): {"type": "x", "colour": ["red", 1.5, None]}}
    file = folder / "theirs.json"
    file.write_text(text_of({**raw, **changes}), "utf-8")
    return file


def sign(file: Path, *who: str) -> Path:
    for name in who:
        key = file.parent / f"{name}.key"
        assert main(["playbook", "sign", str(file), "--key", str(key), "--signee", name, "--out", str(file)]) == FINE
    return file


def test_what_two_stand_for_comes_in_and_goes_out_octet_by_octet(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sign(of_others(tmp_path), "li", "wu")
    file.write_bytes(json.dumps(json.loads(file.read_bytes()), indent=7).encode() + b"\n\n \n")
    assert main(["playbook", "check", str(file)]) == FINE
    assert main(["playbook", "import", str(file), "--name", "theirs"]) == FINE
    out = tmp_path / "out.json"
    assert main(["playbook", "export", "theirs", "--out", str(out)]) == FINE
    assert out.read_bytes() == file.read_bytes()
    capsys.readouterr()
    assert main(["playbook", "list", "--json"]) == FINE
    told = {each["name"]: each["taken_in"] for each in json.loads(capsys.readouterr().out)["playbooks"]}
    assert (told["theirs"], told["bulk-retrieval"]) == (True, False)
    step = shelf_of(home, NOW).usable["theirs"].steps[identify("action", "do")]  # type: ignore[index]
    assert step.commands[0].type == "bash", "kept, and shown to a person"
    (line,) = (home.playbooks / "taken-in.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["name"] == "theirs"


@pytest.mark.parametrize("who", [(), ("li",), ("li", "li")], ids=["nobody", "one", "one twice"])
def test_what_fewer_than_two_stand_for_stays_outside(
    home: Home, tmp_path: Path, who: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    file = sign(of_others(tmp_path), *who)
    assert main(["playbook", "import", str(file), "--name", "theirs"]) == FOUND
    assert "2 trusted keys have to sign it" in capsys.readouterr().out
    assert not list(home.playbooks.glob("*.json"))


def test_it_is_out_of_use_when_a_key_is_taken_away_or_a_letter_is_altered(home: Home, tmp_path: Path) -> None:
    assert take_in(home, sign(of_others(tmp_path), "li", "wu"), "theirs", "root", NOW) == ()
    assert "theirs" in shelf_of(home, NOW).usable
    inside = home.playbooks / "theirs.json"
    whole = inside.read_bytes()
    inside.write_bytes(whole.replace(b"iptables -L", b"iptables -F"))
    assert {each.code for each in shelf_of(home, NOW).findings} >= {"signature-bad", "not-agreed"}
    assert "theirs" not in shelf_of(home, NOW).usable
    inside.write_bytes(whole)
    (home.playbook_signers / "wu.pem").unlink()
    shelf = shelf_of(home, NOW)
    assert "theirs" not in shelf.usable
    assert "bulk-retrieval" in shelf.usable, "ours are used all the same"


def test_none_of_ours_is_put_aside_by_one_of_others(home: Home, tmp_path: Path) -> None:
    ours = json.loads((SHIPPED / "bulk-retrieval.json").read_text("utf-8"))
    file = sign(of_others(tmp_path, id=ours["id"]), "li", "wu")
    assert [each.code for each in take_in(home, file, "theirs", "root", NOW)] == ["same-id"]
    named_so = sign(of_others(tmp_path), "li", "wu")
    assert take_in(home, named_so, "theirs", "root", NOW) == ()
    (home.playbooks / "theirs.json").rename(home.playbooks / "bulk-retrieval.json")
    assert shelf_of(home, NOW).usable["bulk-retrieval"].id == ours["id"]


def test_what_cannot_be_done_is_said(home: Home, tmp_path: Path) -> None:
    file = of_others(tmp_path)
    assert main(["playbook", "import", str(file), "--name", "../theirs"]) == WRONG_USE
    assert main(["playbook", "export", "../li"]) == COULD_NOT
    assert main(["playbook", "sign", str(file), "--key", str(file), "--signee", "li"]) == COULD_NOT
    (home.playbook_signers / "bad.pem").write_text("x")
    assert main(["playbook", "check", str(file)]) == COULD_NOT
    assert main(["playbook", "list"]) == COULD_NOT
    assert "bulk-retrieval" in books_for_cases(home, NOW), "cases are led all the same"
