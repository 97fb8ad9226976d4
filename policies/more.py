"""What a caller would need to see more of a field than they do."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime

from policies.applies import is_about
from policies.decisions import shows_no_more
from policies.permits import Kind as PermitKind
from policies.policy_kinds import Direction, Owner
from policies.program import GrantRule, Program
from policies.title import Title
from policies.transforms.spec import Form, Spec, form_of, name_of, shows_more

_DAYS = ("周一 / Mon", "周二 / Tue", "周三 / Wed", "周四 / Thu", "周五 / Fri", "周六 / Sat", "周日 / Sun")
_DAY_MINUTES = 24 * 60
_OWNERS = {
    Owner.SELF: Title("本人看自己的记录", "a citizen, of their own record"),
    Owner.ACTING: Title("有登记依据的代办人", "who acts for the person on a recorded basis"),
}
_ASKED_FOR = {
    PermitKind.REVEAL: Title("可以申请查看原文", "can be asked for"),
    PermitKind.BREAK_GLASS: Title("紧急时可以申请查看", "can be asked for in an emergency"),
}


@dataclass(frozen=True, slots=True)
class More:
    """A grant or a reveal that does not apply to the caller, and by which they would see more of a field."""

    grant: str
    transform: str
    rule: str
    """`file:line` of the grant or the reveal."""
    needs: tuple[Title, ...]
    """All that has to be so of whoever sees by it."""
    expired: bool
    """Whether it has ended, so that nobody sees by it."""
    asked_for: Title | None = None
    """What is to be done besides, in words: a reveal has to be asked for."""


def more_of(
    program: Program, name: str, category: str, form: Form, applied: Container[str], now: datetime
) -> tuple[More, ...]:
    """What of *program*, but for what is *applied*, shows more of the field *name* than *form*: its grants, then its
    reveals.

    Of what is shown in the same form, or says something else, all that is not surely less: more characters, a greater
    part of a date, characters of what is a digest.
    """
    found = []
    shown = [spec for spec in _said(program, name, category, applied) if form_of(spec) is form]
    told = [
        *((grant, None) for grant in program.grants),
        *((reveal.grant, _ASKED_FOR[reveal.kind]) for reveal in program.reveals),
    ]
    for grant, asked_for in told:
        spec = grant.sees.get(category) if grant.direction is Direction.ANSWER and is_about(grant, name) else None
        if spec is None or grant.id in applied:
            continue
        is_other = form_of(spec) is not Form.NONE and bool(shown) and not any(shows_no_more(spec, one) for one in shown)
        if not is_other and not shows_more(form_of(spec), form):
            continue
        expired = now.timestamp() >= grant.until
        found.append(
            More(
                grant.id, name_of(spec, program.transforms), grant.rule, tuple(conditions_of(grant)), expired, asked_for
            )
        )
    return tuple(found)


def _said(program: Program, name: str, category: str, applied: Container[str]) -> Iterator[Spec]:
    """What the declaration of the field *name* and the grants *applied* say of it."""
    yield from (field.mask for field in program.fields if (field.name, field.category) == (name, category))
    for grant in program.grants:
        if grant.id in applied and category in grant.sees and is_about(grant, name):
            yield grant.sees[category]


def conditions_of(grant: GrantRule) -> Iterator[Title]:
    """All conditions of *grant* in words, one after the other."""
    who = [*(("岗位", "post", post) for post in grant.posts), *(("调用者", "caller", each) for each in grant.callers)]
    if who:
        yield Title(
            " 或 ".join(f"{zh} {name}" for zh, _, name in who), " or ".join(f"{en} {name}" for _, en, name in who)
        )
    elif grant.signed_in:
        yield Title("已登录", "signed in")
    if grant.owner is not None:
        yield _OWNERS[grant.owner]
    for zh, en, names in (
        ("兼有岗位", "all of the posts", grant.all_posts),
        ("没有岗位", "none of the posts", grant.not_posts),
        *((f"属性 {name} 为", f"attribute {name} is", values) for name, values in sorted(grant.attributes.items())),
        ("目的", "purpose", grant.purposes),
        ("目的不是", "purpose is none of", grant.not_purposes),
        ("操作", "operation", grant.operations or ()),
        ("网络", "network", grant.networks or ()),
    ):
        if names:
            yield Title(f"{zh} {'、'.join(names)}", f"{en} {', '.join(names)}")
    if grant.hours is not None:
        spans = "、".join(f"{_moment(first)}–{_moment(last)}" for first, last in grant.hours)
        yield Title(f"时间 {spans}", f"hours {spans}")


def _moment(minute: int) -> str:
    day, rest = divmod(minute, _DAY_MINUTES)
    return f"{_DAYS[day % 7]} {rest // 60:02}:{rest % 60:02}"
