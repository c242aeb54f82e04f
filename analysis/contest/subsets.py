"""Subsets: recent quarters, forecast by models that know some families and not others, of accounts never seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from analysis.contest.comparable import comparable_groups, shuffle_within
from analysis.contest.labels import labels_of
from analysis.contest.learners import Learner, Learnt
from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.design.population import Elapsed, training_rows
from analysis.evaluation.folds import Fold
from analysis.forecast.shapley import Coalition, coalitions
from analysis.models.cross_fit import as_in_training, cluster_folds
from analysis.progress import Progress, quiet


@dataclass(frozen=True, slots=True, eq=False)
class Subsets:
    """What was said of the rows at the start of each quarter.

    Attributes
    ----------
    rows : DataFrame
        landmark, lifetime_id, account_id, cluster_id, event, and `GROUPS` where they are known: of each row at risk,
        quarter after quarter.
    content : ndarray of uint64, shape (n,)
        As `Outcome.content`.
    risk : dict of str to dict of frozenset to ndarray
        By learner and by the families known beside the contract, shape (n,): the probability of churn within the
        horizon by a fit to what was settled at the quarter's start, without the row's cluster; NaN where there is none.
    noise : dict of str to ndarray
        By family, shape (n,): the same by the first learner, that knows the contract and, in place of the family, its
        columns shuffled among comparable accounts.
    families : tuple of str
        Those compared.
    """

    rows: pd.DataFrame
    content: NDArray[np.uint64]
    risk: dict[str, dict[Coalition, NDArray[np.float64]]]
    noise: dict[str, NDArray[np.float64]]
    families: tuple[str, ...]

    def beside(self, others: "Subsets") -> "Subsets":
        """Return the same with what other learners said of the same rows, after its own."""
        return replace(self, risk=self.risk | others.risk)


def forecast_by_subsets(
    landmarks: pd.DataFrame,
    folds: Sequence[Fold],
    learners: Mapping[str, Learner],
    families: Sequence[str],
    always: str,
    *,
    allowed_gap_days: int,
    elapsed: Elapsed,
    seed: int = 0,
    n_jobs: int = 2,
    with_noise: bool = True,
    progress: Progress = quiet,
) -> Subsets:
    """Forecast each quarter by models that know each subset of the families.

    Parameters
    ----------
    landmarks : DataFrame
        All landmark rows.
    folds : sequence of Fold
        The quarters, from `rolling_origin`.
    learners : mapping of str to callable
        See `analysis.contest.learners`.
    families : sequence of str
        Those compared, of which some quarter has columns.
    always : str
        The family that is known in every subset.
    allowed_gap_days, elapsed
        As in `rolling_origin`.
    seed : int
        Of the folds of clusters, and of what is shuffled.
    n_jobs : int
        Quarters at a time, in threads; results never depend on it.
    with_noise : bool
        Whether the first learner also learns from each family's columns shuffled.
    """
    quarters = (
        delayed(_at_quarter)(
            training_rows(landmarks, fold.landmark, allowed_gap_days, elapsed),
            fold,
            learners,
            families,
            always,
            seed,
            with_noise,
        )
        for fold in folds
    )
    found: list[Subsets] = []
    for one in Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(quarters):
        found.append(one)
        progress(f"what each family is worth: quarter {len(found)} of {len(folds)}")
    return Subsets(
        rows=pd.concat([one.rows for one in found], ignore_index=True),
        content=np.concatenate([one.content for one in found]),
        risk={
            name: {some: np.concatenate([one.risk[name][some] for one in found]) for some in found[0].risk[name]}
            for name in learners
        },
        noise={family: np.concatenate([one.noise[family] for one in found]) for family in found[0].noise},
        families=tuple(families),
    )


def _at_quarter(
    rows: pd.DataFrame,
    fold: Fold,
    learners: Mapping[str, Learner],
    families: Sequence[str],
    always: str,
    seed: int,
    with_noise: bool,
) -> Subsets:
    rows = fold.relabel(rows)
    training, outcome = fold.design.apply(rows), Outcome.from_landmarks(rows)
    part = cluster_folds(outcome, seed)
    test_part, test_cluster = as_in_training(outcome, part, fold.outcome.cluster)

    def said(learnt: Learnt, training: DesignMatrix, test: DesignMatrix) -> NDArray[np.float64]:
        return learnt(training)(test, test_part, test_cluster)

    known = {some: [always, *(family for family in families if family in some)] for some in coalitions(families)}
    risk: dict[str, dict[Coalition, NDArray[np.float64]]] = {}
    noise: dict[str, NDArray[np.float64]] = {}
    for name, learner in learners.items():
        learnt = learner(training, outcome, part, fold.competition.plain)
        risk[name] = {
            some: said(learnt, training.select_families(names), fold.test.select_families(names))
            for some, names in known.items()
        }
        if with_noise and not noise:
            noise = {
                family: said(
                    learnt,
                    _shuffled(training.select_families([always, family]), outcome, family, [seed, number]),
                    _shuffled(fold.test.select_families([always, family]), fold.outcome, family, [seed, number]),
                )
                for number, family in enumerate(families)
            }
    labels = labels_of(fold.test_rows, fold.landmark).assign(event=fold.outcome.event)
    return Subsets(labels, fold.outcome.content, risk, noise, tuple(families))


def _shuffled(design: DesignMatrix, outcome: Outcome, family: str, seed: list[int]) -> DesignMatrix:
    """Give each row the family's columns of a comparable row."""
    taken = shuffle_within(comparable_groups(design), outcome.content, np.random.default_rng(seed))
    columns = design.family_columns(family)
    values = design.values.copy()
    values[:, columns] = values[np.ix_(taken, columns)]
    return design.with_values(values)
