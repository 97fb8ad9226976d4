"""Opens the index of events that the installation has; the client of Elasticsearch is loaded where it is that."""

from typing import TYPE_CHECKING

from deploy.elasticsearch.connection import Connection, connection_of
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore, Keeper
from yingbi.home import Home
from yingbi.settings import Index, Settings

if TYPE_CHECKING:
    from siem.index.elastic_link import Login


def open_index(settings: Settings, *, writing: bool) -> EventStore:
    """The index. Only one process opens it for *writing*, and that one reads as well. Raises NodeUnavailable."""
    home = Home(settings.home)
    match settings.index:
        case Index.SQLITE:
            if writing:
                for suffix in ("", "-wal", "-shm"):  # versions before this one kept all days in one file
                    (home.index / f"events.db{suffix}").unlink(missing_ok=True)
            return SqliteStore(home.events, read_only=not writing)
        case Index.ELASTICSEARCH:
            from siem.index.elastic import ElasticStore

            cluster = cluster_of(settings)
            writer = _login(cluster, "writer") if writing else None
            return ElasticStore(cluster.urls, cluster.ca_file, writer=writer, reader=_login(cluster, "reader"))


def has_index(settings: Settings) -> bool:
    """Whether there is an index to read, as far as the disk of this machine tells."""
    home = Home(settings.home)
    return (home.events if settings.index is Index.SQLITE else home.index).exists()


def open_keeper(settings: Settings, store: EventStore) -> Keeper:
    """Who looks after the index that *store* writes. Raises NodeUnavailable."""
    if isinstance(store, SqliteStore):
        return store  # one process writes the files, and so it is the one that may delete them
    from siem.index.elastic_keeper import ElasticKeeper

    cluster = cluster_of(settings)
    return ElasticKeeper(cluster.urls, cluster.ca_file, _login(cluster, "keeper"))


def cluster_of(settings: Settings) -> Connection:
    """How Elasticsearch is reached: the cluster that is set, or the installation's own node. Raises NodeUnavailable."""
    return connection_of(Home(settings.home).search, *(settings.elasticsearch or (own_node(settings),)))


def own_node(settings: Settings) -> str:
    """Where the installation's own node answers."""
    return f"https://127.0.0.1:{settings.ports.search}"


def _login(cluster: Connection, role: str) -> "Login":
    from siem.index.elastic_link import Login

    return Login(*cluster.users[role])
