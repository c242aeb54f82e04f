"""What a source gives and does not measure is not made, not judged, and said with the reason; of a good one nothing."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from small_source import STUDY, write_small_source

from analysis.cohort.source_check import SourceCheck, check_source
from analysis.declared.claims import Judged, read_claims
from analysis.declared.factors import read_covariates
from analysis.declared.study import read_study
from analysis.workbench import open_workbench
from reports.dictionary.entries import claim_lines, dictionary
from reports.messages import read_catalogue

TICKETS = "ticket_id,account_id,opened_on,category\n"
TOUCHES = "touchpoint_id,account_id,occurred_on,kind,initiated_by,status,contact_id\n"
CONTACTS = "contact_id,account_id,role,started_on\n"
SURVEYS = "account_id,responded_on,kind,score\n"
CLAIMS = {claim.name: claim for claim in read_claims()}
COVARIATES = {covariate.name: covariate for covariate in read_covariates()}


def lines(header: str, *rows: str) -> str:
    return header + "".join(f"{row}\n" for row in rows)


@pytest.fixture
def check(tmp_path: Path):
    def checked(declared: str = "", **tables: str) -> SourceCheck:
        study = write_small_source(tmp_path, **tables)
        study.write_text(STUDY + declared, encoding="utf-8")
        with tempfile.TemporaryDirectory() as scratch:
            return check_source(read_study(study), Path(scratch), progress=lambda message: None)

    return checked


def said(checked: SourceCheck) -> dict[str, str]:
    """Return what was found, by rule and table."""
    return {f"{found.name} {found.table}": str(found.says) for found in checked.findings}


class TestTables:
    def test_without_rows(self, check):
        checked = check(contacts=CONTACTS, surveys=SURVEYS)
        assert {name: str(reason) for name, reason in checked.not_measured.items()} == {
            "contacts": "it has no rows",
            "surveys": "it has no rows",
        }
        assert said(checked).keys() == {"table_is_empty contacts, surveys"}
        assert not {"contacts", "contacts.role", "surveys"} & checked.given
        assert not COVARIATES["nps"].is_measurable(checked.given)
        assert CLAIMS["C11"].judged(checked.given) is Judged.NO

    @pytest.mark.parametrize(("n_without", "is_measured"), [(3, True), (4, False)])
    def test_of_which_most_customers_have_no_row(self, check, n_without, is_measured):
        """Six pay; they are no accounts without any use, but most likely not matched."""
        names = [f"a{n}" for n in range(6)]
        checked = check(
            accounts=lines("account_id,segment\n", *(f"{name},web" for name in names)),
            subscriptions=lines(
                "subscription_id,account_id,started_on\n", *(f"s{name},{name},2023-01-05" for name in names)
            ),
            usage_daily=lines(
                "account_id,used_on,events\n",
                *(f"{name},2023-{month:02}-{day:02},1" for name in names[n_without:] for month in range(1, 7)
                  for day in range(6, 28, 3)),
            ),
        )  # fmt: skip
        assert ("usage_daily" in checked.given) == is_measured
        if not is_measured:
            reason = str(checked.not_measured["usage_daily"])
            assert reason == "4 of 6 accounts that pay have no row at all"

    def test_is_not_asked_where_errors_stand_in_the_way(self, check):
        """A wrong word in subscriptions makes nobody a customer: that is no fault of the other tables."""
        checked = check(
            subscriptions="subscription_id,account_id,started_on,kind\ns1,a1,2023-01-05,Paid\ns2,a2,2023-01-05,Paid\n"
        )
        assert [found.name for found in checked.findings] == ["subscriptions.kind_is_in_its_list"]

    def test_nothing_that_is_given_is_said_to_be_lacking_where_errors_stand_in_the_way(self, check):
        """Else whoever checks for the first time is told to bring the roles and tickets that are there."""
        wrong = "subscription_id,account_id,started_on,kind\ns1,a1,2023-01-05,Paid\ns2,a2,2023-01-05,Paid\n"
        checked = check(subscriptions=wrong, tickets=lines(TICKETS, "k1,a1,2023-02-01,bug"))
        assert COVARIATES["complaints"].is_measurable(checked.given)
        assert not COVARIATES["nps"].is_measurable(checked.given)

    def test_prices_in_two_currencies_say_nothing_of_days(self, check):
        """What lies in no paid stay, and what no row has, is told in the same pass."""
        checked = check(
            subscriptions="subscription_id,account_id,started_on,mrr,currency\ns1,a1,2023-01-05,1,EUR\n"
            "s2,a2,2023-01-05,1,USD\n",
            tickets=lines(TICKETS, "k1,a1,2023-02-01,how_to"),
        )
        assert "mixed_currencies subscriptions" in said(checked)
        assert not COVARIATES["complaints"].is_measurable(checked.given)

    @pytest.mark.parametrize(("n_unknown", "is_measured"), [(1, True), (2, False)])
    def test_of_which_more_than_half_was_set_apart(self, check, n_unknown, is_measured):
        rows = ["k1,a1,2023-02-01,bug", *[f"k{n + 2},nobody,2023-02-01,bug" for n in range(n_unknown)]]
        checked = check(tickets=lines(TICKETS, *rows))
        assert ("tickets" in checked.given) == is_measured
        if not is_measured:
            reason = "2 of its 3 rows broke a rule and were set apart"
            assert str(checked.not_measured["tickets"]) == reason
            assert said(checked)["table_not_measured tickets"] == f"the table counts as not given: {reason}"

    def test_of_which_all_was_set_apart(self, check):
        checked = check(tickets=lines(TICKETS, "k1,nobody,2023-02-01,bug"))
        assert str(checked.not_measured["tickets"]) == "all of its 1 row broke a rule and were set apart"

    @pytest.mark.parametrize(("n_outside", "is_measured"), [(1, True), (2, False)])
    def test_of_which_more_than_half_lies_in_no_paid_stay(self, check, n_outside, is_measured):
        """a2 left on 10 April; the first day after it is outside."""
        rows = ["k0,a2,2023-04-09,bug", *[f"k{n + 1},a2,2023-04-10,bug" for n in range(n_outside)]]
        checked = check(tickets=lines(TICKETS, *rows))
        assert ("tickets" in checked.given) == is_measured
        if not is_measured:
            assert "of its 3 rows 2 lie in no paid stay" in str(checked.not_measured["tickets"])

    def test_rows_of_accounts_that_never_pay_are_nobodys_fault(self, check):
        accounts = "account_id\na1\na2\na3\nfree\n"
        rows = ["k0,a1,2023-02-01,bug", *[f"k{n},free,2023-02-01,bug" for n in range(1, 9)]]
        assert "tickets" in check(accounts=accounts, tickets=lines(TICKETS, *rows)).given
        assert "tickets" not in check(accounts=accounts, tickets=lines(TICKETS, *rows[1:])).given

    def test_a_stay_that_overlaps_what_lasts_is_enough(self, check):
        rows = ["c1,a1,champion,2020-01-01", "c2,a2,champion,2020-01-01"]
        assert "contacts" in check(contacts=lines(CONTACTS, *rows)).given

    def test_outside_its_own_log(self, check):
        declared = "[source.observed_from]\nusage_daily = 2023-06-29\n"
        reason = "none of its 5 rows lies in its log, from 2023-06-29 to the day before 9999-12-31"
        assert str(check(declared).not_measured["usage_daily"]) == reason
        assert "usage_daily" in check(declared.replace("06-29", "06-28")).given

    def test_whose_log_ends_before_the_observation_begins(self, check):
        subscriptions = "subscription_id,account_id,started_on\ns1,a1,2020-01-01\ns2,a2,2020-01-01\n"
        checked = check(
            "[source.observed_until]\ntickets = 2023-01-01\n",
            subscriptions=subscriptions,
            tickets=lines(TICKETS, "k1,a1,2022-05-01,bug"),
        )
        assert "before the observation begins" in str(checked.not_measured["tickets"])

    def test_not_known_by_the_snapshot(self, check):
        checked = check(tickets=lines(TICKETS, "k1,a1,2023-07-01,bug"))
        assert str(checked.not_measured["tickets"]) == "none of its rows was known before the snapshot"

    def test_none_in_a_good_source(self, check):
        checked = check()
        assert (checked.findings, dict(checked.not_measured)) == ((), {})
        assert {"usage_daily", "usage_daily.feature", "subscriptions.seats"} <= checked.given


class TestColumnsAndTheirRows:
    def test_a_column_of_the_header_that_hardly_any_row_fills_in(self, check):
        rows = [f"k{n},a1,2023-02-01,{'bug' if n < 2 else ''}" for n in range(1, 102)]
        checked = check(tickets=lines(TICKETS, *rows))
        assert "tickets.category" not in checked.given
        assert str(checked.not_measured["tickets.category"]) == "it has a value in 1 of 101 rows"
        assert "tickets.category (it has a value in 1 of 101 rows)" in said(checked)["columns_not_measured tickets"]
        assert not COVARIATES["complaints"].is_measurable(checked.given)
        assert "tickets.category" in check(tickets=lines(TICKETS, *rows[:100])).given

    def test_of_what_need_not_happen_one_row_is_enough(self, check):
        header = "ticket_id,account_id,opened_on,escalated_on\n"
        rows = [f"k{n},a1,2023-02-01,{'2023-02-02' if n < 2 else ''}" for n in range(1, 300)]
        assert COVARIATES["escalations"].is_measurable(check(tickets=lines(header, *rows)).given)
        assert not COVARIATES["escalations"].is_measurable(check(tickets=lines(header, *rows[1:])).given)

    def test_csat_alone_measures_no_nps(self, check):
        checked = check(surveys=lines(SURVEYS, "a1,2023-03-01,csat,4"))
        assert "surveys" in checked.given
        assert str(checked.not_measured["surveys.kind=nps"]) == "no row has it"
        assert CLAIMS["C11"].judged(checked.given) is Judged.NO
        assert CLAIMS["C11"].judged(check(surveys=lines(SURVEYS, "a1,2023-03-01,nps,4")).given) is Judged.YES

    def test_without_a_handover_nothing_is_said_of_handovers(self, check):
        checked = check(touchpoints=lines(TOUCHES, "t1,a1,2023-02-01,call,vendor,held,"))
        assert CLAIMS["C22"].judged(checked.given) is Judged.NO
        assert CLAIMS["C19"].judged(checked.given) is Judged.YES
        handover = lines(TOUCHES, "t1,a1,2023-02-01,handover,vendor,held,")
        assert CLAIMS["C22"].judged(check(touchpoints=handover).given) is Judged.YES

    def test_what_no_need_misses_is_not_told(self, check):
        """Nobody asks for more than one of the two, and nothing reads who is a buyer where there is a sponsor."""
        rows = ["k1,a1,2023-02-01,bug", "k2,a1,2023-02-01,feature_request", "k3,a1,2023-02-01,contract"]
        assert said(check(tickets=lines(TICKETS, *rows))) == {}

    @pytest.mark.parametrize(
        ("ids", "is_matched"),
        [
            (("c1", "c2"), True),
            (("c1", "x"), True),
            (("x", "y", "z", "c1"), True),
            (("C1", "C2"), False),
        ],
        ids=["all", "half", "half of the others", "written in another way"],
    )
    def test_keys_of_one_table_are_found_in_another(self, check, ids, is_matched):
        contacts = lines(CONTACTS, "c1,a1,executive_sponsor,2023-01-10", "c2,a2,executive_sponsor,2023-01-10")
        touches = [f"t{n},a1,2023-02-01,call,vendor,held,{who}" for n, who in enumerate(ids)]
        checked = check(contacts=contacts, touchpoints=lines(TOUCHES, *touches))
        assert COVARIATES["sponsor_silence"].is_measurable(checked.given) == is_matched
        assert COVARIATES["single_threaded"].is_measurable(checked.given)
        if not is_matched:
            reason = str(checked.not_measured["touchpoints.contact_id->contacts"])
            assert reason == "0 of 2 keys are found in contacts"


class TestLogs:
    DAYS = tuple(dt.date(2023, 1, 10) + dt.timedelta(days=n) for n in range(100))

    def use(self, days) -> str:
        return lines("account_id,used_on,events\n", *[f"{account},{day},1" for day in days for account in ("a1", "a3")])

    def test_that_ends_early_is_missing_from_there_on(self, check, tmp_path):
        checked = check(usage_daily=self.use(self.DAYS))
        message = said(checked)["log_ends_early usage_daily"]
        assert message.startswith("no row from 2023-04-20 on, though the snapshot is 2023-07-01")
        study = read_study(tmp_path / "study.toml")
        tenure = open_workbench(study, tmp_path / "out", progress=lambda line: None)
        has_value = tenure.landmarks.groupby("risk_date")["active_day_share"].agg(lambda share: share.notna().any())
        assert has_value.to_dict() == {
            day: day.month in (2, 3, 4)
            for day in has_value.index  # January has no use yet, and no day before it
        }
        assert tenure.parameters["usage_daily_observed_until"] == dt.date(2023, 4, 20)

    def test_that_is_declared_to_its_end_is_taken_at_its_word(self, check):
        declared = "[source.observed_until]\nusage_daily = 2023-07-01\n"
        found = said(check(declared, usage_daily=self.use(self.DAYS)))
        assert [name for name in found if name.startswith("log_")] == []

    def test_with_a_hole(self, check):
        days = [*self.DAYS, dt.date(2023, 6, 28), dt.date(2023, 6, 29), dt.date(2023, 6, 30)]
        assert (
            "no row from 2023-04-20 to the day before 2023-06-28"
            in said(check(usage_daily=self.use(days)))["log_has_a_hole usage_daily"]
        )

    def test_that_begins_late(self, check):
        days = [day + dt.timedelta(days=70) for day in self.DAYS]
        checked = check(usage_daily=self.use(days))
        assert said(checked)["log_begins_late usage_daily"].startswith("no row before 2023-03-21, though accounts paid")
        assert said(check("[source.observed_from]\nusage_daily = 2023-03-21\n", usage_daily=self.use(days))) == {}

    @pytest.mark.parametrize(("n_without", "is_told"), [(4, False), (5, True)])
    def test_customers_without_any_row_are_counted(self, check, n_without, is_told):
        names = [f"a{n}" for n in range(10 + n_without)]
        subscriptions = lines("subscription_id,account_id,started_on\n", *[f"s-{n},{n},2023-01-05" for n in names])
        use = lines("account_id,used_on,events\n", *[f"{n},2023-03-01,1" for n in names[:10]])
        accounts = lines("account_id\n", *names)
        findings = said(check(accounts=accounts, subscriptions=subscriptions, usage_daily=use))
        told = (
            f"{n_without} of {len(names)} accounts that pay have no row at all: they are read as accounts without any"
        )
        told += " use"
        assert findings == ({"customers_without_rows usage_daily": told} if is_told else {})

    def test_customers_that_are_declared_to_have_no_log_are_not_asked(self, check):
        """Twelve of twenty have no row: too many to be matched, were it not said that nobody writes theirs down."""
        names = [f"a{n}" for n in range(20)]
        subscriptions = lines("subscription_id,account_id,started_on\n", *[f"s-{n},{n},2023-01-05" for n in names])
        use = lines("account_id,used_on,events\n", *[f"{n},2023-03-01,1" for n in names[:8]])
        accounts = lines(
            "account_id,use_logged_from\n", *(f"{n},{'2023-01-01' if k < 8 else ''}" for k, n in enumerate(names))
        )
        checked = check(accounts=accounts, subscriptions=subscriptions, usage_daily=use)
        assert said(checked) == {}
        assert {"usage_daily", "accounts.use_logged_from"} <= checked.given

    def test_where_no_account_says_since_when_it_has_a_log_all_have_the_book_s(self, check):
        checked = check(accounts="account_id,use_logged_from\na1,\na2,\na3,\n")
        assert "accounts.use_logged_from" not in checked.given
        assert "usage_daily" in checked.given


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "surveys.kind=nps (surveys: it has no rows)"), ("ja", "surveys.kind=nps（surveys：行がない）")],
)
def test_the_dictionary_and_the_claims_say_why(check, language, expected):
    checked, catalogue = check(surveys=SURVEYS), read_catalogue(language)
    sections = dictionary(None, checked.given, catalogue, checked.not_measured)
    (nps,) = (entry for section in sections for entry in section.entries if entry.name == "nps")
    assert nps.lacking == (expected,)
    (line,) = (line for line in claim_lines(None, checked.given, catalogue, checked.not_measured) if line.name == "C11")
    assert (line.judged, line.lacking) == (Judged.NO, (expected,))
