"""How long tests wait: one word for all of them."""

PATIENCE_S = 60.0
"""So long is waited at least for what must happen, and for what answers at once where no test is about who waits in
vain: a machine that others keep busy may stand still for some seconds.
"""
