"""Score versions: forecasts of a quarter by the score as it is, beside families, and without each component."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contest.learners import Learner
from analysis.contest.subsets import as_in_training
from analysis.declared.factors import control_family
from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.evaluation.folds import Fold
from analysis.health_score.definition import FULL, ScoreDefinition
from analysis.health_score.score_columns import SCORE, learn_curve, scores_of, with_score
from analysis.health_score.scored import Scored, weighted_score
from analysis.models.cross_fit import cluster_folds

Risks = dict[tuple[str, str], NDArray[np.float64]]
"""By what is added or is the score, and by what is known beside it, shape (n,)."""
ALONE, CONTRACT = "score", "score and contract"
"""What else is known: the score alone, or the contract, too, which tells when accounts can leave at all."""
AS_IT_IS = "as it is"
WHOLE = "whole"
"""The score computed of all its components: what it is without one is compared with."""


def without_component(definition: ScoreDefinition, name: str) -> ScoreDefinition:
    """Return a definition without the weight of a component; the others' grow to make 100, in every variant, too.

    Where no other has a weight none is left, and there is no score.
    """

    def grown(weights: Mapping[str, float]) -> dict[str, float]:
        rest = FULL - weights[name]
        return {one: 0.0 if one == name or rest <= 0 else FULL * weight / rest for one, weight in weights.items()}

    variants = tuple(type(one)(one.by, one.of, grown(one.weights)) for one in definition.variants)
    changed = definition.with_weights(grown(definition.weights))
    return ScoreDefinition(changed.name, changed.components, changed.colours, changed.overrides, variants)


def without(name: str) -> str:
    """Return what the score without a component is called."""
    return f"without {name}"


def score_versions(scored: Scored) -> dict[str, NDArray[np.float64]]:
    """Return the score computed of all components, and without each, where weights and points are known."""
    definition = scored.definition
    if definition is None or {one.name for one in definition.components} - set(scored.points):
        return {}

    def computed(of: ScoreDefinition) -> NDArray[np.float64]:
        return weighted_score(scored.rows, scored.points, of)

    parts = {without(one.name): computed(without_component(definition, one.name)) for one in definition.components}
    return {WHOLE: computed(definition), **parts}


def risks_at_quarter(
    scored: Scored,
    versions: Mapping[str, NDArray[np.float64]],
    rows: pd.DataFrame,
    fold: Fold,
    learner: Learner,
    families: Sequence[str],
    seed: int,
) -> tuple[pd.DataFrame, NDArray[np.uint64], Risks]:
    """Forecast a quarter by each version of the score, beside families, of accounts never seen.

    Parameters
    ----------
    scored
        All landmark rows.
    versions
        Their score in each version, from `score_versions`, and as it is.
    rows
        What may be learned from.
    fold, learner, families, seed
        As `analysis.health_score.left_out.left_out`.

    Returns
    -------
    DataFrame, ndarray of uint64, dict
        Labels of the m rows of the quarter, their content as `Outcome.content`, and each forecast, shape (m,).
    """
    training, outcome = fold.design.apply(rows), Outcome.from_landmarks(rows)
    part = cluster_folds(outcome, seed)
    test_part, test_cluster = as_in_training(outcome, part, fold.outcome.cluster)

    def by_version(name: str) -> tuple[DesignMatrix, DesignMatrix]:
        learnt_from, asked = (scores_of(one, scored.rows, versions[name]) for one in (rows, fold.test_rows))
        curve = learn_curve(learnt_from)
        known = curve.columns(learnt_from)
        return with_score(training, known, known), with_score(fold.test, curve.columns(asked), known)

    whole, test = by_version(AS_IT_IS)
    learnt = learner(whole, outcome, part, {})

    def said(own: DesignMatrix, asked: DesignMatrix, known: Sequence[str]) -> NDArray[np.float64]:
        return learnt(own.select_families(known))(asked.select_families(known), test_part, test_cluster)

    control = control_family()
    risk = {(name, ALONE): said(whole, test, [SCORE, name]) for name in families}
    known = {ALONE: [SCORE]}
    if control in families:
        known[CONTRACT] = [SCORE, control]
        others = [name for name in families if name != control]
        risk |= {(name, CONTRACT): said(whole, test, [SCORE, name, control]) for name in others}
    for name in versions:
        own, asked = by_version(name)
        risk |= {(name, beside): said(own, asked, families_known) for beside, families_known in known.items()}
    labels = {
        "landmark": fold.landmark,
        "lifetime_id": fold.outcome.lifetime,
        "cluster_id": fold.outcome.cluster,
        "event": fold.outcome.event,
        "score": scores_of(fold.test_rows, scored.rows, scored.score),
    }
    return pd.DataFrame(labels), fold.outcome.content, risk
