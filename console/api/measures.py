"""What the API has of measures beside the acts of cases: the canaries that a measure orders."""

from console.api.field import Field, Kind
from console.api.route import ApiRoute
from console.cases.canary_acts import CSV, MOST, CanaryActs
from console.cases.pages import CasePages
from console.pages import Pages


class ApiMeasures:
    """Handing out."""

    def __init__(self, pages: Pages, shown: CasePages) -> None:
        self._canaries = CanaryActs(pages, shown)

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        fields = (
            Field(name="key", en="of the measure `plant_canaries`", needed=True),
            Field(name="count", en=f"how many people, {MOST} at most", kind=Kind.NUMBER, needed=True),
        )
        return (
            ApiRoute(
                method="POST",
                path="/cases/{case}/canaries",
                name="plantCanaries",
                summary="Invented people to be put into the system of a measure; each call makes others",
                fields=fields,
                files=(CSV,),
                once=False,
                run=lambda desk, at: self._canaries.plant(desk, at["case"]),
            ),
        )
