"""What the workers of an installation serve by."""

from policies.keys import Verifier
from policies.program import Program
from proxy.published import read_programs
from yingbi.home import Home


def programs_in_force(home: Home) -> dict[str, tuple[Program, str]]:
    """By system, the program that workers serve by, and its digest. Raises NotPublished, ValueError and OSError."""
    verifier = Verifier(home.public_key("program").read_bytes())
    return read_programs(home.published, verifier, {}, 0)[0]
