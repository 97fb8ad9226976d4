"""What the project is told by the environment that starts it, and where its files lie."""

from dataclasses import dataclass
from pathlib import Path

DATABASE = "YINGBI_HALL_DATABASE"
HOST_NAME = "YINGBI_HALL_HOST_NAME"
STAFF = "clerk"


@dataclass(frozen=True, slots=True, kw_only=True)
class HallFiles:
    """Where a hall lies."""

    database: Path
    secret_key: Path
    password: Path
    """Of the staff user `clerk`; for the owner's eyes."""


def files_in(home: Path) -> HallFiles:
    """Where the hall of *home* lies, prepared or not."""
    return HallFiles(database=home / "hall.db", secret_key=home / "secret-key", password=home / "staff-password")


def settings_for(database: Path, host_name: str) -> dict[str, str]:
    """The environment in which the project uses *database* and answers as *host_name* (with a port, if not 443)."""
    return {
        "DJANGO_SETTINGS_MODULE": "deploy.demo.hall.settings",
        DATABASE: str(database),
        HOST_NAME: host_name,
    }
