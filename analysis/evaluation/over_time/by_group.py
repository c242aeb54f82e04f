"""By group: does a forecast hold in every phase, segment, touch model, quarter and kind of term?"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.suppression import hidden_cells
from analysis.evaluation.calibration.measures import observed_over_expected
from analysis.evaluation.calibration.score_tests import ScoreTest, groups_test
from analysis.evaluation.measures.accuracy import index_of_prediction_accuracy, log_score
from analysis.evaluation.measures.discrimination import auc
from analysis.evaluation.over_time.frames import BY_GROUP

FEWEST_EVENTS = 10
"""Of distinct lifetimes: with fewer neither AUC nor IPA nor log score is told."""
DIFFERS_BELOW = 0.05


def scores_by_group(
    predictions: pd.DataFrame, models: Sequence[str], labels: NDArray, by: str, min_cell: int = 1
) -> pd.DataFrame:
    """Score each model within each group of rows; AUC and IPA within landmarks of the group.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str
    labels : ndarray, shape (n,)
        The group of each row on its landmark; missing (None, NaN) where it is not known.
    by : str
        What the groups are of.
    min_cell : int
        The study's ``report.min_cell``: groups with fewer accounts are hidden, with the one that would tell.

    Returns
    -------
    DataFrame
        As `BY_GROUP`, groups by label, the unknown last; each model on the rows for which it was fitted.
    """
    named = pd.Series(labels, dtype=object, index=predictions.index)
    named = named.where(named.notna(), None)
    known = sorted({_text(label) for label in named if label is not None})
    groups: list[str | None] = [*known, *([None] if named.isna().any() else [])]
    text = named.map(_text, na_action="ignore")
    lines = []
    for model in models:
        fitted = predictions[model].notna()
        masks = [(fitted & (text.isna() if group is None else text == group)).to_numpy(bool) for group in groups]
        accounts = np.array([predictions.loc[mask, "account_id"].nunique() for mask in masks], dtype=np.int64)
        for group, mask, number, hidden in zip(groups, masks, accounts, hidden_cells(accounts, min_cell), strict=True):
            if number:
                held = {"by": by, "group": group, "model": model, "is_hidden": bool(hidden), "has_enough": False}
                lines.append(held if hidden else {**held, "n_accounts": number, **_scores(predictions[mask], model)})
    return BY_GROUP.checked(pd.DataFrame(lines).reindex(columns=BY_GROUP.columns))


def _text(label: object) -> str:
    return f"{label:%Y-%m-%d}" if isinstance(label, dt.date) else str(label)


def _scores(rows: pd.DataFrame, model: str) -> dict[str, float | bool]:
    event, risk = rows["event"].to_numpy(bool), rows[model].to_numpy(np.float64)
    ratio = observed_over_expected(event, risk, rows["cluster_id"].to_numpy())
    found: dict[str, float | bool] = {
        "n_rows": len(rows),
        "n_events": int(event.sum()),
        "expected": float(risk.sum()),
        "observed_over_expected": ratio.estimate,
        "conf_low": ratio.conf_low,
        "conf_high": ratio.conf_high,
    }
    if rows.loc[event, "lifetime_id"].nunique() < FEWEST_EVENTS:
        return found
    landmark = rows["landmark"].to_numpy()
    return found | {
        "has_enough": True,
        "auc": float(auc(event, risk, group=landmark)[0]),
        "ipa": float(index_of_prediction_accuracy(event, risk, group=landmark)[0]),
        "log_score": float(log_score(event, risk)[0]),
    }


class GroupReading(StrEnum):
    """Whether a forecast is off by more in some groups than in others."""

    DIFFER = "differ"
    NOT_SHOWN = "not_shown"
    CANT_TELL = "cant_tell"
    """One group alone, or too few events."""


@dataclass(frozen=True, slots=True)
class GroupsVerdict:
    """Whether a model's calibration differs between groups.

    Attributes
    ----------
    by
        What the groups are of.
    n_groups
        How many there are, hidden ones among them.
    test
        Score test of no difference.
    highest, lowest
        Of the groups shown, those in which most and fewest left for each that was expected to; None without any.
    """

    model: str
    by: str
    n_groups: int
    test: ScoreTest
    highest: str | None
    lowest: str | None

    @property
    def reading(self) -> GroupReading:
        """Different where the test says so."""
        if not self.test.is_known:
            return GroupReading.CANT_TELL
        return GroupReading.DIFFER if self.test.p_value < DIFFERS_BELOW else GroupReading.NOT_SHOWN


def groups_verdict(
    predictions: pd.DataFrame, model: str, labels: NDArray, by: str, table: pd.DataFrame
) -> GroupsVerdict:
    """Judge whether a model is off by as much in every group.

    Parameters
    ----------
    predictions, labels, by
        As in `scores_by_group`.
    model
        Fitted in one fold at least.
    table
        As `scores_by_group` gives it, of the same labels.
    """
    fitted = predictions[model].notna().to_numpy(bool)
    rows, own = predictions[fitted], np.asarray(labels, dtype=object)[fitted]
    test = groups_test(
        rows["event"].to_numpy(bool), rows[model].to_numpy(np.float64), rows["cluster_id"].to_numpy(), own
    )
    shown = table[(table["model"] == model) & (table["by"] == by) & table["observed_over_expected"].notna()]
    shown = shown[shown["group"].notna()].sort_values("observed_over_expected", kind="stable")
    ends = (str(shown["group"].iloc[-1]), str(shown["group"].iloc[0])) if len(shown) else (None, None)
    n_groups = int(pd.Series(own, dtype=object).nunique(dropna=False))
    return GroupsVerdict(model, by, n_groups, test, *ends)
