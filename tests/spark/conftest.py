"""A Spark, where there is one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from on_spark import local_spark


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    for package in ("pyspark", "sqlglot"):
        pytest.importorskip(package, reason=f"{package} is not installed: make spark does it")
    java = Path(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"
    if shutil.which(java) is None:
        pytest.skip("no Java on the path (Debian: apt install default-jre-headless), nor in JAVA_HOME")
    with local_spark(tmp_path_factory.mktemp("spark")) as session:
        yield session
