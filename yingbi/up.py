"""`yingbi up`: prepares the installation, starts it, and runs it until it is asked to stop."""

import contextlib
import fcntl
import logging
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator

import psutil
from msgspec.structs import replace
from sqlalchemy.exc import OperationalError

from console.accounts import Accounts
from deploy.elasticsearch.connection import NodeUnavailable
from incident.database import open_database
from policies.keys.key_files import Signer, Verifier
from proxy.board import Board
from proxy.published import NotPublished, read_published_overlay
from yingbi.addresses import addresses_of
from yingbi.children import CannotStart, Process, Say
from yingbi.clock import now
from yingbi.discover import renew_inventory
from yingbi.first_accounts import make_accounts
from yingbi.first_start import CannotPrepare, make_demo, make_folders, make_keys, make_policies, make_tls
from yingbi.home import Home
from yingbi.index import cluster_of
from yingbi.jobs import demo_jobs, is_free, other_jobs, ports_of, quota_job, sealer_job, worker_jobs
from yingbi.metrics.server import serve_metrics
from yingbi.migrations.apply import NewerDatabase, migrate
from yingbi.policy_source import source_of
from yingbi.publish.policy import PolicyPublisher
from yingbi.release import govern
from yingbi.search_node import SearchNode
from yingbi.settings import HOME, PORT_BASE, Index, Settings, WrongSettings, read_settings
from yingbi.standing import started_and_alive
from yingbi.supervise import Supervisor
from yingbi.told import hear

LEFT_OVER_S = 10.0

log = logging.getLogger("yingbi.up")


class Stop(threading.Event):
    """Set by SIGINT, SIGTERM or SIGHUP, and knows by which."""

    def __init__(self) -> None:
        super().__init__()
        self.by = ""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked)

    def _asked(self, number: int, _: object) -> None:
        self.by = self.by or signal.Signals(number).name
        self.set()


def up(settings: Settings, say: Say) -> None:
    """Run the installation until SIGINT or SIGTERM. Raises CannotStart with a sentence; then nothing runs."""
    stop = Stop()
    home = Home(settings.home)
    try:
        make_folders(home)
        with _alone(home):
            _end_left_overs(home)
            _check_ports(settings)
            supervisor, accounts = _prepared(settings, home, say)
            _run(settings, supervisor, say, stop, accounts)
    except (CannotPrepare, NewerDatabase, NodeUnavailable) as problem:
        raise CannotStart(str(problem)) from None
    except OSError as error:
        where = f" `{error.filename}`" if error.filename else ""
        raise CannotStart(f"无法使用{where} / cannot use it: {error.strerror or error}") from None
    except (sqlite3.OperationalError, OperationalError) as error:
        said = error.orig if isinstance(error, OperationalError) else error
        raise CannotStart(
            f"`{home.root}` 中的数据库无法写入，请检查磁盘空间和权限 / a database in it cannot be written: {said};"
            " see that there is room on the disk"
        ) from None


def _prepared(settings: Settings, home: Home, say: Say) -> tuple[Supervisor, list[str]]:
    make_keys(home, now)
    renew_inventory(home)
    make_policies(home, demo=settings.demo)
    moved = make_demo(home, settings.ports, say) if settings.demo else {}
    board = Board(home.board)
    board.beat()
    _check_overlay(home, board)
    engine = open_database(f"sqlite:///{home.state}")
    try:
        migrate(engine)
        made = make_accounts(home, Accounts(engine, now), must_change=not settings.demo)
        govern(settings, engine, moved, say)
    finally:
        engine.dispose()
    publisher = PolicyPublisher(
        home, board, Signer(home.private_key("program")), now, source_of(settings, "supervisor")
    )
    publisher.publish()
    for finding in publisher.now.findings:
        say(str(finding))
    make_tls(home, publisher.now.hosts, now())
    accounts = [f"  {account.name:<9} {password}   {account.title}" for account, password in made]
    return Supervisor(settings, board, publisher, say), accounts


def _run(settings: Settings, supervisor: Supervisor, say: Say, stop: Stop, accounts: list[str]) -> None:
    home = Home(settings.home)
    try:
        if settings.index is Index.ELASTICSEARCH and settings.elasticsearch:
            cluster_of(settings)  # what is missing to reach it is said before anything runs
        elif settings.index is Index.ELASTICSEARCH:
            say("正在启动 Elasticsearch / starting Elasticsearch")
            supervisor.start([SearchNode(settings, now(), say)], stop)
        if settings.demo:
            say("正在启动演示系统 / starting the demo systems")
        say("正在启动网关、控制台和通告网站 / starting gateway, console and bulletin")
        # Together, so that all cores have something to do: what takes longest in each is to load its libraries.
        jobs = [*demo_jobs(settings), sealer_job(settings), quota_job(settings)]
        jobs += [*worker_jobs(settings), *other_jobs(settings)]
        supervisor.start([Process(job, home.said) for job in jobs], stop)
        signal.signal(signal.SIGUSR1, lambda number, frame: _reload(settings, supervisor, say))
        with serve_metrics(settings):
            if not stop.is_set():
                _greet(settings, say, accounts)
            supervisor.watch(stop)
    finally:
        log.info("stopping signal=%s", stop.by or "none")
        say("正在停止 / stopping")
        supervisor.stop()


def _reload(settings: Settings, supervisor: Supervisor, say: Say) -> None:
    """Renew the workers by what is set now; where that cannot be, they go on as they are."""
    try:
        found = read_settings({HOME: str(settings.home), PORT_BASE: str(settings.ports.gateway)})
    except WrongSettings as problem:
        log.error("settings_refused")
        say(str(problem))
        return
    supervisor.reload(replace(found, host=settings.host, workers=settings.workers))


def _greet(settings: Settings, say: Say, accounts: list[str]) -> None:
    home = Home(settings.home)
    told = hear(home.told("supervisor"))
    addresses = told.get("addresses") or addresses_of(settings, ())
    say("")
    say("影壁已就绪 / Yingbi is ready")
    for name, address in addresses["systems"].items():
        say(f"  {name:<9} {address}")
    say(f"  console   {addresses['console']}")
    say(f"  bulletin  {addresses['bulletin']}")
    say(f"  证书机构 / authority to trust: {home.authority}")
    if accounts:
        say("控制台账号（只显示这一次）/ accounts of the console (shown this once):")
        for line in accounts:
            say(line)
        say(f"  也保存在 / kept in {home.first_passwords} (0600)")
    else:
        say(f"控制台账号 / accounts of the console: {home.first_passwords}")
    if settings.demo:
        say("试一试 / try: yingbi demo credential clerk    yingbi demo leak")
    say("按 Ctrl-C 停止 / Ctrl-C stops everything")


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the installation. Raises CannotStart where somebody else does."""
    with home.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"`{home.root}` 已在运行（进程 {lock.read().strip() or '?'}），请先停止 / it is running already:"
                " stop it first, or name another YINGBI_HOME"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _end_left_overs(home: Home) -> None:
    """End what a supervisor that was killed has left running."""
    left = []
    for _, found in started_and_alive(home):
        with contextlib.suppress(psutil.Error):
            left += [found, *found.children(recursive=True)]
    for found in left:
        with contextlib.suppress(psutil.Error):
            found.resume()
            found.terminate()
    _, alive = psutil.wait_procs(left, LEFT_OVER_S)
    for found in alive:
        with contextlib.suppress(psutil.Error):
            found.kill()
    for path in home.run.glob("*.json"):
        path.unlink(missing_ok=True)
    for path in home.run.glob("counters-*"):
        path.unlink(missing_ok=True)


def _check_overlay(home: Home, board: Board) -> None:
    """Workers show nothing while the overlay is not the one that was published last: say so before they do."""
    file = home.published / "overlay.json"
    try:
        overlay = read_published_overlay(home.published, Verifier(home.public_key("overlay").read_bytes()))
        if overlay.generation < board.overlay:
            raise NotPublished("it is older than the one that was published last")
    except NotPublished as problem:
        raise CannotStart(
            f"`{file}` 无法使用，请恢复；若没有必须延续的停用，可删去它和 `{home.board}` / cannot be used: {problem};"
            " restore it, or, where no block has to last, remove both"
        ) from None


def _check_ports(settings: Settings) -> None:
    for name, port in ports_of(settings).items():
        if not is_free(settings.host if name == "gateway" else "127.0.0.1", port):
            raise CannotStart(
                f"端口 {port}（{name}）已被占用 / port {port} is taken, and the {name} needs it: free it, or move all"
                f" ports with {PORT_BASE}"
            )
