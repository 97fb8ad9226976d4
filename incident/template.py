"""The language that notices are written in: text, facts, and a choice of words by what is known. It cannot do more.

INVARIANT: a template of anybody's can do no harm. It is Jinja without loops, calls, filters, attributes, macros and
arithmetic, checked before it is ever filled in: so it ends, what it writes is bounded by its own length and by the
facts, and there is nothing in it to reach anything by. Jinja's sandbox stands behind that as a second wall.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from jinja2 import DictLoader, StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from incident.blank import CONTROLS

LONGEST = 20_000
"""Characters of a template."""
DEEPEST = 40
"""Levels of what stands within what."""
LONGEST_NUMBER = 12
"""Digits of a number that something is compared with."""
FACT, LAYOUT = "fact", "layout"
CHOICES = frozenset(
    {
        "known", "persons", "unattributed", "persons_masked", "accounts", "clear",
        "at_least", "anonymous", "decoy_only", "decoy_counted", "stopped", "one_minute",
    }
)  # fmt: skip
"""What a template may choose its words by; never what it prints."""
NEEDED = ("title", "happened")
"""The blocks that a template for a layout has at least."""

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.If, nodes.Concat, nodes.Assign,
    nodes.Block, nodes.Extends,
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """What is wrong with a template, and where."""

    line: int
    code: str
    message: str


class BadTemplate(ValueError):
    """A template cannot be used. The message names the file and the line."""


def check(source: str, facts: Set[str]) -> tuple[Flaw, ...]:
    """All that is wrong with the template *source*, which may state *facts*, first line first."""
    if len(source) > LONGEST:
        return (Flaw(1, "too-long", f"a template has {LONGEST} characters at most"),)
    try:
        if unread := (*_controls(source), *_numbers(source)):
            return tuple(sorted(unread))
        tree = _environment().parse(source)
    except TemplateSyntaxError as error:
        return (Flaw(error.lineno, "syntax", f"{error.message}"),)
    except RecursionError:
        return (Flaw(1, "too-deep", f"more than {DEEPEST} things stand within each other"),)
    if _depth(tree) > DEEPEST:
        return (Flaw(1, "too-deep", f"more than {DEEPEST} things stand within each other"),)
    found = [*_wrong(tree, facts), *_shape(tree)]
    return tuple(sorted(set(found)))


def uses_layout(source: str) -> bool:
    """Whether the template is a set of blocks for a layout, and so serves every audience; else it is a whole text."""
    return next(_environment().parse(source).find_all(nodes.Extends), None) is not None


def fill_in(source: str, layout: str, facts: Mapping[str, str], choices: Mapping[str, object]) -> str:
    """The text that a template which `check` finds nothing wrong with makes. Raises TemplateError, TypeError."""
    environment = _environment(layout)
    return environment.from_string(source).render(fact=facts, layout="layout", **choices)


def explain(error: Exception) -> str:
    """What went wrong while a template was filled in, without a value of a fact."""
    return error.message or type(error).__name__ if isinstance(error, TemplateError) else type(error).__name__


def names_in(folders: Iterable[Path], language: str) -> tuple[str, ...]:
    """The templates of *folders* in *language*, by name, each once."""
    ending = f".{language}.j2"
    found = {path.name.removesuffix(ending) for folder in folders if folder.is_dir() for path in folder.iterdir()
             if path.name.endswith(ending)}  # fmt: skip
    return tuple(sorted(found))


def _environment(layout: str = "") -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({"layout": layout}), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment


def _depth(node: nodes.Node) -> int:
    """How many nodes stand within each other, without recursion."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for each in level for child in each.iter_child_nodes()]
    return deepest


def _controls(source: str) -> Iterator[Flaw]:
    """Letters that nobody sees, and which make a text read as another."""
    for number, line in enumerate(source.split("\n"), start=1):
        if control := CONTROLS.search(line.removesuffix("\r")):
            yield Flaw(number, "control-character", f"U+{ord(control[0]):04X} is a character that nobody sees")


def _numbers(source: str) -> Iterator[Flaw]:
    """Numbers that cannot be read or compared. They are looked for before anything is parsed, which reads them."""
    for line, kind, spelled in _environment().lex(source):
        if kind == "float" or (kind == "integer" and len(spelled) > LONGEST_NUMBER):
            yield Flaw(line, "not-allowed", f"a number is whole, and has {LONGEST_NUMBER} digits at most")


def _wrong(tree: nodes.Template, facts: Set[str]) -> Iterator[Flaw]:
    set_here = {each.target.name for each in tree.find_all(nodes.Assign) if isinstance(each.target, nodes.Name)}
    of_facts = {id(each.node) for each in tree.find_all(nodes.Getattr) if isinstance(each.node, nodes.Name)}
    of_layouts = {id(each.template) for each in tree.find_all(nodes.Extends)}
    for node in (tree, *tree.find_all(nodes.Node)):
        match node:
            case nodes.Getattr(node=nodes.Name(name="fact"), attr=name):
                if name not in facts:
                    yield Flaw(node.lineno, "unknown-fact", f"there is no fact `{name}`")
            case nodes.Getattr():
                yield Flaw(node.lineno, "not-allowed", "only facts have parts, such as `fact.persons`")
            case nodes.Name(name=name, ctx="load"):
                if name == FACT and id(node) not in of_facts:
                    yield Flaw(node.lineno, "not-allowed", "a fact is named, such as `fact.persons`")
                elif name not in CHOICES | set_here | {FACT, LAYOUT}:
                    yield Flaw(node.lineno, "unknown-name", f"there is no `{name}` to choose by")
                elif name == LAYOUT and id(node) not in of_layouts:
                    yield Flaw(node.lineno, "not-allowed", "`layout` is for `extends` alone")
            case nodes.Name(name=name):
                if name in CHOICES | {FACT, LAYOUT}:
                    yield Flaw(node.lineno, "not-allowed", f"`{name}` cannot be set")
            case nodes.Extends(template=of):
                if not (isinstance(of, nodes.Name) and of.name == LAYOUT):
                    yield Flaw(node.lineno, "not-allowed", "a template extends `layout` and nothing else")
            case nodes.Output(nodes=printed):
                yield from _not_text(printed, set_here)
            case nodes.Assign(node=value) if any(value.find_all(nodes.Concat)) or isinstance(value, nodes.Concat):
                # Text that is doubled with every line would have no bound.
                yield Flaw(node.lineno, "not-allowed", "what is set is one of several texts, never joined ones")
            case nodes.Assign(node=value):
                yield from _not_text([value], set_here)
            case nodes.Const(value=str(text)) if CONTROLS.search(text):
                yield Flaw(node.lineno, "control-character", "a text holds a character that nobody sees")
            case _:
                if not isinstance(node, _ALLOWED):
                    named = type(node).__name__.lower()
                    yield Flaw(node.lineno or 1, "not-allowed", f"`{named}` has no place in a template")


def _not_text(printed: Iterable[nodes.Node], set_here: Set[str]) -> Iterator[Flaw]:
    """What of *printed* is neither a text nor a fact: what is chosen by has no source, and may be in doubt."""
    for node in printed:
        match node:
            case nodes.Concat(nodes=joined):
                yield from _not_text(joined, set_here)
            case nodes.CondExpr(expr1=one, expr2=other):
                yield from _not_text([each for each in (one, other) if each is not None], set_here)
            case nodes.Name(name=name) if name not in set_here:
                yield Flaw(node.lineno, "not-allowed", f"`{name}` is to choose by: what is printed is a text or a fact")
            case nodes.Const(value=value) if not isinstance(value, str):
                yield Flaw(node.lineno, "not-allowed", "what is printed is a text or a fact")
            case nodes.And() | nodes.Or() | nodes.Not() | nodes.Compare():
                yield Flaw(node.lineno, "not-allowed", "what is printed is a text or a fact")
            case _:  # a text, a fact, or what has no place anyhow
                pass


def _shape(tree: nodes.Template) -> Iterator[Flaw]:
    blocks = Counter(each.name for each in tree.find_all(nodes.Block))
    for block in tree.find_all(nodes.Block):
        if block.required or blocks[block.name] > 1:
            yield Flaw(block.lineno, "not-allowed", f"the block `{block.name}` has one place, and is filled in there")
    layouts = [*tree.find_all(nodes.Extends)]
    if not layouts:
        return
    if len(layouts) > 1 or layouts[0] not in tree.body:
        yield Flaw(layouts[-1].lineno, "not-allowed", "a template extends its layout once, whatever is known")
    for name in NEEDED:
        if name not in blocks:
            yield Flaw(1, "lacking-block", f"the block `{name}` is missing")
