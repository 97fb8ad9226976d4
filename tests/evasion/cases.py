"""What a system behind says, what a caller is asked to receive of it, and the one check that it is so."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.front import Front
from tests.rig import ID_NO, MOBILE, NAME
from tests.scripted import Script, answering

PERSON = {"id": 1, "name": NAME, "id_no": ID_NO, "mobile": MOBILE, "note": f"{NAME}的电话{MOBILE}"}
PEOPLE = json.dumps({"items": [PERSON]}, ensure_ascii=False).encode()
PEOPLE_MASKED = (
    '{"items":[{"id":1,"name":"张**","id_no":"**************002X","mobile":"138****8000","note":"***"}]}'.encode()
)
TEXT = f"联系人{NAME}，身份证{ID_NO}，电话{MOBILE}"
TEXT_MASKED = "联系人***，身份证***，电话***"
ROWS = f"id,name,id_no\r\n1,{NAME},{ID_NO}\r\n"
ROWS_MASKED = "id,name,id_no\r\n1,张**,**************002X\r\n"
CELL = f'<td class="col-name">{NAME}</td>'
CELL_MASKED = '<td class="col-name">张**</td>'

JSON, HTML, CSV, PLAIN = "application/json", "text/html", "text/csv", "text/plain"


@dataclass(frozen=True)
class Case:
    """One exchange and its outcome."""

    script: Script
    status: int = 200
    shown: bytes | None = None
    """The body that is shown; None where the answer is withheld."""
    reason: str = ""
    """Why it is withheld."""
    asking: dict[str, Any] = field(default_factory=dict)
    """What is asked, where that is not the usual."""


def shows(
    body: str | bytes, content_type: str, shown: str | bytes, *more: str, status: int = 200, **asking: Any
) -> Case:
    """*body* of *content_type* is shown as *shown*. *more*: further header lines."""
    said = answering(_bytes(body), content_type, f"{status} X", *more)
    return Case(said, status, _bytes(shown), asking=asking)


def withholds(
    body: str | bytes, content_type: str, reason: str, *more: str, status: int = 200, **asking: Any
) -> Case:  # fmt: skip
    """Nothing is shown of *body* of *content_type*, for *reason*."""
    return Case(answering(_bytes(body), content_type, f"{status} X", *more), 502, reason=reason, asking=asking)


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def check(front: Front, case: Case) -> None:
    """What comes of *case* is what it says, and nothing in it tells of the person who was planted."""
    answer = front.ask(case.script, **case.asking)
    assert not answer.tells
    assert answer.is_whole
    assert (answer.status, answer.reason) == (case.status, case.reason)
    if case.shown is None:
        assert json.loads(answer.body)["event"] == answer.headers["yingbi-event"]
        return
    assert answer.body.decode("utf-8", "surrogateescape") == case.shown.decode("utf-8", "surrogateescape")
    assert answer.headers["content-length"] == str(len(answer.body))
