"""What every command has: how it is named to the parser, how it ends, how it complains."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime

from yingbi.clock import now
from yingbi.moment_given import moment_given

FINE, FOUND, WRONG_USE, COULD_NOT, TO_CONFIRM = range(5)
"""Exit codes: fine, found something, wrong use, could not, nothing done yet as it has to be confirmed."""

type Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    about: str,
    example: str,
) -> argparse.ArgumentParser:
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
