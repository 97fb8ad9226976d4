import json
from pathlib import Path

import pytest

from policies.keys.epochs import Epoch, digester_in, read_epochs
from proxy.identity.header_keys import identity_key_numbers
from siem.canary import read_canaries
from yingbi.cli import main
from yingbi.clock import now
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.keys.handling import KeyStore
from yingbi.keys.journal import Act, read_journal
from yingbi.settings import HOME


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    monkeypatch.setenv(HOME, str(home.root))
    make_folders(home)
    make_keys(home, now)
    KeyStore(home, now).make_missing(["hall", "register"])
    return home


def current(home: Home, system: str = "hall") -> str:
    return KeyStore(home, now).data_keys(system).current.id


def test_status_tells_ages_and_no_key(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = current(home)
    main(["keys", "rotate", "--system", "hall"])
    main(["keys", "revoke", "--system", "hall", "--key", before, "--reason", "疑似泄露"])
    capsys.readouterr()
    assert main(["keys", "status"]) == 0
    said = capsys.readouterr().out
    for told in ("root-1", current(home), current(home, "register"), f"{before}  revoked", "疑似泄露", "从未 / never"):
        assert told in said
    assert main(["keys", "status", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    hall = facts["systems"][0]
    assert (hall["name"], hall["current"], hall["old"], hall["revoked"]) == ("hall", current(home), 0, 1)


def test_status_says_what_is_wrong(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    (home.keyrings / "hall.json").write_text("{")
    assert main(["keys", "status"]) == 1
    assert "it is torn" in capsys.readouterr().out
    home.key_journal.write_text("{}\n")
    assert main(["keys", "status"]) == 1
    assert "altered" in capsys.readouterr().out


def test_all_systems_are_rotated_and_the_root_key(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = {current(home, "hall"), current(home, "register")}
    assert main(["keys", "rotate", "--all"]) == 0
    assert before.isdisjoint({current(home, "hall"), current(home, "register")})
    assert main(["keys", "rotate", "--root"]) == 0
    said = capsys.readouterr().out
    assert "root-2" in said
    assert current(home) in said


def test_the_identity_key_is_rotated_and_that_is_recorded(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("identity-2", "identity-3"):
        assert main(["keys", "rotate", "--identity"]) == 0
        assert name in capsys.readouterr().out
    assert identity_key_numbers(home.keys) == [2, 3]
    assert [entry.keys for entry in read_journal(home.key_journal) if entry.act is Act.IDENTITY_ROTATED] == [
        ("identity-2",),
        ("identity-3",),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["rotate", "--system", "nowhere"], 3, "nowhere"),
        (["revoke", "--system", "hall", "--key", "00000000", "--reason", "x"], 3, "00000000"),
        (["revoke", "--system", "hall", "--key", "00000000", "--reason", " "], 2, "say why"),
        (["revoke", "--system", "hall", "--key", "00000000", "--reason", "11010519491231002X"], 2, "name nobody"),
        (["escrow", "--prove"], 2, "--from"),
        (["escrow", "--to", "x", "--share", "y"], 2, "--prove"),
        (["escrow", "--prove", "--from", "x", "--share", "a"], 3, "two different shares"),
        (["restore", "--from", "nowhere", "--share", "a", "--share", "b", "--to", "x"], 3, "`a`"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    home: Home, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    before = home.key_journal.read_bytes()
    assert main(["keys", *arguments]) == code
    assert said in capsys.readouterr().err
    assert home.key_journal.read_bytes() == before


def test_without_an_installation_there_are_no_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path / "none"))
    assert main(["keys", "status"]) == 3
    assert "yingbi up" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_new_epoch_needs_a_reason_and_lists_canaries_anew(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = digester_in(home.keys, now())
    home.canaries.write_text(f"{old('110101199003077512')}  # register\n")
    assert main(["keys", "rotate", "--digests"]) == 2
    assert read_epochs(home.keys) == [Epoch("1")]
    identifiers = tmp_path / "identifiers.txt"
    identifiers.write_text("110101199003077512\n11010519491231002X\n")
    assert main(["keys", "rotate", "--digests", "--reason", "遗失", "--canaries", str(identifiers)]) == 0
    new = digester_in(home.keys, now())
    assert new.epoch == "2"
    listed = {old("110101199003077512"), new("110101199003077512"), new("11010519491231002X")}
    assert read_canaries(home.canaries) == listed
    capsys.readouterr()
    assert main(["keys", "status"]) == 0
    assert "both written until" in capsys.readouterr().out
    assert main(["keys", "rotate", "--digests", "--reason", "again"]) == 0
    assert "31 days more" in capsys.readouterr().out
    assert main(["keys", "rotate", "--digests", "--reason", "x", "--canaries", "nowhere"]) == 3
    assert len(read_epochs(home.keys)) == 3, "nothing begins where the canaries cannot be read"
