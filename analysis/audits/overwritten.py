"""Overwritten: labels and scores that were changed after the fact, so that the past looks as if one had known."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.audits.alarm import Alarm
from analysis.audits.paired import Z
from analysis.cohort_tables import CohortTables
from analysis.design import learn_design
from analysis.errors import DesignError

LEVEL = 0.01
SCORE_IS_FRESH = 35
"""Days after which a published score is no longer that of the landmark."""
MATTERS = 0.3
"""A score was rewritten where it differs by so many of its own standard deviations from what was known, and surely."""


def moved_labels(tenure: CohortTables) -> list[Alarm]:
    """Compare each label of today with the one that an account entered with: were leavers given another?

    Returns
    -------
    list of Alarm
        One for each label with a dated history (``account_attributes``); for any other None, as nothing can tell.
        estimate: log odds ratio of having been moved, leavers against others; n: accounts moved.
    """
    labels = [name for name in ("segment", "touch_model", "maturity") if f"accounts.{name}" in tenure.given]
    if "account_attributes" not in tenure.given:
        return [Alarm("moved_labels", label, None) for label in labels]
    first = tenure.query(
        "select account_id, attribute, value from account_attributes "
        "qualify row_number() over (partition by account_id, attribute order by valid_from, known_on) = 1 order by all"
    )
    rows = tenure.counting_process
    leavers = set(rows.loc[rows["event"] == 1, "account_id"])
    today = tenure.table("accounts").set_index("account_id")
    alarms = []
    for label in labels:
        was = first[first["attribute"] == label].set_index("account_id")["value"].reindex(rows["account_id"].unique())
        was = was.dropna()
        if was.empty:
            alarms.append(Alarm("moved_labels", label, None))
            continue
        moved = (today[label].reindex(was.index) != was).to_numpy(bool)
        left = was.index.isin(leavers)
        table = np.array(
            [[(moved & left).sum(), (~moved & left).sum()], [(moved & ~left).sum(), (~moved & ~left).sum()]]
        )
        odds, p_value = (
            np.prod(np.diag(table + 0.5)) / np.prod(np.diag(np.fliplr(table + 0.5))),
            stats.fisher_exact(table)[1],
        )
        alarms.append(
            Alarm(
                "moved_labels", label, bool(p_value < LEVEL), float(np.log(odds)), p_value=p_value, n=int(moved.sum())
            )
        )
    return alarms


def rewritten_score(tenure: CohortTables) -> Alarm:
    """Ask whether published scores know more of who leaves than all that was known on their day.

    A score is made of what is known when it is published. What is left of it beyond the covariates of the day says
    next to nothing of leaving, unless it was written after the account had left.

    Returns
    -------
    Alarm
        estimate: mean of that remainder among landmarks whose account churned within the horizon, less that among the
        others, in standard deviations of the score, with its interval (clustered); n: landmarks with a score.
    """
    if "health_scores" not in tenure.given:
        return Alarm("rewritten_score", "", None)
    scores = tenure.query("select account_id, scored_on, value from health_scores where component = 'total'")
    rows = tenure.landmarks[tenure.landmarks["is_followed"]]
    rows = rows.assign(day=rows["risk_date"].astype("datetime64[us]")).sort_values(["day", "lifetime_id"])
    scores = scores.assign(day=scores["scored_on"].astype("datetime64[us]")).sort_values(["day", "account_id"])
    joined = pd.merge_asof(
        rows, scores, on="day", by="account_id", tolerance=pd.Timedelta(days=SCORE_IS_FRESH), direction="backward"
    ).dropna(subset=["value"])
    if joined["event"].sum() < 10:
        return Alarm("rewritten_score", "", None, n=len(joined))
    try:
        design = learn_design(joined, tenure.covariates("landmarks")).apply(joined)
    except DesignError:
        return Alarm("rewritten_score", "", None, n=len(joined))
    value = joined["value"].to_numpy(np.float64)
    columns = np.column_stack([np.ones(len(value)), design.values])
    rest = (value - columns @ np.linalg.lstsq(columns, value, rcond=None)[0]) / value.std()
    return _difference(rest, joined["event"].to_numpy(bool), joined["cluster_id"].to_numpy(object))


def _difference(rest: np.ndarray, left: np.ndarray, cluster: np.ndarray) -> Alarm:
    difference = rest[left].mean() - rest[~left].mean()
    influence = np.where(left, (rest - rest[left].mean()) / left.sum(), -(rest - rest[~left].mean()) / (~left).sum())
    error = float(np.sqrt((pd.Series(influence).groupby(cluster).sum() ** 2).sum()))
    p_value = float(2 * stats.norm.sf(abs(difference) / error))
    is_raised = bool(p_value < LEVEL and abs(difference) > MATTERS)
    low, high = difference - Z * error, difference + Z * error
    return Alarm("rewritten_score", "", is_raised, float(difference), low, high, p_value, len(rest))
