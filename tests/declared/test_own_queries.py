"""A study's own queries: what of two files becomes a query of the build, and what is refused, in words."""

from pathlib import Path

import pytest

from analysis.declared.factors import read_covariates
from analysis.declared.own_queries import OUTSIDE, own_query, read_own_queries
from analysis.declared.own_shape import LOGS
from analysis.declared.study import read_study
from analysis.engine.query import read_query
from analysis.errors import StudyError
from reports.dictionary.entries import dictionary
from reports.messages import read_catalogue

SQL = """
select dates.account_id, dates.risk_date as date, count(*) as tickets_28d
from risk_windows as dates
inner join dated_ticket as ticket
    on dates.account_id = ticket.account_id and ticket.known_on < dates.risk_date
group by all
"""
ENTRY = {"label_en": "Tickets in 28 days", "window": "28 days", "null_means": "zero", "expected_sign": "+"}
CONTENT = {"family": "relationship", "tickets_28d": ENTRY}


def own(sql=SQL, content=CONTENT, name="tickets_28d"):
    return own_query(name, sql, content, f"mine/{name}")


def test_a_query_stands_among_the_products_with_what_is_said_of_it():
    found = own()
    (covariate,) = found.covariates
    assert (covariate.table, covariate.family, covariate.expected_sign) == ("tickets_28d", "relationship", "+")
    assert covariate.needs == ("tickets",), "the logs that it reads, through what sums them up"
    assert covariate.null_means == OUTSIDE, "zero is said within the log, so that missing is outside it"
    assert covariate.label("ja") == "Tickets in 28 days", "nobody has said it in Japanese"
    said = {"label_ja": "件数", "unit_ja": "件", "null_means_ja": "記録の範囲外"}
    in_japanese = own(content=CONTENT | {"tickets_28d": ENTRY | said})
    (told,) = in_japanese.covariates
    assert (told.unit_ja, told.null_means_ja) == ("件", "記録の範囲外")
    assert in_japanese.as_built() == found.as_built(), "words of pages decide no cohort"
    names = [one.name for one in found.declared()]
    assert names.index("tickets_28d") > names.index("senior_tickets")
    assert names.index("tickets_28d") < names.index("champions"), "family by family"
    assert len(names) == len(read_covariates()) + 1


def test_a_query_may_be_a_union():
    half = "select account_id, risk_date as date, 1 as tickets_28d from risk_windows"
    (covariate,) = own(f"{half} union all {half} union all {half}").covariates
    assert covariate.name == "tickets_28d"


def test_zero_is_said_only_where_the_window_lies_within_the_log():
    (query,) = own().queries
    assert "greatest(dates.origin, dates.risk_date - 28) >= since.tickets_since" in query.sql
    assert "dates.risk_date > dates.origin" in query.sql
    without_zero = {"family": "relationship", "tickets_28d": ENTRY | {"null_means": "no ticket"}}
    (plain,) = own(content=without_zero).queries
    assert "coalesce" not in plain.sql


def test_use_told_by_either_of_two_tables_needs_one():
    (covariate,) = own(SQL.replace("dated_ticket", "user_period")).covariates
    assert covariate.needs == ("usage_daily or user_activity",)


def test_each_log_has_its_day_in_the_query_that_says_since_when():
    """Use has that of the account and date, as not every account has a log of it."""
    sql = read_query("3_dates/logged_since").sql
    days = {log: since.partition(".")[::2] for log, since in LOGS.items()}
    assert {log: since for log, (table, since) in days.items() if table == "windows"} == {
        "usage_daily": "use_since",
        "user_activity": "users_active_since",
    }
    assert [
        log
        for log, (table, since) in days.items()
        if table != "windows" and f"when log = '{log}' then logged_since end) as {since}" not in sql
    ] == []


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (SQL.replace("select dates.account_id,", "select"), "the account must be a column"),
        (SQL.replace(" as date,", ","), None),
        (SQL.replace("dates.risk_date as date,", ""), "the date must be a column"),
        (SQL.replace("as tickets_28d", ""), "column 3 has no name"),
        ("select * from tickets", "column 1 has no name"),
        (SQL.replace("as tickets_28d", "as tickets_29d"), "has no column tickets_28d, which mine/tickets_28d.toml"),
        (SQL.replace("count(*)", "max(1) as more, count(*)"), "does not say what more is"),
        (SQL.replace("dated_ticket", "dated_tickets"), "reads dated_tickets, .* nearest is dated_ticket"),
        (SQL.replace("risk_windows", "landmark_outcomes"), "reads landmark_outcomes, which is no table that is there"),
        (SQL.replace("dated_ticket", "user_window"), "reads user_window, which is made on the way .*Read user_counts"),
        (SQL.replace("count(*)", "count(*) + random()"), "asks for random, which is another each time"),
        (SQL.replace("ticket.known_on <", "current_date >"), "asks for current_date"),
        (SQL + "; select 1", "holds 2"),
        ("drop table tickets", "no select that can be read"),
        ("selec 1", "no select that can be read"),
    ],
)  # fmt: skip
def test_what_is_no_such_select_is_refused_with_its_file(sql, says):
    if says is None:
        assert own(sql).queries
        return
    with pytest.raises(StudyError, match=rf"mine/tickets_28d\.(sql|toml)[^\n]*{says}|mine/tickets_28d.sql.*{says}"):
        own(sql)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"tickets_28d": ENTRY}, "required key 'family' is missing"),
        (CONTENT | {"family": "friendship"}, "no family 'friendship'. Known: .*relationship"),
        (CONTENT | {"tickets_28d": "many"}, "stands outside a column"),
        (CONTENT | {"tickets_28d": ENTRY | {"labl_ja": "x"}}, "'labl_ja'. The nearest known key is 'label_ja'"),
        (CONTENT | {"tickets_28d": ENTRY | {"expected_sign": "up"}}, "must be one of"),
        (CONTENT | {"tickets_28d": ENTRY | {"window": "a month"}}, "not 'a month'"),
        (CONTENT | {"tickets_28d": ENTRY | {"needs": ["ticket"]}}, "names ticket, .* nearest is tickets"),
        (CONTENT | {"tickets_28d": {}}, "required key 'label_en' is missing"),
    ],
)  # fmt: skip
def test_what_is_said_of_it_must_be_understood(content, says):
    with pytest.raises(StudyError, match=says):
        own(content=content)


@pytest.mark.parametrize(("name", "says"), [("champions", "covariate champions already"), ("event", "cohort's own"),
                                            ("select", "cohort's own"), ("Tickets", "small letters")])  # fmt: skip
def test_a_name_that_is_taken_is_refused(name, says):
    with pytest.raises(StudyError, match=says):
        own(SQL.replace("tickets_28d", f'"{name}"'), {"family": "relationship", name: ENTRY}, "mine")


def test_a_table_of_that_name_is_refused():
    with pytest.raises(StudyError, match="there is a table tickets already"):
        own(name="tickets")


def test_a_study_names_folders_and_each_pair_in_them_is_read(tmp_path: Path):
    folder = tmp_path / "mine"
    folder.mkdir()
    study = tmp_path / "study.toml"
    study.write_text(
        'name = "one"\nqueries = ["./mine"]\n[source]\nkind = "contract"\npath = "."\n'
        "[time]\nobservation_start = 2023-01-01\nsnapshot = 2024-01-01\n",
        encoding="utf-8",
    )
    assert read_study(study).own.queries == ()
    (folder / "tickets_28d.sql").write_text(SQL, encoding="utf-8")
    with pytest.raises(StudyError, match=r"tickets_28d\.toml is missing"):
        read_study(study)
    (folder / "tickets_28d.toml").write_text(
        'family = "relationship"\n[tickets_28d]\nlabel_en = "Tickets"\nlabel_ja = "件数"\n'
        'unit = "calls"\nunit_ja = "通"\n',
        encoding="utf-8",
    )
    for language, unit in (("en", "calls"), ("ja", "通")):
        sections = dictionary(read_study(study), (), read_catalogue(language))
        (entry,) = [one for section in sections for one in section.entries if one.name == "tickets_28d"]
        assert entry.unit == unit
    (query,), (covariate,) = read_study(study).own.queries, read_study(study).own.covariates
    assert (query.path, covariate.label("ja")) == ("mine/tickets_28d.sql", "件数")
    assert str(tmp_path) not in str(read_study(study).as_dict()), "the same study elsewhere is the same"
    with pytest.raises(StudyError, match="nowhere, which is no folder"):
        read_own_queries([tmp_path / "nowhere"])
    study.write_text("own = 1\n" + study.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(StudyError, match="unknown key 'own'"):
        read_study(study)
