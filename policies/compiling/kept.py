"""What was made of a folder of policies before, so that reading it again costs only what has changed.

INVARIANT: whoever reads with it gets what they would get without it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.findings import Finding, Findings
from policies.policy import Policy
from policies.program import Program


@dataclass(frozen=True, slots=True)
class _Made:
    of: Any
    """All that it was made of."""
    result: Any
    found: tuple[Finding, ...]


class Kept:
    """What was made last of each file, and the last program of each system."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], _Made] = {}
        self._programs: dict[str, _Made] = {}

    def file[T](self, place: tuple[str, str], of: object, findings: Findings, make: Callable[[Findings], T]) -> T:
        """What *make* makes of the file at *place*; what it finds is added to *findings*.

        *of* is all that it makes it of: the text of the file, and what names in it stand for.
        """
        return _kept(self._files, place, of, findings, make)

    def program(
        self,
        system: str,
        policy: Policy,
        jwks: Mapping[str, str],
        findings: Findings,
        make: Callable[[Findings], Program],
    ) -> Program:
        """The program that *make* makes of *policy*, which holds no system but this one, and of *jwks*."""
        return _kept(self._programs, system, (policy, jwks), findings, make)


def _kept[K, T](memory: dict[K, _Made], place: K, of: object, findings: Findings, make: Callable[[Findings], T]) -> T:
    made = memory.get(place)
    if made is None or made.of != of:
        own = Findings()
        result = make(own)
        made = memory[place] = _Made(of, result, tuple(own.sorted()))
    for finding in made.found:
        findings.add(finding)
    kept: T = made.result
    return kept
