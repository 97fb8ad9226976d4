"""By which kind of identifier the systems of an installation know their subjects."""

from collections import defaultdict
from collections.abc import Mapping

from policies.program import Program
from proxy.published import NotPublished
from yingbi.home import Home
from yingbi.in_force import programs_in_force


def systems_by_identifier(home: Home) -> Mapping[str, tuple[str, ...]] | None:
    """By category, the systems in force whose records name subjects by it; None where no policy in force can be read.

    A sample of identifiers of another category is not found among their events, whoever was shown.
    """
    try:
        programs = programs_in_force(home)
    except (NotPublished, OSError, ValueError):
        return None
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, (program, _) in programs.items():
        for category in _categories_of(program):
            found[category].add(name)
    return {category: tuple(sorted(names)) for category, names in found.items()}


def _categories_of(program: Program) -> set[str]:
    return {
        program.fields[field].category
        for operation in program.operations
        for name in operation.subjects
        for field in operation.fields.get(name, ())
    }
