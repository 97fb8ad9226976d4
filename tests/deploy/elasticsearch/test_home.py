import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.elasticsearch.account import node_account
from deploy.elasticsearch.configure import Member
from deploy.elasticsearch.home import set_up

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(
    params=[(0o700, 0o022), (0o711, 0o022), (0o711, 0o077)], ids=["closed to others", "open to pass", "strict umask"]
)
def place(request: pytest.FixtureRequest) -> Iterator[Path]:
    mode, umask = request.param
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(mode)
        before = os.umask(umask)
        yield Path(folder)
        os.umask(before)
        shutil.rmtree((Path(folder) / "home" / "node").resolve())


def test_the_node_can_work_in_its_folder_wherever_home_lies(place: Path) -> None:
    program = place / "program"
    (program / "config").mkdir(parents=True)
    (program / "config" / "jvm.options").write_text("-XX:+UseG1GC\n")
    account = node_account()
    connection, folder = set_up(place / "home", account, program, NOW, Member(http_port=9200, transport_port=9300))
    assert connection.url == "https://127.0.0.1:9200"
    assert folder == (place / "home" / "node").resolve()
    assert account.can_enter(folder / "config")
    assert {path.name for path in folder.iterdir()} == {"config", "data", "logs", "tmp"}
    assert (folder / "config" / "jvm.options").read_text() == "-XX:+UseG1GC\n"
    passwords = [password for _, password in connection.users.values()]
    for path in folder.rglob("*"):
        assert not path.is_file() or not any(password in path.read_text() for password in passwords)

    (folder / "config" / "users").unlink()
    (folder / "config" / "users").symlink_to(place / "program" / "config" / "jvm.options")  # as the node might
    again, same = set_up(place / "home", account, program, NOW, Member(http_port=9201, transport_port=9301))
    assert same == folder
    assert again.users == connection.users
    assert "http.port: 9201" in (folder / "config" / "elasticsearch.yml").read_text()
    assert (program / "config" / "jvm.options").read_text() == "-XX:+UseG1GC\n", "no link of the node's is followed"
