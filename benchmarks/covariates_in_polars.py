"""Twelve covariates of use by polars, as a peer of the queries: lazy, rollups first, joined by account and block."""

import polars as pl
from polars_book import KEY, Tables, Windows, book_changes, business_days, seats_in_force

TWELVE = (
    "events_per_seat_day",
    "active_day_share",
    "active_week_share",
    "usage_surge",
    "usage_drop",
    "days_since_use",
    "features_used",
    "feature_concentration",
    "active_seat_share",
    "active_seat_trend",
    "user_concentration",
    "key_user_share",
)
BLOCK_DAYS = 28
"""Windows look at the blocks of days that they touch, not at all days of the account."""


def twelve_covariates(tables: Tables, windows: Windows) -> pl.DataFrame:
    """Return a row for each lifetime and risk date, in order.

    What is asked of the log is less than what the queries ask: every row is known on its day, and names its user.
    """
    used = tables.usage.filter(pl.col("events") > 0)
    by_day = roll_up(used, "account_id", "used_on")
    by_feature = roll_up(used, "account_id", "used_on", "feature")
    by_user = roll_up(used, "account_id", "used_on", "user_id")
    dates = measured_dates(tables.risk_dates, windows)
    parts = [
        of_days(dates, by_day),
        of_features(dates, by_feature),
        of_weeks(dates, by_user),
        of_key_users(dates, by_user, windows),
        seats_in_force(dates, tables.versions),
        business_days(dates, tables),
        book_changes(dates, by_day, tables, windows),
    ]
    days, features, weeks, key_users, seats, worked, book = pl.collect_all(parts, engine="streaming")
    joined = dates.collect().join(book, on="risk_date", how="left")
    for part in (days, features, weeks, key_users, seats, worked):
        joined = joined.join(part, on=KEY, how="left")
    return joined.select(*KEY, *formulas()).sort(KEY)


def roll_up(used: pl.LazyFrame, *by: str) -> pl.LazyFrame:
    return used.group_by(by).agg(pl.col("events").sum())


def measured_dates(risk_dates: pl.LazyFrame, windows: Windows) -> pl.LazyFrame:
    age = (pl.col("risk_date") - pl.col("origin")).dt.total_days()
    recent_from, baseline_from = (
        pl.max_horizontal("origin", pl.col("risk_date") - pl.duration(days=days))
        for days in (windows.recent, windows.baseline)
    )
    is_logged = baseline_from >= windows.logged_from
    is_long = pl.min_horizontal(age, windows.baseline) >= 2 * windows.recent
    return risk_dates.select(
        *KEY,
        "account_id",
        recent_from=recent_from,
        baseline_from=baseline_from,
        split_on=pl.col("risk_date") - pl.duration(days=windows.recent),
        recent_days=pl.min_horizontal(age, windows.recent),
        observed_days=pl.min_horizontal(age, windows.baseline),
        is_recent_measured=(recent_from >= windows.logged_from) & (age > 0),
        is_baseline_logged=is_logged,
        is_baseline_measured=is_logged & is_long,
    )


def block_of(day: pl.Expr) -> pl.Expr:
    return day.to_physical() // BLOCK_DAYS


def in_windows(dates: pl.LazyFrame, rolled: pl.LazyFrame, window_from: str, *columns: str) -> pl.LazyFrame:
    """Pair every date with the days of its account in its window."""
    touched = pl.int_ranges(block_of(pl.col(window_from)), block_of(pl.col("risk_date") - pl.duration(days=1)) + 1)
    blocks = (
        dates.filter(pl.col(window_from) < pl.col("risk_date"))
        .select(*KEY, "account_id", window_from, "split_on", block=touched)
        .explode("block")
        .with_columns(pl.col("block").cast(pl.Int32))
    )
    rolled = rolled.with_columns(block=block_of(pl.col("used_on")).cast(pl.Int32))
    return (
        rolled.join(blocks, on=["account_id", "block"])
        .filter((pl.col("used_on") >= pl.col(window_from)) & (pl.col("used_on") < pl.col("risk_date")))
        .select(*KEY, "split_on", "used_on", "events", *columns)
    )


def is_recent(day: str) -> pl.Expr:
    return pl.col(day) >= pl.col("split_on")


def of_days(dates: pl.LazyFrame, by_day: pl.LazyFrame) -> pl.LazyFrame:
    week = (pl.col("risk_date") - pl.col("used_on")).dt.total_days().sub(1) // 7  # below 63: it is a bit of a number
    return (
        in_windows(dates, by_day, "baseline_from")
        .with_columns(is_recent=is_recent("used_on"), week=pl.lit(1, pl.Int64) * 2 ** week.cast(pl.Int64))
        .group_by(KEY)
        .agg(
            recent_events=pl.col("events").filter("is_recent").sum(),
            baseline_events=pl.col("events").filter(~pl.col("is_recent")).sum(),
            recent_active_days=pl.col("is_recent").sum(),
            weeks=pl.col("week").bitwise_or(),
            last_used_on=pl.col("used_on").max(),
        )
        .with_columns(active_weeks=pl.col("weeks").bitwise_count_ones())
    )


def of_features(dates: pl.LazyFrame, by_feature: pl.LazyFrame) -> pl.LazyFrame:
    return (
        in_windows(dates, by_feature, "recent_from", "feature")
        .group_by(*KEY, "feature")
        .agg(pl.col("events").sum())
        .group_by(KEY)
        .agg(
            features_used=pl.len(),
            feature_squares=(pl.col("events") * pl.col("events")).sum(),
            feature_events=pl.col("events").sum(),
        )
    )


def of_weeks(dates: pl.LazyFrame, by_user: pl.LazyFrame) -> pl.LazyFrame:
    """Only weeks that are over count, Monday to Sunday; a week is logged if anybody was there."""
    by_week = (
        by_user.group_by("account_id", "user_id", monday=pl.col("used_on").dt.truncate("1w"))
        .agg(pl.col("events").sum())
        .group_by("account_id", "monday")
        .agg(
            users=pl.len().cast(pl.Int64),
            squares=(pl.col("events") * pl.col("events")).sum(),
            events=pl.col("events").sum(),
        )
        .with_columns(used_on=pl.col("monday"))
    )
    wanted = (
        dates.select(*KEY, "account_id", "baseline_from", "split_on")
        .with_columns(first=pl.col("baseline_from").dt.truncate("1w"))
        .with_columns(
            monday=pl.date_ranges(
                pl.when(pl.col("first") < pl.col("baseline_from"))
                .then(pl.col("first") + pl.duration(days=7))
                .otherwise("first"),
                pl.col("risk_date") - pl.duration(days=7),
                interval="7d",
            )
        )
        .explode("monday")
        .drop_nulls("monday")
    )
    logged = by_week.select("monday").unique().with_columns(is_logged=pl.lit(value=True))
    recent, before = is_recent("monday"), ~is_recent("monday")
    return (
        wanted.join(logged, on="monday")
        .join(by_week, on=["account_id", "monday"], how="left")
        .group_by(KEY)
        .agg(
            recent_periods=recent.sum(),
            baseline_periods=before.sum(),
            recent_users=pl.col("users").filter(recent).sum(),
            baseline_users=pl.col("users").filter(before).sum(),
            user_squares=pl.col("squares").filter(recent).sum(),
            user_events_squared=(pl.col("events") * pl.col("events")).filter(recent).sum(),
        )
    )


def of_key_users(dates: pl.LazyFrame, by_user: pl.LazyFrame, windows: Windows) -> pl.LazyFrame:
    by_window = (
        in_windows(dates.filter("is_baseline_measured"), by_user, "baseline_from", "user_id")
        .with_columns(is_recent=is_recent("used_on"))
        .group_by(*KEY, "user_id")
        .agg(
            recent=pl.col("events").filter("is_recent").sum(),
            before=pl.col("events").filter(~pl.col("is_recent")).sum(),
        )
    )
    key_users = -(-windows.key_user_percent * (pl.col("before") > 0).sum().cast(pl.Int64) // 100)
    place = pl.col("before").rank("min", descending=True)
    return by_window.group_by(KEY).agg(
        key_users=key_users,
        key_events=pl.col("recent").filter(place <= key_users).sum(),
        all_recent_events=pl.col("recent").sum(),
    )


def formulas() -> list[pl.Expr]:
    recent_events, baseline_events = pl.col("recent_events").fill_null(0), pl.col("baseline_events").fill_null(0)
    is_recent_measured, is_baseline_measured = pl.col("is_recent_measured"), pl.col("is_baseline_measured")
    seats, weeks = pl.col("seats"), (pl.col("observed_days") / 7).ceil()
    recent_weeks, baseline_weeks = pl.col("recent_periods").fill_null(0), pl.col("baseline_periods").fill_null(0)
    is_user_log_complete = pl.col("is_baseline_logged") & (recent_weeks > 0)
    change = (
        ((recent_events + 1) / pl.col("recent_business_days")).log()
        - ((baseline_events + 1) / pl.col("baseline_business_days")).log()
        - pl.col("book_change")
    )
    is_change_measured = (
        is_baseline_measured & (pl.col("recent_business_days") > 0) & (pl.col("baseline_business_days") > 0)
    )
    since_use = (pl.col("risk_date") - pl.col("last_used_on")).dt.total_days() - 1
    never = pl.when("is_baseline_logged").then("observed_days")
    return [
        pl.when(is_recent_measured & (seats > 0))
        .then(recent_events / (seats * pl.col("recent_days")))
        .alias("events_per_seat_day"),
        pl.when(is_recent_measured)
        .then(pl.col("recent_active_days").fill_null(0) / pl.col("recent_days"))
        .alias("active_day_share"),
        pl.when(is_baseline_measured).then(pl.col("active_weeks").fill_null(0) / weeks).alias("active_week_share"),
        pl.when(is_change_measured).then(pl.max_horizontal(change, 0.0)).alias("usage_surge"),
        pl.when(is_change_measured).then(pl.max_horizontal(-change, 0.0)).alias("usage_drop"),
        pl.when(is_recent_measured).then(since_use.fill_null(never)).alias("days_since_use"),
        pl.when(is_recent_measured).then(pl.col("features_used").fill_null(0)).alias("features_used"),
        pl.when(is_recent_measured & (pl.col("feature_events") > 0))
        .then(pl.col("feature_squares") / (pl.col("feature_events") * pl.col("feature_events")))
        .alias("feature_concentration"),
        pl.when(is_user_log_complete & (seats > 0))
        .then(pl.col("recent_users").fill_null(0) / (seats * recent_weeks))
        .alias("active_seat_share"),
        pl.when(is_user_log_complete & (baseline_weeks > 0))
        .then(
            ((pl.col("recent_users") + 1) / recent_weeks).log()
            - ((pl.col("baseline_users") + 1) / baseline_weeks).log()
        )
        .alias("active_seat_trend"),
        pl.when(pl.col("is_baseline_logged") & (pl.col("user_events_squared") > 0))
        .then(pl.col("user_squares") / pl.col("user_events_squared"))
        .alias("user_concentration"),
        pl.when((pl.col("all_recent_events") > 0) & (pl.col("key_users") > 0))
        .then(pl.col("key_events") / pl.col("all_recent_events"))
        .alias("key_user_share"),
    ]
