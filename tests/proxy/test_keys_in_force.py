"""What a worker does when keyrings change under it: follows within one look, and keeps what it has where they break."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies.keys.key_files import make_secret
from policies.keys.keyring import Keyring, new_keyring, read_keyring, revoked, rotated, wrapped_anew, write_keyring
from policies.keys.root_key import file_root_key, root_path, roots_in
from proxy.keys_in_force import KeysInForce, ring_path
from tests.gateway import make_rings
from tests.proxy.parts import Parts, flow_of

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


class Folder:
    """A folder of keys with one ring, and a worker's look at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        make_rings(folder, ["hall"])
        self.path = ring_path(folder, "hall")
        self.keys = self.started()

    def started(self) -> KeysInForce:
        keys = KeysInForce(self.folder, self.said.append)
        keys.renew(["hall"])
        return keys

    def ring(self) -> Keyring:
        return read_keyring(self.path.read_bytes(), "hall", roots_in(self.folder))

    def put(self, data: bytes) -> None:
        new = self.path.with_suffix(".new")
        new.write_bytes(data)
        new.replace(self.path)
        self.keys.renew(["hall"])

    def current(self) -> str:
        keys = self.keys.of("hall")
        assert keys is not None
        return keys.current.id


@pytest.fixture
def at(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_rotation_and_a_revocation_are_in_force_with_the_next_look(at: Folder) -> None:
    root = file_root_key(root_path(at.folder, 1))
    first = at.current()
    ring = rotated(at.ring(), root, NOW)
    at.put(write_keyring(ring, root))
    keys = at.keys.of("hall")
    assert keys is not None
    assert (at.current(), {key.id for key in keys}) == (ring.current.id, {first, ring.current.id})
    at.put(write_keyring(revoked(ring, first, "lost", root, NOW), root))
    keys = at.keys.of("hall")
    assert keys is not None
    assert [key.id for key in keys] == [ring.current.id]
    at.keys.renew(["hall"])
    assert at.keys.of("hall") is keys, "what did not change is not read again"
    assert at.said == []


@pytest.mark.parametrize("case", ["torn", "empty", "gone", "older", "open root"])
def test_what_cannot_be_taken_leaves_the_last_good_keys_and_is_told_once(at: Folder, case: str) -> None:
    root, older = file_root_key(root_path(at.folder, 1)), at.path.read_bytes()
    at.put(write_keyring(rotated(at.ring(), root, NOW), root))
    current = at.current()
    match case:
        case "torn":
            at.put(at.path.read_bytes()[:-40])
        case "empty":
            at.put(b"")
        case "gone":
            at.path.unlink()
        case "older":
            at.put(older)
        case _:
            root_path(at.folder, 1).chmod(0o644)
            at.put(at.path.read_bytes())
    at.keys.renew(["hall"])
    at.keys.renew(["hall"])
    assert at.current() == current
    assert at.said == ["keyring_refused"]


@pytest.mark.parametrize("case", ["torn", "gone", "another's", "wrong root", "no root"])
def test_a_worker_that_starts_then_has_no_keys_until_they_are_back(at: Folder, case: str) -> None:
    good, root = at.path.read_bytes(), root_path(at.folder, 1)
    kept, other = root.read_bytes(), b"w" * 32
    match case:
        case "torn":
            at.path.write_bytes(good[:-40])
        case "gone":
            at.path.unlink()
        case "another's":
            at.path.write_bytes(write_keyring(new_keyring("register", file_root_key(root), NOW), file_root_key(root)))
        case "wrong root":
            root.write_bytes(other)
        case _:
            root.unlink()
    at.keys = at.started()
    assert at.keys.of("hall") is None
    assert at.said == ["keyring_refused"]
    at.path.write_bytes(good)
    root.write_bytes(kept)
    root.chmod(0o600)
    at.keys.renew(["hall"])
    assert at.keys.of("hall") is not None


def test_a_ring_under_a_new_root_key_is_read_once_that_key_is_there(at: Folder) -> None:
    make_secret(root_path(at.folder, 2))
    roots = roots_in(at.folder)
    moved = write_keyring(wrapped_anew(at.ring(), roots, roots["root-2"]), roots["root-2"])
    key, current = root_path(at.folder, 2).read_bytes(), at.current()
    root_path(at.folder, 2).unlink()
    at.put(moved)
    assert at.said == ["keyring_refused"]
    root_path(at.folder, 2).write_bytes(key)
    root_path(at.folder, 2).chmod(0o600)
    root_path(at.folder, 1).unlink()
    at.keys.renew(["hall"])
    assert at.current() == current
    assert at.started().of("hall") is not None


def test_a_system_without_keys_is_not_served_and_is_as_soon_as_they_are_back(parts: Parts) -> None:
    parts.publish()
    path = ring_path(parts.home / "keys", "people")
    ring = path.read_bytes()
    path.unlink()
    parts.board.beat()
    assert parts.current.renew()
    assert parts.current.systems == {}
    flow = flow_of()
    parts.gate.begin(flow)
    parts.gate.admit(flow, flow.metadata["yingbi"])
    assert flow.response is not None
    assert (flow.response.status_code, parts.events()[-1]["event"]["reason"]) == (503, "keys_missing")
    path.write_bytes(ring)
    parts.current.renew()
    assert set(parts.current.systems) == {"people.localhost"}
    assert not parts.current.keyless


def test_a_system_takes_new_keys_with_the_programs_it_has(parts: Parts) -> None:
    parts.serve()
    before = parts.current.systems["people.localhost"]
    cookie = before.cookies.sealed("sessionid=abc")
    assert cookie is not None
    token = cookie.partition("=")[2].partition(";")[0]
    folder = parts.home / "keys"
    roots, path = roots_in(folder), ring_path(folder, "people")
    ring = read_keyring(path.read_bytes(), "people", roots)
    after = rotated(ring, roots["root-1"], NOW)
    path.write_bytes(write_keyring(after, roots["root-1"]))
    parts.current.renew()
    system = parts.current.systems["people.localhost"]
    assert system.cookies.opened("sessionid", token) == "abc", "what was sealed before a rotation opens after it"
    newer = system.cookies.sealed("sessionid=abc")
    assert newer is not None
    assert after.current.id in newer
    path.write_bytes(write_keyring(revoked(after, ring.current.id, "lost", roots["root-1"], NOW), roots["root-1"]))
    parts.current.renew()
    assert parts.current.systems["people.localhost"].cookies.opened("sessionid", token) is None
