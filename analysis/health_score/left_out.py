"""Left out: what each family adds to forecasts by the score, and what they lose without a component, out of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.content import places
from analysis.contest.learners import Learner, learners
from analysis.contest.values import LOG_SCORE, METRICS, losses, ratio
from analysis.design.population import Elapsed, elapsed_at, training_rows
from analysis.errors import ModelError
from analysis.evaluation.folds import Fold
from analysis.evaluation.measures.accuracy import group_rate
from analysis.health_score.definition import ScoreDefinition
from analysis.health_score.left_frames import LEFT_OUT
from analysis.health_score.score_versions import (
    ALONE,
    AS_IT_IS,
    CONTRACT,
    WHOLE,
    Risks,
    risks_at_quarter,
    score_versions,
    without,
)
from analysis.health_score.scored import Scored
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.models.registry import COX
from analysis.wording.remarks import remark

FAMILY, COMPONENT = "family", "component"
SMALLEST_GAIN = 1.0
"""Hundredths of the loss: a gain that is surely smaller is none that a score need be changed for."""


class Missed(StrEnum):
    """What is shown of a family beside the score."""

    LEFT_OUT = "left_out"
    """Knowing it makes the score's forecasts better."""
    NOT_SHOWN = "not_shown"
    NOTHING_TO_GAIN = "nothing_to_gain"
    """What it adds is surely less than `SMALLEST_GAIN`."""


class Carried(StrEnum):
    """What is shown of a component of the score."""

    NEEDED = "needed"
    """Without it forecasts are worse."""
    NOT_SHOWN = "not_shown"
    NOT_NEEDED = "not_needed"
    """What is lost without it is surely less than `SMALLEST_GAIN`."""
    HARMFUL = "harmful"
    """Without it forecasts are better."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """What a score leaves out.

    Attributes
    ----------
    table : DataFrame
        As `LEFT_OUT`.
    families : dict of str to Missed
        A verdict on each family that is measured.
    components : dict of str to Carried
        On each component; empty where the weights are not known.
    n_unscored : int
        Rows at risk of those quarters without a score, which are not judged.
    """

    table: pd.DataFrame
    families: dict[str, Missed]
    components: dict[str, Carried]
    n_unscored: int


def left_out_of(tenure: CohortTables, scored: Scored, folds: Sequence[Fold]) -> LeftOut:
    """Ask what a study's score leaves out.

    Parameters
    ----------
    tenure
        The cohort.
    scored
        All landmark rows with the score.
    folds
        Quarters of the rolling origin: their designs, and how their rows ended.

    Raises
    ------
    ModelError
        If there is no quarter, or too few leavers with a score in them.
    """
    if not folds:
        raise ModelError(remark("health_score.left_out_no_quarter"))
    study = tenure.study
    families = [family.name for family, _ in tenure.families()]
    return left_out(
        scored,
        folds,
        learners(study.models, study.seed)[COX],
        [name for name in families if all(len(fold.test.family_columns(name)) for fold in folds)],
        allowed_gap_days=study.time.allowed_gap_days,
        elapsed=elapsed_at(study.time.snapshot, tenure.landmarks),
        seed=study.seed,
        needed=study.report.family_from_events,
    )


def left_out(
    scored: Scored,
    folds: Sequence[Fold],
    learner: Learner,
    families: Sequence[str],
    *,
    allowed_gap_days: int,
    elapsed: Elapsed,
    seed: int,
    needed: int,
) -> LeftOut:
    """Ask what forecasts by the score gain from each family, and lose without each component.

    Parameters
    ----------
    scored
        All landmark rows with the score.
    folds
        Quarters that the score is judged on.
    learner
        See `analysis.contest.learners`: columns are shrunk alike whatever else is known.
    families
        Those asked about.
    allowed_gap_days, elapsed, seed
        As `analysis.contest.subsets.forecast_by_subsets`, whose way of learning this is: from what was settled at the
        quarter's start, of accounts never seen.
    needed
        Lifetimes with a score that left in these quarters.

    Raises
    ------
    ModelError
        If fewer left.
    """
    versions = {AS_IT_IS: scored.score, **score_versions(scored)}

    def at_quarter(fold: Fold) -> tuple[pd.DataFrame, NDArray[np.uint64], Risks]:
        rows = fold.relabel(training_rows(scored.rows, fold.landmark, allowed_gap_days, elapsed))
        return risks_at_quarter(scored, versions, rows, fold, learner, families, seed)

    found = Parallel(n_jobs=2, prefer="threads")(delayed(at_quarter)(fold) for fold in folds)
    rows = pd.concat([one for one, _, _ in found], ignore_index=True)
    risk = {name: np.concatenate([one[name] for _, _, one in found]) for name in found[0][2]}
    judged = np.isfinite(rows["score"].to_numpy(np.float64)) & np.all(
        [np.isfinite(one) for one in risk.values()], axis=0
    )
    event = rows["event"].to_numpy(bool)
    n_events = rows.loc[judged & event, "lifetime_id"].nunique()
    if n_events < needed:
        raise ModelError(remark("health_score.left_out_too_few", found=n_events, needed=needed))
    cluster = places(rows["cluster_id"].to_numpy(object), np.concatenate([one for _, one, _ in found]))
    own = {key: one[judged] for key, one in risk.items()}
    parts = (
        [] if len(versions) == 1 or scored.definition is None else [one.name for one in scored.definition.components]
    )
    pairs = {
        (part, beside, name): (own[less, beside], own[more, beside])
        for beside in (ALONE, CONTRACT)
        for part, name, less, more in (
            *((FAMILY, name, AS_IT_IS, name) for name in families),
            *((COMPONENT, name, without(name), WHOLE) for name in parts),
        )
        if (less, beside) in own and (more, beside) in own
    }
    table = _judged(event[judged], rows["landmark"].to_numpy()[judged], cluster[judged], pairs, scored.definition)
    table = LEFT_OUT.checked(table.assign(n_rows=int(judged.sum()), n_events=n_events)[LEFT_OUT.columns])
    return LeftOut(
        table,
        {name: Missed(verdict) for name, verdict in _headline(table, FAMILY).items()},
        {name: Carried(verdict) for name, verdict in _headline(table, COMPONENT).items()},
        int((~np.isfinite(rows["score"].to_numpy(np.float64))).sum()),
    )


def _headline(table: pd.DataFrame, part: str) -> dict[str, str]:
    """Return the verdict by the logarithmic score, the contract known where it is measured and not what is asked."""
    own = table[(table["part"] == part) & (table["metric"] == LOG_SCORE)]
    return dict(zip(own["name"], own["verdict"], strict=True))  # what is known of the contract stands last, and counts


def _judged(
    event: NDArray[np.bool_],
    quarter: NDArray,
    cluster: NDArray[np.intp],
    pairs: Mapping[tuple[str, str, str], tuple[NDArray[np.float64], NDArray[np.float64]]],
    definition: ScoreDefinition | None,
) -> pd.DataFrame:
    weights = {} if definition is None else definition.weights
    lines = []
    for metric in METRICS:
        whole = losses(metric, event, group_rate(event, quarter))
        for (part, beside, name), (less, more) in pairs.items():
            one = ratio(losses(metric, event, less) - losses(metric, event, more), whole, cluster)
            weight = weights[name] if part == COMPONENT else np.nan
            lines.append((metric, part, beside, name, weight, one.estimate, one.conf_low, one.conf_high, one.p_value))
    names = ["metric", "part", "beside", "name", "weight", "estimate", "conf_low", "conf_high", "p_value"]
    table = pd.DataFrame(lines, columns=names)
    adjusted = table.groupby(["metric", "part", "beside"])["p_value"].transform(lambda p: holm(p.to_numpy(np.float64)))
    table = table.assign(adjusted_p_value=adjusted)
    keys = ["part", "beside", "name"]
    by_log = table[table["metric"] == LOG_SCORE]
    verdicts = {tuple(line[key] for key in keys): _verdict(line) for line in by_log.to_dict("records")}
    return table.assign(verdict=[verdicts[key] for key in table[keys].itertuples(index=False, name=None)])


def _verdict(line: Mapping[str, object]) -> str:
    estimate, high, p_value = (float(str(line[name])) for name in ("estimate", "conf_high", "adjusted_p_value"))
    is_family = line["part"] == FAMILY
    if p_value < SHOWN and estimate > 0:
        return (Missed.LEFT_OUT if is_family else Carried.NEEDED).value
    if p_value < SHOWN and not is_family:
        return Carried.HARMFUL.value
    if high < SMALLEST_GAIN or estimate == 0:
        return (Missed.NOTHING_TO_GAIN if is_family else Carried.NOT_NEEDED).value
    return (Missed.NOT_SHOWN if is_family else Carried.NOT_SHOWN).value
