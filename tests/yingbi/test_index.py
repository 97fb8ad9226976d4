from pathlib import Path

from deploy.elasticsearch.connection import make_passwords
from yingbi.home import Home
from yingbi.index import cluster_of, own_node
from yingbi.settings import read_settings


def test_the_index_is_our_own_node_or_the_cluster_that_is_named(tmp_path: Path) -> None:
    environment = {"YINGBI_HOME": str(tmp_path), "YINGBI_PORT_BASE": "9000"}
    assert own_node(read_settings(environment)) == "https://127.0.0.1:9020"
    nodes = ("https://es-1.example:9200", "https://[::1]:9200")
    home = Home(tmp_path)
    home.search.mkdir()
    make_passwords(home.search)
    (home.search / "ca.pem").touch()
    assert cluster_of(read_settings(environment)).urls == ("https://127.0.0.1:9020",)
    (tmp_path / "yingbi.toml").write_text(f"elasticsearch = {list(nodes)}")
    assert cluster_of(read_settings(environment)).urls == nodes
