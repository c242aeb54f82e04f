"""The registry: the models that compete in a study, by name."""

from collections.abc import Callable, Mapping

from analysis.declared.factors import control_family
from analysis.declared.study import Study
from analysis.models.base import Model
from analysis.models.forest import Forest
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate
from analysis.models.tuning import ShrinkageChoice

COX, FOREST, CONTRACT_ONLY, LAST_SETTLED_QUARTER = "cox", "forest", "contract_only", "last_settled_quarter"
LOGISTIC, CONTRACT_LOGISTIC = "logistic", "contract_logistic"

QUOTABLE = (COX, FOREST)
"""The models whose forecast may be quoted; the others are rivals that they must beat."""
TWINS = {COX: LOGISTIC, FOREST: LOGISTIC, CONTRACT_ONLY: CONTRACT_LOGISTIC}
"""Of models the plain logistic regression on the same columns, which they must not fall behind."""

Makers = Mapping[str, Callable[[], Model]]


def competing_models(study: Study) -> Makers:
    """Return the models of a study and the rivals they must beat, each as a function that makes an unfitted one."""
    models, contract = study.models, (control_family(),)
    of_all, of_contract = (ShrinkageChoice(models.forecast_shrinkage, study.seed) for _ in range(2))

    def forest() -> Model:
        return Forest(n_trees=models.forest_trees, min_rows_per_leaf=models.forest_min_leaf, seed=study.seed)

    return {
        COX: lambda: LandmarkCox(ridge=of_all),
        FOREST: forest,
        CONTRACT_ONLY: lambda: FamiliesOnly(LandmarkCox(ridge=of_contract), contract),
        LOGISTIC: lambda: Logistic(ridge=of_all),
        CONTRACT_LOGISTIC: lambda: FamiliesOnly(Logistic(ridge=of_contract), contract),
        LAST_SETTLED_QUARTER: LastSettledQuarterRate,
    }
