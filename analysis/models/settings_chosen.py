"""Settings: what a fitted model chose for itself among its training rows."""

from analysis.models.base import Forecaster
from analysis.models.boosting import Boosting
from analysis.models.forest_choice import TunedForest
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.rivals import FamiliesOnly
from analysis.models.stack import Stack
from analysis.models.tuning import ShrinkageChoice
from analysis.wording.remarks import Remark, remark


def settings_chosen(model: Forecaster) -> Remark | None:
    """Say which settings a fitted model has that its training rows chose; None where it has none to choose."""
    match model:
        case FamiliesOnly():
            return settings_chosen(model.model_)
        case Stack():
            return remark("models.set_stack", models=tuple(model.blend_.weights))
        case LandmarkCox() if isinstance(model.ridge, ShrinkageChoice):
            return remark("models.set_cox", multiple=float(model.shrinkage_))
        case Logistic() if isinstance(model.ridge, ShrinkageChoice):
            return remark("models.set_logistic")
        case TunedForest():
            chosen = model.settings_
            return remark(
                "models.set_forest",
                leaf=chosen.min_rows_per_leaf,
                share=float(chosen.max_features),
                bins=chosen.max_bins,
                trees=model.n_trees,
            )
        case Boosting():
            return remark("models.set_boosting", trees=len(model.trees_.value))
    return None
