"""What `yingbi duties` tells of a case, Chinese first: whom to tell until when, what was done, and the proof."""

from collections.abc import Iterator
from datetime import datetime

from console.cases.words import LIMITS, READINGS
from console.moments import Moments, left
from incident.duty.clocks import URGENCY_NAMES, Urgency
from incident.duty.view import limit_words
from incident.incident import Case
from policies.findings import spelled_out
from yingbi.notices.press import ZONE, ZONE_NAME

_MOMENTS = Moments(ZONE, ZONE_NAME)


def duty_lines(case: Case, now: datetime) -> Iterator[str]:
    """A table for people: each duty with how it stands, until when, whose limit that is, and what came of it."""
    yield spelled_out(f"{case.id}  {case.title}")
    records = sorted(case.clocks.values(), key=lambda record: (not record.owed, record.due, record.duty.id))
    if not records:
        yield "还没有起算的职责 / no clock has started"
    for record in records:
        duty, reading = record.duty, record.reading(now)
        words, whose = limit_words(duty), LIMITS[duty.limit]
        yield ""
        yield spelled_out(f"{READINGS[reading].zh} / {READINGS[reading].en}  {duty.name.zh} / {duty.name.en}")
        rest, urgency = left(record.due, now), record.urgency(now)
        hint = f"，{URGENCY_NAMES[urgency].zh}" if urgency in (Urgency.HALF, Urgency.LAST_QUARTER) else ""
        still = f"  {rest.zh} / {rest.en}{hint}" if record.owed else ""
        yield f"    时限 / due      {_MOMENTS.exact(record.due)}{still}"
        yield f"    起算 / start    {_MOMENTS.exact(record.start)} + {words.zh}（{whose.zh}）/ {words.en} ({whose.en})"
        for setting in record.settings[1:]:
            yield spelled_out(
                f"    移动 / moved    {_MOMENTS.exact(setting.at)} {setting.by} → {_MOMENTS.exact(setting.start)}"
                f"：{setting.reason}"
            )
        if record.late_since is not None:
            yield f"    超时 / late     {_MOMENTS.exact(record.late_since)}"
        if judged := record.judged:
            said = "须履行 / owed" if judged.applies else "不适用 / not owed"
            yield spelled_out(f"    认定 / judged   {said}：{judged.why}（{judged.by}，{_MOMENTS.exact(judged.at)}）")
        if done := record.fulfilled:
            yield spelled_out(
                f"    履行 / done     {_MOMENTS.exact(done.at)} {done.by}  {done.reference} {done.note}".rstrip()
            )
            if done.file:
                yield spelled_out(f"    证明 / proof    {done.file.name}  SHA-256 {done.file.sha256}")
        yield spelled_out(f"    对象 / to       {duty.recipient.zh}：{duty.channel.zh}")
        for source in duty.sources:
            yield f"    依据 / source   {source.text}"
