"""Invariant 4: every answer can be explained, from the log alone and the program of that time, whatever came after."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings

from policies.formats.found import words_of
from policies.load import load_policy
from policies.program import FREE_TEXT, Program
from policies.transforms.spec import Form, form_of, name_of
from siem.record.event import AccessEvent, Disclosure, FieldUse, Verdict
from tests.effort import examples
from tests.yingbi.town import CALLERS, TARGETS, VALUES, Town, edits, opened, written
from yingbi.explain import lines_of_event
from yingbi.home import Home
from yingbi.kept_programs import KeptPrograms


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("town")) as made:
        yield made


@settings(max_examples=examples(15))
@given(files=edits())
def test_whatever_was_shown_is_explained(town: Town, files: dict[str, Any]) -> None:
    draft = town.policies(lambda folder: written(files, folder))
    assume(not load_policy(draft).findings.errors)
    town.publish(draft)
    run = town.traffic()
    town.publish(town.policies(lambda _: None))  # what was in force is in force no more
    home = Home(town.running.home)
    kept = KeptPrograms(home)
    asked = [(caller, target) for caller in CALLERS.values() for target in TARGETS]
    for (caller, target), event in zip(asked, run.events, strict=True):
        program = kept.of(event.program)
        assert program is not None
        for use in event.fields:
            assert is_explained(use, program), use
        if event.verdict is Verdict.FORWARD:
            explains_what_is_seen(event, program, run.shown[caller, target])
        free_text = program.fields[FREE_TEXT]
        found = [use for use in event.fields if use.name == free_text.name and use.category != free_text.category]
        assert all(sum(dict(use.whys).values()) == use.count for use in found)
        said = "\n".join(lines_of_event(home, event.id, datetime.now(UTC)))
        assert all(f"{use.name} ({use.category})" in said and use.rule in said for use in event.fields)
        assert all(f"  {words_of(why)}: " in said for use in event.fields for why, _ in use.whys)


def is_explained(use: FieldUse, program: Program) -> bool:
    """Whether the line that *use* names is the one by which *program* decides so."""
    fields = [field for field in program.fields if (field.name, field.category) == (use.name, use.category)]
    if use.grant is not None:
        grants = [grant for grant in program.grants if (grant.id, grant.rule) == (use.grant, use.rule)]
        specs = [grant.sees[use.category] for grant in grants if use.category in grant.sees]
    elif not fields:  # found by a recogniser in free text, or undeclared: hidden
        return use.disclosure is Disclosure.NONE
    else:
        specs = [field.mask for field in fields if field.rule == use.rule]
    return any((name_of(spec), form_of(spec)) == (use.transform, Form(use.disclosure.value)) for spec in specs)


def explains_what_is_seen(event: AccessEvent, program: Program, seen: set[str]) -> None:
    """Fail where a value can be read in the answer of which the event does not say that it was shown."""
    told = {use.name: use.disclosure for use in event.fields}
    for name, value in VALUES.items():
        if value not in seen:
            continue
        declared = [field for field in program.fields if field.name == f"person.{name}"]
        is_public = any(not field.personal for field in declared)
        in_free_text = "text" in {field.name for field in program.fields} and event.format in ("html", "text")
        shown = told.get(f"person.{name}") in (Disclosure.CLEAR, Disclosure.MASKED)
        assert is_public or shown or in_free_text, (name, event)
