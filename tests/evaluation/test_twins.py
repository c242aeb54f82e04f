"""Whether a model falls behind the logistic regression on its own columns, and which pairs are worth a line."""

import pandas as pd
import pytest

from analysis.evaluation.twins import TwinVerdict, twin_verdicts

TWINS = {"cox": "logistic", "forest": "logistic", "contract_only": "contract_logistic"}


def pooled(**auc: float) -> pd.DataFrame:
    table = pd.DataFrame(
        [(model, "auc", value) for model, value in auc.items()], columns=["model", "metric", "estimate"]
    )
    return table.assign(conf_low=0.0, conf_high=1.0, n_folds=3)


@pytest.mark.parametrize(("auc", "behind"), [(0.70, True), (0.735, False), (0.80, False)])
def test_a_model_falls_behind_by_more_than_two_hundredths(auc: float, behind: bool) -> None:
    (verdict,) = twin_verdicts(pooled(cox=auc, logistic=0.75), TWINS)
    assert verdict == TwinVerdict("cox", "logistic", auc, 0.75)
    assert verdict.falls_behind is behind


def test_only_models_scored_beside_their_twin_are_judged() -> None:
    verdicts = twin_verdicts(pooled(cox=0.7, forest=0.7, contract_only=0.6, logistic=0.7), TWINS)
    assert [verdict.model for verdict in verdicts] == ["cox", "forest"]
    assert twin_verdicts(pooled(cox=0.7), TWINS) == ()
