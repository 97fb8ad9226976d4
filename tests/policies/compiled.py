"""The good policy, compiled, for tests of what runs it."""

from pathlib import Path

from policies.compiling.system import compile_system
from policies.keys.data_keys import DataKey, DataKeys
from policies.load import load_policy
from policies.program import Program

GOOD = Path(__file__).parent / "good"
SECRET = b"s" * 32
DATA_KEYS = DataKeys("0a1b2c3d", {"0a1b2c3d": DataKey("0a1b2c3d", b"d" * 32)})


def program(name: str = "people", folder: Path = GOOD) -> Program:
    loaded = load_policy(folder)
    return compile_system(loaded.policy, loaded.policy.systems[name], loaded.jwks)
