"""Whether commands can find names and addresses in prose: nobody is to take a report for whole that is not."""

import functools

from yingbi.commands.shape import complain


@functools.cache
def has_tagger() -> bool:
    """Whether names and addresses are looked for without words that tell of them; says so once where they are not."""
    from policies.recognisers.weights import NoWeights, tagger

    try:
        tagger()
    except NoWeights as problem:
        complain(f"行文中的姓名和地址找不全 / names and addresses in prose are not all found: {problem}")
        return False
    return True
