from console.roles import ROLE_NAMES, SEPARATED, Role


def test_every_role_has_its_names() -> None:
    assert set(ROLE_NAMES) == set(Role)
    assert all(name.zh and name.en for name in ROLE_NAMES.values())
    assert set(SEPARATED) <= set(Role)
