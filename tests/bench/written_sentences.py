"""Sentences put together of how people speak of where somebody is, with addresses in them and without: see
`written_sentences.txt`. What comes before an address and behind it is drawn apart, so that most of them say little:
what is to be learned of them is where an address ends and the sentence goes on.
"""

import re
from collections.abc import Callable

from tests.bench.invented import mobile
from tests.bench.written import Written
from tests.bench.written_addresses import Addresses

_KINDS = {"lives": 5, "owns": 3, "happens": 4, "complains": 4, "sends": 4, "works": 2}
"""What is said of an address, and how often."""
_FIELD = re.compile(r"\{([a-z]+)\}")
_BOX = "快递柜 丰巢柜 菜鸟驿站 驿站 东门岗亭 物业中心 门卫室 南门 东门 北门 村口 西头 东头 一楼大厅 院内 后院 底商"


class Sentences(Addresses):
    """Made from the seed."""

    def name(self) -> str:
        """A person."""
        return self.of("surnames") + "".join(self.of("given names") for _ in range(self.chance.randint(1, 2)))

    def filled(self, text: str) -> str:
        """*text* with what its fields stand for."""
        fields: dict[str, Callable[[], str]] = {
            "name": self.name,
            "surname": lambda: self.of("surnames"),
            "year": lambda: self.below(1945, 2024),
            "month": lambda: self.below(1, 13),
            "day": lambda: self.below(1, 29),
            "mobile": lambda: mobile(self.chance),
            "elsewhere": lambda: self.of("elsewhere"),
            "division": self.division,
            "province": lambda: self.divided()[0] or "北京",
            "city": lambda: self.divided()[1].removesuffix("市" if self.likely(0.5) else "-"),
            "district": lambda: self.divided()[2] or "高新区",
            "town": self.town,
            "village": self.village,
            "road": self.road,
            "called": lambda: self.called(1, 1),
            "site": lambda: self.of("sites"),
            "builder": lambda: self.of("builders"),
            "number": lambda: self.below(1, 60) if self.likely(0.8) else self.in_words(),
        }
        return _FIELD.sub(lambda match: fields[match[1]](), text)

    def sentence(self) -> Written:
        """One of them."""
        if self.likely(0.3):
            opening = self.of("openings") if self.likely(0.2) else ""
            return Written(self.filled(opening + self.of("nobody's")), ())
        kind = self.chance.choices([*_KINDS], [*_KINDS.values()])[0]
        before = self.before() if self.likely(0.4) else self._opening() + self.filled(self.of(kind))
        behind = self.behind() if self.likely(0.4) else self.filled(self.of(f"behind {kind}"))
        behind += self.filled(self.of("endings")) if self.likely(0.4) else ""
        if self.likely(0.14):
            return Written(before + self.filled(self._no_address()) + behind, ())
        before = "" if self.likely(0.1) else before
        first = self.address()
        if self.likely(0.05) and first[-1] in "楼栋号幢座元园苑区厦院路":
            first += self.one(_BOX) if self.likely(0.7) else self.one("对面 旁 隔壁 楼下") + self.of("shops")
        truth = [(len(before), len(before) + len(first), "address")]
        if self.likely(0.08):
            between, second = self.of("between"), self.address()
            start = truth[0][1] + len(between)
            truth.append((start, start + len(second), "address"))
            first += between + second
        return Written(before + first + behind, tuple(truth))

    def _opening(self) -> str:
        return self.filled(self.of("openings")) if self.likely(0.7) else ""

    def _no_address(self) -> str:
        return self.of("elsewhere") if self.likely(0.5) else self.of("no addresses")

    def before(self) -> str:
        """What may stand before anything."""
        somebody = self.of("who") if self.likely(0.7) else ""
        match self.chance.choices(range(4), (35, 25, 20, 20))[0]:
            case 0:
                said = (self.of("when") if self.likely(0.5) else "") + somebody + self.of("goes")
            case 1:
                said = self.of("whose") + self.one("_ 在 位于 是 ： 为 ， （ 就在 搬到 设在")
            case 2:
                said = self.of("who") + self.of("when") + self.of("verbs") + self.one("了 于 在 _ ，")
            case _:
                whose = self.of("whose") if self.likely(0.2) else ""
                said = self.one("_ _ 关于 对 将 把 经查， 另， 、 和 及") + whose
        return self.filled(said)

    def behind(self) -> str:
        """What may stand behind anything."""
        does, thing, ends = self.of("verbs"), self.of("things"), self.one("。 。 ，请处理。 了 _")
        match self.chance.choices(range(5), (33, 32, 10, 15, 10))[0]:
            case 0:
                which = self.one("_ 的 的 一 一处 一间 一家 一栋 两套 某 处 内 附近 门前 楼上 等 沿街")
                more = self.one("_ _ 的 被 、 ，")
                said = which + thing + (more + (does if more == "被" else self.of("things")) if more else "") + ends
            case 1:
                said = self.one("_ _ 时 内 附近 期间 后 一带 处") + does + self.one("_ 了 时 过 。") + thing + ends
            case 2:
                said = (
                    self.one("是 有 为 没有 还有 已 已经 不 全部 都 被 将 属 也 就") + self.one("一栋 两间 _ _") + thing
                )
            case 3:
                sign = self.one("， 。 ！ ？ ； ） ” 、 … ~ 吧 了 啊 呢 哦 吗")
                said = sign + (self.of("who") if self.likely(0.4) else "") + (does if self.likely(0.5) else "")
            case _:
                said = (
                    self.one("一楼 二楼 楼顶 楼上 楼下 门口 门前 前台 地下室 沿街 南侧 旁")
                    + self.one("的 _ _ 一")
                    + thing
                    + ends
                )
        return self.filled(said)
