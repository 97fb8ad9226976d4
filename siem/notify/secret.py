"""Addresses that are secrets: who knows one can write to the channel, or say in our name that all is well."""

import os
import stat
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
LONGEST = 4096


class WrongAddress(Exception):
    """An address cannot be used. The message says whose and why, and holds nothing of it."""


class Secret:
    """A text that shows itself only where it is asked to."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


def address_of(whose: str, folder: Path, file: str, variable: str, environment: Mapping[str, str]) -> Secret:
    """The address in the *file* of *folder*, or else in the *variable* of *environment*. Raises WrongAddress."""
    text = _read(whose, folder / file) if file else environment.get(variable, "")
    address = text.strip()
    if not address:
        where = f"`{file}`" if file else f"`{variable}`"
        raise WrongAddress(f"`{whose}` 的地址是空的，应在 {where} / its address is to stand there, and does not")
    if len(address) > LONGEST or len(address.split()) != 1:
        raise WrongAddress(f"`{whose}` 的地址应是一行，不含空白 / its address is one line without blanks")
    return Secret(address)


def is_here(host: str) -> bool:
    """Whether *host* is this machine, to which nothing has to be encrypted."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _read(whose: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise WrongAddress(
                    f"`{whose}`：`{path.name}` 别人也能读，请改为 0600 / others can read the file: make it 0600"
                )
            return file.read(LONGEST + 2).decode("utf-8")
    except UnicodeDecodeError:
        raise WrongAddress(f"`{whose}`：`{path.name}` 不是文本 / the file is no text") from None
    except OSError as error:
        raise WrongAddress(f"`{whose}`：无法读取 `{path.name}` / cannot read it: {error.strerror}") from None
