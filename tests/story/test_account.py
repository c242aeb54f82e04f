"""An account's story, from tables so small that every fact of it can be read off them."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from small_source import write_small_source

from analysis.errors import StudyError
from analysis.figures.display import Display
from analysis.story.picture import _shades, edges_of
from analysis.story.told import day_number, id_of, nearest_ids, read_account
from analysis.workbench import Workbench, open_study, open_workbench

ACCOUNTS = """account_id,segment,parent_account_id
a1,web,
a2,web,
a3,shop,a1
"""
HEAD = "subscription_id,account_id,kind,started_on,term_ends_on,ended_on,notice_on,notice_period_days,seats,mrr"
SUBSCRIPTIONS = f"""{HEAD}
s0,a1,trial,2022-12-19,,2023-01-02,,,,
s1,a1,paid,2023-01-02,2023-09-02,,,30,5,100
s2,a2,paid,2023-01-09,2023-07-09,2023-04-10,2023-03-20,,10,200
s4,a2,paid,2023-06-05,2023-12-05,,,,10,150
s3,a3,paid,2023-02-06,2024-02-06,,2023-06-26,,25,450
"""
USAGE = "account_id,used_on,user_id,events\n" + "\n".join(
    f"{account},{day:%Y-%m-%d},{account}-u{number},{events}"
    for account, first, number, events in (
        ("a1", "2023-01-02", 1, 2), ("a2", "2023-01-09", 2, 4), ("a3", "2023-02-06", 3, 7),
    )
    for day in pd.date_range(first, "2023-03-31" if account == "a2" else "2023-06-30")
)  # fmt: skip
TOUCHES = "touchpoint_id,account_id,occurred_on,kind,initiated_by,status,automated\n" + "\n".join(
    f"t{number},{account},{day:%Y-%m-%d},call,{whose},{status},false"
    for number, (account, day, whose, status) in enumerate(
        (account, day, whose, status)
        for account, whose, status in (
            ("a1", "vendor", "held"), ("a2", "vendor", "no_show"), ("a3", "customer", "held"),
        )
        for day in pd.date_range("2023-02-08", "2023-03-31", freq="7D")
    )
)  # fmt: skip
CONTACTS = """contact_id,account_id,role,started_on,ended_on,ended_known_on
jo@a2.example,a2,champion,2023-01-09,2023-03-01,2023-03-15
mia@a2.example,a2,champion,2023-02-01,,
max@a2.example,a2,executive_sponsor,2023-01-09,,
"""
STUDY = """
name = "small"

[source]
kind = "contract"
path = "data"

[source.observed_from]
usage_daily = 2023-01-23
touchpoints = 2023-01-01

[time]
observation_start = 2023-01-01
snapshot = 2023-07-01
"""


@pytest.fixture(scope="module")
def tenure(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    folder = tmp_path_factory.mktemp("story")
    tables = {"accounts": ACCOUNTS, "subscriptions": SUBSCRIPTIONS, "usage_daily": USAGE, "touchpoints": TOUCHES}
    study = write_small_source(folder, contacts=CONTACTS, **tables)
    study.write_text(STUDY, encoding="utf-8")
    return open_study(study, out=folder / "out", progress=lambda step: None)


@pytest.fixture(scope="module")
def returned(tenure: Workbench) -> Display:
    return tenure.account("a2", forecasts=False)


def facts(display: Display, strand: str) -> list[tuple[str, str]]:
    rows = display.frame()
    own = rows[rows["strand"] == strand]
    return [(f"{day:%Y-%m-%d}", what) for day, what in zip(own["day"], own["what"], strict=True)]


@pytest.mark.parametrize(
    ("account", "title"),
    [
        (
            "a1",
            "a1: tried it from 2022-12-19; a customer since 2023-01-02; pays 100 a month for 5 seats; "
            "can leave on 2023-09-02, with notice by 2023-08-03; parent of, or joined with, 1 other account",
        ),
        (
            "a2",
            "a2: a customer from 2023-01-09; left on 2023-04-10 after notice on 2023-03-20; a customer again since "
            "2023-06-05; pays 150 a month for 10 seats; its term ends on 2023-12-05",
        ),
        (
            "a3",
            "a3: a customer since 2023-02-06; pays 450 a month for 25 seats; under notice since 2023-06-26, to end on "
            "2024-02-06; part of a1, with 1 other account",
        ),
    ],
)
def test_the_title_is_the_account_in_a_sentence(tenure: Workbench, account, title):
    assert tenure.account(account, forecasts=False).title == title


def test_each_stay_notice_and_end_is_a_dated_fact(returned: Display):
    assert facts(returned, "contract") == [
        ("2023-01-09", "subscription begins"),
        ("2023-01-09", "becomes a customer"),
        ("2023-03-20", "subscription: notice given"),
        ("2023-04-10", "subscription ends"),
        ("2023-04-10", "left"),
        ("2023-06-05", "subscription begins"),
        ("2023-06-05", "becomes a customer"),
        ("2023-12-05", "the term in force ends"),
    ]


def test_people_are_numbered_and_never_named_in_numbers_picture_or_notes(returned: Display):
    assert facts(returned, "people") == [
        ("2023-01-09", "champion 1 comes"),
        ("2023-01-09", "sponsor 1 comes"),
        ("2023-02-01", "champion 2 comes"),
        ("2023-03-01", "champion 1 is no longer champion"),
        ("2023-03-15", "champion 1 is known to be no longer champion"),
    ]
    assert "example" not in returned.frame().to_csv() + repr(returned) + returned._repr_html_()


def test_a_week_is_told_as_far_as_it_is_logged_and_its_usual_is_of_the_weeks_before(tenure: Workbench):
    rows = tenure.account("a1", forecasts=False).frame()
    use = rows[(rows["strand"] == "use") & rows["what"].str.startswith("events")].set_index("day")["value"]
    assert use.index.min() == pd.Timestamp("2023-01-23")  # the log begins; before it nothing is known
    assert use["2023-01-23":"2023-06-19"].eq(14).all()
    usual = rows[rows["what"] == "usual of the weeks before"]
    assert usual["day"].min() == pd.Timestamp("2023-02-20")  # four whole weeks are over
    assert usual["value"].eq(14).all()


def test_weeks_without_a_contract_are_no_weeks_without_use(returned: Display):
    rows = returned.frame()
    weeks = rows[(rows["strand"] == "use") & rows["what"].str.startswith("events")]["day"]
    assert not weeks.between("2023-04-17", "2023-06-04").any()
    silent = rows[(rows["day"] >= "2023-06-05") & rows["what"].str.startswith("events")]
    assert silent["value"].eq(0).all()
    assert len(silent) == 4


def test_days_under_notice_without_a_contract_and_before_the_log_are_shaded(tenure: Workbench):
    told = read_account(tenure, "a2")
    strands = [type("Strand", (), {"key": "use", "log": "usage_daily", "note": ""})]
    found = _shades(told, strands, edges_of(told, None))
    spans = {(shade.kind, shade.lane): (shade.begins, shade.ends) for shade in found.itertuples()}
    days = {name: [day_number(pd.Timestamp(day)) for day in two] for name, two in {
        "notice": ("2023-03-20", "2023-04-10"), "gap": ("2023-04-10", "2023-06-05"),
    }.items()}  # fmt: skip
    assert list(spans["notice", ""]) == days["notice"]
    assert list(spans["no_contract", ""]) == days["gap"]
    assert spans["not_logged", "use"][1] == day_number(pd.Timestamp("2023-01-23"))


def test_what_is_not_measured_is_said_and_not_drawn_as_zero(returned: Display):
    lacking = [note.split(":")[0] for note in returned.notes if "not measured" in note]
    assert lacking == ["Tickets", "Health score"]
    svg = returned._repr_html_()
    assert "not measured: tickets is not given" in re.sub(r"\s+", " ", svg)


def test_a_picture_is_drawn_whole_and_the_same_each_time(returned: Display):
    assert isinstance(returned.plot().figure, Figure)
    assert returned._repr_html_() == returned._repr_html_()


def test_of_fewer_accounts_than_may_be_shown_there_are_no_peers(returned: Display):
    assert not returned.frame()["what"].str.contains("peers").any()


def test_an_unknown_account_is_an_error_that_names_the_nearest(tenure: Workbench):
    with pytest.raises(
        StudyError, match=r"No account 'a22' among the 3 of this study. The nearest known ones are: a2, "
    ):
        tenure.account("a22", forecasts=False)


def test_an_account_goes_by_its_name_too_where_no_other_has_it():
    accounts = pd.DataFrame({"account_id": ["a1", "a2", "a3", "Acme"], "name": ["Acme ", "株式会社", "acme", None]})
    assert id_of("Acme", accounts) == "Acme"  # an id first
    assert id_of(" 株式会社", accounts) == "a2"
    with pytest.raises(StudyError, match=r"2 accounts of this study are called 'ACME'.* by its id, among them: a1, a3"):
        id_of("ACME", accounts)
    with pytest.raises(StudyError, match="No account 'Beta' among the 4"):
        id_of("Beta", accounts.assign(name=None))


def test_a_number_is_no_id_that_is_written_with_zeros(tenure: Workbench):
    with pytest.raises(StudyError, match="No account '2' among"):
        tenure.account(2, forecasts=False)
    assert nearest_ids("2", ["902", "A2", "0002", "20"])[0] == "0002"
    assert nearest_ids(" a2", ["902", "A2"])[0] == "A2"


def test_where_leavers_are_too_few_for_a_forecast_the_story_says_so(tenure: Workbench):
    found = tenure.account("a1")
    assert [note for note in found.notes if note.startswith("Forecast: ")]
    assert not (found.frame()["strand"] == "forecast").any()
    assert np.isfinite(found.frame().loc[found.frame()["strand"] == "price", "value"]).all()


def test_a_score_without_history_is_told_as_its_definition_gives_it(tenure: Workbench, tmp_path):
    """Touched last on 2023-02-22 and 2023-03-29: six and two days before the last day that is known, a point each."""
    file = tmp_path / "health_score.toml"
    file.write_text(
        'name = "touches"\n[[components]]\nname = "touch"\ncovariate = "days_since_touch"\nweight = 100\n'
        '[components.scaling]\nway = "linear"\npoints_at = [[0, 100], [100, 0]]\n',
        encoding="utf-8",
    )
    study = dataclasses.replace(tenure.study, health_score=file)
    scored = open_workbench(study, tmp_path, progress=lambda step: None).account("a1", forecasts=False)
    rows = scored.frame().query("strand == 'health score'").set_index("day")
    assert rows.loc["2023-03-01", ["what", "value"]].tolist() == ["score by its definition, green", 94.0]
    assert rows.loc["2023-04-01", "value"] == 98.0
    assert not [note for note in scored.notes if note.startswith("Health score: ")]
    assert "by its definition" in scored._repr_html_()


def test_of_an_account_without_a_log_no_use_is_told(tmp_path):
    accounts = "account_id,segment,use_logged_from\na1,web,\na2,web,2023-01-01\na3,shop,2023-06-05\n"
    study = open_study(
        write_small_source(tmp_path, accounts=accounts), out=tmp_path / "out", progress=lambda step: None
    )
    used = {
        one: study.account(one, forecasts=False).frame().query("strand == 'use'")["day"] for one in ("a1", "a2", "a3")
    }
    assert used["a1"].empty
    assert used["a2"].min() == pd.Timestamp("2023-01-09")
    assert used["a3"].min() == pd.Timestamp("2023-06-05")


def test_of_an_account_that_left_before_the_log_began_the_stay_is_drawn(tmp_path):
    """A picture of a year before the log would begin after the stay had ended."""
    path = write_small_source(tmp_path, usage_daily="account_id,used_on,feature,events\na1,2025-06-02,search,1\n")
    text = path.read_text(encoding="utf-8").replace("2023-07-01", "2025-07-01")
    path.write_text(
        text.replace("[time]", "[source.observed_from]\nusage_daily = 2025-06-01\n\n[time]"), encoding="utf-8"
    )
    story = open_study(path, out=tmp_path / "out", progress=lambda step: None).account("a2", forecasts=False)
    assert story.save(tmp_path / "a2.svg").stat().st_size > 1000
    written = story.as_svg()
    assert "\N{LEFTWARDS ARROW}" not in written, "the first day is in the picture"
    assert "left 2023-04-10" in written
