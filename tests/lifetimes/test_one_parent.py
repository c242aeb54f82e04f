"""A book that belongs to one parent account: estimates stand, and nothing tells how those of other parents differ."""

from pathlib import Path

import pytest
from small_source import SUBSCRIPTIONS, write_small_source

from analysis.errors import ModelError
from analysis.workbench import Workbench, open_study

FAMILY = "account_id,parent_account_id\na1,\na2,a1\na3,a1\n"
APART = FAMILY.replace(",a1\n", ",\n")
CUT = SUBSCRIPTIONS + "s3,a3,2023-04-01,2024-02-01,,12,10,180\n"
NOTE = "All belong to one parent account: nothing tells how others differ, and there are no intervals."


def study(folder: Path, accounts: str) -> Workbench:
    path = write_small_source(folder, accounts=accounts, subscriptions=CUT)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n[report]\nmin_cell = 1\ncurve_from_at_risk = 1\n")
    return open_study(path, out=folder / "out", progress=lambda step: None)


@pytest.mark.parametrize("curves", ["ends", "changes"])
def test_curves_have_no_intervals_and_say_so(tmp_path: Path, curves: str) -> None:
    one, apart = (
        getattr(study(tmp_path / name, accounts).events, curves)()
        for name, accounts in (("one", FAMILY), ("apart", APART))
    )
    assert one.frame()["estimate"].tolist() == apart.frame()["estimate"].tolist()
    happened = one.frame()["estimate"] > 0
    assert happened.any()
    assert one.frame().loc[happened, ["std_error", "conf_low", "conf_high"]].isna().all(axis=None)
    assert apart.frame().loc[happened, ["std_error", "conf_low", "conf_high"]].notna().all(axis=None)
    assert NOTE in one.notes
    assert NOTE not in apart.notes


def test_where_leaving_has_one_date_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="dated one way only"):
        study(tmp_path, APART).event_dates()
