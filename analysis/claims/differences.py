"""Differences: do the families' effects differ between the groups of a category?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.claims.model import ClaimsModel
from analysis.cox.global_test import global_test
from analysis.declared.claim_tests import ClaimTest
from analysis.declared.factors import contenders
from analysis.design.matrix import Column
from analysis.errors import ModelError
from analysis.wording.remarks import Remark, remark

LEAST_OF_GROUP = 10
"""Lifetimes with event that a group needs, and those outside it, to be compared with the others."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A joint test; `n_exposed` counts the lifetimes with event in the groups that are compared with the commonest."""

    says: Remark
    p_value: float
    n_exposed: int


def difference_between_groups(test: ClaimTest, model: ClaimsModel, most_clusters: int) -> Difference:
    """Test whether the part of the hazard that each family has is a larger, or smaller, one in some group.

    The part is that of the fit, and its products with the groups are tested together (global test), with as many
    columns as families times groups compared.

    Parameters
    ----------
    test
        With ``differ_by``.
    model
        Of all families.
    most_clusters
        Clusters that are given back their leverage.

    Raises
    ------
    ModelError
        If no family is in the model, or no group has enough leavers.

    Notes
    -----
    Tukey's (1949, Biometrics 5, 232) test of non-additivity, group by group: what the groups' slopes differ by is
    independent of their sum, which the fit has set to zero, so that the parts may come from the same rows.
    """
    families = [family for family in contenders() if any(_is_of(column, family) for column in model.matrix.columns)]
    if not families:
        raise ModelError(remark("claims.no_family"))
    groups = _groups(test, model)
    if not groups:
        raise ModelError(remark("claims.no_groups", least=LEAST_OF_GROUP))
    parts = []
    for family in families:
        own = np.array([_is_of(column, family) for column in model.matrix.columns])
        part = model.matrix.values[:, own] @ model.fit.coefficients[own]
        parts.append(part - part.mean())
    block = np.column_stack([part * group for part in parts for group in groups.values()])
    found = global_test(model.fit, block, most_clusters=most_clusters)
    event = model.frame["event"].to_numpy(np.int64) == 1
    in_any = np.any(list(groups.values()), axis=0)
    return Difference(
        remark(
            "claims.differs", families=tuple(families), covariates=tuple(c for c in test.differ_by if c in model.frame)
        ),
        found.p_value,
        int(model.frame.loc[event & in_any, "lifetime_id"].nunique()),
    )


def _is_of(column: Column, family: str) -> bool:
    return column.family == family and not column.marks_missing


def _groups(test: ClaimTest, model: ClaimsModel) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Return the rows of each group but the commonest of its covariate, where enough left in it and outside."""
    event = model.frame["event"].to_numpy(np.int64) == 1
    lifetimes = model.frame["lifetime_id"].to_numpy(object)
    found = {}
    for name in (name for name in test.differ_by if name in model.frame):
        labels = model.frame[name]
        for level in (
            labels.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable").index[1:]
        ):
            own = (labels == level).to_numpy(bool)
            sizes = [len(np.unique(lifetimes[event & side])) for side in (own, ~own)]
            if min(sizes) >= LEAST_OF_GROUP:
                found[name, str(level)] = own
    return found
