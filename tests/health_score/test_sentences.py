"""What is said of weights, families and components follows from their verdicts."""

import numpy as np
import pandas as pd
import pytest

from analysis.health_score.contamination import Contamination, Effect, Known, Warned
from analysis.health_score.left_frames import TREATED_BANDS, TREATED_COMPONENTS
from analysis.health_score.left_out import LeftOut, Missed
from analysis.health_score.sentences import family_remarks, intervention_remarks, weight_remarks
from analysis.health_score.weights import Verdict, WeightVerdicts
from analysis.wording.remarks import remark
from reports.messages import read_catalogue


def contamination(**warned):
    lines = pd.DataFrame({"name": list(warned), "warning": [str(one) for one in warned.values()]})
    table = lines.reindex(columns=TREATED_COMPONENTS.columns)
    return Contamination(Known.SOME, Effect.NOT_SHOWN, TREATED_BANDS.empty(), table, 100, 0)


def test_components_whose_low_accounts_were_called_are_named():
    found = contamination(usage=Warned.POSSIBLE, nps=Warned.SHOWN, calls=Warned.CLEAR)
    said = [str(one) for one in intervention_remarks(found, ("usage", "nps", "calls"))]
    assert len(said) == 2
    assert said[0].startswith("What is seen of nps is blurred by interventions")
    assert "few points of usage" in said[1]
    assert intervention_remarks(contamination(usage=Warned.CLEAR), ("usage",)) == ()


def test_weights_to_be_changed_come_first():
    lines = [("a", 50.0, Verdict.CANNOT_TELL), ("b", 20.0, Verdict.RAISE), ("c", 30.0, Verdict.LOWER)]
    table = pd.DataFrame(lines, columns=["component", "published", "verdict"]).assign(conf_low=5.0, conf_high=60.0)
    said = [str(one) for one in weight_remarks(WeightVerdicts(table, None, None, (), 10, 5, 5))]
    assert [one.split(",")[0] for one in said] == [
        "Lower the weight of c",
        "Raise the weight of b",
        "Whether the weight of a",
    ]
    assert "5 to 60" in said[0]


def test_families_left_out_come_first_and_the_contract_last():
    names = ["contract", "usage", "champion"]
    table = pd.DataFrame({"part": "family", "metric": "log_score", "name": names, "estimate": [9.0, 0.2, 1.5]})
    table = table.assign(conf_low=table["estimate"] - 1, conf_high=table["estimate"] + 1, p_value=np.nan)
    missed = {"contract": Missed.LEFT_OUT, "usage": Missed.NOT_SHOWN, "champion": Missed.LEFT_OUT}
    said = [str(one) for one in family_remarks(LeftOut(table, missed, {}, 0))]
    assert ["Champion is left out" in said[0], "That Usage" in said[1], "Contract" in said[2]] == [True] * 3
    assert "1.5 points of skill (0.5 to 2.5)" in said[0]


@pytest.mark.parametrize(("language", "published"), [("en", "publish"), ("ja", "公表")])
def test_weights_are_those_in_use_as_a_declared_score_publishes_none(language, published):
    codes = ("not_proposed", "nothing_to_propose", "published_mark")
    said = [remark(f"health_score.{code}").in_words(read_catalogue(language)) for code in codes]
    assert [one for one in said if published in one] == []
