"""What the covariates in polars take from the book: seats, business days, and how the whole book's use changed."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

KEY = ("lifetime_id", "risk_date")


@dataclass(frozen=True)
class Windows:
    """Lengths in days, and what the study says besides."""

    recent: int
    baseline: int
    key_user_percent: int
    logged_from: dt.date


@dataclass(frozen=True)
class Tables:
    """What the covariates start from: the log of use, and what is known of lifetimes before any use is looked at."""

    usage: pl.LazyFrame
    risk_dates: pl.LazyFrame
    versions: pl.LazyFrame
    spells: pl.LazyFrame
    accounts: pl.LazyFrame
    holidays: pl.LazyFrame
    calendar_days: pl.LazyFrame

    @classmethod
    def read(cls, usage: Path, start: Path) -> "Tables":
        """Read the log from where the source has it, and the other tables as Parquet from a folder."""
        pattern = usage / "**" / "*.parquet" if usage.is_dir() else usage
        names = ("risk_dates", "subscription_versions", "spells", "accounts", "holidays", "calendar_days")
        return cls(pl.scan_parquet(pattern), *(pl.scan_parquet(start / f"{name}.parquet") for name in names))


def seats_in_force(dates: pl.LazyFrame, versions: pl.LazyFrame) -> pl.LazyFrame:
    return (
        dates.select(*KEY, "account_id")
        .join(versions.select("account_id", "started_on", "covered_until", "seats"), on="account_id")
        .filter((pl.col("risk_date") >= pl.col("started_on")) & (pl.col("risk_date") < pl.col("covered_until")))
        .group_by(KEY)
        .agg(pl.col("seats").sum())
    )


def work_region(tables: Tables) -> pl.LazyFrame:
    known = tables.holidays.select("region").unique().with_columns(known=pl.col("region"))
    return (
        tables.accounts.select("account_id", "region")
        .join(known, on="region", how="left")
        .select("account_id", region=pl.col("known").fill_null(""))
    )


def business_calendar(tables: Tables) -> pl.LazyFrame:
    """Business days counted up to and with each day, by region."""
    regions = pl.concat([tables.holidays.select("region").unique(), pl.LazyFrame({"region": [""]})])
    free = tables.holidays.select("region", "day").unique().with_columns(free=pl.lit(value=True))
    return (
        regions.join(tables.calendar_days, how="cross")
        .join(free, on=["region", "day"], how="left")
        .sort("region", "day")
        .with_columns(works=((pl.col("day").dt.weekday() < 6) & pl.col("free").is_null()).cast(pl.Int64))
        .select("region", "day", "works", total=pl.col("works").cum_sum().over("region"))
    )


def business_days(dates: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    calendar = business_calendar(tables).select("region", "day", "total")
    found = dates.select(*KEY, "account_id", "recent_from", "baseline_from").join(work_region(tables), on="account_id")
    for name, until in (("now", "risk_date"), ("recent", "recent_from"), ("baseline", "baseline_from")):
        found = found.with_columns(day=pl.col(until) - pl.duration(days=1)).join(
            calendar.rename({"total": name}), on=["region", "day"], how="left"
        )
    recent, baseline = pl.col("recent").fill_null(0), pl.col("baseline").fill_null(0)
    return found.select(*KEY, recent_business_days=pl.col("now") - recent, baseline_business_days=recent - baseline)


def book_changes(dates: pl.LazyFrame, by_day: pl.LazyFrame, tables: Tables, windows: Windows) -> pl.LazyFrame:
    """By how much all paying accounts' use by account and business day changed, on the days that anybody needs."""
    spells = tables.spells.filter(pl.col("kind") == "paid").select("account_id", "spell_from", "spell_until")
    calendar = business_calendar(tables).select("region", "day", "works")
    begun = spells.join(work_region(tables), on="account_id")
    steps = pl.concat(
        [
            begun.select("region", day=pl.col("spell_from"), step=pl.lit(1, pl.Int64)),
            begun.select("region", day=pl.col("spell_until"), step=pl.lit(-1, pl.Int64)),
        ]
    )
    paying = (
        steps.group_by("region", "day")
        .agg(pl.col("step").sum())
        .sort("region", "day")
        .select("region", "day", accounts=pl.col("step").cum_sum().over("region"))
    )
    working = (
        calendar.sort("day")
        .join_asof(paying.sort("day"), on="day", by="region", check_sortedness=False)
        .group_by("day")
        .agg(account_days=(pl.col("works") * pl.col("accounts").fill_null(0)).sum())
    )
    events = (
        by_day.join(spells, on="account_id")
        .filter((pl.col("used_on") >= pl.col("spell_from")) & (pl.col("used_on") < pl.col("spell_until")))
        .group_by(day=pl.col("used_on"))
        .agg(pl.col("events").sum())
    )
    totals = (
        working.join(events, on="day", how="left")
        .sort("day")
        .select(
            "day",
            (pl.col("account_days") * (pl.col("day") >= windows.logged_from)).cum_sum(),
            pl.col("events").fill_null(0).cum_sum(),
        )
    )
    found = dates.select("risk_date").unique()
    for name, back in (("now", 0), ("recent", windows.recent), ("baseline", windows.baseline)):
        eve = totals.select(
            pl.col("day") + pl.duration(days=back + 1),
            pl.col("account_days").alias(f"{name}_days"),
            pl.col("events").alias(f"{name}_events"),
        )
        found = found.join(eve, left_on="risk_date", right_on="day", how="left").with_columns(
            pl.col(f"{name}_days", f"{name}_events").fill_null(0)
        )
    by_window = {
        window: (pl.col(f"{later}_events") - pl.col(f"{sooner}_events") + 1)
        / (pl.col(f"{later}_days") - pl.col(f"{sooner}_days"))
        for window, later, sooner in (("recent", "now", "recent"), ("baseline", "recent", "baseline"))
    }
    return found.select("risk_date", book_change=by_window["recent"].log() - by_window["baseline"].log())
