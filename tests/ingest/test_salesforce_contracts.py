"""Salesforce's contracts as subscriptions, activities as touches, ids of merged accounts: by hand, on a few rows."""

from importlib.resources import files

import duckdb
import pytest

SOURCE = files("queries") / "1_sources" / "salesforce_zendesk"
RAW = """
create schema raw;
create table raw.account (id text, isdeleted boolean, masterrecordid text);
create table raw.contract (
    id text, isdeleted boolean, accountid text, status text, startdate date, enddate date, contractterm integer,
    activateddate date, lastmodifieddate date
);
create table raw.opportunity (
    id text, isdeleted boolean, accountid text, contractid text, type text, amount decimal(18, 6),
    currencyisocode text default 'EUR', closedate date, isclosed boolean default true, iswon boolean,
    lastmodifieddate date
);
create table raw.opportunity_line_item (
    opportunityid text, isdeleted boolean, productcode text, quantity decimal(18, 6), totalprice decimal(18, 6)
);
create table raw.zendesk_organization (id text, external_id text);
create table raw.zendesk_ticket (
    id text, organization_id text, status text, type text, priority text, tags text, created_at date
);
create table raw.zendesk_ticket_metric (ticket_id text, solved_at date, reply_time_in_minutes text);
create table raw.zendesk_satisfaction_rating (ticket_id text, score text, created_at date);
create table raw.product_event (account_id text, user_id text, event text, occurred_at timestamp);
create table raw.opportunity_contact_role (isdeleted boolean, contactid text, role text, createddate date);
create table raw.contact (id text, accountid text, department text, left_company_on__c date);
create table raw.task (
    id text, isdeleted boolean, accountid text, whoid text, subject text, status text default 'Completed', type text,
    tasksubtype text, calltype text, activitydate date, completeddatetime date, isrecurrence boolean, createddate date
);
create table raw.event (
    id text, isdeleted boolean, accountid text, whoid text, subject text, startdatetime date, ischild boolean,
    isrecurrence boolean, createddate date
);
insert into raw.account values ('001A', false, null);
"""
NEW, RENEWAL, UPGRADE, DOWNGRADE = (
    "New Business",
    "Renewal",
    "Existing Customer - Upgrade",
    "Existing Customer - Downgrade",
)


@pytest.fixture
def raw():
    with duckdb.connect() as con:
        con.execute(RAW)
        yield con


def add_contract(raw, contract, start, end, status="Activated", *, months=12, changed="2026-06-30"):
    raw.execute(
        "insert into raw.contract values (?, false, '001A', ?, ?, ?, ?, null, ?)",
        [contract, status, start, end, months, changed],
    )


def add_deal(raw, contract, kind, closed, seats, *, won=True, amount=None):
    """Add an opportunity, of 120 a seat and year; without seats one without line items."""
    ((deal,),) = raw.execute("select 'd' || count(*) from raw.opportunity").fetchall()
    raw.execute(
        "insert into raw.opportunity (id, accountid, contractid, type, amount, closedate, iswon) "
        "values (?, '001A', ?, ?, ?, ?, ?)",
        [deal, contract, kind, amount, closed, won],
    )
    if seats:
        raw.execute("insert into raw.opportunity_line_item values (?, false, 'PLAN', ?, ?)", [deal, seats, seats * 120])


def made(raw, table, columns):
    sql = (SOURCE / f"{table}.sql").read_text(encoding="utf-8")
    return raw.execute(f"select {columns} from ({sql}) order by all").fetchall()


def versions(raw):
    """Return contract, start, end of the term, end, seats and price a month of every version."""
    return made(
        raw,
        "subscriptions",
        "subscription_id, started_on::text, term_ends_on::text, ended_on::text, seats::int, mrr::int",
    )


def notices(raw):
    return made(raw, "subscriptions", "subscription_id, notice_on::text, notice_withdrawn_on::text")


class TestRenewals:
    @pytest.mark.parametrize("named", ["the new contract", "the old contract"])
    def test_a_renewal_is_the_new_contract_whichever_it_names(self, raw, named):
        """Else the first year would be paid for two or three times, and the later ones have no price."""
        for contract, year in (("1", 2023), ("2", 2024), ("3", 2025)):
            add_contract(raw, contract, f"{year}-01-10", f"{year + 1}-01-09", "Expired" if year < 2025 else "Activated")
        add_deal(raw, "1", NEW, "2022-12-20", 10)
        add_deal(raw, "2" if named == "the new contract" else "1", RENEWAL, "2023-12-20", 12)
        add_deal(raw, "3" if named == "the new contract" else "2", RENEWAL, "2024-12-20", 15)
        assert versions(raw) == [
            ("1", "2023-01-10", "2024-01-10", "2024-01-10", 10, 100),
            ("2", "2024-01-10", "2025-01-10", "2025-01-10", 12, 120),
            ("3", "2025-01-10", "2026-01-10", "2026-01-10", 15, 150),
        ]

    def test_a_renewal_that_is_signed_late_is_of_its_own_contract(self, raw):
        """Also where the next year's names the contract before: it is that one which has none of its own."""
        for contract, year in (("1", 2023), ("2", 2024)):
            add_contract(raw, contract, f"{year}-01-10", f"{year + 1}-01-09")
        add_deal(raw, "1", NEW, "2022-12-20", 10)
        add_deal(raw, "2", RENEWAL, "2024-01-30", 12)
        assert [row[-2:] for row in versions(raw)] == [(10, 100), (12, 120)]

    def test_a_contract_that_is_renewed_in_place_has_the_new_price_from_its_anniversary_on(self, raw):
        """Its end was put off twice; added up, its first day would cost three years."""
        add_contract(raw, "1", "2023-03-01", "2026-02-28", months=36, changed="2025-06-30")
        add_deal(raw, "1", NEW, "2023-02-20", 10)
        add_deal(raw, "1", UPGRADE, "2023-06-01", 5)
        add_deal(raw, "1", RENEWAL, "2024-02-10", 20)
        add_deal(raw, "1", RENEWAL, "2025-03-11", 30)
        assert versions(raw) == [
            ("1", "2023-03-01", "2026-03-01", "2023-06-01", 10, 100),
            ("1", "2023-06-01", "2026-03-01", "2024-03-01", 15, 150),
            ("1", "2024-03-01", "2026-03-01", "2025-03-01", 20, 200),
            ("1", "2025-03-01", "2026-03-01", None, 30, 300),
        ]

    def test_a_renewal_whose_contract_is_not_made_yet_moves_nothing(self, raw):
        add_contract(raw, "1", "2025-08-01", "2026-07-31")
        add_deal(raw, "1", NEW, "2025-07-20", 10)
        add_deal(raw, "1", RENEWAL, "2026-06-20", 50)
        assert versions(raw) == [("1", "2025-08-01", "2026-08-01", None, 10, 100)]

    @pytest.mark.parametrize("kind", [UPGRADE, "Existing Business"])
    def test_what_is_added_after_the_end_is_of_the_next_contract(self, raw, kind):
        for contract, year in (("1", 2023), ("2", 2024)):
            add_contract(raw, contract, f"{year}-01-10", f"{year + 1}-01-09")
            add_deal(raw, contract, NEW, f"{year}-01-05", 10)
        add_deal(raw, "1", kind, "2024-01-20", 2)
        assert [row[:2] + row[-2:] for row in versions(raw)] == [
            ("1", "2023-01-10", 10, 100), ("2", "2024-01-10", 10, 100), ("2", "2024-01-20", 12, 120),
        ]  # fmt: skip


class TestPrices:
    def test_what_is_added_to_an_unknown_number_is_unknown(self, raw):
        """Three seats less of nobody knows how many are not -3; an upgrade alone is not the price of a contract."""
        add_contract(raw, "1", "2026-01-01", "2026-12-31")
        add_deal(raw, "1", NEW, "2025-12-20", 0, amount=2400)
        add_deal(raw, "1", DOWNGRADE, "2026-03-01", -3)
        add_contract(raw, "2", "2026-01-01", "2026-12-31")
        add_deal(raw, "2", UPGRADE, "2026-03-01", 5)
        assert [row[0:2] + row[-2:] for row in versions(raw)] == [
            ("1", "2026-01-01", None, 200), ("1", "2026-03-01", None, 170),
            ("2", "2026-01-01", None, None), ("2", "2026-03-01", None, None),
        ]  # fmt: skip

    @pytest.mark.parametrize("kind", [NEW, "Existing Business", None])
    def test_what_is_added_late_is_from_the_day_on_which_it_is_closed(self, raw, kind):
        """From the first day on, it would be known half a year before it was sold."""
        add_contract(raw, "1", "2026-01-01", "2026-12-31")
        add_deal(raw, "1", NEW, "2025-12-20", 10)
        add_deal(raw, "1", kind, "2026-01-20", 2)
        add_deal(raw, "1", kind, "2026-06-20", 5)
        add_contract(raw, "2", "2026-01-01", "2026-12-31")
        add_deal(raw, "2", NEW, "2026-06-20", 10)
        assert [row[0:2] + row[-2:] for row in versions(raw)] == [
            ("1", "2026-01-01", 12, 120), ("1", "2026-06-20", 17, 170), ("2", "2026-01-01", 10, 100),
        ]  # fmt: skip

    def test_an_opportunity_of_services_alone_is_no_price(self, raw):
        """Were its amount taken where no item of it recurs, the year would cost 21,200."""
        add_contract(raw, "1", "2026-01-01", "2026-12-31")
        add_deal(raw, "1", NEW, "2025-12-20", 10)
        add_deal(raw, "1", NEW, "2025-12-20", 0, amount=20000)
        raw.execute("insert into raw.opportunity_line_item values ('d1', false, 'SETUP', 1, 20000)")
        sql = (SOURCE / "subscriptions.sql").read_text(encoding="utf-8")
        assert "        true as recurs --" in sql
        decided = sql.replace("true as recurs --", "productcode <> 'SETUP' as recurs --")
        assert raw.execute(f"select seats::int, mrr::int from ({decided})").fetchall() == [(10, 100)]

    def test_ids_of_15_letters_find_those_of_18(self, raw):
        """Else the amount of all, services among it, would be the price, and seats unknown."""
        add_contract(raw, "800000000000001AAA", "2026-01-01", "2026-12-31")
        add_deal(raw, "800000000000001", NEW, "2025-12-20", 10, amount=9999)
        raw.execute("update raw.opportunity set id = '006000000000001AAA'")
        raw.execute("update raw.opportunity_line_item set opportunityid = '006000000000001'")
        assert versions(raw) == [("800000000000001AAA", "2026-01-01", "2027-01-01", None, 10, 100)]


class TestEnds:
    def test_a_superseded_contract_ends_where_the_next_begins(self, raw):
        add_contract(raw, "1", "2024-01-01", "2024-12-31", "Superseded")
        add_contract(raw, "2", "2024-10-01", "2025-09-30")
        assert [row[:4] for row in versions(raw)] == [
            ("1", "2024-01-01", "2025-01-01", "2024-10-01"),
            ("2", "2024-10-01", "2025-10-01", "2025-10-01"),
        ]

    @pytest.mark.parametrize(
        ("end", "months", "term_end", "ended"),
        [
            ("2026-12-31", 12, "2027-01-01", "2026-04-20"),  # nobody entered the end
            ("2026-05-31", 12, "2027-01-01", "2026-06-01"),  # it was brought forward
            ("2026-08-31", 12, "2027-01-01", "2026-09-01"),  # ... to a day that is to come
            (None, None, None, "2026-04-20"),  # it had none
            ("2026-03-31", 3, "2026-04-01", "2026-04-01"),  # it was over before
        ],
    )
    def test_a_terminated_contract_ends_though_its_term_goes_on(self, raw, end, months, term_end, ended):
        add_contract(raw, "1", "2026-01-01", end, "Terminated", months=months, changed="2026-04-20")
        add_contract(raw, "2", "2026-06-01", "2027-05-31", "Draft", changed="2026-06-30")
        assert versions(raw) == [("1", "2026-01-01", term_end, ended, None, None)]

    def test_a_contract_that_was_active_is_one_whatever_its_status_is_called(self, raw):
        add_contract(raw, "1", "2025-01-01", "2025-12-31", "Cancelled", changed="2025-09-09")
        assert versions(raw) == []
        raw.execute("update raw.contract set activateddate = '2025-01-01'")
        assert versions(raw) == [("1", "2025-01-01", "2026-01-01", "2025-09-09", None, None)]


class TestNotices:
    def test_a_lost_copy_of_a_renewal_that_was_signed_is_no_notice(self, raw):
        add_contract(raw, "1", "2024-01-01", "2024-12-31", "Expired")
        add_contract(raw, "2", "2025-01-01", "2025-12-31", "Expired")
        add_deal(raw, "1", NEW, "2023-12-20", 10)
        add_deal(raw, "2", RENEWAL, "2024-11-01", 10)
        add_deal(raw, "1", RENEWAL, "2024-11-20", 10, won=False)
        add_deal(raw, "2", RENEWAL, "2025-11-20", 10, won=False)
        assert notices(raw) == [("1", None, None), ("2", "2025-11-20", None)]

    def test_a_lost_renewal_that_names_no_contract_is_of_the_one_in_force(self, raw):
        add_contract(raw, "1", "2024-01-01", "2024-12-31", "Expired")
        add_contract(raw, "2", "2025-01-01", "2025-12-31", "Expired")
        add_deal(raw, None, RENEWAL, "2025-11-20", 10, won=False)
        assert notices(raw) == [("1", None, None), ("2", "2025-11-20", None)]
        add_contract(raw, "3", "2025-06-01", "2026-05-31")  # nobody knows of which of two
        assert {row[1] for row in notices(raw)} == {None}


class TestOtherSystems:
    """Ids of 15 and of 18 letters; b was merged into c, and c into d; e was deleted."""

    @pytest.fixture
    def raw(self, raw):
        accounts = {"b": (True, "c"), "c": (True, "d"), "d": (False, None), "e": (True, None)}
        for name, (deleted, winner) in accounts.items():
            own, other = (f"00100000000000{one}AAA" if one else None for one in (name, winner))
            raw.execute("insert into raw.account values (?, ?, ?)", [own, deleted, other])
        return raw

    def test_use_of_merged_accounts_is_that_of_the_one_that_is_left(self, raw):
        raw.execute(
            "insert into raw.product_event select unnest(['00100000000000bAAA', '00100000000000c', '00100000000000d', "
            "'00100000000000DAAD', 'test']), 'u', 'click', '2024-01-08 10:00'"
        )
        assert made(raw, "usage_daily", "account_id, events") == [
            ("00100000000000DAAD", 1), ("00100000000000dAAA", 3), ("test", 1),
        ]  # fmt: skip

    def test_tickets_are_of_the_account_that_is_left_or_say_whose_they_are(self, raw):
        raw.execute(
            "insert into raw.zendesk_organization values ('1', '00100000000000bAAA'), ('2', '00100000000000d'), "
            "('3', null), ('4', '00100000000000eAAA')"
        )
        raw.execute(
            "insert into raw.zendesk_ticket select unnest(['t1', 't2', 't3', 't4', 't5', 't6']), "
            "unnest(['1', '2', '3', '4', '5', null]), 'closed', 'question', null, null, date '2024-01-08'"
        )
        raw.execute(
            "insert into raw.zendesk_ticket values ('m', '2', 'closed', null, null, '[\"closed_by_merge\"]', null)"
        )
        raw.execute("insert into raw.zendesk_satisfaction_rating select id, 'good', created_at from raw.zendesk_ticket")
        owners = ["00100000000000dAAA"] * 2 + ["00100000000000eAAA", "Zendesk organization 3", "Zendesk organization 5"]
        assert sorted(owner for (owner,) in made(raw, "tickets", "account_id")) == owners
        assert sorted(owner for (owner,) in made(raw, "surveys", "account_id"))[1:] == owners


class TestPeople:
    def test_one_who_had_left_before_the_role_was_entered_is_nobody(self, raw):
        raw.execute(
            "insert into raw.contact values ('1', '001A', 'IT', '2024-05-01'), ('2', '001A', 'IT', '2024-07-01'), "
            "('3', '001A', 'IT', null), ('4', '001A', 'IT', '2024-07-01')"
        )
        raw.execute(
            "insert into raw.opportunity_contact_role select false, unnest(['1', '2', '3', '4']), 'Champion', "
            "unnest([date '2024-06-01', date '2024-06-01', date '2024-06-01', null])"
        )
        assert made(raw, "contacts", "contact_id, started_on::text, ended_on::text") == [
            ("2", "2024-06-01", "2024-07-01"), ("3", "2024-06-01", None), ("4", None, "2024-07-01"),
        ]  # fmt: skip

    def test_a_touch_lies_on_the_day_on_which_it_took_place_and_is_counted_once(self, raw):
        """Logged a week late; done before it was due; done after it was due; a series; three who were invited."""
        raw.execute(
            "insert into raw.task (id, accountid, type, activitydate, completeddatetime, createddate, isrecurrence) "
            "values "
            "('1 logged', '001A', 'Call', '2024-03-01', '2024-03-08', '2024-03-08', false), "
            "('2 early', '001A', 'Call', '2024-03-20', '2024-03-15', '2024-03-01', false), "
            "('3 late', '001A', 'Call', '2024-03-10', '2024-03-15', '2024-03-01', false), "
            "('4 undated', '001A', 'Call', null, null, '2024-03-01', null), "
            "('5 series', '001A', 'Call', '2024-03-10', '2024-03-15', '2024-03-01', true)"
        )
        raw.execute(
            "insert into raw.event (id, accountid, startdatetime, createddate, ischild, isrecurrence) values "
            "('6 meeting', '001A', '2024-03-05', '2024-03-01', false, false), "
            "('7 invited', '001A', '2024-03-05', '2024-03-01', true, false), "
            "('8 series', '001A', '2024-03-05', '2024-03-01', false, true)"
        )
        assert made(raw, "touchpoints", "touchpoint_id, occurred_on::text, known_on::text") == [
            ("1 logged", "2024-03-01", "2024-03-08"),
            ("2 early", "2024-03-15", "2024-03-15"),
            ("3 late", "2024-03-15", "2024-03-15"),
            ("6 meeting", "2024-03-05", "2024-03-05"),
        ]
