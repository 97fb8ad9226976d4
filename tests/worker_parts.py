"""What a worker has before it is told anything: whoever imports it is ready to be forked. See `tests.forked`."""

import proxy.quota.server as quota
import proxy.worker as worker
from policies.recognisers.scan import make_ready

__all__ = ["quota", "worker"]

make_ready()  # what looks into texts
