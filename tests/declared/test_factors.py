"""What a covariate needs of a source, and what it says is lacking."""

import pytest

from analysis.declared.contract import names_given, read_contract
from analysis.declared.factors import alternatives, read_covariates
from analysis.declared.needs import asked_of_rows

ACTIVE_SEATS = next(covariate for covariate in read_covariates() if covariate.name == "active_seat_share")
KEY_USERS = next(covariate for covariate in read_covariates() if covariate.name == "key_user_share")
BY_PERIOD = {"user_activity": ("user_id",)}
BY_DAY = {"usage_daily": ("user_id", "events")}
SEATS = {"subscriptions": ("seats",)}


@pytest.mark.parametrize("use", [BY_PERIOD, BY_DAY, BY_PERIOD | BY_DAY])
def test_one_of_two_alternatives_is_enough(use):
    given = names_given(use | SEATS, stable_users=False)
    assert ACTIVE_SEATS.is_measurable(given)
    assert ACTIVE_SEATS.lacking(given) == ()


def test_without_either_both_are_named():
    given = names_given({"usage_daily": ("events",)} | SEATS, stable_users=True)
    assert not ACTIVE_SEATS.is_measurable(given)
    assert ACTIVE_SEATS.lacking(given) == ("user_activity or usage_daily.user_id",)


def test_an_alternative_that_is_met_is_not_lacking_beside_another_need():
    assert ACTIVE_SEATS.lacking(names_given(BY_DAY, stable_users=True)) == ("subscriptions.seats",)


def test_one_persons_history_needs_ids_that_are_persons():
    assert KEY_USERS.is_measurable(names_given(BY_DAY, stable_users=True))
    assert KEY_USERS.lacking(names_given(BY_DAY, stable_users=False)) == ("stable_users",)


REGION = "account_attributes.attribute=region or accounts.region"
SURGE = next(covariate for covariate in read_covariates() if covariate.name == "usage_surge")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"usage_daily"}, ("holidays", REGION)),
        ({"usage_daily", "holidays"}, (REGION,)),
        ({"usage_daily", "holidays", "accounts.region"}, ()),
        ({"holidays"}, ()),
    ],
)
def test_what_would_make_a_covariate_better_is_named_where_it_is_measured(given, expected):
    assert SURGE.improvable(given) == expected


def test_what_makes_a_covariate_better_exists_in_the_contract():
    known = names_given({table.name: table.column_names for table in read_contract().values()}, stable_users=True)
    needs = {need for covariate in read_covariates() for need in covariate.better_with}
    assert {name for need in needs for name in alternatives(need)} <= known | asked_of_rows()
