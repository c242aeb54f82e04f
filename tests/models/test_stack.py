"""A stack is its members' blend, weighed by rows that they had not seen, at home and out of fold."""

import numpy as np
import pytest
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.design.matrix import learn_matrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import horizon_risk
from analysis.models.blend import learn_weights
from analysis.models.cross_fit import cluster_folds, cross_fit
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate
from analysis.models.stack import Stack
from analysis.wording.remarks import remark

MEMBERS = {
    "contract": lambda: FamiliesOnly(LandmarkCox(ridge=3.0), ("contract",)),
    "logistic": lambda: Logistic(ridge=30.0),
    "rate": LastSettledQuarterRate,
}


@pytest.fixture(scope="module")
def rows():
    book = landmark_rows(260, 5, seed=11)
    return learn_matrix(book, COVARIATES)[1], Outcome.from_landmarks(book)


class Refuses:
    def fit(self, design, outcome):
        raise ModelError(remark("models.no_event", rows=3))


def test_it_is_the_blend_of_its_members(rows):
    fold = cluster_folds(rows[1], 4)
    alone = {name: cross_fit(make, *rows, fold) for name, make in MEMBERS.items()}
    weights = learn_weights(rows[1].event, {name: one.risk for name, one in alone.items()})
    crossed = cross_fit(lambda: Stack(MEMBERS, seed=9), *rows, fold)
    expected = sum(weight * horizon_risk(alone[name].model, rows[0]) for name, weight in weights.items())
    assert horizon_risk(crossed.model, rows[0]) == pytest.approx(expected)
    assert crossed.risk == pytest.approx(sum(weight * alone[name].risk for name, weight in weights.items()))


def test_a_fit_without_folds_makes_its_own(rows):
    one, two = (cross_fit(lambda: Stack(MEMBERS, 4), *rows, cluster_folds(rows[1], 4)).model, Stack(MEMBERS, 4))
    assert (horizon_risk(one, rows[0]) == horizon_risk(two.fit(*rows), rows[0])).all()


def test_a_member_that_cannot_be_fitted_is_left_out(rows):
    alone = Stack({"no": Refuses, "rate": LastSettledQuarterRate}).fit(*rows)
    assert alone.blend_.weights == {"rate": 1.0}
    with pytest.raises(ModelError, match="3 training rows"):
        Stack({"no": Refuses}).fit(*rows)


def test_where_nothing_was_left_unseen_members_weigh_the_same(rows):
    design, outcome = rows
    one_left = np.flatnonzero(outcome.event)[0]
    kept = ~outcome.event
    kept[one_left] = True
    weights = Stack({name: MEMBERS[name] for name in ("contract", "rate")}).fit(design.take(kept), outcome.take(kept))
    assert weights.blend_.weights == {"contract": 0.5, "rate": 0.5}
