"""The names by which somebody else's word says who a caller is: a token's, or a front proxy's."""

import re
import unicodedata

from policies.digest import DIGEST_BYTES, Digester, is_exact
from policies.program import Program
from proxy.identity.caller import BadCredential, Caller
from siem.record.event import CallerKind

LONGEST_ID = 128
_DIGEST = re.compile(rf"[^:]+:[0-9a-f]{{{2 * DIGEST_BYTES}}}")


class Names:
    """Those that callers of one system may have."""

    def __init__(self, program: Program, digester: Digester) -> None:
        self._key_callers = {_as_read(name) for name in program.key_callers}
        self._digester = digester

    def caller(self, name: str, kind: CallerKind) -> Caller:
        """Who is called *name*, of whom nothing else is known yet. Raises BadCredential."""
        if not is_text(name) or not 0 < len(name) <= LONGEST_ID or not name.isprintable():
            raise BadCredential
        if kind is CallerKind.CITIZEN:
            earlier = tuple(each(name) for each in self._digester.earlier)
            digest = self._digester(name)
            return Caller(id=digest, kind=kind, earlier=earlier, named=name, is_exact=is_exact(name))
        # Else it would be counted, granted and blocked as a caller with a key is, or as a citizen.
        if _as_read(name) in self._key_callers or _DIGEST.fullmatch(name) is not None:
            raise BadCredential
        return Caller(id=name, kind=kind, is_exact=is_exact(name))


def is_text(value: object) -> bool:
    """Whether *value* is a text that can be written down: JSON may hold half of a pair of surrogates."""
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def _as_read(name: str) -> str:
    """*name* as people tell names apart: without regard to case, width or the blanks around it."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
