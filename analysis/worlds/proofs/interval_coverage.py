"""Interval coverage: do 95% intervals of hazard ratios hold the number that is true, or the limit of the model?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit
from analysis.cox.rows import counting_rows
from analysis.curves.nonparametric import normal_quantile
from analysis.declared.factors import Covariate, read_covariates
from analysis.design.matrix import Column, DesignMatrix
from analysis.inference.clock import clock_strata
from analysis.inference.fit import fit_inference, fit_what_can_be_estimated
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.progress import Progress, quiet
from analysis.worlds.company.danger.hazard import in_units
from analysis.worlds.company.setting.scenario import Scenario, read_units
from analysis.worlds.proofs.dealt_worlds import KEYS, StudiedCompany, deal, month_of, rows_of_worlds

Z = normal_quantile(0.95)
PLANTED = "planted"
"""The family of columns that a scenario plants, whatever theirs is in a study."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownModel:
    """A Cox model whose coefficients are known, and the rows of a company to fit it to.

    Attributes
    ----------
    name : str
        complete: the planted columns; study: those of the study's own inference.
    matrix : DesignMatrix, n rows, p columns
        Its `rows` are the intervals, with whose they are.
    coefficients : ndarray, shape (p,)
        What an interval should hold: the planted log hazard ratios, or the model's own limit.
    strata : tuple of str
        Columns of the rows that tell strata apart beside the renewal clock.
    """

    name: str
    matrix: DesignMatrix
    coefficients: NDArray[np.float64]
    strata: tuple[str, ...]

    def fit(self, chosen: NDArray[np.intp]) -> tuple[CoxFit, DesignMatrix]:
        """Fit some of the rows, without the columns that these cannot support."""
        matrix = self.matrix.take(chosen)
        rows = matrix.rows
        strata = np.column_stack([clock_strata(rows), rows[list(self.strata)]])
        outcome = counting_rows(
            rows["start"], rows["stop"], rows["event"], strata=strata,
            subject=rows["lifetime_id"].to_numpy(), cluster=rows["cluster_id"].to_numpy(),
        )  # fmt: skip
        fit, kept, _ = fit_what_can_be_estimated(matrix, outcome)
        return fit, kept


def complete_model(company: StudiedCompany) -> KnownModel:
    """Return the model that the world decides by: covariates and states as planted, in the units of the scenario.

    Notes
    -----
    The world decides with what was known on the first of the month, so all intervals of a month have the covariates of
    its first; a month in whose first days an account came is no month of decisions yet, and is left out. Strata are the
    study's and the length of the term (0: none): the scenario has a base rate for each.
    """
    frame = company.tenure.counting_process
    frame = frame.assign(month=month_of(frame["risk_date"]))
    planted = {name: size for name, size in company.scenario.effects.items() if size != 0}
    values = _in_units(frame, company.scenario)
    first = frame.groupby(["lifetime_id", "month"], sort=False)["start"].transform("idxmin").to_numpy()
    states = frame[list(KEYS)].merge(company.truth("states"), on=list(KEYS), how="left")
    values = values.iloc[first].reset_index(drop=True)
    columns = pd.DataFrame({name: (values if name in values else states)[name] for name in planted})
    decides = states["survivor"].notna().to_numpy()
    matrix = DesignMatrix(
        values=columns[decides].to_numpy(np.float64),
        columns=tuple(Column(name, name, PLANTED) for name in planted),
        rows=frame[decides].fillna({"term_months": 0}).reset_index(drop=True),
    )
    return KnownModel("complete", matrix, np.array(list(planted.values())), ("term_months",))


def _in_units(frame: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    units = read_units()
    return pd.DataFrame(
        {
            covariate.name: in_units(frame[covariate.name], covariate, units[covariate.name])
            for covariate in read_covariates()
            if covariate.name in scenario.effects
        }
    )


def study_model(company: StudiedCompany, covariates: Sequence[Covariate] | None = None) -> KnownModel:
    """Return the study's own inference, its columns and limits learned on all accounts of the company.

    Parameters
    ----------
    company
    covariates
        All that the company measures, unless told otherwise.

    Notes
    -----
    Not every state that drives leaving is measured, and columns are standardised, so that the limit of this model is
    not what was planted: it is what the same model finds in the whole company.
    """
    frame = company.tenure.counting_process
    inference = fit_inference(frame, covariates or company.tenure.covariates("counting_process"))
    matrix = DesignMatrix(inference.matrix(frame).values, inference.columns, frame)
    return KnownModel("study", matrix, inference.fit.coefficients, ())


def estimates_by_world(
    companies: Iterable[StudiedCompany],
    accounts_per_world: int,
    progress: Progress = quiet,
    models: Sequence[Callable[[StudiedCompany], KnownModel]] = (complete_model, study_model),
) -> pd.DataFrame:
    """Fit the complete and the study's model, or others, to every world of the companies.

    Returns
    -------
    DataFrame
        model, term, company, world, events, true, estimate, robust_error (as R gives it; of shrunk columns none),
        std_error, conf_low and conf_high (as `hazard_ratios` does); a column that a world cannot support has no line
        there.
    """
    tables = []
    for number, company in enumerate(companies):
        for make in models:
            model = make(company)
            for world, rows in enumerate(rows_of_worlds(deal(model.matrix.rows, accounts_per_world, number))):
                tables.append(_estimates(model, rows).assign(company=company.name, world=world))
        progress(f"{company.name}: fitted {world + 1} worlds")
    return pd.concat(tables, ignore_index=True)


def _estimates(model: KnownModel, rows: NDArray[np.intp]) -> pd.DataFrame:
    fit, matrix = model.fit(rows)
    known = dict(zip(model.matrix.names, model.coefficients, strict=True))
    ratios = hazard_ratios(fit, matrix.columns)
    return ratios[["term", "estimate", "std_error", "conf_low", "conf_high"]].assign(
        model=model.name,
        events=fit.rows.n_subjects_with_event,
        true=ratios["term"].map(known),
        robust_error=np.nan if fit.is_penalised else fit.robust_std_errors,
    )


def summarise_coverage(found: pd.DataFrame) -> pd.DataFrame:
    """Return, a line a coefficient, estimates beside what they should be, and how many 95% intervals hold it.

    Parameters
    ----------
    found
        From `estimates_by_world`.

    Returns
    -------
    DataFrame
        model, term, worlds, events (mean), true (mean over companies: planted, or limit), mean_estimate, empirical_sd,
        mean_robust_error, mean_std_error, coverage, coverage_unwidened (by the robust error as it is).
    """
    is_within = ((found["estimate"] - found["true"]).abs() <= Z * found["robust_error"]).astype(np.float64)
    is_within = is_within.where(found["robust_error"].notna())
    return (
        found.assign(covered=found["true"].between(found["conf_low"], found["conf_high"]), is_within=is_within)
        .groupby(["model", "term"], sort=False)
        .agg(
            worlds=("estimate", "size"),
            events=("events", "mean"),
            true=("true", "mean"),
            mean_estimate=("estimate", "mean"),
            empirical_sd=("estimate", "std"),
            mean_robust_error=("robust_error", "mean"),
            mean_std_error=("std_error", "mean"),
            coverage=("covered", "mean"),
            coverage_unwidened=("is_within", "mean"),
        )
        .reset_index()
    )
