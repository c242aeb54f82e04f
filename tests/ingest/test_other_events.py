"""What contradicts the chosen event is named with its accounts, also where nothing reads it; what agrees is said to."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from small_source import SUBSCRIPTIONS, USAGE, write_small_source

from analysis.cohort.fingerprint import fingerprint
from analysis.cohort.source_check import check_source
from analysis.declared.declaration import read_declaration
from analysis.declared.study import read_study
from analysis.ingest.events.leaving_words import Name, name_of, read_states
from analysis.ingest.files.contents import contents_of
from analysis.ingest.findings import Finding

# a2 alone has ended (on 2023-04-10)
PLAIN = "account_id,segment\na1,web\na2,web\na3,shop\n"


def found(study: Path) -> dict[tuple[str, str], Finding]:
    """Return what is found of other events, by table and column."""
    (study.parent / "scratch").mkdir()
    checked = check_source(read_study(study), study.parent / "scratch", lambda message: None)
    events = [finding for finding in checked.findings if finding.name.startswith("other_event")]
    return {(finding.table, dict(finding.says.values)["column"].strip("'")): finding for finding in events}


WAYS = {
    "left_but_open": "left",
    "stays_but_ended": "stays",
    "day_without_end": "open",
    "days_apart": "apart",
    "end_without_day": "missing",
}


def values(finding: Finding) -> dict[str, object]:
    """Return how many differ, in all and in each way to differ."""
    says = dict(finding.says.values)
    ways = {WAYS[way.code.rpartition(".")[2]]: dict(way.values)["number"] for way in says["ways"]}
    return {"differ": says["differ"], **ways}


def accounts_with(column: str, *cells: str) -> str:
    return accounts_with_all({column: cells})


def accounts_with_all(columns: Mapping[str, tuple[str, ...]]) -> str:
    lines = zip(PLAIN.splitlines(), *((column, *cells) for column, cells in columns.items()), strict=True)
    return "\n".join(",".join(line) for line in lines) + "\n"


STATES = {
    "churn_flag": ("False", "False", "True"),
    "is_active": ("1", "1", "0"),
    "Status": ("active", "Active", "Churned"),
    "whatever": ("契約中", "契約中", "解約済み"),
    "解約": ("", "", "はい"),
    "churn_reason_code": ("", "", "price"),
}


def test_a_state_that_contradicts_the_ends_is_counted(tmp_path: Path) -> None:
    """It says that a3, which is open, has left; and all but a mere reason say that a2, which has ended, stays."""
    told = found(write_small_source(tmp_path, accounts=accounts_with_all(STATES)))
    assert told.keys() == {("accounts", column) for column in STATES}
    for (_, column), finding in told.items():
        stays = 0 if column == "churn_reason_code" else 1
        assert finding.name == "other_event_differs", column
        assert values(finding) == {"differ": 1 + stays, "left": 1} | ({"stays": 1} if stays else {}), column
        assert finding.examples == (("a2", "a3") if stays else ("a3",)), column
        assert "is ended_on the end of the term?" in finding.message().lower()


def test_a_state_that_agrees_is_said_to_agree(tmp_path: Path) -> None:
    (finding,) = found(write_small_source(tmp_path, accounts=accounts_with("churned", "no", "yes", "no"))).values()
    assert (finding.name, finding.examples) == ("other_event_agrees", ())
    assert "3 accounts" in finding.message()


def test_columns_of_another_matter_are_left_alone(tmp_path: Path) -> None:
    cells = {"state": ("CA", "NY", "CA"), "churn_risk": ("1", "0", "1"), "plan": ("a", "b", "a")}
    study = write_small_source(tmp_path, accounts=accounts_with_all(cells | {"open_deals": ("1", "0", "1")}))
    assert found(study) == {}


DAYS = {
    "解約日": (("", "2023-04-10", ""), None),
    "churn_date": (("", "2023-04-17", ""), None),  # seven days are no other day
    "cancelled_on": (("", "2023/4/18", ""), {"apart": 1}),
    "terminated_on": (("2023-03-01", "2023-04-10", ""), {"open": 1}),
    "退会日": (("2023-03-01", "", "2023-03-01"), {"open": 2, "missing": 1}),
    "left_on": (("2023-09-01", "2023-04-10", ""), None),  # after the snapshot: it has not happened
}


def test_another_date_of_leaving_is_compared_with_ends_and_notices(tmp_path: Path) -> None:
    given = accounts_with_all({column: cells for column, (cells, _) in DAYS.items()})
    told = found(write_small_source(tmp_path, accounts=given))
    assert told.keys() == {("accounts", column) for column in DAYS}
    for column, (_, differs) in DAYS.items():
        finding = told["accounts", column]
        if differs is None:
            assert finding.name == "other_event_agrees", column
        else:
            assert values(finding) == {"differ": sum(differs.values()), **differs}, column


def test_a_date_of_leaving_may_be_that_of_the_notice(tmp_path: Path) -> None:
    subscriptions = SUBSCRIPTIONS.replace("ended_on,term", "ended_on,notice_on,term").replace(",,", ",,,")
    subscriptions = subscriptions.replace("2023-04-10,1,10", "2023-04-10,2023-02-01,1,10")
    study = write_small_source(
        tmp_path, subscriptions=subscriptions, accounts=accounts_with("cancelled_at", "", "2023-02-01", "")
    )
    (finding,) = found(study).values()
    assert finding.name == "other_event_agrees"


def test_tables_that_nothing_reads_are_compared(tmp_path: Path) -> None:
    """One of days; one without days, in which whoever is named has left; one whose key is called as nobody foresaw."""
    told = found(
        write_small_source(
            tmp_path,
            churn_events="churn_event_id,account_id,churn_date,is_reactivation\n"
            "e1,a1,2023-03-01,False\ne2,a1,2023-05-01,True\n",
            cancellations="sub,why\ns2,price\ns3,price\n",
            crm_export="Customer No,Stage\na1,live\na2,live\na3,live\n",
        )
    )
    by_table = {table: finding for (table, _), finding in told.items()}
    assert len(by_table) == len(told)
    assert {table: (values(finding), finding.examples) for table, finding in by_table.items()} == {
        "churn_events.csv": ({"differ": 2, "open": 1, "missing": 1}, ("a1", "a2")),
        "cancellations.csv": ({"differ": 1, "left": 1}, ("s3",)),
        "crm_export.csv": ({"differ": 1, "stays": 1}, ("a2",)),
    }


def test_the_last_version_of_a_subscription_counts(tmp_path: Path) -> None:
    """A flag on an earlier version is of a plan that was replaced."""
    subscriptions = """subscription_id,account_id,started_on,term_ends_on,ended_on,term_months,seats,mrr,churn_flag
s1,a1,2023-01-05,2023-02-05,2023-02-05,1,5,100,True
s1,a1,2023-02-05,2023-03-05,,1,5,100,False
s2,a2,2023-01-10,2023-02-10,2023-04-10,1,10,200,True
s3,a3,2023-02-01,2024-02-01,,12,25,450,False
"""
    (finding,) = found(write_small_source(tmp_path, subscriptions=subscriptions)).values()
    assert finding.name == "other_event_agrees"


def test_tables_of_a_database_that_nothing_reads_are_compared(tmp_path: Path) -> None:
    study = write_small_source(tmp_path, churn_events="account_id,churn_date\na2,2023-04-10\na3,2023-05-01\n")
    with duckdb.connect(str(tmp_path / "data" / "company.duckdb")) as con:
        for name in ("accounts", "subscriptions", "usage_daily", "churn_events"):
            con.execute(f"create table {name} as from '{tmp_path}/data/{name}.csv'")
    study.write_text(study.read_text().replace('"data"', '"data/company.duckdb"'))
    (finding,) = found(study).values()
    assert finding.table == "main.churn_events"
    assert finding.examples == ("a3",)


def test_tables_about_other_things_are_left_alone(tmp_path: Path) -> None:
    """Invoices are closed, and users inactive, while their account stays."""
    invoices = "invoice_id,account_id,status\n1,a1,closed\n2,a1,open\n3,a2,open\n4,a3,closed\n"
    assert found(write_small_source(tmp_path, invoices=invoices, usage_daily=USAGE)) == {}


def test_a_column_of_any_name_is_known_by_who_ended() -> None:
    many = {"a": (40, 3), "b": (2, 50)}
    assert read_states(Name.OTHER, many).left == ("a",)
    assert read_states(Name.OTHER, {"a": (40, 30), "b": (2, 50)}) is None
    assert read_states(Name.OTHER, {"a": (5, 0), "b": (0, 5)}) is None, "so few agree by chance"


@pytest.mark.parametrize(
    ("own_name", "name"),
    [
        ("isChurned", Name.LEAVING),
        ("CANCELED_ON", Name.LEAVING),
        ("解約フラグ", Name.LEAVING),
        ("Account Status", Name.STATE),
        ("cancel_reason", Name.REASON),
        ("is_active", Name.STAYING),
        ("currency", Name.OTHER),
        ("churn_probability", Name.OTHER),
        ("estate", Name.OTHER),
    ],
)
def test_what_names_say(own_name: str, name: Name) -> None:
    assert name_of(own_name) is name


def test_a_cohort_is_another_when_what_contradicts_it_is(tmp_path: Path) -> None:
    """What is told of a file is kept with the cohort, so that the file decides what a cohort holds."""

    def cohort(events: str) -> str:
        study = read_study(write_small_source(tmp_path, churn_events=events))
        return fingerprint(study, contents_of(read_declaration("contract"), study.source.path))["cohort"]

    one, other = (f"account_id,churn_date\na2,2023-04-{day}\n" for day in (10, 29))
    assert cohort(one) != cohort(other)
    assert cohort(one) == cohort(one)
