"""The sample study: where it lies, what its report leaves behind; and any study with little work."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.declared.study_parts import Audits, Models

if TYPE_CHECKING:
    from analysis.workbench import Workbench

SAMPLE = Path(__file__).parents[1] / "data" / "crm5_sample" / "quick.toml"
"""The study ``study.toml`` beside it, with little work for models and audits."""

SCORE = """
name = "Health"

[colours]
red_below = 35
green_from = 65

[[components]]
name = "days"
covariate = "active_day_share"
weight = 70
[components.scaling]
way = "percentile"

[[components]]
name = "breadth"
covariate = "features_used"
weight = 30
[components.scaling]
way = "percentile"
"""
"""What a health score of the sample may be made of: its ``health_score.toml``."""


@dataclass(frozen=True, slots=True)
class SampleReport:
    """The output folder of the sample study, its page, and its list of accounts."""

    out: Path
    page: str
    accounts: str


def with_little_work(tenure: "Workbench") -> "Workbench":
    """Let models and audits take hardly any time, where what they find is not the question."""
    models = Models(
        forecast_shrinkage=(3.0,),
        forest_trees=2,
        forest_min_leaf=(60,),
        forest_columns=(0.1,),
        forest_bins=(64,),
        test_quarters=1,
        resamples=3,
    )
    tenure.study = dataclasses.replace(tenure.study, models=models, audits=Audits(look_ahead_days=1, lags=(90,)))
    return tenure
