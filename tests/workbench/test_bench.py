"""The analyst's first minutes: what a study shows of itself, its tables and selects, models asked for in a line."""

import inspect

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter
from samples import SAMPLE

import analysis
from analysis.declared.contract import read_contract
from analysis.errors import BuildError, DesignError, ModelError, StudyError
from analysis.figures.shown import Answers
from analysis.workbench import Workbench, open_workbench
from analysis.workbench.overview import QUESTIONS, TO_HAND
from analysis.workbench.source_tables import ROWS


@pytest.fixture(scope="module")
def study(sample_report):
    """The sample, its cohort built already."""
    return analysis.open_study(SAMPLE, out=sample_report.out.parent, progress=lambda step: None)


def test_a_study_says_what_it_is_and_what_can_be_asked(study):
    text = repr(study)
    assert "observed from" in text
    assert "91 lifetimes that left" in text
    assert "Not measured here: relationship, champion; these tables would tell:" in text
    for name in (name for names in QUESTIONS.values() for name in names):
        assert hasattr(Workbench, name)
        assert f".{name}" in study._repr_html_()


def test_a_name_that_there_is_not_is_refused_with_the_nearest(study):
    with pytest.raises(AttributeError, match=r"A study has no 'survivals'. The nearest: survival, "):
        study.survivals()
    with pytest.raises(ValueError, match=r"There are no rates by 'phse'. The nearest: phase\."):
        study.events.churn_rates(by="phse")
    assert not hasattr(study, "_repr_png_")


def test_an_answer_that_fails_is_not_taken_for_a_name_that_there_is_not(study, monkeypatch):
    monkeypatch.setattr(Workbench, "gain", property(lambda bench: bench.skill.there_is_no_such_thing))
    monkeypatch.setattr(Workbench, "skill", property(lambda bench: object()))
    with pytest.raises(AttributeError, match="there_is_no_such_thing"):
        _ = study.gain


def test_every_question_of_the_workbench_stands_in_the_overview():
    """But those that give objects to reckon with rather than answers, and what the reports read."""
    rooms = {
        name
        for name, member in inspect.getmembers_static(Workbench)
        if not name.startswith("_") and isinstance(member, Answers)
    }
    assert rooms <= {name for names in QUESTIONS.values() for name in names}


def test_rooms_list_their_questions_and_compute_nothing(study):
    for room in (study.money, study.contest, study.audits, study.effects, study.events, study.evaluation):
        text = repr(room)
        assert f".{room.first}()" in text
        assert "<code>" in room._repr_html_()
    assert study.events().title == study.events.ends().title
    assert "rolling" not in vars(study)


@pytest.mark.parametrize("room", ["contest", "money", "events", "audits"])
def test_so_is_one_that_a_room_does_not_have(study, room):
    asked = getattr(study, room).first
    with pytest.raises(AttributeError, match=rf"There is no '{asked}x' to ask of \w+. The nearest: {asked}"):
        getattr(getattr(study, room), asked + "x")


def test_who_types_is_offered_what_can_be_asked(study):
    offered = [name for name in dir(study) if not name.startswith("_")]
    assert {name for names in QUESTIONS.values() for name in names} | set(TO_HAND) == set(offered)
    assert "progress" not in offered
    assert callable(study.progress)  # it is there all the same


def test_tables_explain_themselves(study):
    listed = study.tables.frame().set_index("table")
    assert next(iter(listed.index)) == "accounts"
    assert listed.loc["lifetimes", "layer"] == "2_lifetimes"
    assert "subscription_versions" not in listed.loc["landmarks", "made_from"]
    assert listed.loc["lifetimes", "rows"] == len(study.tables.lifetimes) == 313
    columns = study.tables.landmarks.describe().frame().set_index("column")
    assert columns.loc["usage_surge", "meaning"].startswith("Surge against own baseline")
    assert columns.loc[["lifetime_id", "risk_date"], "in_key"].all()
    assert study.tables["lifetimes"].query.startswith("-- grain: lifetime")
    assert "lifetimes" in dir(study.tables)
    assert (set(listed["layer"]) - {"source", "load"}) >= {"2_lifetimes", "6_cohorts", "7_audit"}


def test_tables_of_the_source_say_what_the_contract_says_of_them(study):
    assert ROWS.keys() == read_contract().keys()
    about = study.tables.subscriptions.describe()
    assert about.title.startswith("subscriptions: one row is a version of a subscription")
    assert about.notes == ("A row is seen by covariates of days after started_on - 1.",)
    columns = about.frame().set_index("column")["meaning"]
    assert columns["account_id"] == "found in accounts.account_id"
    assert columns["notice_on"] == "seen by covariates of days after notice_on - 1"


def test_rows_come_in_any_form(study, tmp_path):
    rows = study.sql("select segment, count(*) as n from accounts group by all order by all;")
    frame = rows.frame()
    assert frame["n"].sum() == 313
    assert rows.polars()["n"].sum() == rows.arrow()["n"].to_pandas().sum() == 313
    assert rows.relation().sum("n").fetchall() == [(313,)]
    assert pd.read_csv(rows.save(tmp_path / "n.csv"))["n"].tolist() == frame["n"].tolist()
    assert "of 313 rows" in repr(study.tables.lifetimes)


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("drop table lifetimes", "no select"),
        ("copy lifetimes to 'x.csv'", "no select"),
        ("select * from lifetime", "does not exist"),
        ("select * from read_csv('/etc/passwd')", "disabled by configuration"),
        ("select 1; select 2", "One select is asked for at a time"),
        ("", "One select is asked for at a time"),
        ("select no_such from lifetimes", "no_such"),
    ],
)
def test_nothing_can_be_written_and_no_other_file_read(study, select, said):
    with pytest.raises(BuildError, match=said) as refused:
        study.sql(select)
    assert "describe" not in str(refused.value), "what the engine was asked around it is not the reader's"


def test_an_unknown_table_names_the_nearest(study):
    with pytest.raises(BuildError, match=r"no table 'lifetime'\. The nearest: lifetimes"):
        study.tables["lifetime"]
    with pytest.raises(AttributeError, match="The nearest: landmarks"):
        _ = study.tables.landmark


class TestCox:
    def test_a_covariate_by_itself_is_what_lifelines_finds(self, study):
        """Without strata of the clock there is one baseline; the covariate is standardised on the rows."""
        model = study.cox("active_day_share - contract", where="term_months = 1")
        rows = study.counting_process[
            (study.counting_process["term_months"] == 1).to_numpy()
            & study.counting_process["active_day_share"].notna().to_numpy()
        ]
        assert set(model.inference.matrix(study.counting_process).names) == set(model.fit.names)
        frame = rows[["start", "stop", "event", "active_day_share"]].astype(float)
        theirs = CoxPHFitter().fit(frame, duration_col="stop", entry_col="start", event_col="event")
        spread = study.counting_process.loc[
            (study.counting_process["term_months"] == 1).to_numpy(), "active_day_share"
        ].std(ddof=0)
        ours = model.summary().frame().set_index("term").loc["active_day_share", "estimate"]
        assert ours == pytest.approx(theirs.params_["active_day_share"] * spread, rel=0.05)

    def test_families_and_products_are_columns(self, study):
        model = study.cox("usage_drop * active_day_share")
        terms = model.summary().frame()
        product = terms[terms["term"] == "usage_drop × active_day_share"]
        assert product["family"].tolist() == ["usage_drop × active_day_share"]
        assert product["label"].item() == "Drop against own baseline × Share of days with use"
        assert model.test("usage_drop:active_day_share").frame()["n_columns"].item() == 1
        assert set(terms["family"]) == {"usage", "contract", "usage_drop × active_day_share"}
        assert model.rows.shape[0] == len(model.residuals()) == len(study.counting_process)
        assert model.residuals("schoenfeld").shape[0] == 91
        assert {"p_value", "drifts"} <= set(model.zph().frame())

    def test_the_model_of_all_families_is_the_studys_own(self, study):
        ours = study.cox("usage").summary().frame().set_index("term")["estimate"]
        whole = study.apart["usage"].fit
        np.testing.assert_allclose(ours.loc[list(whole.names)], whole.coefficients, rtol=1e-9)

    @pytest.mark.parametrize(
        ("formula", "where", "error", "said"),
        [
            ("usag", None, DesignError, "neither a family nor a covariate measured here. The nearest: usage"),
            ("champion", None, DesignError, "names 'champion', which these data do not measure: it needs contacts"),
            ("usage * nps", None, DesignError, r"do not measure: it needs surveys\.kind=nps"),
            ("usage ~ x", None, DesignError, "no formula"),
            ("tenure_days", None, DesignError, "a covariate of forecasts only: .* has age and the renewal clock"),
            ("usage +", None, DesignError, r"brackets are closed\.$"),
            ("usage", "segmnt = 1", StudyError, r"The nearest: (?!.*seats, seats)"),
            ("usage_drop:seats:active_day_share", None, DesignError, "an interaction of 3"),
            ("usage", "seats", StudyError, "not true or false"),
            ("usage", "seats > 1000000", StudyError, "holds for none of the"),
            ("usage", "event = 1", StudyError, "reads 'event', which there is not"),
            ("usage", "seats = 100", ModelError, r"are 8\. Ask of more of the book: where leaves too few\."),
        ],
    )
    def test_what_cannot_be_fitted_is_said(self, study, formula, where, error, said):
        with pytest.raises(error, match=said):
            study.cox(formula, where)


def test_models_are_scored_beside_what_they_must_beat(study):
    asked = study.evaluate(["kaplan_meier"])
    scores = asked.scores().frame()
    assert set(scores["model"]) == {"kaplan_meier", "contract_only", "last_settled_quarter"}
    assert set(asked.by_quarter().frame()["model"]) == set(scores["model"])
    assert "quoted" not in asked.predictions()
    assert len(asked.plot().axes[0].get_yticks()) == 3
    with pytest.raises(ModelError, match=r"no model 'forrest'\. The nearest: forest"):
        study.evaluate(["forrest"])
    with pytest.raises(ModelError, match="No model is named"):
        study.evaluate([])


def test_the_opened_study_is_the_workbench(study):
    assert type(study) is Workbench
    assert open_workbench.__module__ == "analysis.workbench.opening"
