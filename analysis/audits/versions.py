"""Versions: one time-varying Cox model fitted to the same rows with the covariates seen in several ways."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.identifiability import NotEstimableError
from analysis.design.matrix import Column, Covariate
from analysis.design.outcome import Outcome
from analysis.inference.fit import STRATA, fit_inference, least_needed


def fit_versions(
    frames: Mapping[str, pd.DataFrame], covariates: Sequence[Covariate]
) -> tuple[dict[str, CoxFit], tuple[Column, ...]]:
    """Fit the same columns to each version of the same counting-process rows.

    The design is learned on the first version and replayed on the others, so that a coefficient means the same in all.
    A column that one version cannot estimate is left out of all.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Versions by name: the same intervals in the same order, with other values of the covariates.
    covariates : sequence of Covariate

    Returns
    -------
    fits : dict of str to CoxFit
    columns : tuple of Column
        Of every fit, in order.
    """
    first, *others = frames
    inference = fit_inference(frames[first], covariates)
    matrices = {name: inference.matrix(frame) for name, frame in frames.items()}
    strata = frames[first][list(STRATA)].to_numpy()
    rows = Outcome.from_counting_process(frames[first]).counting_rows(strata)
    fits = {first: inference.fit}
    while True:
        try:
            for name in [first, *others]:
                if name not in fits:
                    fits[name] = fit_cox(matrices[name].values, rows, names=matrices[name].names)
        except NotEstimableError as error:
            fits, gone = {}, least_needed(matrices[first].columns, error).name
            matrices = {name: matrix.without([gone]) for name, matrix in matrices.items()}
        else:
            return fits, matrices[first].columns
