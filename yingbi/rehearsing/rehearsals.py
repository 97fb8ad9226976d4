"""Rehearsals for the pages of drafts: each is made once, beside the process that asks, and kept as sentences."""

import hashlib
import json
import logging
import subprocess
import sys
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from incident.ids import Bilingual
from policies.rehearsal.changes import Kind
from policies.rehearsal.rehearse import DANGER, UNCOUNTED
from policies.snapshot import Snapshot, laid_out
from proxy.reasons import REASONS
from yingbi.home import Home
from yingbi.rehearsing.rehearse import KINDS

LIMIT_S = 900
MOST_KEPT = 30
MOST_TOLD = 12
"""Differences that are told one by one."""
UNDER_WAY = Bilingual(zh="正在预演，请过一会儿再看", en="being rehearsed: look again in a moment")
NOT_DONE = Bilingual(
    zh="预演没有完成，请用 yingbi policy rehearse 查看原因", en="not finished: ask yingbi policy rehearse why"
)
_ABOUT = {"grant": "授权", "key": "密钥", "issuer": "签发者", "parameter": "参数", "header": "响应头"}
_SIDES = {"answer": "答复", "withheld": "拦截", "ask": "可以查询", "refuse": "拒绝", "none": "无"}

log = logging.getLogger("yingbi.rehearsing.rehearsals")


class Rehearsals:
    """The rehearsals of one installation. *snapshot_of* gives the files with a digest."""

    def __init__(self, home: Home, snapshot_of: Callable[[str], Snapshot]) -> None:
        self._home = home
        self._snapshot_of = snapshot_of
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[str, str], Sequence[Bilingual] | None] = OrderedDict()
        """None: under way."""

    def of(self, content: str) -> Sequence[Bilingual]:
        """What the policy with the digest *content* would change of what is in force, a sentence each; never waits."""
        key = (content, self._in_force())
        with self._lock:
            if key in self._made:
                return self._made[key] or (UNDER_WAY,)
            if None in self._made.values():
                return (UNDER_WAY,)  # one at a time: the log is long, and the machine has other work
            self._made[key] = None
            while len(self._made) > MOST_KEPT:
                self._made.popitem(last=False)
        snapshot = self._snapshot_of(content)
        threading.Thread(target=self._rehearse, args=(key, snapshot), name="rehearse", daemon=True).start()
        return (UNDER_WAY,)

    def _in_force(self) -> str:
        try:
            current = (self._home.published / "programs" / "current.json").read_bytes()
        except OSError:
            return ""
        return hashlib.sha256(current).hexdigest()

    def _rehearse(self, key: tuple[str, str], snapshot: Snapshot) -> None:
        lines: Sequence[Bilingual] = (NOT_DONE,)
        try:
            with laid_out(snapshot) as folder:
                command = [sys.executable, "-m", "yingbi.process.rehearsal", str(self._home.root), str(folder)]
                done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=True)
            lines = sentences_of(json.loads(done.stdout))
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            log.warning("rehearsal_failed kind=%s", type(error).__name__)
        finally:
            with self._lock:
                self._made[key] = lines


def sentences_of(found: dict[str, Any]) -> list[Bilingual]:
    """A rehearsal, as JSON has it, in a few sentences: the counts, then the most dangerous differences."""
    days = f"{found['since'][:10]} – {found['until'][:10]}"
    said = [
        Bilingual(
            zh=f"对照 {days} 的 {found['answers']:,} 次答复", en=f"compared over {found['answers']:,} answers of {days}"
        )
    ]
    differences = found["differences"]
    if not differences:
        return [*said, Bilingual(zh="什么都不会变", en="nothing would change")]
    counts = Counter(each["kind"] for each in differences)
    for kind in DANGER:
        if counts[kind]:
            zh, _, en = KINDS[Kind(kind)].partition(" / ")
            said.append(Bilingual(zh=f"{zh}：{counts[kind]} 处", en=f"{en}: {counts[kind]}"))
    return [*said, *map(_sentence, differences[:MOST_TOLD])]


def _sentence(each: dict[str, Any]) -> Bilingual:
    """One difference, and who used what it is about."""
    where = f"{each['system']} {each['operation']}".rstrip()
    kind, _, name = each["about"].partition(" ")
    about = f"{_ABOUT[kind]} {name}" if kind in _ABOUT else each["about"] or "整个操作"
    change = f"{about}：{_words(each['before'])} → {_words(each['after'])}"
    used = _used(each)
    return Bilingual(zh=f"{where}：{change}；{used.zh}", en=used.en)


def _words(side: dict[str, Any]) -> str:
    reason = REASONS.get(side["transform"])
    return f"拒绝（{reason.zh}）" if reason is not None else _SIDES.get(side["transform"], str(side["transform"]))


def _used(each: dict[str, Any]) -> Bilingual:
    if each["kind"] in (Kind.OTHERWISE, Kind.NO_MORE):
        return Bilingual(zh="请对照本页的差别", en="see the lines that differ on this page")
    if each["kind"] in UNCOUNTED:
        return Bilingual(zh="记录中没有参数，说不出用过几次", en="records hold no parameters: nobody knows how often")
    if not each["times"]:
        return Bilingual(zh="这段时间没有人用过", en="nobody used it in this time")
    people = len(each["staff"]) + each["citizens"]
    return Bilingual(zh=f"{people} 人用过 {each['times']:,} 次", en=f"used by {people}, {each['times']:,} times")
