"""The benchmark of covariates compares like with like: its source is sound, and polars and the queries agree on it."""

from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from analysis.cohort.build import build_cohort

ROWS = 24_000
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def modules() -> tuple[ModuleType, ModuleType]:
    import covariate_engines
    import covariate_source

    return covariate_engines, covariate_source


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small source, the log of use by the month, with the answers of both engines in its folder ``start``."""
    folder = tmp_path_factory.mktemp("covariates")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        engines, source = modules()
        patch.setattr(source, "PARTITIONED_FROM", ROWS)
        source.make_source(folder / "source", ROWS)
        company = engines.Company(folder / "source")
        engines.begin(company, folder / "start")
        for engine in (engines.tenure, engines.polars):
            engine(company, folder / "start")
    return folder / "start"


def disagreement(start: Path) -> float:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        return modules()[0].disagreement(start)


@pytest.mark.slow
def test_polars_and_the_queries_agree_on_twelve_covariates(start: Path) -> None:
    assert disagreement(start) <= 1e-9


def test_every_covariate_compared_varies_and_none_is_always_missing(start: Path) -> None:
    """Else they would agree on nothing."""
    answer = pl.read_parquet(start / "tenure.parquet")
    assert answer.width == 14
    assert all(answer[name].n_unique() > 5 for name in answer.columns)
    assert answer["key_user_share"].null_count() > 0


@pytest.mark.parametrize("change", [pl.col("usage_drop") + 1e-6, pl.lit(None, pl.Float64).alias("usage_drop")])
def test_a_difference_is_found(start: Path, tmp_path: Path, change: pl.Expr) -> None:
    pl.read_parquet(start / "tenure.parquet").write_parquet(tmp_path / "tenure.parquet")
    pl.read_parquet(start / "polars.parquet").with_columns(change).write_parquet(tmp_path / "polars.parquet")
    assert disagreement(tmp_path) > 1e-9


@pytest.mark.slow
def test_the_source_has_no_fault_and_gives_every_covariate(start: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        engines, source = modules()
        laps = engines.everything(engines.Company(start.parent / "source"), tmp_path)
    assert [lap["what"] for lap in laps][-2:] == ["6_cohorts/covariates", "checkpoint"]
    said: list[str] = []
    build_cohort(source.study_of(start.parent / "source"), tmp_path / "out", said.append)
    assert not [line for line in said if line.startswith(("  error", "  quarantine"))]


def test_the_source_is_the_same_each_time_and_about_as_large_as_asked_for(start: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        modules()[1].make_source(tmp_path / "again", ROWS)
    usage = pl.read_parquet(tmp_path / "again" / "usage_daily.parquet")
    first = pl.read_parquet(start.parent / "source" / "usage_daily" / "**" / "*.parquet", hive_partitioning=False)
    assert first.select(usage.columns).sort(pl.all()).equals(usage.sort(pl.all()))
    assert abs(len(usage) / ROWS - 1) < 0.15  # 12 accounts; it is within a percent of a million
    for name in ("subscriptions", "tickets"):
        again, before = (
            pl.read_parquet(folder / f"{name}.parquet") for folder in (tmp_path / "again", start.parent / "source")
        )
        assert again.equals(before)
