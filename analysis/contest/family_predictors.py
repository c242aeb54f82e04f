"""Family predictors: what each family says of rows that the model of all families had not seen."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.contest.effect_frames import FAMILY_PREDICTORS, FAMILY_PREDICTORS_BEFORE
from analysis.contest.labels import labels_of
from analysis.contest.quarter_fits import QuarterFits, said_by
from analysis.declared.study import Study
from analysis.errors import ModelError
from analysis.evaluation.use.revenue import annual_revenue
from analysis.forecast.last_landmark import at_risk_now
from analysis.forecast.outlook import Forecast
from analysis.models.logistic import Logistic
from analysis.models.recalibration import Recalibrated
from analysis.models.registry import LOGISTIC
from analysis.wording.remarks import remark


def predictors_of_quarters(quarters: Sequence[QuarterFits], families: Sequence[str]) -> pd.DataFrame:
    """Return what each family says of the rows of each quarter, learned before it and without the row's cluster.

    Parameters
    ----------
    quarters : sequence of QuarterFits
    families : sequence of str
        One column each; 0 where a family has no column in a quarter.

    Returns
    -------
    DataFrame
        As `FAMILY_PREDICTORS`, quarter after quarter, in the order of `RollingOrigin.predictions`.
    """
    frames = []
    for quarter in quarters:
        fold = quarter.fold
        said = quarter.said(fold.test, fold.outcome.cluster, families)
        frames.append(labels_of(fold.test_rows, fold.landmark).assign(event=fold.outcome.event, **said))
    return FAMILY_PREDICTORS.checked(pd.concat(frames, ignore_index=True))


def predictors_before(
    landmarks: pd.DataFrame, quarters: Sequence[QuarterFits], families: Sequence[str]
) -> pd.DataFrame:
    """Return what each family would have said of the same rows one horizon earlier, by the same fits.

    Of each row it is asked what was known on the landmark whose horizon ends on the row's own: three months before.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows.
    quarters, families
        As in `predictors_of_quarters`.

    Returns
    -------
    DataFrame
        As `FAMILY_PREDICTORS_BEFORE`, a line for each of the rows of `predictors_of_quarters`, in their order; nothing
        is said of a lifetime that was not at risk then, or under notice.
    """
    frames = []
    for quarter in quarters:
        fold = quarter.fold
        earlier = landmarks[landmarks["horizon_ends_on"] == fold.landmark].set_index("lifetime_id", drop=False)
        known = fold.test_rows["lifetime_id"].isin(earlier.index).to_numpy(bool)
        days = np.full(len(known), np.datetime64("NaT"), dtype="datetime64[ns]")
        said = {family: np.full(len(known), np.nan) for family in families}
        if known.any():
            rows = earlier.loc[fold.test_rows.loc[known, "lifetime_id"]].reset_index(drop=True)
            days[known] = rows["risk_date"].to_numpy("datetime64[ns]")
            then = quarter.said(fold.design.apply(rows), fold.outcome.cluster[known], families)
            for family in families:
                said[family][known] = then[family]
        keys = {"landmark": fold.landmark, "lifetime_id": fold.test_rows["lifetime_id"].to_numpy(object)}
        frames.append(pd.DataFrame({**keys, "said_on": days, **said}))
    return FAMILY_PREDICTORS_BEFORE.checked(pd.concat(frames, ignore_index=True))


def predictors_of_book(
    landmarks: pd.DataFrame, study: Study, forecast: Forecast, families: Sequence[str]
) -> pd.DataFrame:
    """Return what each family says of the accounts at risk now, and what they pay in a year.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows.
    study
        Its snapshot.
    forecast
        From the last landmark, by models fitted to all that is settled.
    families : sequence of str

    Returns
    -------
    DataFrame
        As `FAMILY_PREDICTORS`, without event, in the order of the forecast's accounts.

    Raises
    ------
    ModelError
        If the forecast has no logistic regression.
    """
    fitted = forecast.fitted.get(LOGISTIC)
    if not isinstance(fitted, Recalibrated) or not isinstance(fitted.model, Logistic):
        raise ModelError(remark("contest.not_fitted", model=LOGISTIC, folds=1))
    now = at_risk_now(landmarks, study.time.snapshot)
    revenue = annual_revenue(now)
    said = said_by(fitted.model, forecast.design.apply(now), families)
    priced = {} if revenue is None else {"annual_revenue": revenue}
    return FAMILY_PREDICTORS.checked(labels_of(now, forecast.landmark).assign(**priced, **said))
