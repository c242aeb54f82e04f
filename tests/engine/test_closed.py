"""The engine fetches nothing and uses nothing that happens to be set up on a machine."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from analysis.engine.opening import CLOSED, open_engine
from analysis.errors import EngineError


def test_every_connection_is_closed_to_networks_extensions_and_secrets(tmp_path: Path) -> None:
    for path in (":memory:", tmp_path / "file.duckdb"):
        with open_engine(path) as engine:
            for name, value in CLOSED.items():
                assert engine.value(f"select current_setting('{name}')") is value
    with open_engine(tmp_path / "file.duckdb", read_only=True) as engine:
        assert engine.value("select current_setting('autoload_known_extensions')") is False


def test_what_is_read_needs_no_extension_that_is_not_built_in() -> None:
    with open_engine(":memory:") as engine:
        built_in = engine.rows(
            "select extension_name from duckdb_extensions() where install_mode = 'STATICALLY_LINKED'"
        )
    assert {name for (name,) in built_in} >= {"core_functions", "icu", "json", "parquet"}


@pytest.mark.parametrize("path", ["https://example.com/x.csv", "s3://bucket/x.parquet", "hf://datasets/x/y.csv"])
def test_an_address_is_not_fetched(path: str) -> None:
    with open_engine(":memory:") as engine, pytest.raises(EngineError, match=r"httpfs.* to be loaded|No files found"):
        engine.rows(f"from '{path}'")


def test_no_other_module_opens_a_connection() -> None:
    opened = {
        path.name
        for room in ("analysis", "reports")
        for path in Path(str(files(room))).rglob("*.py")
        if re.search(r"\bduckdb\.(connect|sql|query|execute|read_\w+)\(", path.read_text(encoding="utf-8"))
    }
    assert opened == {"opening.py", "parsed.py"}, "the latter parses our own queries and runs nothing"
