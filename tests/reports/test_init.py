"""tenure init: a study from the exports of each vendor, from the empty folder to lifetimes that were told by hand."""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pytest
from raw_exports.hubspot import write_hubspot
from raw_exports.salesforce_zendesk import write_salesforce_zendesk
from raw_exports.stories import SNAPSHOT, ZONE
from raw_exports.stripe import write_stripe
from shared import once
from small_source import ACCOUNTS, SUBSCRIPTIONS, content_of

from analysis.declared.contract import read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.study import read_study
from reports.cli.commands import main

VENDORS: Mapping[str, Callable[[Path], None]] = {
    "salesforce_zendesk": write_salesforce_zendesk,
    "stripe": write_stripe,
    "hubspot": write_hubspot,
}
LIFETIMES = """
renews          1 2023-02-01 None       None
upgrades        1 2023-03-15 None       None
cancels         1 2023-04-01 2024-01-20 2024-04-01
returns         1 2023-01-15 2023-12-01 2024-01-15
returns         2 2024-06-01 None       None
leaves soon     1 2023-08-01 2025-05-20 None
fails           1 2024-01-10 None       2025-01-10
tries           1 2024-10-01 None       None
stays after all 1 2023-11-10 None       None
"""
"""Name, number, origin, notice, end. An end after the snapshot is not known; nobody knows of a notice taken back."""


def made(folder: Path, vendor: str) -> Path:
    """Begin a study, put the exports into it, set its days, and build it."""
    study = folder / "new" / "study.toml"
    assert main(["init", "--source", vendor, str(study.parent)]) == 0
    VENDORS[vendor](study.parent / "raw")
    text = study.read_text(encoding="utf-8")
    text = text.replace('"UTC" ', f'"{ZONE}" ').replace("snapshot = 2026-01-01", f"snapshot = {SNAPSHOT}")
    study.write_text(text, encoding="utf-8")
    run = ["--study", str(study), "--out", str(folder / "out"), "--threads", "1"]
    if vendor == "stripe":
        assert main(["check", *run]) == 0
    assert main(["build", "--no-audits", *run]) == 0
    return folder


@pytest.fixture(scope="module", params=VENDORS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A vendor, and the folder of its study and cohort."""
    vendor = request.param
    return vendor, once(tmp_path_factory, f"init {vendor}", lambda folder: made(folder, vendor))


@pytest.fixture(scope="module")
def cohort(built: tuple[str, Path]):
    vendor, folder = built
    (path,) = (folder / "out" / vendor).glob("cohort-*.duckdb")
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


class TestVendors:
    def test_lifetimes_are_those_that_were_told(self, built, cohort):
        rows = cohort.execute(
            "select name, lifetime_number, origin, notice_on, ended_on from lifetimes inner join accounts "
            "using (account_id) where name not like 'plain%' order by account_id, lifetime_number"
        ).fetchall()
        found = [" ".join([f"{name:15}", str(number), *(f"{day!s:10}" for day in days)]).rstrip()
                 for name, number, *days in rows]  # fmt: skip
        assert found == [line.rstrip() for line in LIFETIMES.strip().splitlines()]
        fails = cohort.execute(
            "select cause from lifetimes inner join accounts using (account_id) where name = 'fails'"
        )
        assert fails.fetchall() == [("involuntary" if built[0] == "stripe" else "churn",)]

    def test_an_upgrade_is_a_version_with_its_seats_and_monthly_price(self, cohort):
        """10 seats at 240 a year are 200 a month; deleted, void and lost deals add nothing.

        Stripe's upgrade puts another item in the place of the first, which is in no list of items any more.
        """
        rows = cohort.execute(
            "select cast(started_on as varchar), cast(term_ends_on as varchar), seats, cast(mrr as integer) "
            "from subscriptions inner join accounts using (account_id) where name in ('upgrades', 'renews') "
            "order by name desc, started_on"
        ).fetchall()
        assert rows == [
            ("2023-03-15", "2024-03-15", 10, 200),
            ("2023-09-10", "2024-03-15", 25, 500),
            ("2024-03-15", "2025-03-15", 25, 500),
            ("2025-03-15", "2026-03-15", 25, 500),
            ("2023-02-01", "2024-02-01", 10, 200),
            ("2024-02-01", "2025-02-01", 10, 200),
            ("2025-02-01", "2026-02-01", 12, 240),
        ]

    def test_use_lies_on_the_days_and_hours_of_the_study(self, cohort):
        """Two users, at ten in the morning and at eleven at night, every fourteen days."""
        rows = cohort.execute(
            "select cast(used_on as varchar), out_of_hours_events from usage_daily inner join accounts "
            "using (account_id) where name = 'renews' order by used_on, user_id limit 4"
        ).fetchall()
        assert rows == [("2023-02-01", 0), ("2023-02-01", 1), ("2023-02-15", 0), ("2023-02-15", 1)]

    def test_facts_of_customers_have_their_words(self, built, cohort):
        vendor, _ = built
        asked = (
            "select (select list(distinct role order by role) from contacts), "
            "(select list(distinct kind order by kind) from touchpoints), "
            "(select list(distinct status order by status) from touchpoints), "
            "(select list(distinct category order by category) from tickets), "
            "(select max(first_response_hours) from tickets), (select count(*) from surveys), "
            "(select cast(max(ended_on) as varchar) from contacts)"
        )
        expected = {
            "salesforce_zendesk": (
                ["champion", "executive_sponsor"], ["business_review", "call", "email"], [None],
                ["feature_request", "how_to"], 1.5, 29, "2023-12-15",
            ),
            "hubspot": (
                ["champion", "executive_sponsor"], ["call", "training"], ["held", "no_show", None], ["bug"], 1.5, 0,
                "2023-12-15",
            ),
            "stripe": (None, None, None, None, None, 0, None),
        }  # fmt: skip
        assert cohort.execute(asked).fetchone() == expected[vendor]

    def test_what_was_entered_late_is_known_late(self, built, cohort):
        if built[0] == "salesforce_zendesk":
            found = cohort.execute("select distinct known_on - occurred_on from touchpoints order by all").fetchall()
            assert found == [(0,), (7,)]

    def test_a_notice_taken_back_is_kept_where_the_vendor_keeps_it(self, built, cohort):
        rows = cohort.execute(
            "select cast(notice_on as varchar), cast(notice_withdrawn_on as varchar) from subscriptions "
            "inner join accounts using (account_id) where name = 'stays after all' and notice_on is not null"
        ).fetchall()
        assert rows == ([] if built[0] == "stripe" else [("2024-09-05", "2024-09-25")])

    def test_nothing_that_was_found_asks_for_more_than_columns_that_were_not_exported(self, cohort):
        """Neither do a subscription that was only tried, and a customer of the test mode."""
        rules = {rule for (rule,) in cohort.execute("select distinct rule from rule_findings").fetchall()}
        assert rules <= {
            "raw_columns_are_absent", "columns_not_measured", "accounts_of_accounts_without_subscription",
        }  # fmt: skip


class TestCommand:
    @pytest.mark.parametrize("vendor", [*VENDORS, "blank"])
    def test_the_next_step_is_the_exact_command(self, tmp_path, capsys, vendor):
        folder = tmp_path / "a new study"
        assert main(["init", "--source", vendor, str(folder)]) == 0
        said = capsys.readouterr().out
        assert said.splitlines()[-1] == f"Next: tenure check --study '{folder}/study.toml' --page"
        study = read_study(folder / "study.toml")
        assert read_declaration(study.source.kind, study.sources).description

    def test_a_missing_export_is_named_with_what_to_do(self, tmp_path, capsys):
        main(["init", "--source", "stripe", str(tmp_path / "new")])
        assert main(["check", "--study", str(tmp_path / "new" / "study.toml")]) == 1
        said = capsys.readouterr().err
        assert "needs customers.csv, subscriptions.csv" in said
        assert "Put them there, or correct their names in its source.toml." in said

    @pytest.mark.parametrize("what", ["a file in it", "a file", "a link"])
    def test_nothing_is_written_over(self, tmp_path, capsys, what):
        place = tmp_path / "there"
        if what == "a file in it":
            place.mkdir()
            (place / "own.txt").write_text("mine", encoding="utf-8")
        elif what == "a file":
            place.write_text("mine", encoding="utf-8")
        else:
            (tmp_path / "elsewhere").mkdir()
            place.symlink_to(tmp_path / "elsewhere")
        before = content_of(tmp_path)
        assert main(["init", "--source", "stripe", str(place)]) == 1
        assert "nothing is written over" in capsys.readouterr().err
        assert content_of(tmp_path) == before

    def test_nothing_half_written_stays_behind(self, tmp_path, monkeypatch):
        def fails(path, text, **how):
            raise OSError(28, "No space left on device", str(path))

        monkeypatch.setattr(Path, "write_text", fails)
        assert main(["init", "--source", "hubspot", str(tmp_path / "new")]) == 1
        assert list(tmp_path.iterdir()) == []

    def test_blank_tables_wait_for_rows_and_every_column_is_explained(self, tmp_path, capsys):
        folder = tmp_path / "new"
        main(["init", "--source", "blank", str(folder)])
        said = (folder / "columns.md").read_text(encoding="utf-8")
        for table in read_contract().values():
            header = (folder / "data" / f"{table.name}.csv").read_text(encoding="utf-8")
            assert header == ",".join(table.column_names) + "\n"
            section = said.split(f"## {table.name}\n")[1].split("\n## ")[0]
            for column in table.columns:
                assert section.count(f"\n| {f'**{column.name}**' if column.required else column.name} | ") == 1
        (folder / "data" / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
        (folder / "data" / "subscriptions.csv").write_text(SUBSCRIPTIONS, encoding="utf-8")
        capsys.readouterr()
        assert main(["check", "--study", str(folder / "study.toml"), "--out", str(tmp_path / "out")]) == 0
