"""Asked models: some models, or models of the asker's own, scored on quarters that they had not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.fingerprint import digest
from analysis.errors import ModelError
from analysis.evaluation.kept_quarters import kept_rolling_origin
from analysis.evaluation.rolling_origin import QUOTED, RollingOrigin, rolling_origin_of
from analysis.figures.display import Display
from analysis.figures.model_scores import draw_scores, scores_height
from analysis.figures.shown import Shown
from analysis.models.competition import Makers
from analysis.models.registry import CONTRACT_ONLY, LAST_SETTLED_QUARTER, competing_models
from analysis.wording.nearest import nearest

RIVALS = (CONTRACT_ONLY, LAST_SETTLED_QUARTER)
"""What any model must beat: they are scored beside those that were asked for."""


@dataclass(frozen=True, repr=False, eq=False)
class AskedModels(Shown):
    """Models as they were asked for, with their scores; it shows how far each is ahead of the contract alone.

    Attributes
    ----------
    asked
        Names of the models.
    rolling
        Their forecasts, quarter by quarter.
    """

    asked: tuple[str, ...]
    rolling: RollingOrigin

    def scores(self) -> Display:
        """Return every score of every model, with intervals by resampled parent accounts, and those it must beat."""
        pooled = self.rolling.pooled
        table = pooled[pooled["model"] != QUOTED].reset_index(drop=True)
        quarters = self.rolling.quarters
        return Display(
            "Out-of-time scores: " + ", ".join(self.asked),
            table,
            lambda ax: draw_scores(ax, table),
            size=(7.4, scores_height(table)),
            notes=(
                f"{len(quarters)} quarters, from {quarters[0]:%Y-%m-%d} to {quarters[-1]:%Y-%m-%d}, each "
                "forecast with what was known at its start; models tuned and put right on training rows.",
                *(str(note) for note in self.rolling.notes),
            ),
        )

    shown = scores

    def pairs(self) -> Display:
        """Return differences of scores between every two models, on the same accounts."""
        pairs = self.rolling.pairs
        is_own = (pairs["model"] != QUOTED) & (pairs["versus"] != QUOTED)
        return Display("Differences of out-of-time scores, paired", pairs[is_own].reset_index(drop=True))

    def by_quarter(self) -> Display:
        """Return scores quarter by quarter."""
        by_fold = self.rolling.by_fold
        return Display("Scores by quarter", by_fold[by_fold["model"] != QUOTED].reset_index(drop=True))

    def predictions(self) -> pd.DataFrame:
        """Return each account's probability of leaving within the horizon of each quarter's start, by each model."""
        return self.rolling.predictions.drop(columns=QUOTED)


def among(competed: RollingOrigin, names: tuple[str, ...]) -> RollingOrigin | None:
    """Return what quarters tell of some models, to the bit as if these had been alone.

    None where it is not the same: where a model lacks a quarter, which is then scored for none, or where the models
    are asked for in another order than they compete in, which turns differences round.
    """
    own = [name for name in competed.models if name in names]
    if own != list(names) or competed.predictions[list(competed.models)].isna().any(axis=None):
        return None
    kept = [*own, QUOTED]
    by_fold, pooled, pairs, recalibrated = (
        table[table["model"].isin(kept)].reset_index(drop=True)
        for table in (competed.by_fold, competed.pooled, competed.pairs, competed.recalibrated)
    )
    return replace(
        competed,
        models=tuple(own),
        by_fold=by_fold,
        pooled=pooled,
        pairs=pairs[pairs["versus"].isin(kept)].reset_index(drop=True),
        recalibrated=recalibrated,
        predictions=competed.predictions.drop(columns=[name for name in competed.models if name not in own]),
        notes=tuple(note for note in competed.notes if dict(note.values).get("model", QUOTED) in kept),
    )


def asked_models(
    tenure: CohortTables, models: Sequence[str] | Makers, competed: RollingOrigin | None = None
) -> AskedModels:
    """Score models by name, or by functions that make unfitted ones; see `Workbench.evaluate`.

    Parameters
    ----------
    tenure
        The cohort.
    models
        Names, or functions by name.
    competed
        The quarters in which all models of the study competed, where they are at hand: what is asked stands in them.
    """
    known = competing_models(tenure.study)
    is_known = not isinstance(models, dict)
    if not isinstance(models, dict):
        for name in models:
            if name not in known:
                raise ModelError(f"There is no model '{name}'. {nearest(name, known, most=len(known))}")
        models = {name: known[name] for name in models}
    if not models:
        raise ModelError(f"No model is named. There are: {', '.join(known)}.")
    beside = {name: known[name] for name in RIVALS if name not in models}
    makers = {**models, **beside}
    if is_known and competed is not None and (found := among(competed, tuple(makers))) is not None:
        return AskedModels(tuple(models), found)
    if is_known:
        name = f"AskedModels.{digest(*makers)[:16]}"
        return AskedModels(tuple(models), kept_rolling_origin(tenure, name, makers, blended=()))
    return AskedModels(tuple(models), rolling_origin_of(tenure, makers, blended=()))
