"""No covariate, and no choice of rows, knows more on a day than was known on that day: usage and contract.

On the crm5 sample. The check itself is tested: a query that looks ahead by a day or a week must be caught.
"""

import pytest
from look_ahead import (
    Mutant,
    differences,
    loaded_sample,
    never_valued,
    next_quarter,
    next_week,
    not_seen_in,
    on_the_day_itself,
    random_days,
    telling,
)
from samples import SAMPLE

from analysis.declared.factors import read_covariates
from analysis.declared.study import read_study


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample's source tables, loaded once."""
    return loaded_sample(tmp_path_factory.mktemp("sample") / "sample.duckdb", read_study(SAMPLE))


@pytest.fixture(scope="module")
def full(sample):
    return sample.as_known(read_study(SAMPLE).time.snapshot)


@pytest.fixture(scope="module")
def known(sample, full):
    """The builds as known on each of the random days: two landmarks and a day of renewal."""
    return {day: sample.as_known(day) for day in random_days(full, 20240101, "2022-06-01", "2023-11-30")}


USED = """and used.used_on >= dates.baseline_from
            and used.used_on < dates.risk_date
            and used.known_on < dates.risk_date
"""
SEATS = (
    "and risk_dates.risk_date >= levels.level_from\n",
    "and risk_dates.risk_date < levels.level_until\n",
)
MUTANTS = [
    Mutant(
        "use on the day itself",
        "4_activity",
        "use_window",
        (
            *on_the_day_itself(USED),
            (
                "(date_diff('day', used.used_on, dates.risk_date) - 1)",
                "(date_diff('day', used.used_on, dates.risk_date))",
            ),
        ),
        ("active_day_share", "days_since_use", "events_per_seat_day", "usage_drop", "usage_surge"),
    ),
    Mutant(
        "features used on the day itself",
        "4_activity",
        "feature_window",
        on_the_day_itself("and used.used_on < dates.risk_date\n", "and used.known_on < dates.risk_date\n"),
        ("feature_concentration", "features_used"),
    ),
    Mutant(
        "users of a week that is not over",
        "5_covariates",
        "usage",
        next_week(
            "and active.period_start + active.period_days <= dates.risk_date\n",
            "and active.known_on < dates.risk_date\n",
        ),
        ("active_seat_share", "active_seat_trend", "user_concentration"),
    ),
    Mutant(
        "weeks that are not over",
        "5_covariates",
        "usage",
        next_week(
            "and log_periods.period_start + log_periods.period_days <= dates.risk_date\n",
            "and log_periods.known_on < dates.risk_date\n",
        ),
        ("active_seat_share", "active_seat_trend"),
    ),
    Mutant(
        "seats of the next week",
        "4_activity",
        "terms_in_force",
        next_week(*SEATS),
        ("active_seat_share", "events_per_seat_day", "seats"),
    ),
    Mutant(
        "seats and prices of the next three months",
        "4_activity",
        "terms_in_force",
        next_quarter(*SEATS),
        ("active_seat_share", "events_per_seat_day", "mrr_per_seat", "seats", "seats_added", "seats_cut"),
    ),
    Mutant(
        "terms that start within the next three months",
        "4_activity",
        "terms_in_force",
        next_quarter("and risk_dates.risk_date >= versions.started_on\n"),
        ("term",),
    ),
    Mutant(
        "the end that came for the term agreed",
        "4_activity",
        "terms_in_force",
        (
            (
                "min(case when versions.term_ends_on > risk_dates.risk_date then versions.term_ends_on end)",
                "min(case when versions.covered_until > risk_dates.risk_date then versions.covered_until end)",
            ),
        ),
        ("days_to_renewal", "renewal_in_horizon"),
    ),
    Mutant(
        "the book's use on the day itself",
        "4_activity",
        "book_window",
        on_the_day_itself("and book_day.known_on < dates.risk_date\n", "and book_day.used_on < dates.risk_date\n"),
        ("usage_drop", "usage_surge"),
    ),
    Mutant(
        "the book's accounts of next week",
        "4_activity",
        "book_window",
        next_week("and paying_day.day < dates.risk_date\n"),
        ("usage_drop", "usage_surge"),
    ),
    Mutant(
        "landmarks of those who stay another month",
        "3_dates",
        "landmark_dates",
        (
            (
                "and landmark_months.landmark < risk_spells.risk_until\n",
                "and landmark_months.landmark + 30 < risk_spells.risk_until\n",
            ),
        ),
        ("rows of landmarks",),
    ),
]


def test_nothing_differs_up_to_the_day_when_what_came_later_is_taken_away(full, known):
    assert {day: differences(full, build, day) for day, build in known.items()} == {day: {} for day in known}


def test_the_comparison_covers_every_covariate_with_values_on_the_day_itself(sample, full, known):
    """Else equality would prove nothing: each covariate is compared, and each that the sample can give has values."""
    not_in_the_sample = {covariate.name for covariate in read_covariates()} - sample.measured
    not_in_the_sample |= {"notice_deadline_in_horizon"}  # no notice periods: all terms end without a deadline
    for day in known:
        only_on_landmarks = set() if day.day == 1 else {"renewal_in_horizon"}
        assert never_valued(full, day) <= not_in_the_sample | only_on_landmarks, day


def test_much_was_taken_away(known):
    """On each of the days most tables lacked rows, and the subscriptions ends, that the full build has."""
    for day, build in known.items():
        taken = build.con.execute("select table_name from not_yet_known where rows > 0 order by 1").fetchall()
        assert [name for (name,) in taken] == ["subscriptions", "usage_daily", "user_activity"], day


@pytest.mark.parametrize("mutant", telling(MUTANTS))
def test_a_query_that_looks_ahead_is_caught(full, known, mutant):
    """On one day of the three at least: a mutant that shows itself on landmarks only can't on the third."""
    missed = not_seen_in(mutant, full, known)
    assert not missed, (
        f"'{mutant.name}' differs in {', '.join(sorted(missed))} on none of {[str(day) for day in known]}"
    )
