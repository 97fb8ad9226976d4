"""What the API answers, as JSON Schema. Keys are only ever added, so each schema names what is there for good."""

from collections.abc import Mapping

from console.api import case_schemas as of_case
from console.json_schema import (
    AT,
    BOTH,
    SHA256,
    TEXT,
    TRUTH,
    WHOLE,
    Schema,
    also,
    by_name,
    fields,
    list_of,
    named,
    one_of,
    or_none,
)
from console.playbooks.journal import Standing as PlaybookStanding
from console.playbooks.view import Doer
from incident.annual import Annual
from incident.codec import schema_of
from incident.notice import Content
from incident.playbook import StepKind
from incident.sheets.sheet import Sheet
from policies.affected_answer import Standing, Verdict

CASE_LINE, CASE_HANDLED, CASE, CASE_LIST = "CaseLine", "CaseHandled", "Case", "CaseList"
TIMELINE, DUTIES, NOTICE, TASK_LIST, DRILL_LIST = "Timeline", "Duties", "Notice", "TaskList", "DrillList"
ALERT, ALERT_LIST, WHO_AM_I = "Alert", "AlertList", "WhoAmI"
AFFECTED, SCRIPT_LIST = "Affected", "ScriptList"
PLAYBOOK, PLAYBOOK_LIST, PLAYBOOK_PROPOSAL = "Playbook", "PlaybookList", "PlaybookProposal"
PLAYBOOK_CHECK, DRY_RUN = "PlaybookCheck", "DryRun"
PERSON_LISTS, FORM, RENDITION, TEMPLATE_LIST = "PersonLists", "Form", "Rendition", "TemplateList"
SUMMARY, SUMMARY_FILE, DOCUMENT = "Summary", "SummaryFile", "Document"

_TASK = fields(case=TEXT, drill=TRUTH, **of_case.TASK_KEYS)
_FINDING = fields(file=TEXT, line=WHOLE, code=TEXT, message=TEXT)
_COMMANDS = {
    "id": TEXT,
    "title": TEXT,
    "modified": TEXT,
    "commands": list_of(
        fields(
            step=TEXT,
            carried_out=one_of(Doer),
            type=TEXT,
            agent=TEXT,
            text=TEXT,
            due_within_s=or_none(WHOLE),
        )
    ),
}
_PROPOSED = {
    "number": WHOLE,
    "name": TEXT,
    "digest": SHA256,
    "reason": TEXT,
    "standing": one_of(PlaybookStanding),
    "by": TEXT,
    "at": AT,
    "agreed_by": or_none(TEXT),
    "agreed_at": or_none(AT),
    "withdrawn_by": or_none(TEXT),
    "withdrawn_at": or_none(AT),
    "remark": TEXT,
}

_ALERT = fields(
    alert=TEXT,
    state=TEXT,
    escalated=TRUTH,
    level=TEXT,
    rule=TEXT,
    group=by_name(TEXT),
    raised_at=AT,
    assignee=or_none(TEXT),
    former=or_none(TEXT),
    seen=WHOLE,
    escalates_at=or_none(AT),
    snoozed_until=or_none(AT),
    disposition=or_none(TEXT),
    acts=list_of(fields(number=WHOLE, at=AT, by=TEXT, what=TEXT, reason=TEXT, chain=TEXT)),
)
_TITLE_OR_BODY = fields(zh=or_none(TEXT), en=or_none(TEXT))

SCHEMAS: Mapping[str, Schema] = {
    CASE_LINE: fields(
        id={"type": "string", "pattern": r"^C-\d{8}-\d{3,}$"},
        title=TEXT,
        state=TEXT,
        ended=TRUTH,
        level=TEXT,
        grade=or_none(TEXT),
        opened_at=AT,
        drill=TRUTH,
        tlp=TEXT,
        restricted=TRUTH,
        alerts=WHOLE,
        persons=or_none(WHOLE),
        questions=WHOLE,
        next_due=or_none(AT),
        late=TRUTH,
        notice=TEXT,
        entries=WHOLE,
    ),
    CASE_HANDLED: also(CASE_LINE, handling=of_case.HANDLING),
    CASE: also(
        CASE_LINE,
        merged_into=or_none(TEXT),
        taken_in=list_of(TEXT),
        links=list_of(of_case.LINK),
        grading=or_none(of_case.GRADING),
        aware_at=or_none(AT),
        contained_at=or_none(AT),
        alert_list=list_of(of_case.RAISED),
        clocks=list_of(of_case.CLOCK),
        blocked=list_of(of_case.HELD),
        targets=list_of(of_case.TARGET),
        under_way=list_of(of_case.UNDER_WAY),
        scope=or_none(of_case.SCOPE),
        question_list=list_of(of_case.QUESTION),
        playbook=or_none(of_case.RUN),
        notice_state=fields(**of_case.NOTICE_KEYS),
        handling=of_case.HANDLING,
        verified=TRUTH,
        altered=or_none(BOTH),
    ),
    CASE_LIST: fields(cases=list_of(named(CASE_LINE))),
    TIMELINE: fields(timeline=list_of(fields(number=WHOLE, at=AT, by=TEXT, zh=TEXT, en=TEXT, chain=TEXT))),
    DUTIES: fields(
        case=TEXT,
        state=TEXT,
        grade=or_none(TEXT),
        as_of=AT,
        aware_at=or_none(AT),
        duties=list_of(of_case.DUTY),
        not_started=list_of(of_case.NOT_STARTED),
        clocks=list_of(of_case.CLOCK),
    ),
    NOTICE: fields(
        case=TEXT,
        **of_case.NOTICE_KEYS,
        template=or_none(TEXT),
        content=or_none(schema_of(Content)),
        facts=list_of(fields(name=TEXT, zh=TEXT, en=TEXT, source=TEXT, doubt=or_none(BOTH))),
        problems=list_of(fields(code=TEXT, zh=TEXT, en=TEXT)),
        check_list=by_name(BOTH),
        barred=or_none(BOTH),
    ),
    ALERT: {"anyOf": [_ALERT, fields(alert=TEXT, state={"type": "null"})]},
    ALERT_LIST: fields(alerts=list_of(named(ALERT)), verified=TRUTH),
    TASK_LIST: fields(
        actions=list_of(_TASK),
        tasks=list_of(_TASK),
        steps=list_of(
            fields(
                case=TEXT,
                drill=TRUTH,
                key=TEXT,
                title=TEXT,
                assignee=TEXT,
                due=or_none(AT),
                due_at=or_none(AT),
                taken_by=or_none(TEXT),
                overdue=TRUTH,
            )
        ),
    ),
    DRILL_LIST: fields(
        plans=list_of(
            fields(
                plan=TEXT,
                title=TEXT,
                playbook=or_none(TEXT),
                lead=TEXT,
                due=AT,
                overdue=TRUTH,
                held=or_none(TEXT),
                under_way=or_none(TEXT),
            )
        ),
        drills=list_of(named(CASE_LINE)),
    ),
    AFFECTED: fields(
        event=TEXT,
        answer=one_of(Verdict),
        detail=BOTH,
        incidents=list_of(
            fields(
                title=BOTH,
                answer=one_of(Standing),
                detail=BOTH,
                has_unattributed=TRUTH,
                has_other_numbers=TRUTH,
                notice=or_none(TEXT),
                address=or_none(TEXT),
            )
        ),
        what_to_do=list_of(BOTH),
        cannot_know=list_of(BOTH),
    ),
    SCRIPT_LIST: fields(
        scripts=list_of(fields(notice=TEXT, version=WHOLE, published_at=AT, title=TEXT, body=TEXT, is_spoken=TRUTH))
    ),
    PLAYBOOK: fields(name=TEXT, sha256=TEXT, **_COMMANDS),
    PLAYBOOK_PROPOSAL: fields(**_PROPOSED, findings=list_of(_FINDING), playbook=or_none(fields(**_COMMANDS))),
    PLAYBOOK_LIST: fields(
        playbooks=list_of(fields(name=TEXT, id=TEXT, title=TEXT, taken_in=TRUTH, sha256=TEXT)),
        findings=list_of(_FINDING),
        proposals=list_of(fields(**_PROPOSED)),
        verified=TRUTH,
    ),
    PLAYBOOK_CHECK: fields(
        playbooks=list_of(fields(file=TEXT, id=TEXT, name=TEXT, steps=WHOLE)), findings=list_of(_FINDING)
    ),
    DRY_RUN: fields(
        ended=or_none(TEXT),
        steps=list_of(
            fields(
                playbook=TEXT,
                step=TEXT,
                type=one_of(StepKind),
                name=TEXT,
                led_by=or_none(TEXT),
                depth=WHOLE,
                after_s={"type": "number"},
                agent=TEXT,
                does=TEXT,
                succeeded=or_none(TRUTH),
                said=TEXT,
            )
        ),
        variables=by_name(TEXT),
    ),
    PERSON_LISTS: fields(case=TEXT, lists=list_of(of_case.PERSON_LIST), sources=list_of(TEXT)),
    FORM: schema_of(Sheet),
    RENDITION: fields(
        case=TEXT,
        drill=TRUTH,
        notice=TEXT,
        template=TEXT,
        audience=TEXT,
        audience_name=BOTH,
        made_at=AT,
        journal_entry=WHOLE,
        journal_chain=TEXT,
        stage=fields(code=TEXT, zh=TEXT, en=TEXT),
        grade=or_none(BOTH),
        title=_TITLE_OR_BODY,
        body=_TITLE_OR_BODY,
        digest=SHA256,
        publishable=TRUTH,
        problems=list_of(fields(code=TEXT, zh=TEXT, en=TEXT)),
        facts=list_of(
            fields(
                name=TEXT,
                label=BOTH,
                value=or_none(BOTH),
                source=or_none(TEXT),
                query=or_none(
                    fields(
                        entry=WHOLE,
                        start=AT,
                        end=AT,
                        where=by_name(WHOLE),
                        absent=list_of(TEXT),
                        events=WHOLE,
                        persons_sha256=SHA256,
                        cautions=list_of(TEXT),
                    )
                ),
                doubt=or_none(BOTH),
            )
        ),
    ),
    TEMPLATE_LIST: fields(templates=list_of(TEXT), audiences=by_name(BOTH)),
    SUMMARY: {"allOf": [schema_of(Annual), fields(hidden=WHOLE)]},
    SUMMARY_FILE: {"allOf": [schema_of(Annual), fields(left_out=WHOLE)]},
    DOCUMENT: fields(
        openapi=TEXT, info=fields(title=TEXT, version=TEXT), paths=by_name(by_name(fields(operationId=TEXT)))
    ),
    WHO_AM_I: fields(account=TEXT, person=TEXT, roles=list_of(TEXT), attended=TRUTH, ends_at=AT),
}
"""By name. Every object says which keys it has, or that any name may be one."""
