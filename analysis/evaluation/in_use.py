"""In use: what the forecasts that would have been quoted were worth, and where they can be relied on."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.declared.study_parts import Report
from analysis.design.matrix import Covariate
from analysis.design.outcome import Outcome
from analysis.design.population import Elapsed
from analysis.design.resampling import cluster_resamples
from analysis.evaluation.calibration.curve import calibration_curves, risk_spread
from analysis.evaluation.calibration.measures import calibration_measures
from analysis.evaluation.calibration.verdict import CalibrationVerdict, calibration_verdicts
from analysis.evaluation.over_time.by_group import GroupsVerdict, groups_verdict, scores_by_group
from analysis.evaluation.over_time.calibration import RateDriftVerdict, calibration_over_time, rate_drift_verdict
from analysis.evaluation.over_time.covariates import CovariatesVerdict, covariates_verdict, drift_over_time
from analysis.evaluation.rolling_origin import QUOTED, RollingOrigin, cluster_place
from analysis.evaluation.use.campaign import Campaign
from analysis.evaluation.use.capacity import Flagged, caught_by_quarter, caught_pairs, flagged_last_quarter, gain_curves
from analysis.evaluation.use.decision import THRESHOLDS, DecisionVerdict, decision_curves, decision_verdicts
from analysis.evaluation.use.profit import profits
from analysis.evaluation.use.revenue import annual_revenue
from analysis.models.registry import CONTRACT_ONLY

GROUPS = ("phase", "segment_in_force", "touch_model_in_force", "term_kind")
"""Columns of landmarks whose groups are told apart, each where the data measure it."""
SAVE_RATES, CONTACT_COSTS = (0.1, 0.3, 0.5), (1.0, 5.0, 20.0)
"""Of a campaign to keep accounts that are worth 200 each, of which the offer costs 10."""


@dataclass(frozen=True, slots=True, eq=False)
class InUse:
    """What forecasts were worth to a team, and in which groups and quarters they held.

    Attributes
    ----------
    measures, curves, spread
        As `analysis.evaluation.calibration.frames.MEASURES`, of every model; `CURVE` and `SPREAD` of the two shown.
    calibration
        A verdict on each model.
    caught, caught_pairs, gain, decision, profit
        As `CAUGHT`, `CAUGHT_PAIRS`, `GAIN`, `DECISION` and `PROFIT` of `analysis.evaluation.use.frames`.
    flagged
        What the last scored quarter's flags would have caught; None where the two models share no quarter.
    decisions
        Verdicts on the forecast quoted then, at the limits of the risk tiers.
    by_group, groups
        As `analysis.evaluation.over_time.frames.BY_GROUP`, of the two models shown; a verdict for each kind of group.
    over_time, rate_drift
        As `analysis.evaluation.over_time.frames.CALIBRATION_OVER_TIME`; whether the level drifts.
    covariate_drift, covariates
        As `analysis.evaluation.over_time.frames.COVARIATE_DRIFT`; what moved by the last scored quarter.
    """

    measures: pd.DataFrame
    curves: pd.DataFrame
    spread: pd.DataFrame
    calibration: tuple[CalibrationVerdict, ...]
    caught: pd.DataFrame
    caught_pairs: pd.DataFrame
    gain: pd.DataFrame
    decision: pd.DataFrame
    profit: pd.DataFrame
    flagged: Flagged | None
    decisions: tuple[DecisionVerdict, ...]
    by_group: pd.DataFrame
    groups: tuple[GroupsVerdict, ...]
    over_time: pd.DataFrame
    rate_drift: RateDriftVerdict
    covariate_drift: pd.DataFrame
    covariates: CovariatesVerdict | None


def in_use(
    rolling: RollingOrigin,
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    report: Report,
    *,
    allowed_gap_days: int,
    elapsed: Elapsed,
    n_resamples: int,
    seed: int,
    campaign: Campaign | None = None,
) -> InUse:
    """Measure the forecasts that would have been quoted beside those of the contract alone.

    Parameters
    ----------
    rolling
        Forecasts of quarters that the models had not seen.
    landmarks
        All landmark rows.
    covariates
        Those declared for landmarks.
    report
        Capacity, tiers and smallest cell.
    allowed_gap_days, elapsed, n_resamples, seed
        As in `analysis.evaluation.rolling_origin.rolling_origin`, so that resamples are the same.
    campaign
        What keeping accounts costs and brings; the one of the paper by default.
    """
    rows, cell = rolling.predictions, report.min_cell
    quarters = _rows_of_quarters(landmarks, rows)
    facts = pd.concat(quarters, ignore_index=True)
    models = [*rolling.models, QUOTED]
    shown = [name for name in (QUOTED, CONTRACT_ONLY) if name in models]
    versus = CONTRACT_ONLY if CONTRACT_ONLY in models else QUOTED
    weights = cluster_resamples(cluster_place([Outcome.from_landmarks(one) for one in quarters]), n_resamples, seed)
    measures = calibration_measures(rows, models)
    caught = caught_by_quarter(rows, models, report.capacity, annual_revenue(facts))
    tiers = decision_curves(rows, [QUOTED], versus, weights, report.risk_tiers)
    kinds = {"quarter": rows["landmark"].to_numpy(object)}
    kinds |= {name: facts[name].to_numpy(object) for name in GROUPS if name in facts}
    by_kind = {kind: scores_by_group(rows, shown, labels, kind, cell) for kind, labels in kinds.items()}
    drift = drift_over_time(landmarks, covariates, rolling.quarters, allowed_gap_days, elapsed)
    setting = Campaign() if campaign is None else campaign
    return InUse(
        measures=measures,
        curves=calibration_curves(rows, shown, cell),
        spread=risk_spread(rows, shown, cell),
        calibration=calibration_verdicts(rows, measures, models),
        caught=caught,
        caught_pairs=caught_pairs(rows, models, versus, report.capacity, weights),
        gain=gain_curves(rows, shown),
        decision=decision_curves(rows, shown, versus, weights, THRESHOLDS),
        profit=profits(rows, shown, versus, weights, setting, SAVE_RATES, CONTACT_COSTS),
        flagged=flagged_last_quarter(caught, QUOTED, versus, cell),
        decisions=decision_verdicts(tiers, QUOTED),
        by_group=pd.concat(list(by_kind.values()), ignore_index=True),
        groups=tuple(groups_verdict(rows, QUOTED, labels, kind, by_kind[kind]) for kind, labels in kinds.items()),
        over_time=calibration_over_time(rows, shown),
        rate_drift=rate_drift_verdict(rows, QUOTED),
        covariate_drift=drift,
        covariates=covariates_verdict(drift),
    )


def _rows_of_quarters(landmarks: pd.DataFrame, predictions: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the landmark rows that were forecast, quarter by quarter, in the order of the forecasts."""
    found = []
    for landmark, forecast in predictions.groupby("landmark", sort=False):
        of_the_day = landmarks[landmarks["risk_date"] == landmark].set_index("lifetime_id", drop=False)
        found.append(of_the_day.loc[forecast["lifetime_id"]].reset_index(drop=True))
    return found
