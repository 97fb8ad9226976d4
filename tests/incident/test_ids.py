import pytest

from incident.ids import ENGINE, Actor, ActorKind, NotPermitted, PersonId, person


@pytest.mark.parametrize(
    ("actor", "text"),
    [
        (ENGINE, "engine"),
        (person(PersonId("p-chen")), "person:p-chen"),
        (Actor(kind=ActorKind.RULE, id="many-subjects"), "rule:many-subjects"),
    ],
)
def test_an_actor_as_text(actor: Actor, text: str) -> None:
    assert str(actor) == text


def test_a_refusal_is_said_in_both_languages() -> None:
    refusal = NotPermitted("请填写理由", "a reason is needed")
    assert (refusal.zh, str(refusal)) == ("请填写理由", "a reason is needed")
