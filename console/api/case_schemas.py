"""What the API answers of a case, part by part, as JSON Schema: what `case_json` and its neighbours write."""

from console.json_schema import AT, BOTH, SHA256, TEXT, TRUTH, WHOLE, by_name, fields, list_of, one_of, or_none
from incident.activation import Progress
from incident.command import Containment, Question
from incident.duty.clocks import Reading, Urgency
from incident.duty.duties import Audience

_DONE = {"at": AT, "by": TEXT}
_RECORDED = {**_DONE, "entry": WHOLE}
_SOURCE = fields(text=TEXT, standing=TEXT)

GRADING = fields(grade=TEXT, why=TEXT, clauses=list_of(TEXT), by=TEXT)
LINK = fields(kind=TEXT, case=TEXT, reason=TEXT)
RAISED = fields(
    id=TEXT,
    rule=TEXT,
    title=TEXT,
    level=TEXT,
    about=by_name(TEXT),
    raised_at=AT,
    first_at=AT,
    last_at=AT,
    events=WHOLE,
    subjects=WHOLE,
)
CLOCK = fields(
    duty=TEXT,
    audience=one_of(Audience),
    zh=TEXT,
    en=TEXT,
    recipient=BOTH,
    reading=one_of(Reading),
    urgency=one_of(Urgency),
    owed=TRUTH,
    start=AT,
    due=AT,
    limit=TEXT,
    late=TRUTH,
    late_since=or_none(AT),
    moves=list_of(fields(start=AT, due=AT, reason=TEXT, **_DONE)),
    fulfilled=or_none(fields(reference=TEXT, note=TEXT, **_DONE)),
)
_TIGHTENING = {
    "key": TEXT,
    "kind": one_of(Containment),
    "system": TEXT,
    "target": TEXT,
    "until": or_none(AT),
    "reason": TEXT,
    "by": TEXT,
}
HELD = fields(**_TIGHTENING, lift_asked=or_none(fields(reason=TEXT, **_DONE)))
UNDER_WAY = fields(lifts=TRUTH, **_TIGHTENING)
TARGET = fields(of=or_none(TEXT), kind=one_of(Containment), target=TEXT)
SCOPE = fields(
    counted_at=or_none(AT),
    outdated=TRUTH,
    start=AT,
    end=AT,
    events=WHOLE,
    refused=WHOLE,
    persons=WHOLE,
    persons_masked=WHOLE,
    unattributed=WHOLE,
    persons_at_most=WHOLE,
    canaries=or_none(WHOLE),
    doubtful=TRUTH,
    cautions=list_of(TEXT),
    categories=by_name(fields(clear_values=WHOLE, masked_values=WHOLE, clear_persons=WHOLE, clear_unattributed=WHOLE)),
    systems=by_name(WHOLE),
    operations=by_name(WHOLE),
    callers=list_of(TEXT),
    exports=WHOLE,
    export_list=list_of(fields(event=TEXT, at=AT, system=TEXT, operation=TEXT, bytes_out=or_none(WHOLE))),
    persons_by_level=by_name(WHOLE),
    bytes_out=WHOLE,
)
QUESTION = fields(
    key=TEXT,
    question=one_of(Question),
    title=TEXT,
    text=TEXT,
    assignee=TEXT,
    due_at=or_none(AT),
    urgency=one_of(Urgency),
    late=TRUTH,
    taken_by=or_none(TEXT),
    answers=list_of(TEXT),
    measures=list_of(
        fields(measure=TEXT, kind=one_of(Containment), system=TEXT, target=TEXT, hours=WHOLE, reason=TEXT)
    ),
)
RUN = fields(
    book=TEXT,
    ended=or_none(one_of(Progress)),
    steps=list_of(
        fields(
            number=WHOLE,
            id=TEXT,
            name=TEXT,
            depth=WHOLE,
            progress=one_of(Progress),
            said=TEXT,
            started_at=AT,
            ended_at=or_none(AT),
            late=TRUTH,
        )
    ),
    left=list_of(TEXT),
)
NOTICE_KEYS = {
    "id": TEXT,
    "standing": TEXT,
    "digest": or_none(TEXT),
    "submitted_by": or_none(TEXT),
    "approved_by": or_none(TEXT),
    "due": or_none(AT),
    "versions": list_of(fields(number=WHOLE, at=AT, digest=SHA256, withdrawn=or_none(AT))),
}
TASK_KEYS = {
    "number": WHOLE,
    "title": TEXT,
    "assignee": TEXT,
    "due": AT,
    "lasting": TRUTH,
    "overdue": TRUTH,
    "late_since": or_none(AT),
    "done": or_none(fields(note=TEXT, **_DONE)),
}
_EVIDENCE = fields(
    number=WHOLE,
    name=TEXT,
    size=WHOLE,
    sha256=SHA256,
    sm3=TEXT,
    origin=TEXT,
    tlp=TEXT,
    kept=TRUTH,
    keep_until=AT,
    altered=TRUTH,
    chain=list_of(fields(step=TEXT, party=TEXT, note=TEXT, intact=TRUTH, **_DONE)),
    **_DONE,
)
HANDLING = fields(
    drill=TRUTH,
    tlp=TEXT,
    restricted=TRUTH,
    readers=list_of(TEXT),
    roles=by_name(list_of(TEXT)),
    tasks=list_of(fields(**TASK_KEYS)),
    evidence=list_of(_EVIDENCE),
    review=or_none(fields(cause=TEXT, lessons=TEXT, **_RECORDED)),
    stated=by_name(fields(text=TEXT, entry=WHOLE)),
)
_LAW = {
    "id": TEXT,
    "audience": one_of(Audience),
    "name": BOTH,
    "recipient": BOTH,
    "channel": BOTH,
    "content": list_of(TEXT),
    "content_source": _SOURCE,
    "sources": list_of(_SOURCE),
    "since": TEXT,
    "triggers": list_of(TEXT),
    "limit": fields(
        zh=TEXT,
        en=TEXT,
        seconds=or_none(WHOLE),
        days=or_none(fields(count=WHOLE, counting=TEXT, zone=TEXT)),
        set_by=TEXT,
    ),
    "from_grade": or_none(TEXT),
    "waived_when": or_none(BOTH),
}
NOT_STARTED = fields(**_LAW)
DUTY = fields(
    **_LAW,
    reading=one_of(Reading),
    urgency=one_of(Urgency),
    runs_from=or_none(fields(what=TEXT, **_RECORDED)),
    start=AT,
    half_at=AT,
    last_quarter_at=AT,
    due=AT,
    settings=list_of(fields(start=AT, due=AT, moved_because=or_none(TEXT), **_RECORDED)),
    applies=or_none(TRUTH),
    judged=or_none(fields(why=TEXT, **_RECORDED)),
    warned=list_of(fields(urgency=one_of(Urgency), **_RECORDED)),
    late=TRUTH,
    late_since=or_none(AT),
    late_entry=or_none(WHOLE),
    fulfilled=or_none(
        fields(reference=TEXT, note=TEXT, file=or_none(fields(name=TEXT, sha256=SHA256, size=WHOLE)), **_RECORDED)
    ),
)
PERSON_LIST = fields(
    number=WHOLE,
    standing=TEXT,
    source=TEXT,
    recipient=TEXT,
    masked=TRUTH,
    reason=TEXT,
    asked_by=TEXT,
    asked_at=AT,
    agreed_by=or_none(TEXT),
    affected=or_none(WHOLE),
    found=or_none(WHOLE),
    missing_because=or_none(TEXT),
    stopped_because=or_none(TEXT),
    parts=list_of(TEXT),
)
