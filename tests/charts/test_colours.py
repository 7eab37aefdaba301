from __future__ import annotations

from runfolio.charts.chart import ROLES
from runfolio.charts.colours import category_roles, sequence_roles, setting_roles
from runfolio.model import parameter


def test_categories_by_first_appearance_and_grey_beyond_six() -> None:
    roles = category_roles("abacdefg")
    assert list(roles.values()) == [*(f"category-{i}" for i in range(1, 7)), "muted"]
    assert roles["b"] == "category-2"


def test_ordered_settings_go_from_light_to_dark_by_number() -> None:
    values = [parameter(value) for value in (1e-2, 3e-4, 1e-3, 3e-3, 0.001)]
    assert sequence_roles(values) == {
        "0.0003": "sequence-1",
        "0.001": "sequence-2",
        "0.003": "sequence-3",
        "0.01": "sequence-4",
    }
    assert list(sequence_roles(values[:2]).values()) == ["sequence-1", "sequence-4"]
    assert set(sequence_roles([parameter(i) for i in range(9)]).values()) == {
        f"sequence-{i}" for i in range(1, 5)
    }


def test_a_setting_is_ordered_only_where_all_its_values_are_numbers() -> None:
    assert set(setting_roles([parameter(1), parameter(2)]).values()) == {"sequence-1", "sequence-4"}
    assert set(setting_roles([parameter(1), parameter("auto")]).values()) == {"category-1", "category-2"}
    assert set(setting_roles([parameter(True), parameter(False)]).values()) == {"category-1", "category-2"}


def test_every_role_is_known() -> None:
    given = {*category_roles("abcdefg").values(), *sequence_roles([parameter(i) for i in range(9)]).values()}
    assert given <= set(ROLES)
