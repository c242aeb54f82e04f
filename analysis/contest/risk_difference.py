"""Risk difference: by how many points of churn accounts apart in one family differ, all else as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.cohort.content import places, row_digests
from analysis.contest.effect_frames import RISK_DIFFERENCES
from analysis.contest.ends import VARIES, AtEnds, HeldOut
from analysis.contest.quarter_logit import fit_quarter_logit
from analysis.contest.resampled import Resampled, resampled
from analysis.declared.factors import families_named
from analysis.design.resampling import cluster_resamples
from analysis.errors import ModelError
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

_QUANTITIES = ("estimate", "coefficient", "accounts", "revenue")


class Shown(StrEnum):
    """What is shown of a family."""

    MORE = "more"
    """Accounts of which it says the worse leave more often."""
    LESS = "less"
    """They leave less often: what was learned turned into its opposite."""
    UNSURE = "unsure"
    SILENT = "silent"
    """It says the same of all."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskDifferences:
    """What each family makes out in points of churn.

    Attributes
    ----------
    table : DataFrame
        As `RISK_DIFFERENCES`, a row a family, in the order asked for.
    n_rows, n_events, n_clusters : int
        Held-out rows, lifetimes among them that churned, and parent accounts.
    n_now, n_priced : int
        Accounts at risk now, and those of them whose price is known.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    n_rows: int
    n_events: int
    n_clusters: int
    n_now: int
    n_priced: int
    notes: tuple[Remark, ...]


def risk_differences(
    rows: pd.DataFrame, book: pd.DataFrame, families: Sequence[str], *, n_resamples: int = 200, seed: int = 0
) -> RiskDifferences:
    """Compare accounts at the 90th percentile of what a family says with those at the 10th.

    What a family says of a row was learned without the row's cluster and quarter. Whether it is so is asked here: a
    logistic regression of the event on what each family says, the contract among them, with an intercept for each
    quarter. Its coefficients may have either sign. The mean probability with a family at its 90th percentile, less that
    at its 10th, is the difference; percentiles are of what it says beside the mean of the quarter. Among the accounts
    at risk now the same is counted at the rate at which the scored rows left.

    Parameters
    ----------
    rows : DataFrame
        As `FAMILY_PREDICTORS`, with the event.
    book : DataFrame
        The same for the accounts at risk now, without event; ``annual_revenue`` where it is known.
    families : sequence of str
        To compare; columns of both. The control family is held equal where there is a column of it.
    n_resamples, seed : int
        Of the clusters: in each resample coefficients, percentiles and means are found again. What the families say is
        held fixed.

    Raises
    ------
    ModelError
        If all rows are of one cluster; if nobody left among them, or all did; if the likelihood has no maximum.

    Notes
    -----
    Intervals are of the normal distribution with the standard deviation over the resamples. In 300 worlds each of 250
    parents and some 70 or 170 events they covered the truth in 93 to 96%, percentiles of the same resamples in 91 to
    95%.
    """
    place = places(rows["cluster_id"].to_numpy(object), row_digests(rows))
    if len(rows) and place.max() < 1:
        raise ModelError(remark("contest.one_cluster", rows=len(rows)))
    frame = HeldOut.of(rows, families, book)
    if not frame.event.any() or frame.event.all():
        raise ModelError(remark("contest.nothing_to_differ", rows=len(rows), events=int(frame.event.sum())))
    whole = fit_quarter_logit(frame.values, frame.event, frame.quarter)
    if frame.values.shape[1] and not whole.is_found:
        raise ModelError(remark("contest.no_maximum", rows=len(rows), events=int(frame.event.sum())))
    once = np.ones(len(rows), dtype=np.int64)
    found = frame.read(whole, once)
    drawn = []
    for weights in cluster_resamples(place, n_resamples, seed):
        again = fit_quarter_logit(frame.values, frame.event, frame.quarter, weights, whole)
        if again.is_found:
            drawn.append(frame.read(again, weights))
    lines = [
        _line(family, found.get(family), [one[family] for one in drawn if family in one], float(frame.event.mean()))
        for family in families
    ]
    table = RISK_DIFFERENCES.checked(held_to_holm(pd.DataFrame(lines, columns=RISK_DIFFERENCES.columns)))
    return RiskDifferences(
        table=table,
        n_rows=len(rows),
        n_events=int(rows.loc[frame.event, "lifetime_id"].nunique()),
        n_clusters=int(place.max()) + 1,
        n_now=len(book),
        n_priced=int(np.isfinite(frame.revenue).sum()),
        notes=_notes(table, len(drawn), n_resamples),
    )


def _line(family: str, found: AtEnds | None, drawn: Sequence[AtEnds], rate: float) -> dict[str, object]:
    """Return one family's row of the table; `rate` is the share of rows with event."""
    if found is None or found.reach <= VARIES:
        risk = rate if found is None else found.risk_low
        nothing = dict.fromkeys(("estimate", "reach", "accounts", "revenue"), 0.0)
        return {"family": family, "shown": Shown.SILENT.value, "risk_low": risk, "risk_high": risk, **nothing}
    line: dict[str, object] = {"family": family, "risk_low": found.risk_low, "risk_high": found.risk_high}
    line["reach"] = found.reach
    for name in _QUANTITIES:
        one = resampled(getattr(found, name), [getattr(each, name) for each in drawn])
        prefix = "conf" if name == "estimate" else name
        line |= {name: one.estimate, f"{prefix}_low": one.low, f"{prefix}_high": one.high}
        if name == "estimate":
            line |= {"shown": shown_by(one).value, "p_value": one.p_value}
    return line


def held_to_holm(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of families with p values by Holm's method, which decide whether anything is shown."""
    adjusted = holm(table["p_value"].to_numpy(np.float64))
    is_sure = (table["shown"] == Shown.SILENT) | (adjusted < SHOWN)
    return table.assign(adjusted_p_value=adjusted, shown=table["shown"].where(is_sure, Shown.UNSURE.value))


def shown_by(one: Resampled) -> Shown:
    """Return which side of none the interval of an estimate lies on, if any."""
    return Shown.MORE if one.low > 0 else Shown.LESS if one.high < 0 else Shown.UNSURE


def _notes(table: pd.DataFrame, n_drawn: int, n_resamples: int) -> tuple[Remark, ...]:
    """Say what a reader of the table must know."""
    by_shown = table.groupby("shown")["family"].agg(tuple)
    notes = [remark("contest.difference_held")]
    if Shown.SILENT.value in by_shown:
        notes.append(remark("contest.difference_silent", families=families_named(by_shown[Shown.SILENT.value])))
    if turned := families_named(table.loc[table["coefficient"] < 0, "family"]):
        notes.append(remark("contest.difference_turned", families=turned))
    alone = (table["shown"] == Shown.UNSURE) & (table["p_value"] < SHOWN)
    if by_chance := families_named(table.loc[alone, "family"]):
        number = int(table["p_value"].notna().sum())
        notes.append(remark("contest.difference_by_chance", families=by_chance, number=number))
    if n_drawn < n_resamples:
        notes.append(remark("contest.difference_resamples", found=n_drawn, drawn=n_resamples))
    return tuple(notes)
