"""`yingbi keys rotate | revoke | rewrap`: keys are made anew, and what old ones made with them."""

import argparse
import sys
from typing import TYPE_CHECKING

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, complain

if TYPE_CHECKING:
    from yingbi.home import Home
    from yingbi.keys.handling import KeyStore


def run_rotate(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    """Use a new key, of what is named; returns the exit code."""
    if given.root:
        print(f"根密钥 / root key: {store.rotate_root()}")
        print("全部密钥环已用它重新包裹；请重新托管 / every keyring is wrapped by it now: make a new escrow")
        return FINE
    if given.identity:
        print(f"身份签名密钥 / identity key: {store.rotate_identity()}")
        print("旧公钥再公布 10 分钟；请重新托管 / the old one is published for 10 minutes more: make a new escrow")
        return FINE
    if given.digests:
        return _begin_epoch(given, home, store)
    for system, key in store.rotate(store.systems() if given.all else given.system):
        print(f"{system}: {key}")
    print("旧密钥的值仍可打开；请重新托管 / what old keys made still opens: make a new escrow")
    return FINE


def _begin_epoch(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    from yingbi.canaries import add_canaries

    if not may_be_recorded(given.reason):
        return WRONG_USE
    identifiers = given.canaries.read_text("utf-8").split() if given.canaries else []
    print(f"摘要密钥 / digest key: {store.begin_epoch(given.reason.strip())}")
    if identifiers:
        add_canaries(home, identifiers, store.now())
        print(f"诱饵 / canaries: {len(identifiers)}；名单已经生效 / the list counts at once")
    elif home.canaries.exists():
        print("诱饵名单 31 天后失效，请重建 / the list of canaries counts for 31 days more: make it anew")
    return FINE


def run_revoke(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    """Let a key open nothing any more; returns the exit code."""
    if not may_be_recorded(given.reason):
        return WRONG_USE
    current = store.revoke(given.system, given.key, given.reason.strip())
    print(f"{given.system}: {given.key} 已撤销，现用 / is revoked, now in use: {current}")
    return FINE


def run_rewrap(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    """Make what old keys encrypted in a file anew; returns the exit code."""
    from yingbi.in_force import ProgramsInForce
    from yingbi.keys.rewrap import Job, NotRewrapped, rewrap
    from yingbi.keys.stored_fields import stored_in

    pairs = [each.partition("=") for each in given.field]
    if not all(column and equals and name for column, equals, name in pairs):
        complain("`--field` 写作 列=字段 / is written COLUMN=FIELD")
        return WRONG_USE
    program = ProgramsInForce(home).of(given.system)
    job = Job(
        file=given.file,
        system=given.system,
        record=given.record,
        fields={column: name for column, _, name in pairs},
        keys=store.data_keys(given.system, with_revoked=given.with_revoked),
        stored=frozenset(field.name for field in stored_in(program)) if program is not None else frozenset(),
    )
    try:
        counts = rewrap(job, lambda found, share: print(f"{share:4.0%}  {found.rows:,} rows", file=sys.stderr))
    except NotRewrapped as problem:
        complain(str(problem))
        return COULD_NOT
    print(f"{job.out}: {counts.rows:,} rows")
    print(f"  改用现用密钥 / made anew     {counts.made_anew:,}")
    print(f"  已是现用密钥 / current       {counts.current:,}")
    print(f"  打不开，未改动 / not opened  {counts.failed:,}")
    if program is None:
        complain(f"`{given.system}` 没有在用的策略，明文未清点 / no policy is in force: plain values were not counted")
        return FOUND
    print(f"  明文，未改动 / plain         {counts.plain:,}")
    return FOUND if counts.failed or counts.plain else FINE


def may_be_recorded(reason: str) -> bool:
    """Whether *reason* says something and names nobody; complains where it does not."""
    from incident.blank import is_blank
    from policies.recognisers.scan import scan

    if is_blank(reason):
        complain("请写明原因 / say why")
        return False
    if scan(reason):
        complain("原因中不要写个人信息，它会记录下来 / name nobody in the reason: it is written down")
        return False
    return True
