"""`yingbi demo leak`: plays a leak against the running installation, from a stolen key to the public notice.

Everything goes through the front doors: the thief through the gateway, the staff through the console, the public
through the bulletin. What it tells at the end is what the processes told, not what it hoped.
"""

import contextlib
import fcntl
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from deploy.demo.people import CLERKS
from incident.duty.duties import GRADE_NAMES, Grade
from yingbi.first_accounts import first_password
from yingbi.home import Home
from yingbi.settings import Settings
from yingbi.status import status_of
from yingbi.thief import Booty, Gateway, is_blocked, pages
from yingbi.told import hear
from yingbi.visitor import NotDone, Visitor

TOO_MANY = 300
"""Persons whom the rule `many_subjects` takes for too many."""
CASE_LIMIT_S = 90.0
NOTICE_LIMIT_S = 30.0
_LOOK_S = 0.1


class CannotPlay(Exception):
    """There is nothing to play on. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took, in seconds."""

    alert: float
    """From the answer that showed one person too many to the alert."""
    block: float
    """From the same to the first refusal that the thief met."""
    whole: float
    """From the first request to the public notice, or to where it waits for people."""


def play(settings: Settings, *, leave_notice: bool, say: Callable[[str], None] = print) -> Times | None:
    """Play it. Returns how long it took, or None where the leak was not noticed and contained; raises CannotPlay."""
    status = status_of(settings)
    if not status["ready"]:
        raise CannotPlay(f"`{settings.home}` 没有运行 / nothing runs here: start it with yingbi up first")
    if not settings.demo:
        raise CannotPlay("本安装不含演示系统 / the demo does not belong to this installation (`demo` in yingbi.toml)")
    gateway = Gateway(settings, "register")
    try:
        with _alone(Home(settings.home)):
            return _Play(settings, status, say).run(gateway, leave_notice=leave_notice)
    except httpx.TransportError as error:
        raise CannotPlay(f"网关没有应答 / the gateway cannot be talked to: {type(error).__name__}") from None
    except httpx.HTTPStatusError as error:
        raise CannotPlay(
            f"登记册答复 / the register answers {error.response.status_code}: yingbi status may say why"
        ) from None
    finally:
        gateway.close()


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Two thieves would get in each other's way. Raises CannotPlay where another is at it."""
    with (home.demo / "leak.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotPlay(
                "另一次演练正在进行，请等它结束 / a leak is being played here already: wait until it is over"
            ) from None
        yield


class _Play:
    def __init__(self, settings: Settings, status: dict[str, Any], say: Callable[[str], None]) -> None:
        self._settings = settings
        self._home = Home(settings.home)
        self._addresses = status["addresses"]
        self._say = say

    def run(self, gateway: Gateway, *, leave_notice: bool) -> Times | None:
        thief, key = self._stolen_key(gateway)
        started = time.time()
        self._say(f"1. 窗口人员 {thief} 的密钥被盗，正在批量读取登记册 / a stolen key reads the register in bulk")
        booty = pages(gateway, key, TOO_MANY, self._progress)
        self._end_progress()
        if not booty.stopped_at:
            self._say(f"   读取了 {len(booty.persons)} 人，没有被发现 / it was not noticed")
            return None
        if not booty.crossed_at:
            self._say("   被其他处置提前停用 / it was stopped before it had read too much, by somebody else")
            return None
        case = self._wait(lambda: case_of(self._cases(), thief, started), CASE_LIMIT_S)
        if case is None:
            self._say("   已停用，但没有形成案件 / it was stopped, but there is no case with a draft notice")
            return None
        alert_s = min(_posix(case["raised_at"][alert]) for alert in case["alerts"]) - booty.crossed_at
        block_s = booty.stopped_at - booty.crossed_at
        self._say(f"2. 告警 {', '.join(case['alerts'])}：越过阈值 {alert_s:.1f} 秒后产生 / noticed")
        self._say(f"3. 控制：越过阈值 {block_s:.1f} 秒后请求被拒绝 / contained: the key is refused")
        grade = GRADE_NAMES[Grade(case["grade"])]
        self._say(
            f"4. 案件 {case['id']}：{case['persons']} 人受影响，定级“{grade.zh}”，{case['clocks']} 个时限已起算"
            f" / graded {grade.en}, its clocks run"
        )
        published = False if leave_notice else self._publish(case)
        times = Times(alert_s, block_s, time.time() - started)
        self._end(case, booty, times, published=published)
        return times

    def _stolen_key(self, gateway: Gateway) -> tuple[str, str]:
        """The key of a clerk who is not blocked."""
        keys: dict[str, str] = json.loads((self._home.demo / "keys.json").read_bytes())
        for name in CLERKS:
            answer = gateway.get("/register/residents.json?_shape=objects&_size=1", keys[name])
            if answer.is_success:
                return name, keys[name]
            if not is_blocked(answer):
                raise CannotPlay(
                    f"登记册对 `{name}` 答复 / the register answers {answer.status_code}: yingbi status may say why"
                )
        raise CannotPlay(
            "演示的窗口人员都已停用（24 小时），可换一个 YINGBI_HOME 重新开始"
            " / every clerk of the demo is blocked by now: wait, or start anew in another YINGBI_HOME"
        )

    def _publish(self, case: dict[str, Any]) -> bool:
        """Submit the notice as one person and approve it as another, through the console."""
        page = f"/cases/{case['id']}/notice"
        try:
            for name, act, tick_all in (("press", "submit", True), ("officer", "approve", False)):
                password = first_password(self._home, name)
                if password is None:
                    raise NotDone(f"the password of `{name}` is not known here")
                visitor = Visitor(self._settings)
                try:
                    visitor.sign_in(name, password)
                    visitor.submit(page, f"{page}/{act}", tick_all=tick_all)
                finally:
                    visitor.close()
        except NotDone as problem:
            self._say(f"5. 通告待人工处理：{problem} / the notice waits for people")
            return False
        published = self._wait(
            lambda: next((each for each in self._cases() if each["id"] == case["id"] and each["published"]), None),
            NOTICE_LIMIT_S,
        )
        if published:
            self._say("5. 通告：发布员核对提交，安全管理员批准，已发布 / submitted by one, approved by another, public")
        return published is not None

    def _cases(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = hear(self._home.told("control")).get("cases", [])
        return found

    def _wait(self, find: Callable[[], dict[str, Any] | None], limit_s: float) -> dict[str, Any] | None:
        deadline = time.monotonic() + limit_s
        pause = threading.Event()
        while (found := find()) is None and time.monotonic() < deadline:
            pause.wait(_LOOK_S)
        return found

    def _progress(self, booty: Booty) -> None:
        if sys.stdout.isatty():
            print(f"\r   {booty.answers} 次答复，{len(booty.persons)} 人 / answers, persons", end="", flush=True)

    def _end_progress(self) -> None:
        if sys.stdout.isatty():
            print()

    def _end(self, case: dict[str, Any], booty: Booty, times: Times, *, published: bool) -> None:
        console, bulletin = self._addresses["console"], self._addresses["bulletin"]
        self._say("")
        self._say(
            f"结果 / result: 盗用者看到 {len(booty.persons)} 人后被停用；"
            f"告警 {times.alert:.1f} 秒，停用 {times.block:.1f} 秒，全程 {times.whole:.0f} 秒"
        )
        self._say(
            f"  the thief saw {len(booty.persons)} persons; alert after {times.alert:.1f} s, refused after"
            f" {times.block:.1f} s, the whole road {times.whole:.0f} s"
        )
        self._say("请打开 / open:")
        self._say(f"  案件 / case     {console}/cases/{case['id']}")
        self._say(f"  告警 / alert    {console}/alerts/{case['alerts'][0]}")
        if published:
            self._say(f"  通告 / notice   {bulletin}/notices/{case['notice']}")
            self._say(
                f"  我受影响了吗 / was I affected   https://register.localhost:{self._settings.ports.gateway}/.yingbi/sign-in"
                " 登录后打开 /.yingbi/affected，凭证 / credential: yingbi demo credential citizen"
            )
        else:
            self._say(f"  通告 / notice   {console}/cases/{case['id']}/notice  （一人提交，另一人批准 / two people）")
        self._say(f"账号 / accounts: {self._home.first_passwords}")


def case_of(cases: list[dict[str, Any]], thief: str, started: float) -> dict[str, Any] | None:
    """The case about *thief*, once it is contained and its notice is drafted; of its alerts those since *started*.

    *started* is POSIX time. A case of the same account may be open from before: its older alerts are about another
    leak.
    """
    for case in cases:
        alerts = [alert for alert in case["alerts"] if _posix(case["raised_at"][alert]) >= started]
        if thief in case["callers"] and case["state"] in ("open", "contained") and case["draft"] and alerts:
            return {**case, "alerts": alerts}
    return None


def _posix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
