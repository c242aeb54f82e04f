"""Displays of the contest: what knowing each family is worth, as a table with its picture."""

from collections.abc import Mapping

import pandas as pd

from analysis.contest.ranking import Ranking
from analysis.contest.values import LOG_SCORE, TOTAL
from analysis.figures.contest import draw_family_values, values_height
from analysis.figures.display import Display
from analysis.wording.catalogue import MINUS


def show_values(values: pd.DataFrame, ranking: Ranking, colors: Mapping[str, str]) -> Display:
    """Return what each family is worth, by the logarithmic score, as points with intervals."""
    drawn = drawn_values(values, ranking)
    models = list(dict.fromkeys(drawn["model"]))
    return Display(
        "Skill that knowing a family adds to forecasts of accounts and quarters not seen",
        values,
        lambda ax: draw_family_values(
            ax, drawn, colors, {name: name for name in drawn["family"]}, models,
            "Points of skill (100 = certainty)", "shuffled columns",
        ),
        size=(7.4, values_height(drawn)),
    )  # fmt: skip


def drawn_values(values: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """Return the lines of `draw_family_values`: by the logarithmic score, families as they rank, numbers as text."""
    own = values[(values["metric"] == LOG_SCORE) & (values["family"] != TOTAL)]
    place = {one.family: number for number, one in enumerate(ranking.families)}
    models = {name: number for number, name in enumerate(dict.fromkeys(own["model"]))}
    ordered = own.sort_values(
        ["family", "model"], key=lambda column: column.map(place if column.name == "family" else models), kind="stable"
    )
    text = [f"{one.estimate:.1f} ({one.conf_low:.1f} to {one.conf_high:.1f})" for one in ordered.itertuples()]
    return ordered.assign(text=[one.replace("-", MINUS) for one in text])
