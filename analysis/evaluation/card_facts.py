"""Card facts: what a model card counts: who is in, the predictors, the models as they were fitted, and the size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.declared.factors import read_covariates
from analysis.design.matrix import Covariate
from analysis.evaluation.folds import Fold
from analysis.models.settings_chosen import settings_chosen
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True)
class FamilyCounts:
    """The predictors of one family, in the rows of the last scored quarter.

    Attributes
    ----------
    declared, measured
        Covariates of landmarks: those there are, and those that these data measure.
    columns
        Of the design matrix that come of them.
    lacking
        Of the measured ones, those that lack a value in some row, learned from or scored.
    missing
        Share of the cells of the measured ones without a value; NaN where none is measured.
    """

    family: str
    declared: int
    measured: int
    columns: int
    lacking: int
    missing: float


@dataclass(frozen=True, slots=True)
class ModelCounts:
    """A model as it was fitted for the last scored quarter.

    Attributes
    ----------
    settings
        Those that its training rows chose; None where there is none to choose.
    intercept, slope
        Of the line by which its forecasts are put right; 0 and 1 leave them as they are; NaN for a blend.
    weight
        In the blend; 0 where it has none there, NaN where there is no blend.
    """

    model: str
    settings: Remark | None
    intercept: float
    slope: float
    weight: float

    @property
    def is_put_right(self) -> bool:
        """Whether its forecasts are other than it made them; a blend is of forecasts that are put right already."""
        return self.slope == self.slope and (self.intercept, self.slope) != (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class SampleSize:
    """What the models of the last scored quarter learned from.

    Attributes
    ----------
    events
        Lifetimes that churned within a horizon.
    columns
        Of the design matrix.
    events_per_column
        What there is to learn each of them from.
    event_share
        Rows that are followed by churn, of all.
    """

    rows: int
    accounts: int
    parents: int
    lifetimes: int
    events: int
    columns: int
    event_share: float

    @property
    def events_per_column(self) -> float:
        """Lifetimes with event for each column."""
        return self.events / self.columns


def family_counts(fold: Fold, training: pd.DataFrame, covariates: Sequence[Covariate]) -> tuple[FamilyCounts, ...]:
    """Count the predictors of each family.

    Parameters
    ----------
    fold
        The last scored quarter.
    training
        The rows that its models learned from, as they stand in the cohort.
    covariates
        Those that are measured.
    """
    rows = pd.concat([training, fold.test_rows], ignore_index=True)
    products = {covariate.name: covariate for covariate in read_covariates()}
    declared = [covariate.family for covariate in products.values() if "landmarks" in covariate.cohorts]
    declared += [covariate.family for covariate in covariates if covariate.name not in products]
    counts = []
    for family in dict.fromkeys(declared):
        names = [covariate.name for covariate in covariates if covariate.family == family]
        missing = rows[names].isna().mean().to_numpy(np.float64)
        counts.append(
            FamilyCounts(
                family=family,
                declared=declared.count(family),
                measured=len(names),
                columns=len(fold.test.family_columns(family)),
                lacking=int((missing > 0).sum()),
                missing=float(missing.mean()) if names else float("nan"),
            )
        )
    return tuple(counts)


def model_counts(fold: Fold) -> tuple[ModelCounts, ...]:
    """Return the models of a quarter, in the order in which they compete."""
    competition = fold.competition
    weights: Mapping[str, float] = competition.weights
    counts = []
    for name in competition.models:
        line = competition.recalibrations.get(name)
        plain = competition.plain.get(name)
        counts.append(
            ModelCounts(
                model=name,
                settings=None if plain is None else settings_chosen(plain),
                intercept=float("nan") if line is None else line.intercept,
                slope=float("nan") if line is None else line.slope,
                weight=weights.get(name, 0.0) if weights and plain is not None else float("nan"),
            )
        )
    return tuple(counts)


def sample_size(fold: Fold, training: pd.DataFrame) -> SampleSize:
    """Count what the models of a quarter learned from.

    Parameters
    ----------
    fold
        The quarter.
    training
        The rows that its models learned from, as they stand in the cohort.
    """
    return SampleSize(
        rows=len(training),
        accounts=int(training["account_id"].nunique()),
        parents=int(training["cluster_id"].nunique()),
        lifetimes=int(training["lifetime_id"].nunique()),
        events=int(training.loc[training["event"] == 1, "lifetime_id"].nunique()),
        columns=len(fold.design.columns),
        event_share=float((training["event"] == 1).mean()),
    )
