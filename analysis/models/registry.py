"""The registry: the models that compete in a study, by name."""

from analysis.declared.factors import control_family, expected_signs
from analysis.declared.study import Study
from analysis.models.base import Model
from analysis.models.boosting import Boosting
from analysis.models.competition import Makers
from analysis.models.forest_choice import TunedForest
from analysis.models.kaplan_meier_cells import KaplanMeierCells
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.published_score import PublishedScoreOnly
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate
from analysis.models.stack import Stack
from analysis.models.tuning import ShrinkageChoice

COX, FOREST, CONTRACT_ONLY, LAST_SETTLED_QUARTER = "cox", "forest", "contract_only", "last_settled_quarter"
LOGISTIC, CONTRACT_LOGISTIC, BOOSTING = "logistic", "contract_logistic", "boosting"
HEALTH_SCORE, KAPLAN_MEIER = "health_score", "kaplan_meier"

BLENDED = (COX, FOREST, BOOSTING, LOGISTIC, CONTRACT_ONLY)
"""The models that the blend may weigh: those that learn from all columns, and the least that they must know."""
TWINS = {COX: LOGISTIC, FOREST: LOGISTIC, CONTRACT_ONLY: CONTRACT_LOGISTIC}
"""Of models the plain logistic regression on the same columns, which they must not fall behind."""


def competing_models(study: Study) -> Makers:
    """Return the models that compete in a study, from rich to plain, each as a function that makes an unfitted one.

    A model and its twin share how strongly they are shrunk, if they are fitted one after another in one thread.
    What the contract alone tells is told by the same kinds of models that all families have: else whatever leads over
    it might owe that to its form.
    """
    models, contract = study.models, (control_family(),)
    of_all, of_contract = (ShrinkageChoice(models.forecast_shrinkage, study.seed) for _ in range(2))

    def forest() -> Model:
        return TunedForest(
            leaves=models.forest_min_leaf,
            columns=models.forest_columns,
            bins=models.forest_bins,
            n_trees=models.forest_trees,
            seed=study.seed,
            n_jobs=1,
        )

    alone: Makers = {
        COX: lambda: LandmarkCox(ridge=of_contract),
        LOGISTIC: lambda: Logistic(ridge=of_contract),
        BOOSTING: lambda: Boosting(seed=study.seed, n_jobs=1),
    }
    return {
        COX: lambda: LandmarkCox(ridge=of_all),
        FOREST: forest,
        BOOSTING: lambda: Boosting(signs=expected_signs(study.own.declared()), seed=study.seed, n_jobs=1),
        LOGISTIC: lambda: Logistic(ridge=of_all),
        CONTRACT_ONLY: lambda: FamiliesOnly(Stack(alone, study.seed), contract),
        CONTRACT_LOGISTIC: lambda: FamiliesOnly(Logistic(ridge=of_contract), contract),
        HEALTH_SCORE: PublishedScoreOnly,
        KAPLAN_MEIER: KaplanMeierCells,
        LAST_SETTLED_QUARTER: LastSettledQuarterRate,
    }
