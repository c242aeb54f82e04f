"""Use of features, new, core and advanced, on Monday, 1 July 2024; new are those released since 3 January (d - 180)."""

import functools

import pytest
from one_day import OLD, OLD_AND_OTHER, day_shows, young

features_show = functools.partial(day_shows, "usage_features")


def used(*rows):
    """Return the log of rows ``account day feature``, with a day on which it became known or without."""
    cells = [[*row.split(), ""][:4] for row in rows]
    return "| account_id | used_on | feature | events | known_on |\n" + "".join(
        f"| {account} | 2024-{day} | {feature} | 1 | {known_on} |\n" for account, day, feature, known_on in cells
    )


FEATURES = """
    | feature     | released_on | depth    |
    | always      |             | core     |
    | before      | 2024-01-02  | core     |
    | first_day   | 2024-01-03  | advanced |
    | spring      | 2024-04-15  |          |
    | yesterday   | 2024-06-30  | advanced |
    | today       | 2024-07-01  | core     |
    | tomorrow    | 2024-07-02  | advanced |
"""
LATER = {"snapshot": "2024-08-01", "features": FEATURES}


def subscribed(*accounts, since="2023-01-01"):
    return "| subscription_id | account_id | started_on |\n" + "".join(
        f"| s-{account} | {account} | {since} |\n" for account in accounts
    )


class TestReleasedFeatures:
    """New on the day are first_day, spring and yesterday: three."""

    def test_the_share_of_new_features_that_were_used_within_the_baseline_window(self):
        """Use on 31 March, on the day itself, or known on it, is none; nor is that of features that are not new."""
        features_show(
            """
            | account_id | released_features_tried |
            | all        | 1                       |
            | one_twice  | 1 / 3                   |
            | edges      | 2 / 3                   |
            | outside    | 0                       |
            | not_new    | 0                       |
            | nothing    | 0                       |
            """,
            subscriptions=subscribed("all", "one_twice", "edges", "outside", "not_new", "nothing"),
            usage_daily=used(
                *("all 04-20 first_day", "all 05-01 spring", "all 06-30 yesterday"),
                *("one_twice 06-01 spring", "one_twice 06-20 spring"),
                *("edges 04-01 first_day", "edges 06-30 spring"),
                *("outside 03-31 first_day", "outside 07-01 spring", "outside 06-30 yesterday 2024-07-01"),
                *("not_new 06-01 always", "not_new 06-01 before", "not_new 06-30 today", "not_new 06-30 unknown"),
            ),
            **LATER,
        )

    @pytest.mark.parametrize(
        ("origin", "share"), [("2024-04-15", "1 / 2"), ("2024-04-16", "0"), ("2024-06-30", "0"), ("2024-07-01", "")]
    )
    def test_what_was_released_before_the_origin_was_never_new_to_the_account(self, origin, share):
        """On 15 April spring is released; use in the trial before the origin does not count."""
        features_show(
            f"""
            | account_id | released_features_tried |
            | a          | {share}                 |
            """,
            subscriptions=young(origin),
            usage_daily=used("a 04-15 spring"),
            **LATER,
        )

    @pytest.mark.parametrize(
        ("logs", "tried", "core"),
        [
            ({"usage_daily_from": "2024-04-01", "features_from": "2024-01-03"}, "1 / 3", "1 / 2"),
            ({"usage_daily_from": "2024-04-02"}, "", "1 / 2"),
            ({"features_from": "2024-01-04"}, "", "1 / 2"),
            ({"usage_daily_from": "2024-06-04"}, "", ""),
        ],
    )
    def test_a_window_that_reaches_before_its_log_is_missing(self, logs, tried, core):
        features_show(
            f"""
            | account_id | released_features_tried | core_feature_share |
            | a          | {tried}                 | {core}             |
            """,
            usage_daily=used("a 06-10 spring", "a 06-10 always"),
            **LATER,
            **logs,
        )

    def test_where_nothing_is_new_there_is_no_share(self):
        """The only release is 181 days old."""
        features_show(
            """
            | account_id | released_features_tried | days_since_release |
            | a          |                         | 180                |
            """,
            usage_daily=used("a 06-10 old"),
            features="| feature | released_on |\n| old | 2024-01-02 |\n| undated | |\n",
        )


class TestDaysSinceRelease:
    def test_it_counts_from_the_newest_feature_that_is_known(self):
        """Yesterday's release is 0 days old, as use of yesterday is."""
        features_show(
            """
            | account_id | days_since_release |
            | a          | 0                  |
            """,
            **LATER,
        )

    def test_without_a_day_of_release_it_is_missing(self):
        features_show(
            """
            | account_id | days_since_release | released_features_tried | core_feature_share | advanced_feature_share |
            | a          |                    |                         | 0                  |                        |
            """,
            features="| feature | released_on | depth |\n| x | | core |\n| y | 2024-07-01 | advanced |\n",
            snapshot="2024-08-01",
        )

    def test_releases_from_before_their_log_began_may_not_be_the_newest(self):
        features_show(
            """
            | account_id | days_since_release |
            | a          |                    |
            """,
            features="| feature | released_on |\n| x | 2024-05-01 |\n",
            features_from="2024-05-02",
        )

    def test_where_no_features_are_given_all_is_missing(self):
        features_show(
            """
            | account_id | days_since_release | released_features_tried | core_feature_share | advanced_feature_share |
            | a          |                    |                         |                    |                        |
            """,
            usage_daily=used("a 06-10 x"),
        )


class TestDepth:
    """Core are always and before, advanced first_day and yesterday; spring is neither, today and tomorrow are not yet."""

    def test_shares_of_the_core_and_advanced_features_that_there_are(self):
        """The recent window begins on 3 June."""
        features_show(
            """
            | account_id | core_feature_share | advanced_feature_share |
            | a          | 1 / 2              | 0                      |
            | b          | 1                  | 1 / 2                  |
            """,
            subscriptions=OLD_AND_OTHER,
            usage_daily=used(
                *("a 06-03 always", "a 06-02 before", "a 07-01 first_day", "a 06-10 spring", "a 06-10 unknown"),
                *("a 06-10 yesterday 2024-07-01", "a 06-30 today"),
                *("b 06-03 always", "b 06-04 always", "b 06-30 before", "b 06-30 yesterday", "b 06-30 tomorrow"),
            ),
            **LATER,
        )

    def test_windows_begin_at_the_origin(self):
        for origin, share in [("2024-06-10", "1 / 2"), ("2024-06-11", "0"), ("2024-07-01", "")]:
            features_show(
                f"""
                | account_id | core_feature_share |
                | a          | {share}            |
                """,
                subscriptions=young(origin),
                usage_daily=used("a 06-10 always"),
                **LATER,
            )

    def test_no_use_is_zero(self):
        features_show(
            """
            | account_id | core_feature_share | advanced_feature_share |
            | a          | 0                  | 0                      |
            """,
            subscriptions=OLD,
            **LATER,
        )
