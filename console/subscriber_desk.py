"""Who is told of notices, as far as the console has to know: counts and webhooks, and the address of no mail."""

from collections.abc import Mapping
from typing import Any, Protocol

from incident.ids import PersonId


class SubscriberDesk(Protocol):
    """What the composition root hands over where subscribers are told."""

    @property
    def by_mail(self) -> bool:
        """Whether the public site takes addresses."""

    def facts(self) -> Mapping[str, Any]:
        """What the process that tells them has told last; nothing where it has not yet."""

    def begin(self, name: str, url: str, by: PersonId) -> str:
        """Let the webhook of an office be told. Returns the secret to share. Raises NotPermitted."""

    def end(self, hook: str, by: PersonId) -> None:
        """Let it no longer be told. Raises NotPermitted."""
