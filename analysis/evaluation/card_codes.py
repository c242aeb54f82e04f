"""Card codes: the remarks of a model card by what is found."""

from analysis.evaluation.calibration.verdict import Calibration
from analysis.evaluation.choice import Ground
from analysis.evaluation.over_time.calibration import RateDrift
from analysis.evaluation.over_time.covariates import CovariateDrift
from analysis.evaluation.readings import Lead

ITEMS = (
    "evaluation.item.1", "evaluation.item.2", "evaluation.item.3a", "evaluation.item.3b", "evaluation.item.3c",
    "evaluation.item.4", "evaluation.item.5a", "evaluation.item.5b", "evaluation.item.6a", "evaluation.item.6b",
    "evaluation.item.6c", "evaluation.item.7", "evaluation.item.8a", "evaluation.item.8b", "evaluation.item.8c",
    "evaluation.item.9a", "evaluation.item.9b", "evaluation.item.9c", "evaluation.item.10", "evaluation.item.11",
    "evaluation.item.12a", "evaluation.item.12b", "evaluation.item.12c", "evaluation.item.12d", "evaluation.item.12e",
    "evaluation.item.12f", "evaluation.item.12g", "evaluation.item.13", "evaluation.item.14", "evaluation.item.15",
    "evaluation.item.16", "evaluation.item.17", "evaluation.item.18a", "evaluation.item.18b", "evaluation.item.18c",
    "evaluation.item.18d", "evaluation.item.18e", "evaluation.item.18f", "evaluation.item.19", "evaluation.item.20a",
    "evaluation.item.20b", "evaluation.item.20c", "evaluation.item.21", "evaluation.item.22", "evaluation.item.23a",
    "evaluation.item.23b", "evaluation.item.24", "evaluation.item.25", "evaluation.item.26", "evaluation.item.27a",
    "evaluation.item.27b", "evaluation.item.27c",
)  # fmt: skip
"""Of TRIPOD+AI (Collins and others 2024, BMJ 385, e078378), in its order."""

OUTCOME = {"notice": "evaluation.card.outcome_notice", "end": "evaluation.card.outcome_end"}
"""By what dates an event."""
CARE = {True: "evaluation.card.care_known", False: "evaluation.card.care_unknown"}
"""By whether the source tells what was done to keep accounts."""
GROUND = {
    Ground.EARLIER_QUARTERS: "evaluation.card.quoted_earlier_quarters",
    Ground.INNER_FOLDS: "evaluation.card.quoted_inner_folds",
    Ground.NOTHING: "evaluation.card.quoted_nothing",
}
COVARIATES = {
    CovariateDrift.MOVED: "evaluation.card.covariates_moved",
    CovariateDrift.SOMEWHAT: "evaluation.card.covariates_somewhat",
    CovariateDrift.STEADY: "evaluation.card.covariates_steady",
    CovariateDrift.CANT_TELL: "evaluation.card.covariates_cant_tell",
}
LEVEL = {
    RateDrift.RISING: "evaluation.card.level_rising",
    RateDrift.FALLING: "evaluation.card.level_falling",
    RateDrift.UNEVEN: "evaluation.card.level_uneven",
    RateDrift.NOT_SHOWN: "evaluation.card.level_not_shown",
    RateDrift.CANT_TELL: "evaluation.card.level_cant_tell",
}
LEAD = {
    Lead.BETTER: "evaluation.card.lead_better",
    Lead.WORSE: "evaluation.card.lead_worse",
    Lead.NO_DIFFERENCE: "evaluation.card.lead_no_difference",
}

LIMIT_OF_CALIBRATION = {
    Calibration.TOO_HIGH: "evaluation.limit.too_high",
    Calibration.TOO_LOW: "evaluation.limit.too_low",
    Calibration.TOO_EXTREME: "evaluation.limit.too_extreme",
    Calibration.TOO_FLAT: "evaluation.limit.too_flat",
    Calibration.CANT_TELL: "evaluation.limit.cant_tell",
}
"""A calibrated forecast has no such limit; so for the others."""
LIMIT_OF_LEAD = {Lead.WORSE: "evaluation.limit.worse", Lead.NO_DIFFERENCE: "evaluation.limit.no_difference"}
LIMIT_OF_LEVEL = {
    RateDrift.RISING: "evaluation.limit.rising",
    RateDrift.FALLING: "evaluation.limit.falling",
    RateDrift.UNEVEN: "evaluation.limit.uneven",
}
