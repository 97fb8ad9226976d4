"""Where everything of an installation is to be found, by what a person would look for."""

from collections.abc import Iterable
from typing import Any

from deploy.demo.identity_provider import DISCOVERY
from policies.program import Program
from yingbi.index import own_node
from yingbi.settings import Index, Settings


def addresses_of(settings: Settings, programs: Iterable[Program]) -> dict[str, Any]:
    """Addresses: of the gateway, of each system through it, of what staff and public see, of what lies behind."""
    ports = settings.ports
    found: dict[str, Any] = {
        "gateway": f"https://{_shown(settings.host)}:{ports.gateway}",
        "systems": {program.system: f"https://{program.hosts[0]}:{ports.gateway}" for program in programs},
        "console": settings.console_url,
        "bulletin": settings.bulletin_url,
        "metrics": f"http://127.0.0.1:{ports.metrics}/metrics",
    }
    if settings.demo:
        found["demo"] = {
            "register": f"http://127.0.0.1:{ports.register}",
            "hall": f"http://127.0.0.1:{ports.hall}",
            "identity": f"https://localhost:{ports.identity}{DISCOVERY}",
        }
    if settings.index is Index.ELASTICSEARCH:
        found["elasticsearch"] = " ".join(settings.elasticsearch) or own_node(settings)
    return found


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
