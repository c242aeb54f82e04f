"""A covariate that peeks is caught with its rows, and a clean one is what a build would have made of it."""

import html
from pathlib import Path

import pandas as pd
import pytest
from small_source import write_small_source

from analysis.audits.frames import LOOK_AHEAD, LOOK_AHEAD_CELLS
from analysis.engine.query import read_query
from analysis.errors import BuildError, ModelError, StoreError, StudyError
from analysis.trial.look_back import Look, Looked
from analysis.trial.trials import Trials
from analysis.workbench import Workbench, open_study

TICKETS = """ticket_id,account_id,opened_on,sentiment
t1,a1,2023-02-10,0.5
t2,a1,2023-03-01,-0.5
t3,a2,2023-02-27,0.1
t4,a2,2023-03-15,-0.9
t5,a3,2023-04-01,0.3
t6,a3,2023-05-01,0.2
t7,a1,2023-05-20,0.7
"""
CONTACTS = """contact_id,account_id,role,started_on,ended_on,ended_known_on
c1,a1,champion,2023-01-05,2023-02-15,2023-04-20
c2,a2,champion,2023-01-10,,
c3,a3,champion,2023-02-01,2023-03-20,2023-05-15
"""
COUNT = """
select dates.account_id, dates.risk_date as date, count(*) as tickets_28d
from risk_windows as dates
inner join tickets as ticket
    on
        dates.account_id = ticket.account_id
        and ticket.opened_on >= dates.risk_date - 28
        and ticket.opened_on < dates.risk_date
group by all
"""
DECLARED = {"family": "relationship", "null_means": "zero", "window": "recent", "expected_sign": "+"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_source(tmp_path_factory.mktemp("small"), tickets=TICKETS, contacts=CONTACTS)


@pytest.fixture(scope="module")
def tenure(study: Path) -> Workbench:
    return open_study(study, out=study.parent / "out", progress=lambda line: None)


@pytest.fixture(scope="module")
def trials(tenure: Workbench) -> Trials:
    """Of one session: what several tests try is looked at once."""
    return Trials(tenure)


@pytest.fixture
def unlooked(tenure: Workbench, monkeypatch: pytest.MonkeyPatch) -> Trials:
    """A session of its own in which everything is taken to be clean."""
    clean = Looked(Look.CLEAN, LOOK_AHEAD.empty(), LOOK_AHEAD_CELLS.empty())
    monkeypatch.setattr("analysis.trial.trials.look_back", lambda cohort, days: clean)
    return Trials(tenure)


def count(trials: Trials, sql: str = COUNT):
    return trials.try_covariate(sql, name="tickets_28d", **DECLARED)


def test_values_are_those_counted_by_hand(trials):
    """Zero where the log reaches and nobody wrote, missing on the first day of a lifetime."""
    values = count(trials).frame().set_index(["account_id", "risk_date"])["tickets_28d"]
    assert values["a1", pd.Timestamp("2023-03-01")] == 1, "of 10 February; the one of the day itself is not yet known"
    assert values["a1", pd.Timestamp("2023-04-01")] == 0, "the one of 1 March lies 31 days back"
    assert values["a2", pd.Timestamp("2023-03-01")] == 1
    assert pd.isna(values["a3", pd.Timestamp("2023-02-01")])


def test_a_clean_one_is_clean(trials):
    tried = count(trials)
    assert tried.looked.verdict is Look.CLEAN
    assert "No look-ahead" in str(tried.look_ahead())


def test_it_is_saved_as_every_other_answer_is(trials, tmp_path):
    """Its values, its distribution, and as a page all that is said of it."""
    tried = count(trials)
    back = pd.read_csv(tried.save(tmp_path / "tried.csv"), parse_dates=["risk_date"])
    assert back["tickets_28d"].equals(tried.frame()["tickets_28d"].astype(float))
    assert pd.read_parquet(tried.save(tmp_path / "tried.parquet")).columns.tolist() == tried.frame().columns.tolist()
    for name in ("tried.png", "tried.svg", "tried.xlsx"):
        assert tried.save(tmp_path / name).stat().st_size > 1000
    page = tried.save(tmp_path / "tried.html").read_text(encoding="utf-8")
    assert all(html.escape(note) in page for note in tried.notes)
    with pytest.raises(StoreError, match="does not end in a kind of file"):
        tried.save(tmp_path / "tried.pdf")


def test_the_day_itself_is_a_peek_told_with_account_date_and_both_values(trials):
    tried = count(trials, COUNT.replace("opened_on < dates", "opened_on <= dates"))
    assert tried.looked.verdict is Look.AHEAD
    cells = tried.look_ahead().frame().set_index(["account_id", "risk_date"])
    assert tuple(cells.loc[("a1", pd.Timestamp("2023-03-01")), ["from_all_data", "from_known"]]) == ("2", "1")
    assert tuple(cells.loc[("a3", pd.Timestamp("2023-04-01")), ["from_all_data", "from_known"]]) == ("1", "0")
    for refused in (tried.dose_response, tried.lags, tried.adds, lambda: tried.keep("mine")):
        with pytest.raises(ModelError, match="It looks ahead"):
            refused()
    page = tried._repr_html_()
    assert "It looks ahead" in page
    assert "2023-03-01" in page
    assert "Points of skill" not in page


@pytest.mark.slow
def test_a_departure_that_was_learned_of_later_is_a_peek(trials):
    sql = """
    select dates.account_id, dates.risk_date as date, count(*) as gone
    from risk_windows as dates
    inner join contacts as contact
        on dates.account_id = contact.account_id and contact.ended_on < dates.risk_date {known}
    group by all
    """
    said = {"name": "gone", "family": "champion", "null_means": "zero"}
    tried = trials.try_covariate(sql.format(known=""), **said)
    assert tried.looked.verdict is Look.AHEAD
    assert {"a1", "a3"} >= set(tried.look_ahead().frame()["account_id"]) > set()
    known = "and coalesce(contact.ended_known_on, contact.ended_on) < dates.risk_date"
    assert trials.try_covariate(sql.format(known=known), **said).looked.verdict is Look.CLEAN


def test_a_rank_in_the_book_is_no_peek_where_part_of_the_book_is_looked_at(study):
    """Two of three accounts: their share of all tickets is another than among the two, on whatever day one looks."""
    part = study.with_name("part.toml")
    part.write_text(study.read_text(encoding="utf-8") + "\n[audits]\nlook_ahead_accounts = 2\n", encoding="utf-8")
    trials = Trials(open_study(part, out=study.parent / "part", progress=lambda line: None))
    sql = f"""
    select account_id, date, tickets_28d / sum(tickets_28d) over (partition by date) as tickets_28d
    from ({COUNT})
    """
    assert count(trials, sql).looked.verdict is Look.CLEAN
    assert count(trials, sql.replace("opened_on < dates", "opened_on <= dates")).looked.verdict is Look.AHEAD


def test_what_has_no_value_near_any_day_cannot_be_told(trials):
    empty = trials.try_covariate(
        COUNT.replace("- 28", "- 28 and false"), name="tickets_28d", family="relationship", null_means="no ticket"
    )
    assert empty.looked.verdict is Look.CANNOT_TELL
    with pytest.raises(ModelError, match="cannot be told"):
        empty.adds()


def test_a_copy_of_the_products_own_query_has_its_values_to_the_bit(unlooked, tenure):
    products = read_query("5_covariates/relationship_tickets").sql
    sql = f"select lifetime_id, risk_date, tone_trend as tone from ({products})"
    tried = unlooked.try_covariate(sql, name="tone", family="relationship")
    ours = tried.frame().set_index(["lifetime_id", "risk_date"])["tone"]
    theirs = tenure.query("from covariates").set_index(["lifetime_id", "risk_date"])["tone_trend"]
    assert theirs.notna().any()
    pd.testing.assert_series_equal(ours, theirs.reindex(ours.index), check_names=False, check_exact=True)


def test_the_session_counts_what_was_tried_and_each_once(unlooked):
    """And Holm's method is over all: of two, one with p = 0.02 and one not asked for, that is 2 times 0.02."""
    first, again = count(unlooked), count(unlooked)
    assert again is first
    other = count(unlooked, COUNT.replace("- 28", "- 14"))
    assert (len(unlooked), other.number) == (2, 2)
    assert "Covariate no. 2 tried in this session" in str(other._said()[-1])
    assert "The first covariate tried" in str(first._said()[-1])
    first.__dict__["added"] = pd.DataFrame({"metric": ["log_score", "ipa"], "p_value": [0.02, 0.5]})
    assert first._adjusted() == (pytest.approx(0.04), 2)
    assert other._adjusted() == (1.0, 2)


def test_several_rows_of_one_account_and_date_are_refused(unlooked):
    with pytest.raises(BuildError, match=r"tickets_28d.sql has more than one row .*: a1 on 2023-04-01 \(2 rows\)"):
        count(unlooked, COUNT.replace("count(*)", "1").replace("- 28", "- 128").replace("group by all", ""))


def test_text_is_no_number(unlooked):
    sql = COUNT.replace("count(*)", "min(ticket.ticket_id)")
    with pytest.raises(BuildError, match="tickets_28d is varchar, and no number"):
        unlooked.try_covariate(sql, name="tickets_28d", family="relationship")
    words = unlooked.try_covariate(sql, name="tickets_28d", family="relationship", transform="category")
    assert set(words.frame()["tickets_28d"].dropna()) <= {f"t{number}" for number in range(1, 8)}


def test_a_query_that_fails_is_told_with_what_the_engine_said(trials):
    with pytest.raises(BuildError, match=r"tickets_28d.sql failed: .*opened_at"):
        count(trials, COUNT.replace("ticket.opened_on <", "ticket.opened_at <"))


def test_no_file_outside_is_read(trials, tmp_path):
    (tmp_path / "x.csv").write_text("account_id,n\na1,1\n", encoding="utf-8")
    sql = f"select account_id, risk_date, n from risk_dates inner join read_csv('{tmp_path}/x.csv') using (account_id)"
    with pytest.raises(BuildError, match=r"n\.sql failed"):
        trials.try_covariate(sql, name="n", family="usage")


def test_what_the_source_does_not_give_is_said(trials):
    with pytest.raises(ModelError, match="tickets_28d is not measured here: the source lacks surveys"):
        trials.try_covariate(COUNT, name="tickets_28d", family="relationship", needs=["surveys"])


def test_a_trial_is_of_one_covariate(trials):
    toml = 'family = "relationship"\n[one]\nlabel_en = "One"\n[two]\nlabel_en = "Two"\n'
    with pytest.raises(ModelError, match="one, two are declared"):
        trials.try_covariate(COUNT, toml=toml)
    with pytest.raises(StudyError, match="needs a name and a family"):
        trials.try_covariate(COUNT, name="tickets_28d")


@pytest.mark.slow
def test_kept_it_is_part_of_the_build_of_this_study_alone(unlooked, tenure, study):
    tried = count(unlooked)
    files = tried.keep("mine")
    assert [path.name for path in files] == ["tickets_28d.sql", "tickets_28d.toml"]
    assert tried.keep("mine") == files, "the same again changes nothing"
    files[0].write_text("select 1", encoding="utf-8")
    with pytest.raises(StudyError, match="is there already and says something else"):
        tried.keep("mine")
    files[0].write_text(COUNT, encoding="utf-8")

    with_own = study.with_name("with_own.toml")
    with_own.write_text('queries = ["./mine"]\n' + study.read_text(encoding="utf-8"), encoding="utf-8")
    kept = open_study(with_own, out=study.parent / "own", progress=lambda line: None)
    assert "tickets_28d" in [one.name for one in kept.covariates("landmarks")]
    assert "tickets_28d" not in [one.name for one in tenure.covariates("landmarks")]
    assert kept.hashes["cohort"] != tenure.hashes["cohort"]
    keys = ["lifetime_id", "risk_date"]
    built = kept.query("from covariates").set_index(keys)["tickets_28d"]
    ours = tried.frame().set_index(keys)["tickets_28d"]
    pd.testing.assert_series_equal(built.reindex(ours.index), ours, check_exact=True)
    assert kept.landmarks["tickets_28d"].notna().any()
    assert kept.counting_process["tickets_28d"].notna().any()
    with pytest.raises(StudyError, match="there is a table tickets_28d already"):
        Trials(kept).try_covariate(COUNT, name="tickets_28d", **DECLARED)
