"""What the system behind answers in a measurement: lists of people as a service hall would keep them, all invented."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.gateway import GOOD

MORE_FIELDS = ("case_no", "item", "window", "status", "received_at", "due_at", "channel", "handler")
"""Fields of a record that hold nothing personal."""
REMARKS = (
    "申请人材料齐全，已通知到窗口领取。",
    "联系人{name}，电话{mobile}，请在工作日上午联系。",
    "本次补交户口簿复印件一份，其余材料见上次受理记录，无需重复提交。",
    "证件号{id_no}核对无误，转民政窗口办理。",
)

_SCANNED = """  scanned:
    subject: id_no
    fields:
      id: public
      name: person_name
      id_no: resident_id
      mobile: mobile
      home: {{record: home}}
{more}"""
_SCANNING = """  - on: GET /scanned
    parameters: {page: any}
    answers: {json: {/total: public, "/items/*": {record: scanned}}}
"""

type Made = Callable[[int, random.Random], dict[str, Any]]


def answers() -> dict[str, bytes]:
    """The bodies by what they are."""
    return {
        "10 KiB JSON": body_of(10, case),
        "10 KiB JSON with remarks": body_of(10, with_remark),
        "10 KiB JSON of short records": body_of(10, person),
        "1 KiB JSON": body_of(1, case),
        "100 KiB JSON": body_of(100, case),
    }


def policies(folder: Path) -> Path:
    """The good policy, with every field of a case declared; under `/scanned`, those that hold nothing personal are not
    known to, and are scanned as text.
    """
    system = (GOOD / "systems" / "people.yaml").read_text("utf-8")
    more = "".join(f"      {name}: public\n" for name in MORE_FIELDS)
    for source in GOOD.rglob("*.*"):
        target = folder / source.relative_to(GOOD)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    declared = system.replace("      city: public\n", f"      city: public\n{more}", 1)
    scanned = "".join(f"      {name}: scan\n" for name in ("city", *MORE_FIELDS))
    declared = declared.replace("  home:\n", f"{_SCANNED.format(more=scanned)}  home:\n", 1)
    declared = declared.replace("operations:\n", f"operations:\n{_SCANNING}", 1)
    (folder / "systems" / "people.yaml").write_text(declared, "utf-8")
    return folder


def body_of(size_kib: int, made: Made) -> bytes:
    """As many records as go into *size_kib*."""
    chance = random.Random(4711)
    items: list[dict[str, Any]] = []
    while len(spelled := _spelled([*items, made(len(items) + 1, chance)])) <= size_kib * 1024:
        items = json.loads(spelled)["items"]
    return _spelled(items)


def person(number: int, chance: random.Random) -> dict[str, Any]:
    """Hardly anything but personal data: the most work for each byte."""
    return {
        "id": number,
        "name": chance.choice("赵钱孙李周吴郑王") + chance.choice("伟芳娜敏静丽强磊") * chance.choice((1, 2)),
        "id_no": f"{chance.randrange(110000, 660000)}{chance.randrange(19400101, 20101231)}{number % 10**4:04}",
        "mobile": f"1{chance.randrange(3 * 10**9, 10**10)}",
        "city": chance.choice(("云州", "青石", "临江")),
    }


def case(number: int, chance: random.Random) -> dict[str, Any]:
    """What a list of cases holds."""
    day = chance.randrange(1, 29)
    return {
        **person(number, chance),
        "home": {
            "street": f"幸福路{number}号{chance.randrange(1, 30)}栋",
            "phone": f"0571{chance.randrange(10**7, 10**8)}",
        },
        "case_no": f"YZ-2026-{number:06}",
        "item": chance.choice(("居住证签注", "社保卡补办", "户口迁移", "经营者变更登记")),
        "window": f"{chance.randrange(1, 30)}号窗口",
        "status": chance.choice(("受理", "办结", "补正")),
        "received_at": f"2026-10-{day:02}T09:14:07+08:00",
        "due_at": f"2026-11-{day:02}T17:00:00+08:00",
        "channel": chance.choice(("网上", "窗口", "自助终端")),
        "handler": f"clerk-{chance.randrange(1, 60):03}",
    }


def with_remark(number: int, chance: random.Random) -> dict[str, Any]:
    """The same, with free text in which recognisers look for what nobody declared."""
    made = case(number, chance)
    return {**made, "note": chance.choice(REMARKS).format(**made)}


def _spelled(items: list[dict[str, Any]]) -> bytes:
    return json.dumps({"total": 4711, "items": items}, ensure_ascii=False, separators=(",", ":")).encode()
