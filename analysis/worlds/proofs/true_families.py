"""True families: what an analysis would find of each family in a very large world if it knew the world's own hazard."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cox.fit import fit_cox
from analysis.cox.rows import CountingRows
from analysis.declared.factors import contenders, control_family
from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.forecast.shapley import shapley_values
from analysis.inference.clock import clock_strata
from analysis.inference.fit import Inference, fit_inference
from analysis.models.landmark_cox import LandmarkCox
from analysis.worlds.proofs.dealt_worlds import KEYS, StudiedCompany, month_of

LOW, HIGH = 0.1, 0.9
"""Between these quantiles of its part of the log hazard a family's risk difference is taken."""
CONTENDERS = contenders()

Family = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class TrueFamilies:
    """The truth about the families of a world.

    Attributes
    ----------
    table : DataFrame
        scenario, family, accounts, events, share (of the partial log-likelihood that the three families explain
        together; NaN where they explain nothing), risk_difference (points of three-month churn), part_sd (of the
        family's part of the log hazard).
    subsets : DataFrame
        families (joined by '+'), gain (partial log-likelihood per event, above the contract columns alone): all eight.
    """

    table: pd.DataFrame
    subsets: pd.DataFrame


def true_families(company: StudiedCompany) -> TrueFamilies:
    """Measure each family by its true part of the log hazard: what it explains, and what it does to the risk.

    Shares are Shapley values over the three families, of the partial log-likelihood of the counting process; the
    contract columns of the study are always in, and each family is one column with a coefficient of its own. The risk
    difference is of a landmark model of the same columns: the mean three-month incidence with the family's column at
    its 90th percentile, less that at its 10th, all else as it is.

    Notes
    -----
    Rows of months without a decision (the first days of an account) have no truth, and are left out.
    """
    frame = _with_parts(company, company.tenure.counting_process)
    covariates = company.tenure.covariates("counting_process")
    contract = fit_inference(frame, [covariate for covariate in covariates if covariate.family == control_family()])
    design = _design(frame, contract)
    outcome = Outcome.from_counting_process(frame)
    rows = outcome.counting_rows(clock_strata(frame))
    gains = subset_gains(design, rows)
    total = gains[frozenset(CONTENDERS)]
    shapley = shapley_values(gains)
    landmarks = _with_parts(company, company.tenure.landmarks.query("is_followed")).reset_index(drop=True)
    differences = risk_differences(_design(landmarks, contract), Outcome.from_landmarks(landmarks))
    lines = [
        {
            "scenario": company.scenario_name,
            "family": family,
            "accounts": frame["account_id"].nunique(),
            "events": outcome.n_lifetimes_with_event,
            "share": shapley[family] / total if total > 0 else math.nan,
            "risk_difference": differences[family],
            "part_sd": float(frame[_part(family)].std()),
        }
        for family in CONTENDERS
    ]
    subsets = [("+".join(f for f in CONTENDERS if f in subset), gain) for subset, gain in gains.items()]
    return TrueFamilies(pd.DataFrame(lines), pd.DataFrame(subsets, columns=["families", "gain"]))


def subset_gains(design: DesignMatrix, rows: CountingRows) -> dict[Family, float]:
    """Return, for each of the eight subsets of families, the partial log-likelihood per event that it adds."""
    likelihood = {}
    for size in range(len(CONTENDERS) + 1):
        for subset in itertools.combinations(CONTENDERS, size):
            chosen = design.select_families([control_family(), *subset])
            likelihood[frozenset(subset)] = fit_cox(chosen.values, rows, names=chosen.names).log_likelihood
    none = likelihood[frozenset()]
    return {subset: (value - none) / rows.n_subjects_with_event for subset, value in likelihood.items()}


def risk_differences(design: DesignMatrix, outcome: Outcome) -> dict[str, float]:
    """Return each family's difference of mean three-month incidence, in points; 0 where its part does not vary."""
    model = LandmarkCox().fit(design, outcome)
    differences = {}
    for family in CONTENDERS:
        places = design.family_columns(family)
        differences[family] = 0.0
        if len(places):
            low, high = np.quantile(design.values[:, places[0]], (LOW, HIGH))
            differences[family] = 100 * (_risk_at(model, design, places, high) - _risk_at(model, design, places, low))
    return differences


def _risk_at(model: LandmarkCox, design: DesignMatrix, places: NDArray[np.intp], level: float) -> float:
    values = design.values.copy()
    values[:, places] = level
    return float(model.predict_incidence(design.with_values(values), [HORIZON_PARTS]).mean())


def _with_parts(company: StudiedCompany, frame: pd.DataFrame) -> pd.DataFrame:
    """Add each family's true part of the log hazard in the month of the row; drop rows that have none."""
    truth = company.truth("hazard")[[*KEYS, *CONTENDERS]].rename(columns={name: _part(name) for name in CONTENDERS})
    dated = frame.assign(month=month_of(frame["risk_date"]))
    return dated.merge(truth, on=list(KEYS), how="inner").sort_values(["account_id", "risk_date"], ignore_index=True)


def _part(family: str) -> str:
    return f"{family}: true part"


def _design(frame: pd.DataFrame, contract: Inference) -> DesignMatrix:
    """Put the families' parts, as they are, beside the contract columns; a part that is constant is none."""
    gone = [column.name for column in contract.design.columns if column not in contract.columns]
    controls = contract.design.apply(frame).without(gone)
    columns = tuple(Column(_part(f), _part(f), f) for f in CONTENDERS if np.ptp(frame[_part(f)]) > 0)
    parts = frame[[column.name for column in columns]].to_numpy(np.float64)
    return DesignMatrix(np.hstack([controls.values, parts]), controls.columns + columns, controls.rows)
