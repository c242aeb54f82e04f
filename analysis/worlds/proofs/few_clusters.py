"""Few clusters: where accounts share parents, do tests reject as often as they say, and do intervals hold?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.cox.coefficient_table import coefficient_table
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.hypothesis_tests import wald_test
from analysis.cox.rows import CountingRows, counting_rows
from analysis.design.matrix import Column
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.inference.joint_tests import family_tests
from analysis.progress import Progress, quiet

LEVEL = 0.05
PARENTS, EVENTS, FRAILTIES = (15, 30, 60, 200), (100, 300, 600), (0.0, 0.7)
PERIODS, HAZARD, LOST = 4, 0.28, 0.05
ACCOUNTS_PER_EVENT = 1.55
LONG_TAIL = 0.8
"""Standard deviation of the logarithm: the largest of a thousand values lies six standard deviations off the mean."""

OTHERS, FAMILY = "others", "null_family"
COLUMNS = (
    *(Column(name, name, OTHERS) for name in ("account", "parent", "long_tailed", "long_tailed_null")),
    *(Column(f"null_{k}", f"null_{k}", FAMILY) for k in range(6)),
)
EFFECTS = {"account": 0.3, "long_tailed": 0.2}
"""Planted log hazard ratios; `parent` and `long_tailed_null` have none, nor has any column of the family."""


@dataclass(frozen=True, slots=True, eq=False)
class ParentWorld:
    """Accounts at risk in periods, some of one parent.

    Attributes
    ----------
    values : ndarray, shape (n, p)
        Of `COLUMNS`.
    rows : CountingRows
        Clusters are parents.
    """

    values: NDArray[np.float64]
    rows: CountingRows

    def fit(self) -> CoxFit:
        """Fit all columns."""
        return fit_cox(self.values, self.rows, names=[column.name for column in COLUMNS])


def parent_world(n_parents: int, n_events: int, frailty: float, rng: np.random.Generator) -> ParentWorld:
    """Simulate accounts of unlike parents, the largest of 15 with about a fifth of them.

    Parameters
    ----------
    n_parents, n_events : int
        Events are so many on average.
    frailty : float
        Standard deviation of a log hazard that accounts of a parent share, and no column tells.
    rng : Generator
    """
    n = round(ACCOUNTS_PER_EVENT * n_events)
    size = rng.lognormal(0.0, 0.6, n_parents)
    parent = rng.choice(n_parents, n, p=size / size.sum())

    def alike(share: float) -> NDArray[np.float64]:
        """Return a normal column of the accounts, of whose variance parents have such a share."""
        return np.sqrt(share) * rng.normal(size=n_parents)[parent] + np.sqrt(1 - share) * rng.normal(size=n)

    account, own, long_tail, common = alike(0.3), alike(1.0), rng.normal(size=(n, 2)), alike(0.5)
    family = np.column_stack([alike(1.0), alike(1.0), *(0.7 * common + 0.7 * alike(0.3) for _ in range(4))])
    family[:, 5] = np.exp(family[:, 5])
    shared = frailty * rng.normal(size=n_parents)[parent]
    is_there, lines = np.ones(n, dtype=bool), []
    for period in range(PERIODS):
        logs = LONG_TAIL * (0.8 * long_tail + 0.6 * rng.normal(size=(n, 2)))
        tails = np.exp(logs - LONG_TAIL**2 / 2) / np.sqrt(np.expm1(LONG_TAIL**2))
        hazard = HAZARD * np.exp(EFFECTS["account"] * account + EFFECTS["long_tailed"] * (tails[:, 0] - 1) + shared)
        time = rng.exponential(size=n) / hazard
        ends = np.column_stack([np.full(n, period), period + np.minimum(time, 1.0), time < 1.0, parent])
        lines.append(np.column_stack([ends, account, own, tails, family])[is_there])
        is_there &= (time >= 1.0) & (rng.random(n) > LOST)
    start, stop, event, cluster, *values = np.vstack(lines).T
    return ParentWorld(np.column_stack(values), counting_rows(start, stop, event, cluster=cluster))


def limits(frailty: float, seed: int = 0) -> dict[str, float]:
    """Return what coefficients come to in a world of 3,000 parents: a frailty that no column tells pulls to zero."""
    if not frailty:
        return {column.name: EFFECTS.get(column.name, 0.0) for column in COLUMNS}
    fit = parent_world(3_000, 60_000, frailty, np.random.default_rng(seed)).fit()
    found = dict(zip(fit.names, fit.coefficients.tolist(), strict=True))
    return {column.name: found[column.name] if column.name in EFFECTS else 0.0 for column in COLUMNS}


def few_clusters(
    n_worlds: int,
    progress: Progress = quiet,
    parents: Sequence[int] = PARENTS,
    events: Sequence[int] = EVENTS,
    frailties: Sequence[float] = FRAILTIES,
) -> pd.DataFrame:
    """Count in many worlds of each kind how often tests reject, and how often 95% intervals hold.

    Returns
    -------
    DataFrame
        parents, frailty, events (mean), worlds; rejected at 5%: parent (a covariate of the parent, of no effect),
        family (joint test of six columns of no effect), and the same by the plain sandwich with the normal and
        chi-square distributions (parent_sandwich, family_sandwich); covered: account, long_tailed (both of some
        effect), long_tailed_null, and long_tailed_sandwich (normal interval); df (mean) of the parent's covariate.
    """
    lines = []
    for frailty in frailties:
        target = limits(frailty)
        for n_parents, n_events in product(parents, events):
            rng = [np.random.default_rng([n_parents, n_events, int(10 * frailty), world]) for world in range(n_worlds)]
            found = pd.DataFrame([_judged(parent_world(n_parents, n_events, frailty, own), target) for own in rng])
            kind = {"parents": n_parents, "frailty": frailty, "events": round(found.pop("events").mean(), 1)}
            lines.append(kind | {"worlds": n_worlds} | found.mean().round(4).to_dict())
            progress(f"{n_parents} parents, {n_events} events, frailty {frailty}: {n_worlds} worlds")
    return pd.DataFrame(lines)


def _judged(world: ParentWorld, target: dict[str, float]) -> dict[str, float]:
    """Return what one world finds: 1 where a test rejects, or an interval holds."""
    fit = world.fit()
    ratios = hazard_ratios(fit, COLUMNS).set_index("term")
    plain = coefficient_table(fit).set_index("term")
    family = [column.name for column in COLUMNS if column.family == FAMILY]

    def holds(table: pd.DataFrame, term: str) -> bool:
        return bool(table.loc[term, "conf_low"] <= target[term] <= table.loc[term, "conf_high"])

    return {
        "events": fit.rows.n_events,
        "parent": float(ratios.loc["parent", "p_value"] < LEVEL),
        "family": float(family_tests(fit, COLUMNS, [FAMILY])["p_value"].iloc[0] < LEVEL),
        "parent_sandwich": float(plain.loc["parent", "p_value"] < LEVEL),
        "family_sandwich": float(stats.chi2.sf(wald_test(fit, family).statistic, len(family)) < LEVEL),
        "account": holds(ratios, "account"),
        "long_tailed": holds(ratios, "long_tailed"),
        "long_tailed_null": holds(ratios, "long_tailed_null"),
        "long_tailed_sandwich": holds(plain, "long_tailed"),
        "df": float(ratios.loc["parent", "df"]),
    }
