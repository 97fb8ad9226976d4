"""How the keys stand: ids, ages and what is wrong, for people and for the other processes. Never a key."""

from datetime import datetime
from typing import Any

from policies.keys.epochs import BadEpochs, ends_of, read_epochs
from policies.keys.keyring import KeyState
from policies.keys.root_key import roots_in
from yingbi.home import Home
from yingbi.keys.escrow import proof_in
from yingbi.keys.handling import KeysNotUsable, KeyStore
from yingbi.keys.journal import Act, Entry
from yingbi.policy_source import stamp_of


def facts_of(home: Home, store: KeyStore) -> dict[str, Any]:
    """Everything that may be told of the keys in *home*, as JSON has it."""
    try:
        entries = store.entries()
    except KeysNotUsable as problem:
        return {"wrong": str(problem), "root": None, "digests": None, "systems": [], "escrow": None}
    roots = list(roots_in(home.keys))
    proof, escrowed = proof_in(entries), _last(entries, Act.ESCROWED)
    systems = [_system(store, name, proof.keys if proof else frozenset()) for name in store.systems()]
    return {
        "wrong": "",
        "root": {"id": roots[-1], "made_at": _made_at(entries, roots[-1])} if roots else None,
        "digests": _digests(home),
        "systems": systems,
        "escrow": {
            "made_at": escrowed.at.isoformat() if escrowed else None,
            "proved_at": proof.at.isoformat() if proof else None,
            "backup": proof.backup if proof else "",
        },
    }


def lines_of(facts: dict[str, Any], now: datetime) -> list[str]:
    """*facts* for people."""
    root, escrow = facts["root"], facts["escrow"] or {}
    if facts["wrong"]:
        return [facts["wrong"]]
    held = f"{root['id']}  {age_of(root['made_at'], now)}" if root else "没有 / there is none"
    lines = [f"根密钥 / root key      {held}"]
    lines.append(f"托管 / escrow          {age_of(escrow.get('made_at'), now)}")
    lines.append(f"托管验证 / proved      {age_of(escrow.get('proved_at'), now)}  {escrow.get('backup', '')}".rstrip())
    digests = facts["digests"]
    if digests is None:
        lines.append("摘要密钥的期数读不出来 / the epochs of the digest key cannot be read")
    elif digests["began_at"]:
        until = f"两种摘要写到 / both written until {digests['both_until']:.10}"
        lines.append(f"摘要密钥 / digests      {digests['epoch']}  {age_of(digests['began_at'], now)}  {until}")
    for system in facts["systems"]:
        if system["wrong"]:
            lines.append(f"{system['name']:<22} {system['wrong']}")
            continue
        counts = f"旧 / old {system['old']}，撤销 / revoked {system['revoked']}"
        proved = "已托管 / escrowed" if system["proved"] else "未托管 / not escrowed"
        lines.append(f"{system['name']:<22} {system['current']}  {age_of(system['made_at'], now)}  {counts}  {proved}")
        for key in system["former"]:
            line = f"{'':<22} {key['id']}  {key['state']}  {age_of(key['changed_at'], now)}  {key['reason']}"
            lines.append(line.rstrip())
    return lines


def age_of(moment: str | None, now: datetime) -> str:
    """How long ago *moment* was, in whole days."""
    if moment is None:
        return "从未 / never"
    then = datetime.fromisoformat(moment)
    return f"{then:%Y-%m-%d}（{max(0, (now - then).days)} 天 / days）"


def _digests(home: Home) -> dict[str, Any] | None:
    try:
        epochs = read_epochs(home.keys)
    except BadEpochs:
        return None
    began, ends = epochs[-1].began_at, ends_of(epochs)
    return {
        "epoch": epochs[-1].name,
        "began_at": began.isoformat() if began else None,
        "both_until": ends.isoformat() if ends else None,
        "reason": epochs[-1].reason,
    }


def _system(store: KeyStore, name: str, proved: frozenset[str]) -> dict[str, Any]:
    found = store.ring(name)
    if found.ring is None:
        return {"name": name, "wrong": found.wrong}
    ring = found.ring
    return {
        "name": name,
        "wrong": "",
        "current": ring.current.id,
        "made_at": ring.current.made_at.isoformat(),
        "old": len(ring.of_state(KeyState.OLD)),
        "revoked": len(ring.of_state(KeyState.REVOKED)),
        "root": ring.root,
        "proved": f"{name}/{ring.current.id}" in proved,
        "former": [
            {
                "id": key.id,
                "state": key.state.value,
                "changed_at": key.changed_at.isoformat() if key.changed_at else None,
                "reason": key.reason,
            }
            for key in ring.keys
            if key.state is not KeyState.CURRENT
        ],
    }


def _made_at(entries: list[Entry], root: str) -> str | None:
    made = [entry for entry in entries if entry.act is Act.ROOT_MADE and root in entry.keys]
    return made[-1].at.isoformat() if made else None


def _last(entries: list[Entry], act: Act) -> Entry | None:
    found = [entry for entry in entries if entry.act is act]
    return found[-1] if found else None


class KeyWatch:
    """The facts, read again only when a file has changed."""

    def __init__(self, home: Home, store: KeyStore) -> None:
        self._home = home
        self._store = store
        self._seen = b""
        self._facts: dict[str, Any] = {}

    def facts(self) -> dict[str, Any]:
        """Everything that may be told of the keys. Raises OSError."""
        about = self._home.key_journal.stat().st_mtime_ns if self._home.key_journal.exists() else 0
        seen = stamp_of(self._home.keys) + str(about).encode()
        if seen != self._seen:
            self._facts, self._seen = facts_of(self._home, self._store), seen
        return self._facts


def problems_of(facts: dict[str, Any]) -> list[str]:
    """What keeps systems from being served, or keys from being changed, a sentence each, Chinese first."""
    if not facts:
        return []
    wrong = [
        f"系统 {system['name']} 的密钥环不能用：{system['wrong']}" for system in facts["systems"] if system["wrong"]
    ]
    if facts["wrong"]:
        wrong.append(facts["wrong"])
    elif not facts["root"]:
        wrong.append("根密钥丢失 / the root key is lost")
    elif not facts["digests"]:
        wrong.append("摘要密钥的期数读不出来 / the epochs of the digest key cannot be read")
    return wrong
