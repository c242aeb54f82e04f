"""Overwritten: labels and scores that were changed after the fact, so that the past looks as if one had known."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.audits.alarm import Alarm, Verdict, Z, verdict
from analysis.cohort.cohort_tables import CohortTables
from analysis.design.matrix import learn_matrix
from analysis.errors import DesignError

LEVEL = 0.01
ENOUGH = 30
"""Leavers that a comparison needs."""
SCORE_IS_FRESH = 35
"""Days after which a published score is no longer that of the landmark."""
MOVED_MATTERS = float(np.log(2))
"""Leavers who were surely not moved twice as often as others do not mislead a picture by that label."""
MATTERS = 0.3
"""A score was rewritten where it differs by so many of its own standard deviations from what was known, and surely."""


def moved_labels(tenure: CohortTables) -> list[Alarm]:
    """Compare each label of today with the one that an account entered with: were leavers given another?

    Returns
    -------
    list of Alarm
        One for each label; without a dated history (``account_attributes``) of `ENOUGH` leavers nothing can tell.
        estimate: log of the ratio of moves a day at risk, leavers against others, with its interval, raised where
        surely above zero, untold where it may be above `MOVED_MATTERS`; n: accounts moved.
    """
    labels = [name for name in ("segment", "touch_model", "maturity") if f"accounts.{name}" in tenure.given]
    if "account_attributes" not in tenure.given:
        return [Alarm("moved_labels", label, Verdict.CANNOT_TELL) for label in labels]
    first = tenure.ask("first_labels")
    rows = tenure.counting_process
    leavers = set(rows.loc[rows["event"] == 1, "account_id"])
    today = tenure.table("accounts").set_index("account_id")
    at_risk = (rows["stop"] - rows["start"]).groupby(rows["account_id"]).sum()
    alarms = []
    for label in labels:
        was = first[first["attribute"] == label].set_index("account_id")["value"].reindex(rows["account_id"].unique())
        was = was.dropna()
        if was.index.isin(leavers).sum() < ENOUGH:
            alarms.append(Alarm("moved_labels", label, Verdict.CANNOT_TELL))
            continue
        moved = (today[label].reindex(was.index) != was).to_numpy(bool)
        alarms.append(_moves(label, moved, was.index.isin(leavers), at_risk.reindex(was.index).to_numpy(np.float64)))
    return alarms


def _moves(label: str, moved: np.ndarray, left: np.ndarray, days: np.ndarray) -> Alarm:
    """Compare moves a day at risk: whoever stays longer has longer to be moved."""
    n_moved, n_of_leavers = int(moved.sum()), int((moved & left).sum())
    share = days[left].sum() / days.sum()
    if n_moved == 0 or not 0 < share < 1:
        return Alarm("moved_labels", label, Verdict.NOT_FOUND if n_moved == 0 else Verdict.CANNOT_TELL, n=n_moved)
    p_value = float(stats.binomtest(n_of_leavers, n_moved, share, alternative="greater").pvalue)
    ends = stats.binomtest(n_of_leavers, n_moved).proportion_ci(0.95)
    low, high = (_log_ratio(end, 1 - end, share) for end in ends)
    told = verdict(p_value < LEVEL, MOVED_MATTERS, max(high, 0.0))
    estimate = _log_ratio(n_of_leavers + 0.5, n_moved - n_of_leavers + 0.5, share)
    is_bounded = bool(np.isfinite([low, high]).all())
    interval = (low, high) if is_bounded else (np.nan, np.nan)
    return Alarm("moved_labels", label, told, estimate, *interval, p_value=p_value, n=n_moved)


def _log_ratio(leavers: float, others: float, share: float) -> float:
    """Return the log of moves a day, leavers against others, who have shares of the days at risk."""
    with np.errstate(divide="ignore"):
        return float(np.log(np.float64(leavers) / np.float64(others)) + np.log((1 - share) / share))


def rewritten_score(tenure: CohortTables) -> Alarm:
    """Ask whether published scores know more of who leaves than all that was known on their day.

    A score is made of what is known when it is published. Where all families are measured, what is left of it beyond
    the covariates of the day says next to nothing of leaving, unless it was written after the account had left, or is
    made of what the source does not hold.

    Returns
    -------
    Alarm
        estimate: mean of that remainder among landmarks whose account churned within the horizon, less that among the
        others, in standard deviations of the score, with its interval (clustered); n: landmarks with a score.
    """
    if "health_scores" not in tenure.given or not all(is_measured for _, is_measured in tenure.families()):
        return Alarm("rewritten_score", "", Verdict.CANNOT_TELL)
    joined = with_published_scores(tenure, tenure.landmarks[tenure.landmarks["is_followed"]])
    leavers = joined.loc[joined["event"] == 1, "lifetime_id"].nunique()
    if leavers < ENOUGH or joined["value"].std() == 0:
        return Alarm("rewritten_score", "", Verdict.CANNOT_TELL, n=len(joined))
    try:
        _, design = learn_matrix(joined, tenure.covariates("landmarks"))
    except DesignError:
        return Alarm("rewritten_score", "", Verdict.CANNOT_TELL, n=len(joined))
    if joined["lifetime_id"].nunique() < design.values.shape[1]:  # so many columns would explain any score away
        return Alarm("rewritten_score", "", Verdict.CANNOT_TELL, n=len(joined))
    value = joined["value"].to_numpy(np.float64)
    columns = np.column_stack([np.ones(len(value)), design.values])
    rest = (value - columns @ np.linalg.lstsq(columns, value, rcond=None)[0]) / value.std()
    return _difference(rest, joined["event"].to_numpy(bool), joined["cluster_id"].to_numpy(object))


def with_published_scores(tenure: CohortTables, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Return those landmark rows that had a fresh published score, with it as column ``value``."""
    scores = tenure.ask("published_scores")
    rows = landmarks.assign(day=landmarks["risk_date"].astype("datetime64[us]")).sort_values("day", kind="stable")
    scores = scores.assign(day=scores["scored_on"].astype("datetime64[us]")).sort_values("day", kind="stable")
    return pd.merge_asof(
        rows, scores, on="day", by="account_id", tolerance=pd.Timedelta(days=SCORE_IS_FRESH), direction="backward"
    ).dropna(subset=["value"])


def _difference(rest: np.ndarray, left: np.ndarray, cluster: np.ndarray) -> Alarm:
    difference = rest[left].mean() - rest[~left].mean()
    influence = np.where(left, (rest - rest[left].mean()) / left.sum(), -(rest - rest[~left].mean()) / (~left).sum())
    error = float(np.sqrt((pd.Series(influence).groupby(cluster, sort=False).sum() ** 2).sum()))
    p_value = float(2 * stats.norm.sf(abs(difference) / error))
    low, high = difference - Z * error, difference + Z * error
    told = verdict(bool(p_value < LEVEL and abs(difference) > MATTERS), MATTERS, low, high)
    return Alarm("rewritten_score", "", told, float(difference), low, high, p_value, len(rest))
