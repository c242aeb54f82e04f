"""Families apart: each by itself beside the contract, where events are too few to set them against each other."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.declared.factors import control_family
from analysis.declared.schema import Schema
from analysis.design.matrix import Covariate
from analysis.inference.fit import Inference, fit_inference
from analysis.inference.frames import BOUNDS, RATIOS, TESTS
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.inference.joint_tests import family_tests
from analysis.inference.read_together import ReadTogether, read_together


def fit_apart(
    counting_process: pd.DataFrame, covariates: Sequence[Covariate], families: Sequence[str]
) -> dict[str, Inference]:
    """Fit a time-varying Cox model for each family: its columns and those of the contract.

    What a family shows here may be another's doing: nothing of the others is held equal.

    Parameters
    ----------
    counting_process
        Intervals ``(start, stop]`` with their covariates.
    covariates
        Those declared for the counting process.
    families
        Without the control.

    Returns
    -------
    dict
        By family; one whose columns the data cannot support has none.

    Raises
    ------
    DesignError, ModelError
        As `fit_inference`.
    """
    found = {}
    for family in families:
        own = [covariate for covariate in covariates if covariate.family in (family, control_family())]
        inference = fit_inference(counting_process, own)
        if any(column.family == family for column in inference.columns):
            found[family] = inference
    return found


def family_tests_apart(apart: Mapping[str, Inference]) -> pd.DataFrame:
    """Return the joint test of each family in its own model, as `TESTS`."""
    tables = [family_tests(one.fit, one.columns, [family]) for family, one in apart.items()]
    return _joined(tables, TESTS)


def ratios_apart(apart: Mapping[str, Inference]) -> pd.DataFrame:
    """Return the hazard ratios of each family's columns in its own model, as `RATIOS`."""
    tables = [hazard_ratios(one.fit, one.columns).query("family == @family") for family, one in apart.items()]
    return _joined(tables, RATIOS)


def bounds_apart(apart: Mapping[str, Inference]) -> pd.DataFrame:
    """Return the bounds of each family's columns in its own model, as `BOUNDS`."""
    tables = [one.bounds.query("family == @family") for family, one in apart.items()]
    return _joined(tables, BOUNDS)


def _joined(tables: Sequence[pd.DataFrame], schema: Schema) -> pd.DataFrame:
    filled = [table for table in tables if not table.empty]
    return schema.checked(pd.concat(filled, ignore_index=True) if filled else schema.empty())


def together_apart(apart: Mapping[str, Inference]) -> tuple[ReadTogether, ...]:
    """Return the columns that cannot be told apart in each family's own model, one of the family among them."""
    found = []
    for family, one in apart.items():
        own = {column.name for column in one.columns if column.family == family}
        found += [group for group in read_together(one.fit, one.columns) if own & set(group.terms)]
    return tuple(found)
