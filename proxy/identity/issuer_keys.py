"""The keys of issuers that a worker checks tokens with, where they are fetched: those that were published last."""

from collections.abc import Callable

from policies.keys.issuer_keys import IssuerTable, KnownIssuer
from policies.keys.jwks import CheckingKey, read_key


def _nobody() -> None:
    return


class IssuerKeys:
    """Those of all issuers. *missed* is called where the key of a token is not known, and must not wait."""

    def __init__(self, missed: Callable[[], None] = _nobody) -> None:
        self.missed = missed
        self.generation = 0
        """Grows with each table that is taken, be it older than the one before."""
        self._known: dict[tuple[str, str], dict[str | None, tuple[CheckingKey, float]]] = {}

    def take(self, table: IssuerTable) -> None:
        """Go by *table* from now on, and by nothing else. Raises ValueError for one whose keys cannot be."""
        self._known = {(each.issuer, each.address): _keys_of(each) for each in table.issuers}
        self.generation += 1

    def of(self, issuer: str, address: str, now: float) -> dict[str | None, tuple[CheckingKey, float]]:
        """The keys of *issuer* that count at the POSIX time *now* and come from *address*, by id, each with its end."""
        known = self._known.get((issuer, address), {})
        return {name: (key, until) for name, (key, until) in known.items() if now < until}


def _keys_of(issuer: KnownIssuer) -> dict[str | None, tuple[CheckingKey, float]]:
    keys: dict[str | None, tuple[CheckingKey, float]] = {}
    for known in issuer.keys:
        key = read_key(known.jwk)
        keys[key.key_id] = key, known.until or float("inf")
    return keys
