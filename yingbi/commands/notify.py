"""`yingbi notify …`: who is told of alerts, whether it arrives, and a trial."""

import argparse

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain


def add_notify(commands: Commands) -> None:
    """Name the commands `yingbi notify …` to the parser."""
    notify = commands.add_parser(
        "notify", help="告警通知 / who is told of alerts", epilog="example: yingbi notify status"
    )
    group = notify.add_subparsers(dest="notify", required=True, metavar="COMMAND")
    status = add_command(
        group,
        "status",
        _status,
        "各渠道是否送得到，一条告警通知过谁 / whether channels take what is told, and who was told of an alert",
        "yingbi notify status --alert A-000012",
    )
    status.add_argument(
        "--alert", metavar="ALERT", help="只列出这条告警的送达证明 / what became of this alert's messages"
    )
    status.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    trying = add_command(
        group,
        "test",
        _test,
        "向一个渠道试发一条 / send a trial to one channel, at once",
        "yingbi notify test oncall",
    )
    trying.add_argument("channel", metavar="CHANNEL", help="设置中的名称 / its name in the settings")


def _status(given: argparse.Namespace) -> int:
    import json

    from siem.index.store import StoreUnavailable
    from yingbi.notify import deliveries_of, is_well, lines_of, lines_of_deliveries, states_of
    from yingbi.settings import read_settings

    settings = read_settings()
    try:
        if given.alert:
            deliveries = deliveries_of(settings, given.alert.strip().upper())
            lines, found, well = (
                lines_of_deliveries(deliveries),
                deliveries,
                all(each["sent_at"] for each in deliveries),
            )
        else:
            states = states_of(settings)
            lines, found, well = lines_of(states), [states], is_well(states)
    except StoreUnavailable as problem:
        complain(f"通知的文件无法使用 / the file of notifications cannot be used: {problem}")
        return COULD_NOT
    if given.json:
        print(json.dumps(found if given.alert else found[0], ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines))
    return FINE if well else FOUND


def _test(given: argparse.Namespace) -> int:
    import os

    from siem.notify.secret import WrongAddress
    from yingbi.clock import now
    from yingbi.notify import NoSuchChannel, try_channel
    from yingbi.settings import read_settings

    try:
        outcome = try_channel(read_settings(), given.channel, os.environ, now())
    except NoSuchChannel as problem:
        complain(str(problem))
        return WRONG_USE
    except WrongAddress as problem:
        complain(str(problem))
        return COULD_NOT
    if not outcome.delivered:
        complain(f"没有送达 / not delivered: {outcome.result}")
        return FOUND
    print(f"已送达 / delivered: {outcome.result}")
    return FINE
