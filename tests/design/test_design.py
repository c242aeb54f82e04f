import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import COVARIATES, Declared, landmark_rows

from analysis.design.matrix import learn_design, learn_matrix
from analysis.errors import DesignError
from analysis.wording.remarks import remark

SEATS = Declared("seats", "usage")


def frame(**columns):
    size = len(next(iter(columns.values())))
    return pd.DataFrame({"lifetime_id": range(size), "risk_date": pd.Timestamp("2024-01-01"), **columns})


def test_numbers_are_standardised_with_the_training_mean_and_spread():
    train = frame(seats=[1.0, 2.0, 3.0])
    design = learn_design(train, [SEATS])
    assert design.apply(train).values[:, 0].tolist() == [-1.0, 0.0, 1.0]
    assert design.apply(frame(seats=[5.0])).values[0, 0] == 3.0


def test_the_matrix_of_the_training_rows_is_the_one_that_is_made_of_them_later():
    rows = landmark_rows(n_accounts=40)
    design, matrix = learn_matrix(rows, COVARIATES)
    again = design.apply(rows)
    assert matrix.columns == again.columns
    assert (matrix.values == again.values).all()


def test_columns_are_those_that_pandas_makes_of_the_same_rows():
    """Of all transforms, with values that are missing, and a level that training did not know."""
    rng = np.random.default_rng(1)
    rows = landmark_rows(n_accounts=300)
    seats = pd.Series(rng.lognormal(2, 1, len(rows))).where(rng.random(len(rows)) > 0.2)
    plans = pd.Series(np.array(["pro", "team", "basic"], dtype=object)[rng.integers(0, 3, len(rows))])
    rows = rows.assign(identity=seats.to_numpy(), log1p=seats.to_numpy(), log_from_one=seats.to_numpy() / 9)
    rows = rows.assign(category=plans.where(seats.notna()).to_numpy())
    half = len(rows) // 2
    rows.loc[rows.index[half:][::7], "category"] = "new"
    train, scored = rows.iloc[:half], rows.iloc[half:]
    kinds = ("identity", "log1p", "log_from_one", "category")
    matrix = learn_design(train, [Declared(kind, "usage", kind) for kind in kinds]).apply(scored)
    scales = {"identity": lambda x: x, "log1p": np.log1p, "log_from_one": lambda x: np.log(x.clip(lower=1))}
    expected = {}
    for name, scale in scales.items():
        median = scale(train[name]).median()
        learned_from = scale(train[name]).fillna(median)
        expected[name] = (scale(scored[name]).fillna(median) - learned_from.mean()) / learned_from.std()
    levels = pd.get_dummies(scored["category"].fillna("(missing)"))
    commonest = train["category"].fillna("(missing)").value_counts().index[0]
    expected |= {f"category: {name}": levels[name] for name in levels if name not in ("new", commonest)}
    assert set(matrix.names) == set(expected)
    for place, name in enumerate(matrix.names):
        assert matrix.values[:, place] == pytest.approx(expected[name].to_numpy(np.float64), rel=1e-12, abs=1e-12)


def test_missing_takes_the_training_median_and_an_indicator():
    train = frame(seats=[1.0, 2.0, np.nan, 9.0])
    design = learn_design(train, [SEATS])
    matrix = design.apply(train)
    assert matrix.names == ("seats", "seats: missing")
    assert matrix.values[2, 0] == matrix.values[1, 0]  # the median of 1, 2, 9
    assert matrix.values[:, 1].tolist() == [0, 0, 1, 0]
    assert len(matrix) == 4  # nobody is lost


def test_rows_being_scored_teach_nothing():
    train, score = frame(seats=[1.0, 2.0, np.nan, 9.0]), frame(seats=[1e6, np.nan])
    design = learn_design(train, [SEATS])
    before = design.apply(train).values.copy()
    alone = design.apply(score.iloc[[1]]).values
    together = design.apply(score).values[[1]]
    assert (alone == together).all()
    assert (design.apply(train).values == before).all()


def test_log_comes_before_the_median_and_the_scale():
    train = frame(seats=[0.0, np.e - 1, np.e**2 - 1])
    matrix = learn_design(train, [Declared("seats", "usage", "log1p")]).apply(train)
    assert matrix.values[:, 0] == pytest.approx([-1, 0, 1])


def test_categories_are_set_against_the_commonest_training_level():
    train = frame(plan=["pro", "basic", "pro", "team", None])
    design = learn_design(train, [Declared("plan", "contract", "category")])
    matrix = design.apply(train)
    assert matrix.names == ("plan: (missing)", "plan: basic", "plan: team")
    assert matrix.values[1].tolist() == [0, 1, 0]


def test_an_unseen_level_is_read_as_the_reference():
    train, score = frame(plan=["pro", "basic", "pro"]), frame(plan=["gold", "basic", "gold"])
    design = learn_design(train, [Declared("plan", "contract", "category")])
    assert design.apply(score).values[:, 0].tolist() == [0, 1, 0]


def test_constant_columns_are_dropped_and_remembered():
    train = frame(seats=[1.0, 2.0, 3.0], regions=[4.0, 4.0, 4.0])
    design = learn_design(train, [SEATS, Declared("regions", "usage")])
    assert design.apply(train).names == ("seats",)
    assert "regions" in {column.name for column in design.dropped}


def test_a_covariate_that_training_never_saw_is_dropped():
    train = frame(seats=[1.0, 2.0, 3.0], nps=[np.nan] * 3)
    design = learn_design(train, [SEATS, Declared("nps", "relationship")])
    assert {"nps", "nps: missing"} <= {column.name for column in design.dropped}
    assert [column.name for column in design.dropped if column.marks_missing] == [
        column.name for column in design.dropped if column.name.endswith(": missing")
    ]


def test_missing_indicators_that_say_the_same_are_merged():
    train = frame(seats=[1.0, 2.0, np.nan, 5.0], users=[2.0, 1.0, np.nan, 9.0])
    design = learn_design(train, [SEATS, Declared("users", "usage")])
    assert design.apply(train).names == ("seats", "seats: missing", "users")
    assert ("users: missing", remark("design.equal", column="seats: missing")) in {
        (column.name, column.reason) for column in design.dropped
    }


def test_linear_combinations_are_dropped_so_that_the_design_has_full_rank():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 50))
    train = frame(a=a, b=b, total=a + b)
    design = learn_design(train, [Declared(name, "usage") for name in ("a", "b", "total")])
    matrix = design.apply(train)
    assert matrix.names == ("a", "b")
    assert np.linalg.matrix_rank(matrix.values) == 2
    assert next(c.reason for c in design.dropped if c.name == "total") == remark("design.combination")


def test_families_can_be_selected_and_found():
    rows = landmark_rows(60, 3)
    matrix = learn_design(rows, COVARIATES).apply(rows)
    contract = matrix.select_families(["contract"])
    assert contract.families == ("contract",)
    assert (contract.values == matrix.values[:, matrix.family_columns("contract")]).all()
    assert len(matrix.family_columns("absent")) == 0
    with pytest.raises(DesignError, match=r"belongs to absent; this design has usage"):
        matrix.select_families(["absent"])


def test_the_order_of_rows_is_kept_with_their_keys():
    rows = landmark_rows(60, 3).iloc[::-1]
    matrix = learn_design(rows, COVARIATES).apply(rows)
    assert matrix.rows["lifetime_id"].tolist() == rows["lifetime_id"].tolist()
    position = matrix.names.index("renewal_in_horizon")
    assert ((matrix.values[:, position] > 0) == (rows["renewal_in_horizon"] == 1)).all()


@pytest.mark.parametrize(
    ("covariate", "values", "fault"),
    [
        (SEATS, [1.0, np.inf, 2.0], "holds infinity: 1 of 3 rows"),
        (SEATS, [1.0, "many", 2.0], "holds text"),
        (Declared("seats", "usage", "log1p"), [1.0, -2.0, 3.0], "must be above -1"),
    ],
)
def test_unreadable_numbers_are_refused_with_column_and_rows(covariate, values, fault):
    with pytest.raises(DesignError, match=rf"'seats' .*{fault}.*'lifetime_id': '1'"):
        learn_design(frame(seats=values), [covariate])


def test_what_a_design_cannot_be_learned_from():
    with pytest.raises(DesignError, match="none arrived"):
        learn_design(frame(seats=[1.0]).iloc[:0], [SEATS])
    with pytest.raises(DesignError, match="at least one covariate"):
        learn_design(frame(seats=[1.0]), [])
    with pytest.raises(DesignError, match="lacks the covariates seats"):
        learn_design(frame(users=[1.0]), [SEATS])
    with pytest.raises(DesignError, match="The one covariate does not vary in the 2 training rows"):
        learn_design(frame(seats=[1.0, 1.0]), [SEATS])
    with pytest.raises(DesignError, match="declared twice: seats"):
        learn_design(frame(seats=[1.0, 2.0]), [SEATS, SEATS])
    with pytest.raises(DesignError, match="transform 'cube'"):
        learn_design(frame(seats=[1.0, 2.0]), [Declared("seats", "usage", "cube")])


def test_names_and_levels_may_be_anything():
    # 'a' and 'is' are parts of the transforms' own names; formulas have a meaning for + and [.
    names = ["a", "is", "log1p", "usage per seat (%)", *[f"n{k}" for k in range(8)]]
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=30) for name in names}
    plans = np.array(["x[1]", "a + b", "`y`", "日本"], dtype=object)[np.arange(30) % 4]
    train = frame(**columns, plan=plans)
    covariates = [Declared(name, "usage") for name in names]
    matrix = learn_design(train, [*covariates, Declared("plan", "contract", "category")]).apply(train)
    assert matrix.names == (*names, "plan: `y`", "plan: x[1]", "plan: 日本")
    for name, values in zip(names, matrix.values.T, strict=False):
        assert np.corrcoef(values, train[name])[0, 1] == pytest.approx(1)
    assert (matrix.values[:, -1] == (plans == "日本")).all()


def test_a_category_of_one_level_makes_no_column():
    train = frame(seats=[1.0, 2.0, 4.0], plan=["pro", "pro", "pro"], users=[3.0, 1.0, 2.0])
    covariates = [SEATS, Declared("plan", "contract", "category"), Declared("users", "usage")]
    design = learn_design(train, covariates)
    assert design.apply(train).names == ("seats", "users")
    assert ("plan", remark("design.one_level")) in {(c.name, c.reason) for c in design.dropped}
