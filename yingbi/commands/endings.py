"""How commands about policies end where something is in the way: one sentence for each, and the exit code."""

from collections.abc import Callable

from yingbi.commands.shape import COULD_NOT, FOUND, WRONG_USE, complain


def ended(run: Callable[[], int]) -> int:
    """The exit code of *run*, or the one for what kept it from its end, which is said."""
    from policies.findings import PolicyError
    from policies.rehearsal.trial import NotTried
    from proxy.published import NotPublished
    from siem.record.log import BrokenChain
    from yingbi.policy_desk import CannotAct

    try:
        return run()
    except PolicyError as error:
        complain(f"策略有误 / the policy has errors:\n{error}")
        return FOUND
    except NotTried as problem:
        complain(str(problem))
        return WRONG_USE
    except CannotAct as problem:
        complain(str(problem))
    except NotPublished:
        complain("还没有生效的策略，请用 --policy 给出 / nothing is in force: name what to compare with by --policy")
    except BrokenChain as problem:
        complain(f"访问日志断裂 / the log is broken: {problem}")
    except OSError as error:
        complain(f"无法读写 / cannot read or write `{error.filename}`: {error.strerror or error}")
    return COULD_NOT
