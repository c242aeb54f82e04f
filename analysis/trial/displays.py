"""Displays of a trial: look-ahead, coverage, values, lags and what is added, each as numbers with their picture."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.audits.signals import Signal
from analysis.contest.values import LOG_SCORE
from analysis.declared.factors import Covariate, families_named
from analysis.figures.audits import draw_ladder, ladder_height
from analysis.figures.display import Display
from analysis.figures.effects import draw_hazard_ratios, forest_height
from analysis.figures.points import draw_points, points_height
from analysis.figures.trial import draw_shares_by_quarter, draw_spread
from analysis.inference.joint_tests import SHOWN
from analysis.trial.look_back import Look, Looked
from analysis.trial.spread import MISSING_VALUE
from analysis.wording.catalogue import MINUS
from analysis.wording.remarks import Remark, remark

Colors = Mapping[str, str]
SIGNALS = {
    Signal.EARLY: "trial.early",
    Signal.LATE: "trial.late",
    Signal.LATE_OR_FAST: "trial.late_or_fast",
    Signal.NEITHER: "trial.neither",
}
"""What is said of a signal of the lag ladder."""


def verdict_remark(looked: Looked) -> Remark:
    """Return what is said of a look."""
    days, cells = len(looked.counts), int(looked.counts["compared"].sum())
    if looked.verdict is Look.CANNOT_TELL:
        return remark("trial.cannot_tell", days=days)
    if looked.verdict is Look.AHEAD:
        return remark("trial.ahead", differing=looked.differing, cells=cells)
    return remark("trial.clean", days=days, cells=cells)


def show_look(looked: Looked, covariate: Covariate) -> Display:
    """Return the rows that differ between all data and what was known, or the days on which none does."""
    notes = (str(verdict_remark(looked)),)
    if looked.cells.empty:
        counts = looked.counts.drop(columns="what")
        return Display(_title("trial.look_title", covariate), counts, notes=notes)
    cells = looked.cells[["day", "account_id", "risk_date", "from_all_data", "from_known"]]
    return Display(_title("trial.look_cells_title", covariate), cells, notes=notes)


def show_coverage(table: pd.DataFrame, covariate: Covariate, colors: Colors) -> Display:
    """Return the share of landmark rows with a value, by quarter."""
    drawn = table[["share"]].astype(np.float64)
    quarters = [f"{day:%Y-%m}" for day in table["quarter_from"]]
    label = str(remark("trial.rows_with_value"))
    rows, share = table["rows"].astype(np.float64), drawn["share"]
    told = float((rows * share).sum() / rows.sum()) if rows.sum() > 0 else 0.0
    return Display(
        _title("trial.coverage_title", covariate),
        table[["quarter_from", "rows", "share"]],
        lambda ax: draw_shares_by_quarter(ax, drawn, quarters, colors[covariate.family], label),
        size=(7.0, 2.4),
        notes=(str(remark("trial.coverage_share", share=told)),),
    )


def show_spread(table: pd.DataFrame, covariate: Covariate, colors: Colors, *, has_long_tail: bool) -> Display:
    """Return which values there are, and in how many landmark rows."""
    x_label, y_label = f"{covariate.label_en} ({covariate.unit})", str(remark("trial.share_of_rows"))
    told = {"trial.spread_hidden": table["rows"].isna().any(), "trial.long_tail": has_long_tail}
    return Display(
        _title("trial.spread_title", covariate),
        table,
        lambda ax: draw_spread(ax, table, colors[covariate.family], MISSING_VALUE, x_label, y_label),
        size=(7.0, 3.0),
        notes=tuple(str(remark(code)) for code, is_so in told.items() if is_so),
    )


def show_levels(table: pd.DataFrame, covariate: Covariate, colors: Colors, beside: Remark) -> Display:
    """Return the hazard ratio of each value against the most frequent one.

    Parameters
    ----------
    table
        As `analysis.inference.frames.RATIOS`, with the label of each column.
    beside
        What else is in the model.
    """
    axis = str(remark("trial.levels_axis"))
    few = [remark("trial.levels_few")] if covariate.transform != "category" else []
    return Display(
        _title("trial.levels_title", covariate),
        table[["label", "hazard_ratio", "hazard_ratio_low", "hazard_ratio_high", "p_value"]],
        lambda ax: draw_hazard_ratios(ax, table, colors, axis),
        size=(7.4, forest_height(table)),
        notes=tuple(map(str, [beside, *few])),
    )


def show_lags(table: pd.DataFrame, covariate: Covariate, colors: Colors) -> Display:
    """Return the hazard ratio of the covariate as it stood on earlier days.

    Parameters
    ----------
    table
        As `analysis.audits.frames.LAG_LADDER`, with the label of each column.
    """
    lags = {int(lag): remark("trial.days_before", days=int(lag)) if lag else remark("trial.today")
            for lag in table["lag"].unique()}  # fmt: skip
    names = {lag: str(said) for lag, said in lags.items()}
    columns = ["label", "lag", "hazard_ratio", "hazard_ratio_low", "hazard_ratio_high", "p_value", "change", "change_p"]
    return Display(
        _title("trial.lags_title", covariate),
        table[columns],
        lambda ax: draw_ladder(ax, table, colors, names),
        size=(7.4, ladder_height(table)),
        notes=tuple(map(str, lag_remarks(table, covariate))),
    )


def lag_remarks(table: pd.DataFrame, covariate: Covariate) -> list[Remark]:
    """Return what the ladder says: of today's sign, beside the expected one, and whether it was seen early."""
    found = []
    longest = int(table["lag"].max())
    for _, lines in table.groupby("term", sort=False):
        today = lines[lines["lag"] == 0].iloc[0]
        ratio = {"ratio": today["hazard_ratio"], "low": today["hazard_ratio_low"], "high": today["hazard_ratio_high"]}
        if not today["p_value"] < SHOWN:
            code = "trial.unsure"
        elif covariate.expected_sign not in ("+", "-") or today["term"] != covariate.name:
            code = "trial.unexpected"
        else:
            is_as_expected = (today["estimate"] > 0) == (covariate.expected_sign == "+")
            code = "trial.as_expected" if is_as_expected else "trial.against"
        signal = Signal(today["signal"])
        early = {"days": longest} if signal in (Signal.EARLY, Signal.LATE) else {}
        found += [remark(code, **ratio), remark(SIGNALS[signal], **early)]
    return found


def show_addition(table: pd.DataFrame, covariate: Covariate, colors: Colors, adjusted: float, n_tried: int) -> Display:
    """Return what knowing the covariate adds, with intervals, beside the contract and beside its family.

    Parameters
    ----------
    table
        As `analysis.trial.frames.ADDED`.
    adjusted
        The p value of the last line by the logarithmic score, by Holm's method over the covariates tried.
    n_tried
        How many these are.
    """
    own = table[table["metric"] == LOG_SCORE]
    drawn = own[["estimate", "conf_low", "conf_high"]].assign(
        family=covariate.family,
        label=[str(remark("trial.beside", families=beside_remark(beside.split(", ")[1:]))) for beside in own["beside"]],
        text=[
            f"{one.estimate:.2f} ({one.conf_low:.2f} to {one.conf_high:.2f})".replace("-", MINUS)
            for one in own.itertuples()
        ],
        below="",
    )
    return Display(
        _title("trial.adds_title", covariate),
        table,
        lambda ax: draw_points(ax, drawn, colors, str(remark("trial.adds_axis"))),
        size=(8.0, points_height(drawn)),
        notes=tuple(map(str, addition_remarks(own, adjusted, n_tried))),
    )


def addition_remarks(own: pd.DataFrame, adjusted: float, n_tried: int) -> list[Remark]:
    """Return what is said of the lines by the logarithmic score."""
    found = []
    for line in own.itertuples():
        worse = "trial.adds_harms" if line.conf_high < 0 else "trial.adds_not_shown"
        code = "trial.adds_shown" if line.conf_low > 0 else worse
        values = {"points": line.estimate, "low": line.conf_low, "high": line.conf_high}
        found.append(remark(code, families=beside_remark(line.beside.split(", ")[1:]), **values))
    last = own.iloc[-1]
    told = {"quarters": int(last["n_quarters"]), "rows": int(last["n_rows"]), "events": int(last["n_events"])}
    found.append(remark("trial.adds_on", noise=float(last["noise"]), **told))
    if n_tried > 1 and np.isfinite(adjusted):
        found.append(remark("trial.adds_adjusted", number=n_tried, p=adjusted))
    return found


def beside_remark(families: Sequence[str]) -> Remark:
    """Name what is known: the contract, and families where there are any."""
    others = families_named(dict.fromkeys(families))
    return remark("trial.contract_and", families=others) if others else remark("trial.contract")


def _title(code: str, covariate: Covariate) -> str:
    return str(remark(code, label=covariate.label_en))
