"""Contest results: usage, relationship or champion? As displays; ``tenure.contest`` in a notebook."""

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.content import places
from analysis.cohort.kept import kept_property
from analysis.contest.displays import show_values
from analysis.contest.learners import Learner, learners
from analysis.contest.quarter_fits import quarters_of
from analysis.contest.ranking import Ranking, rank_families
from analysis.contest.subsets import Subsets, forecast_by_subsets
from analysis.contest.values import FamilyValues, value_families
from analysis.contest.where import Where, value_by_group
from analysis.declared.factors import control_family
from analysis.design.population import elapsed_at
from analysis.errors import ModelError
from analysis.evaluation.folds import Fold
from analysis.evaluation.in_use import GROUPS
from analysis.evaluation.rolling_origin import RollingOrigin
from analysis.figures.display import Display
from analysis.figures.shown import Answers
from analysis.models.registry import COX
from analysis.wording.remarks import remark


class ContestResults(Answers):
    """What each factor family is worth to forecasts; each result is computed once.

    Parameters
    ----------
    tenure
        The cohort.
    rolling
        Returns the forecasts of earlier quarters, whose rows and designs the contest is held on.
    is_brief
        Whether it is held by the one kind of model alone that verdicts are taken from.
    """

    first = "values"

    def __init__(self, tenure: CohortTables, rolling: Callable[[], RollingOrigin], is_brief: bool = False) -> None:
        self._tenure, self._rolling, self._is_brief = tenure, rolling, is_brief
        self.kept_apart = "brief" if is_brief else ""

    @cached_property
    def brief(self) -> "ContestResults":
        """The contest as it is held by the kind of model that verdicts are taken from, and by no other.

        Estimates, intervals and verdicts are those of the whole contest, in a small part of the time; that other kinds
        of model agree is not told.
        """
        return self if self._is_brief else ContestResults(self._tenure, self._rolling, is_brief=True)

    @kept_property
    def subsets(self) -> Subsets:
        """Forecasts of each quarter by models that know some of the families and not others.

        Raises
        ------
        ModelError
            If no family but the contract is measured.
        """
        first, *others = learners(self._tenure.study.models, self._tenure.study.seed).items()
        if self._is_brief:
            return self._forecast(dict([first]), with_noise=True)
        return self.brief.subsets.beside(self._forecast(dict(others), with_noise=False))

    def _forecast(self, learners: Mapping[str, Learner], with_noise: bool) -> Subsets:
        tenure, folds = self._tenure, self._folds
        names = [family.name for family, _ in tenure.families() if family.name != control_family()]
        families = [name for name in names if all(len(fold.test.family_columns(name)) for fold in folds)]
        if not families:
            raise ModelError(remark("contest.no_family"))
        return forecast_by_subsets(
            tenure.landmarks,
            folds,
            learners,
            families,
            control_family(),
            allowed_gap_days=tenure.study.time.allowed_gap_days,
            elapsed=elapsed_at(tenure.study.time.snapshot, tenure.landmarks),
            seed=tenure.study.seed,
            with_noise=with_noise,
            progress=tenure.progress,
        )

    @cached_property
    def _folds(self) -> tuple[Fold, ...]:
        """The quarters that were scored; where their models are not at hand, with the one that the contest needs."""
        rolling = self._rolling()
        if rolling.learned.is_made:
            return rolling.folds
        alone = quarters_of(self._tenure, COX)
        return alone if tuple(fold.landmark for fold in alone) == rolling.quarters else rolling.folds

    @cached_property
    def _cluster(self) -> NDArray[np.intp]:
        return places(self.subsets.rows["cluster_id"].to_numpy(object), self.subsets.content)

    @kept_property
    def _values(self) -> FamilyValues:
        return value_families(self.subsets, self._cluster)

    @kept_property
    def _where(self) -> Where:
        rows = self.subsets.rows
        quarters = {"quarter": rows["landmark"].dt.strftime("%Y-%m-%d").astype(object)}
        return value_by_group(self.subsets, self._cluster, {by: rows[by] for by in GROUPS if by in rows} | quarters)

    @cached_property
    def ranking(self) -> Ranking:
        """Which families are shown to drive churn, and in which order."""
        return rank_families(self._values.table, self._values.contrasts)

    def values(self) -> Display:
        """Return what knowing each family is worth, by each kind of model, beside shuffled columns."""
        return show_values(self._values.table, self.ranking, self._tenure.colors)

    def contrasts(self) -> Display:
        """Return by how much one family is worth more than another."""
        return Display("Differences of worth between families, paired (Holm)", self._values.contrasts)

    def where(self) -> Display:
        """Return what each family is worth by phase, segment, touch model, kind of term and quarter."""
        return Display("Worth of each family, group by group", self._where.table)

    @property
    def hidden_groups(self) -> pd.DataFrame:
        """How many accounts, and leavers, the groups hold that are not told: as `HIDDEN_GROUPS`."""
        return self._where.hidden

    def differences(self) -> Display:
        """Return whether a family is worth more in some groups than in others."""
        return Display("Whether families are worth the same in all groups (Holm)", self._where.differences)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table by name, for files."""
        return {
            "values": self._values.table,
            "contrasts": self._values.contrasts,
            "where": self._where.table,
            "differences": self._where.differences,
        }
