"""Forecasts month by month, each by what was known on its landmark, and why the last one was what it was."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.fingerprint import digest
from analysis.cohort.kept import kept
from analysis.design.population import elapsed_at, still_there
from analysis.evaluation.rolling_origin import RollingOrigin
from analysis.forecast.outlook import Forecast
from analysis.forecast.reasons import Explanation, explain
from analysis.models.base import horizon_risk
from analysis.story.frames import FORECASTS


@dataclass(frozen=True, slots=True, eq=False)
class MonthlyForecasts:
    """What would have been forecast of every account on each landmark since the first quarter that was scored.

    Attributes
    ----------
    table : DataFrame
        As `FORECASTS`, in order of landmarks.
    rolling, last
        What they are by: a quarter's model forecasts from the landmarks of that quarter, the last one from its own.
    """

    table: pd.DataFrame
    rolling: RollingOrigin
    last: Forecast | None

    def of(self, lifetimes: pd.Series) -> pd.DataFrame:
        """Return the forecasts of some lifetimes."""
        return self.table[self.table["lifetime_id"].isin(lifetimes)].reset_index(drop=True)

    def why(self, tenure: CohortTables, lifetime: str) -> Explanation | None:
        """Return why the last forecast of a lifetime was what it was; None where there is none, or it has no peers.

        From the last landmark it is what the forecast itself says. Before it peers are those of the year before alone.
        """
        own = self.of(pd.Series([lifetime]))
        if own.empty:
            return None
        landmark = own["landmark"].iloc[-1]
        if self.last is not None and landmark == self.last.landmark:
            place = self.last.accounts["lifetime_id"].tolist().index(lifetime)
            return self.last.explanations.accounts[place]

        def explained() -> Explanation | None:
            quoted = self.rolling.quoted[_learned_before(self.rolling, landmark)]
            rows = tenure.landmarks
            asked = rows[(rows["lifetime_id"] == lifetime) & (rows["risk_date"] == landmark)]
            return explain(quoted.model, quoted.design, asked, rows).accounts[0]

        return kept(tenure, f"MonthlyForecasts.why.{digest(lifetime)[:16]}", explained)


def monthly_forecasts(tenure: CohortTables, rolling: RollingOrigin, last: Forecast | None) -> pd.DataFrame:
    """Forecast from every landmark by the model that would have been quoted then, fitted to what was settled by then.

    A model is fitted at the start of a quarter, and forecasts from the landmarks up to the next one.

    Parameters
    ----------
    tenure
        The cohort.
    rolling
        The quarters that were forecast before.
    last
        The forecast from the last landmark; None where it cannot be made.

    Returns
    -------
    DataFrame
        As `FORECASTS`, in order of landmarks.
    """
    rows = tenure.landmarks
    there = still_there(rows, elapsed_at(tenure.study.time.snapshot, rows))
    parts = []
    for landmark, own in rows[there].groupby("risk_date", sort=True):
        if last is not None and landmark == last.landmark:
            probability = last.accounts.set_index("lifetime_id")[last.headline].reindex(own["lifetime_id"]).to_numpy()
            learned_by, model = last.landmark, last.headline
        elif rolling.quarters[0] <= landmark:
            number = _learned_before(rolling, landmark)
            quoted, choice = rolling.quoted[number], rolling.choices[number]
            probability, learned_by = horizon_risk(quoted.model, quoted.design.apply(own)), choice.landmark
            model = choice.model
        else:
            continue
        said = {"lifetime_id": own["lifetime_id"], "landmark": landmark, "horizon_ends_on": own["horizon_ends_on"]}
        told = {"learned_by": learned_by, "model": model, "probability": probability, "book": np.mean(probability)}
        parts.append(pd.DataFrame(said | told))
    return FORECASTS.checked(pd.concat(parts, ignore_index=True))


def _learned_before(rolling: RollingOrigin, landmark: pd.Timestamp) -> int:
    """Return the number of the last quarter that had begun by a landmark."""
    return max(number for number, quarter in enumerate(rolling.quarters) if quarter <= landmark)
