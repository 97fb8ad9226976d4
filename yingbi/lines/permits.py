"""What `yingbi permits list` prints: the permits of an installation, running or not, Chinese first."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from console.event_words import JUDGEMENTS, PERMIT_KINDS
from console.permits.book import PermitBook
from console.permits.state import PermitRecord
from incident.database import open_database
from policies.findings import spelled_out
from policies.keys.key_files import Signer
from yingbi.clock import now
from yingbi.home import Home


class CannotRead(Exception):
    """The permits cannot be told. The message says why, Chinese and English."""


def permits_in(home: Home) -> tuple[PermitRecord, ...]:
    """Every permit of the installation in *home*, oldest first. Raises CannotRead."""
    if not home.state.exists() or not home.private_key("permits").exists():
        raise CannotRead(f"`{home.root}` 中还没有许可记录，`yingbi up` 时建立 / no journal yet: yingbi up makes it")
    engine = open_database(f"sqlite:///{home.state}")
    try:
        book = PermitBook(engine, Signer(home.private_key("permits")), now)
    except OperationalError as error:
        raise CannotRead(f"无法读取状态数据库 / cannot read the state database: {error.orig}") from None
    finally:
        engine.dispose()
    if book.broken is not None:
        raise CannotRead(f"{book.broken.zh}，请审计员先核查 / {book.broken}: an auditor has to look first")
    return book.permits()


def permit_lines(records: Iterable[PermitRecord], moment: datetime) -> Iterator[str]:
    """Of each permit who, what and until when; then why, and what was held of it."""
    nothing = True
    for record in records:
        nothing = False
        fact, kind = record.fact, PERMIT_KINDS[record.fact.kind]
        yield spelled_out(
            f"{fact.permit}  {_standing(record, moment)}  {kind.zh} / {kind.en}  {fact.caller}  {fact.system}"
            f"  {record.opened_at:%Y-%m-%d %H:%M:%S} – {record.until:%H:%M:%S} UTC"
        )
        yield spelled_out(f"    {f'案件 / case {fact.case}：' if fact.case else ''}{fact.why}")
        for review in record.reviews:
            words = JUDGEMENTS[review.judgement]
            yield spelled_out(f"    {review.by}：{words.zh} / {words.en}  {review.remark}")
        if record.waits:
            yield "    待复核 / waits for a review"
    if nothing:
        yield "没有 / none"


def permit_json(record: PermitRecord, moment: datetime) -> dict[str, Any]:
    """The same for programs. Nobody's digest is told."""
    fact, ended = record.fact, record.ended
    return {
        "permit": fact.permit,
        "kind": fact.kind.value,
        "reveal": fact.reveal,
        "caller": fact.caller,
        "posts": list(fact.posts),
        "system": fact.system,
        "categories": list(fact.categories),
        "case": fact.case,
        "why": fact.why,
        "event": fact.about,
        "opened_at": record.opened_at.isoformat(),
        "until": record.until.isoformat(),
        "in_force": record.is_live(moment),
        "ended_by": ended.by if ended else None,
        "waits_for_review": record.waits,
        "reviews": [
            {"by": review.by, "at": review.at.isoformat(), "judgement": review.judgement.value, "remark": review.remark}
            for review in record.reviews
        ],
    }


def _standing(record: PermitRecord, moment: datetime) -> str:
    if record.is_live(moment):
        return "生效中 / in force"
    return "已终止 / ended early" if record.ended else "已到期 / over"
