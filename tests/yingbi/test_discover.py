from pathlib import Path

from policies.keys.data_keys import derive_key
from policies.keys.key_files import make_secret, read_secret
from policies.learning.inventory import FieldNote, Notes, OperationNote, read_notes, write_notes
from yingbi.discover import renew_inventory, systems_seen
from yingbi.home import Home


def test_what_an_older_release_kept_is_gone_before_the_first_worker_starts(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.keys.mkdir()
    home.inventory.mkdir()
    make_secret(home.private_key("fields"))
    key = derive_key(read_secret(home.private_key("fields")), "inventory")
    old = OperationNote(count=1, fields={"json /done/zhangsan": FieldNote(count=1), "json /total": FieldNote(count=1)})
    (home.inventory / "worker-3").write_bytes(write_notes({"people": Notes(operations={"GET /done": old})}, key))
    (home.inventory / "worker-4").write_bytes(b"zhangsan")
    (home.inventory / "worker-5.new").write_bytes(write_notes({}, key))
    renew_inventory(home)
    (path,) = home.inventory.iterdir()
    assert (path.name, path.stat().st_mode & 0o077) == ("worker-3", 0)
    assert b"zhangsan" not in path.read_bytes()
    (seen,) = systems_seen(home)["people"].operations.values()
    assert seen.fields.keys() == {"json /done/*", "json /total"}
    assert read_notes(path.read_bytes(), key) == systems_seen(home)


def test_without_an_inventory_there_is_nothing_to_renew(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.keys.mkdir()
    make_secret(home.private_key("fields"))
    renew_inventory(home)
    assert systems_seen(home) == {}
