"""Which Python this runs on, and whether it was built with the optimisations by which it is a third faster.

A worker is bound by the interpreter. Without `--enable-optimizations` CPython is built without profile-guided
optimisation (https://docs.python.org/3/using/configure.html#cmdoption-enable-optimizations), as version managers do
unless they are told. `deploy/setup/python.sh` asks the same of each that it finds, before there is any of this.
"""

import platform
import sysconfig
from collections.abc import Collection, Mapping
from typing import Any

OPTIMISING = ("--enable-optimizations", "-fprofile-use", "-fprofile-instr-use")
"""Of these, who configures names the first, and who calls the compiler himself one of the others (GCC's, clang's)."""
SAID_IN = ("CONFIG_ARGS", "PY_CORE_CFLAGS")
"""Not in PGO_PROF_USE_FLAG: that is what would have been said, and always there."""
DEBIANS = "deb_system"
"""A scheme that Debian's and Ubuntu's Python alone has. They optimise (`make profile-opt`), and do not record it."""


def is_optimised(variables: Mapping[str, Any], schemes: Collection[str]) -> bool:
    """Whether a CPython with these variables and schemes of `sysconfig` says that it was built optimised."""
    said = " ".join(str(variables.get(name)) for name in SAID_IN)
    return DEBIANS in schemes or any(word in said for word in OPTIMISING)


def own() -> dict[str, Any]:
    """Version of the Python that runs this, and whether it is optimised."""
    optimised = is_optimised(sysconfig.get_config_vars(), sysconfig.get_scheme_names())
    return {"version": platform.python_version(), "optimised": optimised}


def sentence(python: Mapping[str, Any]) -> str:
    """What `own` has found, for people who measure or run it."""
    if python["optimised"]:
        return f"Python {python['version']}"
    return (
        f"Python {python['version']} 构建时没有优化，多用约三分之一的处理器时间（换用发行版自带的、uv 的，"
        "或以 --enable-optimizations 构建的） / was built without optimisation, which takes a third more time: "
        "use the distribution's own, uv's, or one built with --enable-optimizations"
    )
