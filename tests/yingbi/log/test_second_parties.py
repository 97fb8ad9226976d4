"""Second parties of every kind, each the real one: what they are told, and what the log is verified against."""

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elasticsearch import ApiError, Elasticsearch

from deploy.certificate import make_ca
from deploy.elasticsearch.connection import Connection
from siem.record.anchor import Anchor, anchors_in
from siem.record.anchoring import Anchoring
from tests.siem.notify.peers import mailbox
from tests.siem.record.sealed import Sealed, two_days
from yingbi.cli import main
from yingbi.log.second_parties import MAILBOX, anchorings, anchors_at
from yingbi.settings import Settings
from yingbi.settings_tables import Log


@pytest.fixture
def made(tmp_path: Path) -> Sealed:
    return two_days(tmp_path / "made")


def told(settings: Settings, *anchors: Anchor) -> list[Anchoring]:
    """The second parties of *settings*, each of which was offered all of *anchors* and had its time."""
    parties = anchorings(settings)
    for anchor in anchors:
        for party in parties:
            party.offer(anchor)
    for party in parties:
        party.stop(30)
    return parties


def secret(path: Path, text: str) -> str:
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path.name


def verified(made: Sealed, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, object]]:
    code = main(["log", "verify", "--folder", str(made.log), "--seals", str(made.journal), "--json", *more])
    return code, json.loads(capsys.readouterr().out or "{}")


def cut(made: Sealed) -> None:
    """Take back the last seal, as root can."""
    made.journal.write_bytes(b"".join(made.journal.read_bytes().splitlines(keepends=True)[:-1]))


def test_a_mailbox_is_told_and_its_saved_mails_are_evidence(
    made: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchors = anchors_in(made.anchors)
    with mailbox() as server:
        file = secret(tmp_path / "mail", f"mailto://localhost:{server.port}?from=a@example.gov.cn&to=b@example.gov.cn")
        settings = Settings(home=tmp_path, log=Log(anchor_mail_file=file))
        (party,) = told(settings, anchors[-1])
        assert (party.place, party.kept, party.trouble) == (MAILBOX, anchors[-1], "")
        (tmp_path / "saved").mkdir()
        (tmp_path / "saved" / "one.eml").write_bytes(server.raw().encode())
        (tmp_path / "saved" / "other.eml").write_bytes(b"Subject: lunch?\r\n\r\n{}\r\n")
        server.answer = "451 later"
        (party,) = told(settings, anchors[-1])
        assert (party.kept, party.trouble) == (None, "SMTP 451")
    assert anchors_in(tmp_path / "saved") == [anchors[-1]]
    assert verified(made, capsys, "--anchors", str(tmp_path / "saved"))[1]["anchored"] == 4
    cut(made)
    code, report = verified(made, capsys, "--anchors", str(tmp_path / "saved"))
    assert (code, report["intact"]) == (1, False)


@pytest.fixture
def place(elasticsearch_node: Connection) -> Iterator[str]:
    """An index for anchors, which whoever runs the cluster has made."""
    name = f"yingbi-anchors-{uuid.uuid4().hex[:12]}"
    login = elasticsearch_node.users["keeper"]
    with Elasticsearch(elasticsearch_node.url, ca_certs=str(elasticsearch_node.ca_file), basic_auth=login) as keeper:
        keeper.indices.create(index=name, settings={"refresh_interval": "50ms"})
        yield f"{elasticsearch_node.url}/{name}"
        keeper.indices.delete(index=name)


def test_an_index_is_told_by_who_can_neither_read_nor_alter_it(
    made: Sealed, place: str, elasticsearch_node: Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node, anchors = elasticsearch_node, anchors_in(made.anchors)
    shutil.copy(node.ca_file, tmp_path / "ca.pem")
    for role in ("writer", "reader"):
        secret(tmp_path / role, ":".join(node.users[role]))
    log = Log(anchors=(place,), anchor_ca="ca.pem", anchor_login_file="writer")
    settings = Settings(home=tmp_path, log=log)
    for _ in range(2):
        for anchor in anchors:
            (party,) = told(settings, anchor)
            assert (party.kept, party.trouble) == (anchor, "")
    index = place.rpartition("/")[2]
    with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["writer"]) as writer:
        held = f"{anchors[-1].root}-{anchors[-1].seal:09d}-{anchors[-1].digest[:16]}"
        writer_may_not: tuple[Callable[[], object], ...] = (
            lambda: writer.search(index=index),
            lambda: writer.delete(index=index, id=held),
            lambda: writer.index(index=index, id=held, document={}),
        )
        for act in writer_may_not:
            with pytest.raises(ApiError, match=r"403|security_exception"):
                act()
    with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as keeper:
        keeper.indices.refresh(index=index)
    assert anchors_at(place, tmp_path / "ca.pem", tmp_path / "reader") == anchors
    reading = (
        "--anchors",
        place,
        "--anchors-ca",
        str(tmp_path / "ca.pem"),
        "--anchors-login",
        str(tmp_path / "reader"),
    )
    assert verified(made, capsys, *reading)[1]["anchored"] == 4
    cut(made)
    assert verified(made, capsys, *reading)[0] == 1
    assert verified(made, capsys, "--anchors", place)[0] == 3, "nobody says who may read it"


def test_an_index_that_is_set_and_cannot_be_read_here_is_named(
    made: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "home"))
    authority = make_ca(tmp_path / "home", now=datetime.now(UTC)).certificate
    place = "https://audit.example.gov.cn:9200/anchors"
    (tmp_path / "home" / "yingbi.toml").write_text(
        f'[log]\nanchors = ["{place}"]\nanchor_ca = "{authority.name}"\nanchor_login_file = "login"\n'
    )
    code, report = verified(made, capsys)
    assert (code, report["not_asked"], report["anchored"]) == (0, [place], 0)
    main(["log", "verify", "--folder", str(made.log), "--seals", str(made.journal)])
    assert f"not asked: {place}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("", "空的"), ("name", "name:password"), ("name:", "name:password")],
)
def test_a_login_that_is_none_is_trouble_and_not_a_crash(made: Sealed, tmp_path: Path, text: str, wrong: str) -> None:
    file = secret(tmp_path / "login", text)
    log = Log(anchors=("https://localhost:1/anchors",), anchor_ca="ca.pem", anchor_login_file=file)
    (party,) = told(Settings(home=tmp_path, log=log), anchors_in(made.anchors)[-1])
    assert party.kept is None
    assert wrong in party.trouble
