"""Learned: rows and outcomes that past forecasts learn from, and a forecast, beside those of what was known then."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.audits.frames import LOOK_AHEAD, LOOK_AHEAD_CELLS
from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.queries import KEY
from analysis.cohort.rebuild import CONTRACTIONS, first_contractions, past_landmarks
from analysis.declared.factors import control_family
from analysis.design.matrix import Covariate, learn_matrix
from analysis.design.outcome import Outcome
from analysis.design.population import Elapsed, elapsed_at, still_there, training_rows
from analysis.errors import DesignError, ModelError
from analysis.evaluation.rolling_origin import settled_quarters
from analysis.models.base import horizon_risk
from analysis.models.landmark_cox import LandmarkCox

ROWS_LEARNED, OUTCOMES_LEARNED, FORECASTS = "rows learned from", "outcomes learned from", "forecasts"
CONTRACTIONS_LEARNED = "contractions learned from"
LEARNED = {
    **dict.fromkeys((ROWS_LEARNED, OUTCOMES_LEARNED, FORECASTS), "landmark_outcomes"),
    CONTRACTIONS_LEARNED: CONTRACTIONS,
}
"""What is compared, and the query that makes it."""
EXAMPLES = 5
"""Rows or cells that are listed of each and landmark where any differ."""
SAME = 1e-12
"""Forecasts that differ by no more are the same."""
_RIDGE = 1.0
_TAKEN = (
    *("account_id", "cluster_id", "horizon_ends_on", "horizon_days", "is_quarter_start"),
    *("followed_days", "event", "cause", "term_months", "term_kind"),
)
"""What a model takes of a row, beside its covariates."""
_CONTRACTED = "contracted_on"


def learned_ahead(tenure: CohortTables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rebuild the landmark rows of each test landmark as of its morning, and compare what its forecast learned from.

    Test landmarks are those of the quarters that are scored, and the last one. Of the rebuilt rows those are learned
    from that were settled in it, with their outcomes as they stand there (rule 19 of ``queries/rules_of_time.md``);
    covariates of the contract are made anew with them. For the last quarter that is scored a Cox model of the contract
    is fitted to both, and its forecasts are compared, too.

    Parameters
    ----------
    tenure
        The cohort; it is only read.

    Returns
    -------
    counts, cells : DataFrame
        As `analysis.audits.look_ahead.look_ahead`; day is the test landmark, and what one of `LEARNED`. Nothing is
        recent: outcomes are settled long before. Landmarks that there is nothing to learn for are left out.
    """
    rows = tenure.landmarks.merge(tenure.query(first_contractions(CONTRACTIONS)), how="left", on=list(KEY))
    counts: list[tuple] = []
    cells: list[pd.DataFrame] = []
    if not rows.empty:
        elapsed, gap = elapsed_at(tenure.study.time.snapshot, rows), tenure.study.time.allowed_gap_days
        covariates = [one for one in tenure.covariates("landmarks") if one.family == control_family()]
        scored = settled_quarters(rows)[-tenure.study.models.test_quarters :]
        for day in sorted({*scored, rows["risk_date"].max()}):
            tenure.progress(f"looking ahead: rebuilding what a forecast of {day:%Y-%m-%d} could learn from")
            known = past_landmarks(tenure, day.date(), covariates)
            ours = training_rows(rows, day, gap, elapsed)
            theirs = known[known["is_followed"].astype(bool) & still_there(known, elapsed)]
            taken = [*_TAKEN, *(covariate.name for covariate in covariates)]
            found = _differing(ours, theirs, taken)
            if ours.empty and found.empty:
                continue
            n_rows = len(ours)
            counts.append((day, ROWS_LEARNED, n_rows, 0, int((found["what"] == ROWS_LEARNED).sum())))
            for what, n_columns in ((OUTCOMES_LEARNED, len(taken)), (CONTRACTIONS_LEARNED, 1)):
                counts.append((day, what, n_rows * n_columns, 0, int((found["what"] == what).sum())))
            if scored and day == scored[-1]:
                forecasts = _forecasts(ours, theirs, rows[rows["risk_date"] == day], known, elapsed, covariates)
                counts += [(day, FORECASTS, len(forecasts), 0, int(forecasts["differs"].sum()))]
                moved = forecasts[forecasts["differs"]].drop(columns="differs")
                found = stacked(found, moved)
            if len(found):
                cells.append(_examples(found, day))
    listed = pd.concat(cells, ignore_index=True) if cells else LOOK_AHEAD_CELLS.empty()
    return pd.DataFrame(counts, columns=LOOK_AHEAD.columns).astype({"day": "datetime64[us]"}), listed


def stacked(*frames: pd.DataFrame) -> pd.DataFrame:
    """Return frames one below the other; an empty one among others decides no types."""
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


def _differing(ours: pd.DataFrame, theirs: pd.DataFrame, taken: Sequence[str]) -> pd.DataFrame:
    """Return the rows that only one of both has, and the cells in which the others differ: what, key, both values."""
    compared = [*taken, _CONTRACTED]
    left, right = (rows.set_index(list(KEY))[compared] for rows in (ours, theirs))
    alone = left.index.symmetric_difference(right.index)
    parts = [_lines(alone, ROWS_LEARNED, *(_told(alone.isin(one.index)) for one in (left, right)))]
    both = left.index.intersection(right.index)
    left, right = left.loc[both], right.loc[both]
    for name in compared:
        what = CONTRACTIONS_LEARNED if name == _CONTRACTED else OUTCOMES_LEARNED
        differs = ~_same(left[name], right[name])
        values = (f"{name}: " + side.loc[differs, name].astype(str) for side in (left, right))
        parts.append(_lines(both[differs], what, *(one.to_numpy(object) for one in values)))
    return stacked(*parts)


def _same(one: pd.Series, other: pd.Series) -> NDArray[np.bool_]:
    lacks = one.isna().to_numpy(), other.isna().to_numpy()
    values = (np.where(lack, None, side.to_numpy(object)) for lack, side in zip(lacks, (one, other), strict=True))
    first, second = values
    return np.asarray(first == second, bool) & (lacks[0] == lacks[1])


def _told(is_there: NDArray[np.bool_]) -> NDArray:
    return np.where(is_there, "learned from", "not learned from").astype(object)


def _lines(keys: pd.MultiIndex, what: str, from_all_data: NDArray, from_known: NDArray) -> pd.DataFrame:
    lines = keys.to_frame(index=False) if len(keys) else pd.DataFrame(columns=list(KEY))
    return lines.assign(what=what, from_all_data=from_all_data, from_known=from_known)


def _forecasts(
    ours: pd.DataFrame,
    theirs: pd.DataFrame,
    at_landmark: pd.DataFrame,
    known: pd.DataFrame,
    elapsed: Elapsed,
    covariates: Sequence[Covariate],
) -> pd.DataFrame:
    """Fit one model to both and return its forecasts of a landmark; none where it cannot be fitted to either."""
    asked = at_landmark[still_there(at_landmark, elapsed)]
    from_all_data = _risk(ours, asked, covariates)
    from_known = _risk(theirs, asked[list(KEY)].merge(known, on=list(KEY), how="left"), covariates)
    keys = asked.set_index(list(KEY)).index
    if from_all_data is None and from_known is None:
        return _lines(keys[:0], FORECASTS, np.empty(0, object), np.empty(0, object)).assign(differs=False)
    lacking = np.full(len(asked), np.nan)
    pair = [lacking if risk is None else risk for risk in (from_all_data, from_known)]
    differs = ~(np.abs(pair[0] - pair[1]) <= SAME)
    return _lines(keys, FORECASTS, *(risk.astype(str).astype(object) for risk in pair)).assign(differs=differs)


def _risk(training: pd.DataFrame, asked: pd.DataFrame, covariates: Sequence[Covariate]) -> NDArray[np.float64] | None:
    with suppress(DesignError, ModelError):
        design, matrix = learn_matrix(training.reset_index(drop=True), covariates)
        model = LandmarkCox(ridge=_RIDGE).fit(matrix, Outcome.from_landmarks(training))
        return horizon_risk(model, design.apply(asked.reset_index(drop=True)))
    return None


def _examples(found: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    first = found.sort_values(["what", *KEY], kind="stable").groupby("what", sort=False).head(EXAMPLES)
    whose = first["lifetime_id"].astype(str).str.rpartition("#")
    lines = first.assign(day=day, account_id=whose[0], lifetime_number=whose[2].astype("int64"))
    return lines[LOOK_AHEAD_CELLS.columns].reset_index(drop=True)
