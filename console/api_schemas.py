"""What the API answers, as JSON Schema. Keys are only ever added, so each schema names what is there for good."""

from collections.abc import Mapping
from typing import Any

from console.playbook_journal import Standing as PlaybookStanding
from console.playbook_view import Doer
from policies.affected_answer import Standing, Verdict

type Schema = Mapping[str, Any]

ANY, CASE_LINE, CASE_HANDLED, CASE, CASE_LIST = "Any", "CaseLine", "CaseHandled", "Case", "CaseList"
TIMELINE, DUTIES, NOTICE, TASK_LIST, DRILL_LIST = "Timeline", "Duties", "Notice", "TaskList", "DrillList"
ALERT, ALERT_LIST, WHO_AM_I = "Alert", "AlertList", "WhoAmI"
AFFECTED, SCRIPT_LIST = "Affected", "ScriptList"
PLAYBOOK, PLAYBOOK_LIST, PLAYBOOK_PROPOSAL = "Playbook", "PlaybookList", "PlaybookProposal"
PLAYBOOK_CHECK = "PlaybookCheck"

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_TRUTH: Schema = {"type": "boolean"}
_AT: Schema = {"type": "string", "format": "date-time"}
_OBJECT: Schema = {"type": "object"}


def _or_none(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _object(**keys: Schema) -> Schema:
    return {"type": "object", "properties": keys, "required": sorted(keys)}


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _also(name: str, **keys: Schema) -> Schema:
    return {"allOf": [_named(name), _object(**keys)]}


_BOTH = _object(zh=_TEXT, en=_TEXT)
_TASK = _object(
    case=_TEXT,
    drill=_TRUTH,
    number=_WHOLE,
    title=_TEXT,
    assignee=_TEXT,
    due=_AT,
    lasting=_TRUTH,
    overdue=_TRUTH,
    late_since=_or_none(_AT),
    done=_or_none(_object(by=_TEXT, at=_AT, note=_TEXT)),
)
_FINDING = _object(file=_TEXT, line=_WHOLE, code=_TEXT, message=_TEXT)
_COMMANDS = {
    "id": _TEXT,
    "title": _TEXT,
    "modified": _TEXT,
    "commands": _list(
        _object(
            step=_TEXT,
            carried_out={"type": "string", "enum": [each.value for each in Doer]},
            type=_TEXT,
            agent=_TEXT,
            text=_TEXT,
            due_within_s=_or_none(_WHOLE),
        )
    ),
}
_PROPOSED = {
    "number": _WHOLE,
    "name": _TEXT,
    "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "reason": _TEXT,
    "standing": {"type": "string", "enum": [each.value for each in PlaybookStanding]},
    "by": _TEXT,
    "at": _AT,
    "agreed_by": _or_none(_TEXT),
    "agreed_at": _or_none(_AT),
    "withdrawn_by": _or_none(_TEXT),
    "withdrawn_at": _or_none(_AT),
    "remark": _TEXT,
}

SCHEMAS: Mapping[str, Schema] = {
    ANY: _OBJECT,
    CASE_LINE: _object(
        id={"type": "string", "pattern": r"^C-\d{8}-\d{3,}$"},
        title=_TEXT,
        state=_TEXT,
        ended=_TRUTH,
        level=_TEXT,
        grade=_or_none(_TEXT),
        opened_at=_AT,
        drill=_TRUTH,
        tlp=_TEXT,
        restricted=_TRUTH,
        alerts=_WHOLE,
        persons=_or_none(_WHOLE),
        questions=_WHOLE,
        next_due=_or_none(_AT),
        late=_TRUTH,
        notice=_TEXT,
        entries=_WHOLE,
    ),
    CASE_HANDLED: _also(CASE_LINE, handling=_OBJECT),
    CASE: _also(
        CASE_LINE,
        merged_into=_or_none(_TEXT),
        taken_in=_list(_TEXT),
        links=_list(_object(kind=_TEXT, case=_TEXT, reason=_TEXT)),
        grading=_or_none(_OBJECT),
        aware_at=_or_none(_AT),
        contained_at=_or_none(_AT),
        alert_list=_list(_OBJECT),
        clocks=_list(_object(duty=_TEXT, due=_AT, owed=_TRUTH, late=_TRUTH, fulfilled=_or_none(_OBJECT))),
        blocked=_list(_OBJECT),
        targets=_list(_OBJECT),
        under_way=_list(_OBJECT),
        scope=_or_none(
            _object(
                persons=_WHOLE,
                persons_masked=_WHOLE,
                persons_by_level={"type": "object", "additionalProperties": _WHOLE},
                categories={"type": "object", "additionalProperties": _OBJECT},
                exports=_WHOLE,
                export_list=_list(_object(event=_TEXT, at=_AT, system=_TEXT, operation=_TEXT)),
                cautions=_list(_TEXT),
                doubtful=_TRUTH,
            )
        ),
        question_list=_list(
            _object(
                key=_TEXT,
                question=_TEXT,
                title=_TEXT,
                assignee=_TEXT,
                due_at=_or_none(_AT),
                urgency=_TEXT,
                late=_TRUTH,
                taken_by=_or_none(_TEXT),
                answers=_list(_TEXT),
            )
        ),
        playbook=_or_none(_object(book=_TEXT, steps=_list(_OBJECT), left=_list(_TEXT))),
        notice_state=_object(id=_TEXT, standing=_TEXT, digest=_or_none(_TEXT), versions=_list(_OBJECT)),
        handling=_OBJECT,
        verified=_TRUTH,
        altered=_or_none(_BOTH),
    ),
    CASE_LIST: _object(cases=_list(_named(CASE_LINE))),
    TIMELINE: _object(timeline=_list(_object(number=_WHOLE, at=_AT, by=_TEXT, zh=_TEXT, en=_TEXT, chain=_TEXT))),
    DUTIES: _object(clocks=_list(_OBJECT)),
    NOTICE: _object(
        case=_TEXT,
        id=_TEXT,
        standing=_TEXT,
        digest=_or_none(_TEXT),
        template=_or_none(_TEXT),
        content=_or_none(_OBJECT),
        facts=_list(_object(name=_TEXT, zh=_TEXT, en=_TEXT, source=_TEXT, doubt=_or_none(_BOTH))),
        problems=_list(_object(code=_TEXT, zh=_TEXT, en=_TEXT)),
        check_list={"type": "object", "additionalProperties": _BOTH},
        barred=_or_none(_BOTH),
    ),
    ALERT: _object(alert=_TEXT, state=_or_none(_TEXT)),
    ALERT_LIST: _object(alerts=_list(_named(ALERT)), verified=_TRUTH),
    TASK_LIST: _object(
        actions=_list(_TASK),
        tasks=_list(_TASK),
        steps=_list(
            _object(
                case=_TEXT,
                drill=_TRUTH,
                key=_TEXT,
                title=_TEXT,
                assignee=_TEXT,
                due=_or_none(_AT),
                due_at=_or_none(_AT),
                taken_by=_or_none(_TEXT),
                overdue=_TRUTH,
            )
        ),
    ),
    DRILL_LIST: _object(plans=_list(_OBJECT), drills=_list(_named(CASE_LINE))),
    AFFECTED: _object(
        event=_TEXT,
        answer={"type": "string", "enum": [each.value for each in Verdict]},
        detail=_BOTH,
        incidents=_list(
            _object(
                title=_BOTH,
                answer={"type": "string", "enum": [each.value for each in Standing]},
                detail=_BOTH,
                has_unattributed=_TRUTH,
                has_other_numbers=_TRUTH,
                notice=_or_none(_TEXT),
                address=_or_none(_TEXT),
            )
        ),
        what_to_do=_list(_BOTH),
        cannot_know=_list(_BOTH),
    ),
    SCRIPT_LIST: _object(
        scripts=_list(
            _object(notice=_TEXT, version=_WHOLE, published_at=_AT, title=_TEXT, body=_TEXT, is_spoken=_TRUTH)
        )
    ),
    PLAYBOOK: _object(name=_TEXT, sha256=_TEXT, **_COMMANDS),
    PLAYBOOK_PROPOSAL: _object(**_PROPOSED, findings=_list(_FINDING), playbook=_or_none(_object(**_COMMANDS))),
    PLAYBOOK_LIST: _object(
        playbooks=_list(_object(name=_TEXT, id=_TEXT, title=_TEXT, taken_in=_TRUTH, sha256=_TEXT)),
        findings=_list(_FINDING),
        proposals=_list(_object(**_PROPOSED)),
        verified=_TRUTH,
    ),
    PLAYBOOK_CHECK: _object(
        playbooks=_list(_object(file=_TEXT, id=_TEXT, name=_TEXT, steps=_WHOLE)), findings=_list(_FINDING)
    ),
    WHO_AM_I: _object(account=_TEXT, person=_TEXT, roles=_list(_TEXT), attended=_TRUTH, ends_at=_AT),
}
"""By name. `Any`: an object, as its form or file has it."""
