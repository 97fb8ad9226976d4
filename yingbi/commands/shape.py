"""What every command has: how it is named to the parser, how it ends, how it complains."""

import argparse
import re
import sys
from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from yingbi.clock import now
from yingbi.moment_given import moment_given

FINE, FOUND, WRONG_USE, COULD_NOT, TO_CONFIRM = range(5)
"""Exit codes: fine, found something, wrong use, could not, nothing done yet as it has to be confirmed."""

IDEOGRAPHIC_SPACE = "\u3000"
"""Names in Chinese hold it; Python counts it as no printable character."""
_WRONG = tuple(
    (re.compile(english), both)
    for english, both in (
        ("the following arguments are required: (?P<what>.+)", "没有写 {what} / is required"),
        (
            "argument (?P<what>.+?): invalid choice: (?P<given>.+?) \\(choose from (?P<of>.+)\\)",
            "{what} 只能是 {of} / has to be one of these",
        ),
        ("argument (?P<what>.+?): expected (?:one|at least one) argument", "{what} 后面要写一个值 / needs a value"),
        ("unrecognized arguments: (?P<what>.+)", "不认识 {what} / is not known"),
    )
)
"""What argparse says of a wrong use, and the same in both languages."""

type Commands = "argparse._SubParsersAction[Parser]"


class Parser(argparse.ArgumentParser):
    """A parser that says in both languages what is wrong with a command, and where its use is explained."""

    def error(self, message: str) -> NoReturn:
        """See `argparse.ArgumentParser.error`."""
        found = ((pattern.fullmatch(message), both) for pattern, both in _WRONG)
        said = next((both.format(**match.groupdict()) for match, both in found if match is not None), message)
        self.print_usage(sys.stderr)
        self.exit(WRONG_USE, f"{self.prog}: {said}\n用法见 / see: {self.prog} --help\n")


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    about: str,
    example: str,
) -> Parser:
    """The parser of one more command, which *run* carries out and *about* describes in both languages."""
    described = about[0].upper() + about[1:] + "."
    command = commands.add_parser(name, help=about, description=described, epilog=f"example: {example}")
    command.set_defaults(run=run)
    return command


def moment(text: str) -> datetime:
    """The time that an option means, for the parser: every command reads times alike."""
    try:
        return moment_given(text, now())
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def complain(sentence: str) -> None:
    """Say *sentence* where errors are said."""
    print(f"yingbi: {sentence}", file=sys.stderr)


def printable(text: str) -> str:
    """*text* as a terminal may be shown it: the name of a file may hold anything, and for each control character and
    half a character in it a question mark stands.
    """
    return "".join(char if char.isprintable() or char == IDEOGRAPHIC_SPACE else "?" for char in text)
