"""Reads what an operation says of running text: how much of it is read for names and addresses."""

from policies.parse.section import Section
from policies.parse.yaml_tree import Scalar
from policies.policy_kinds import Beyond
from policies.prose_rule import MOST_DECLARED, MOST_READ, MOST_WAITED_S, WAITED_S, ProseRule


def parse_prose(section: Section) -> ProseRule:
    """What stands under `prose`: false, or a section; what is usual where nothing does."""
    node = section.node_of("prose", required=False)
    if node is None:
        return ProseRule()
    if isinstance(node, Scalar):
        return ProseRule(is_off=not section.flag("prose", default=True))
    inner = section.section_of(node, "`prose`")
    if inner is None:
        return ProseRule()
    characters = inner.number("characters", least=0, most=MOST_DECLARED, default=MOST_READ)
    wait_s = inner.number("wait_s", least=0, most=MOST_WAITED_S, default=WAITED_S)
    rule = ProseRule(
        characters=MOST_READ if characters is None else characters,
        beyond=inner.choice("beyond", Beyond, default=Beyond.MASK) or Beyond.MASK,
        wait_s=WAITED_S if wait_s is None else wait_s,
    )
    inner.done()
    return rule
