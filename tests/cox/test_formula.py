"""A formula makes the columns that one would make by hand, and remembers what it learned when rows are few."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from r_reference import more, table
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

from analysis.cox.covariates import by_formula
from analysis.cox.estimator import CoxPH
from analysis.cox.formula import read_formula
from analysis.cox.tables import counting_process_outcome
from analysis.errors import ModelError

OUTCOME = ["start", "stop", "event"]


@pytest.fixture(scope="module")
def heart():
    rows = table("heart")
    plans = np.array(["basic", "pro", "top"])[rows["id"] % 3]
    return rows.assign(plan=plans, early=rows["year"] < 3, **{"my age": rows["age"], "cal": rows["age"]})


@pytest.fixture(scope="module")
def rich(heart):
    formula = "scale(age) * early + log(year + 1) + plan + bs(cal, df=4)"
    return CoxPH(formula=formula, ridge=0.1).fit(heart, subject="id")


def test_terms_are_the_columns_that_one_would_make_by_hand(heart):
    by_hand = pd.DataFrame(
        {
            "age": heart["age"],
            "surgery": heart["surgery"],
            "np.log(year + 1)": np.log(heart["year"] + 1),
            "plan[T.pro]": (heart["plan"] == "pro") * 1.0,
            "plan[T.top]": (heart["plan"] == "top") * 1.0,
            "age:surgery": heart["age"] * heart["surgery"],
        }
    )
    found = CoxPH(formula="age * surgery + np.log(year + 1) + plan").fit(heart, subject="id")
    expected = CoxPH().fit(by_hand, heart[OUTCOME], subject=heart["id"])
    assert set(found.fit_.names) == set(by_hand)
    order = [found.fit_.names.index(name) for name in by_hand]
    assert found.coef_[order] == pytest.approx(expected.coef_, rel=1e-9)
    assert found.feature_names_in_.tolist() == ["age", "year", "surgery", "plan"]


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_strata_and_clusters_of_a_formula_equal_r(ties):
    """R: coxph(Surv(stop, event) ~ age + ph_ecog + strata(sex) + cluster(inst), ties = ties)."""
    lung, expected = table("lung"), more("lung_stratified", ties)
    model = CoxPH(formula="age + ph_ecog + strata(sex) + cluster(inst)", ties=ties).fit(lung)
    assert model.coef_ == pytest.approx(expected["coef"], rel=1e-9)
    shown = model.summary().frame()
    assert shown["std_error"].to_numpy() == pytest.approx(expected["robust_se"], rel=1e-9)
    by_name = model.predict_event_probability(lung.head(3), 0, [91, 182])
    by_label = model.predict_event_probability(lung.head(3), 0, [91, 182], strata=lung["sex"].head(3))
    pd.testing.assert_frame_equal(by_name, by_label)


def test_what_was_learned_is_replayed_on_a_single_row(rich, heart):
    """Neither means, nor knots, nor levels are those of the rows asked about."""
    together = rich.predict(heart.head(9))
    alone = [rich.predict(heart.iloc[[k]]).item() for k in range(9)]
    assert alone == pytest.approx(together, abs=1e-12)
    assert rich.predict(pl.from_pandas(heart.head(9))) == pytest.approx(together, abs=1e-12)
    assert pickle.loads(pickle.dumps(rich)).predict(heart.head(9)) == pytest.approx(together, abs=1e-15)


def test_a_term_is_tested_with_all_its_columns(rich, heart):
    model = CoxPH(formula="age + plan").fit(heart, subject="id")
    assert model.test("plan") == model.test(["plan[T.pro]", "plan[T.top]"])
    assert model.test("plan").df == 2
    assert model.test(["plan", "plan[T.pro]"]).df == 2
    with pytest.raises(ModelError, match="No such column: 'early'"):
        model.test("early")


def test_a_column_keeps_its_name_within_that_of_a_transform(heart):
    """'cal' is a part of 'scale', 'my age' is no name of Python, and a column may be called as a function."""
    named = heart.assign(log=1.0)
    covariates, values = by_formula(read_formula("scale(cal) + `my age`:surgery + log(age + 100)"), named)
    assert covariates.variables == ("age", "surgery", "my age", "cal")
    assert values[:, 0] == pytest.approx((heart["cal"] - heart["cal"].mean()) / heart["cal"].std(), abs=1e-12)
    assert set(covariates.names) == {"scale(cal)", "my age:surgery", "log(age + 100)"}


def test_truth_values_are_numbers_and_categories_keep_the_order_of_their_levels(heart):
    plan = pd.Categorical(heart["plan"], categories=["top", "pro", "basic", "never sold"])
    covariates, _ = by_formula(read_formula("early + plan"), heart.assign(plan=plan))
    assert covariates.names == ("early", "plan[T.pro]", "plan[T.basic]")


def test_cross_validation_fits_the_formula_anew(heart):
    outcome = counting_process_outcome(*(heart[name] for name in OUTCOME))
    model = CoxPH(formula="scale(age) + surgery")
    assert clone(model).formula == model.formula
    found = cross_val_score(model, heart, outcome, cv=3)
    assert found == pytest.approx(cross_val_score(CoxPH(), heart[["age", "surgery"]], outcome, cv=3), rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("age +", r"The formula 'age \+' cannot be read: Operator"),
        ("stop ~ age", "must be of covariates alone"),
        ("age - 1", "not leave out the intercept"),
        ("strata(plan)", "must have a covariate"),
        ("age * strata(plan)", "must each stand once and alone"),
        ("age + strata(plan) + strata(surgery)", "must each stand once and alone"),
        ("age + cluster(id, plan)", "must have one column"),
        ("age + nope", "`nope` is not present"),
        ("age + strata(nope)", "strata must be a column of the table: 'nope' is not among id, "),
        ("age + log(year - 10)", r"Column 'log\(year - 10\)' is missing in 172 of 172 rows"),
    ],
)
def test_what_a_formula_refuses(heart, formula, says):
    with pytest.raises(ModelError, match=says):
        CoxPH(formula=formula).fit(heart)


def test_what_rows_a_formula_refuses(rich, heart):
    with pytest.raises(ModelError, match=r"meets categories that the rows fitted have not: .*free"):
        rich.predict(heart.head(3).assign(plan="free"))
    with pytest.raises(ModelError, match=r"Column 'plan' must not be missing.*positions 1\)"):
        rich.predict(heart.head(3).assign(plan=["pro", None, "top"]))
    with pytest.raises(ModelError, match="A covariate must be a column of the table: 'plan' is not among"):
        rich.predict(heart[["age", "year", "early", "cal"]])
    with pytest.raises(ModelError, match="Columns can be named of a table only"):
        CoxPH(formula="x0").fit(np.ones((3, 1)), heart[OUTCOME].head(3))
    with pytest.raises(ModelError, match=r"has strata\(\.\.\.\), and strata= was given, too"):
        CoxPH(formula="age + strata(plan)").fit(heart, strata="plan")
