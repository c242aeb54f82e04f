"""One list of dependencies and one of checks: copies of either are held in step with the original."""

import os
import re
import subprocess
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import analysis

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

# The names that conda-forge gives to packages that PyPI calls otherwise.
CONDA_NAMES = {"duckdb": "python-duckdb"}
# Part of every conda environment, never of a Python project's dependencies.
CONDA_ONLY = {"python", "pip"}


def read_toml(name: str) -> dict:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


PYPROJECT = read_toml("pyproject.toml")
IMPORTED = re.compile(r"^[ \t]*(?:import|from) ([\w.]+)", re.MULTILINE)
BROWSER_LOCK = "requirements-browser.lock"
SPARK_LOCK = "requirements-spark.lock"
APART = {"setup": "requirements-setup.lock", "browser": BROWSER_LOCK}
"""Groups of dependencies that have a lock of their own."""
LOCKS = ("requirements.lock", *APART.values(), SPARK_LOCK)
UV_LOCK = {(p["name"], p["version"]): p for p in read_toml("uv.lock")["package"] if "registry" in p["source"]}


def ranges(requirements: list[str]) -> dict[str, SpecifierSet]:
    """Map each package to its version range; a package named twice is a mistake."""
    parsed = [Requirement(line) for line in requirements]
    found = {canonicalize_name(requirement.name): requirement.specifier for requirement in parsed}
    assert len(found) == len(parsed)
    return found


def declared() -> dict[str, SpecifierSet]:
    return ranges(PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"])


def optional(*extras: str) -> dict[str, SpecifierSet]:
    return ranges([line for extra in extras for line in PYPROJECT["project"]["optional-dependencies"][extra]])


def for_spark() -> dict[str, SpecifierSet]:
    return optional("spark")


def conda_environment() -> tuple[list[str], list[str]]:
    """Return what environment.yml asks of conda, and what it leaves to pip."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    from_pip = [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]
    return [entry for entry in entries if isinstance(entry, str)], from_pip


def hashed_lock(file: str = "requirements.lock") -> dict[tuple[str, str], set[str]]:
    """Map (name, version) of a lock of requirements to its hashes."""
    text = re.sub(r"^\s*#.*$", "", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    locked = {}
    for line in lines:
        name, version = re.match(r"([a-z0-9-]+)==([^\s;]+)", line).groups()
        assert (name, version) not in locked, f"{name} {version} stands twice in {file}"
        locked[name, version] = set(re.findall(r"--hash=(sha256:[0-9a-f]{64})", line))
    return locked


@cache
def distributions_by_module() -> dict[str, list[str]]:
    return dict(packages_distributions())


def imported_packages(*places: str) -> set[str]:
    """Return the distributions that these files, or the Python files of these folders, import, other than this one."""
    files = [
        path for place in places for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    ]
    # Lines of texts that read like these name no package of others, or one that must be declared all the more.
    modules = {name for path in files for name in IMPORTED.findall(path.read_text(encoding="utf-8"))}
    known = distributions_by_module()
    installed = [name for module in modules for name in known.get(module.partition(".")[0], [])]
    return {canonicalize_name(name) for name in installed} - {PYPROJECT["project"]["name"]}


class TestDependencies:
    def test_what_the_packages_import_is_declared(self):
        run_time = ranges(PYPROJECT["project"]["dependencies"]) | optional("spark", "lake")
        assert imported_packages("analysis", "queries", "reports") <= set(run_time)

    def test_what_tests_benchmarks_and_notebooks_import_is_declared(self):
        assert imported_packages("tests", "benchmarks", "notebooks") <= set(declared() | for_spark())


class TestSixPackages:
    """The docstring of `analysis` says what each of the six packages does, and where."""

    @staticmethod
    def table() -> dict[str, list[str]]:
        """Map each package to the places that are said to use it."""
        _, body, _ = re.split(r"^=+  =+  =+$", analysis.__doc__, flags=re.MULTILINE)
        return {line.split()[0]: re.findall(r"`+([\w. ]+)`+", line) for line in body.strip().splitlines()}

    def test_they_are_those_that_the_project_stands_on(self):
        six = {"lifelines", "scikit-survival", "statsmodels", "matplotlib", "jupyterlab", "duckdb"}
        assert set(self.table()) == six <= set(ranges(PYPROJECT["project"]["dependencies"]))

    def test_each_is_used_where_the_table_says(self):
        for package, places in self.table().items():
            assert places, f"{package} is said to do nothing anywhere"
            for place in places:
                if place.startswith("make "):
                    assert "jupyter lab" in run_make("--dry-run", place.removeprefix("make ")).stdout
                    assert package == "jupyterlab"
                    continue
                path = f"analysis/{place.replace('.', '/')}"
                path = f"{path}.py" if (ROOT / f"{path}.py").is_file() else path
                assert package in imported_packages(path), f"{place} does not import {package}"


class TestEnvironmentFile:
    def test_names_the_same_packages_in_the_same_ranges(self):
        from_conda, from_pip = conda_environment()
        expected = {CONDA_NAMES.get(name, name): range_ for name, range_ in declared().items()}
        found = ranges(from_conda) | ranges(from_pip)
        assert {name: range_ for name, range_ in found.items() if name not in CONDA_ONLY} == expected

    def test_asks_for_the_same_python(self):
        from_conda, _ = conda_environment()
        assert ranges(from_conda)["python"] == SpecifierSet(PYPROJECT["project"]["requires-python"])


class TestLock:
    def test_uv_lock_was_renewed_after_the_last_change_of_dependencies(self):
        (project,) = (p for p in read_toml("uv.lock")["package"] if "editable" in p["source"])
        groups = project["metadata"]["requires-dev"]
        written = project["metadata"]["requires-dist"] + [entry for name in ("dev", *APART) for entry in groups[name]]
        locked = {entry["name"]: SpecifierSet(entry.get("specifier", "")) for entry in written}
        apart = [requirement for name in APART for requirement in PYPROJECT["dependency-groups"][name]]
        assert locked == declared() | for_spark() | ranges(apart)

    def test_what_a_browser_test_needs_is_locked_apart_and_set_up_by_nothing_else(self):
        browser = ranges(PYPROJECT["dependency-groups"]["browser"])
        assert set(browser) <= {name for name, _ in hashed_lock(BROWSER_LOCK)}
        assert {"playwright", "axe-playwright-python"}.isdisjoint(name for name, _ in hashed_lock())

    def test_what_reads_lakes_is_tested_in_the_range_in_which_it_is_offered(self):
        assert optional("lake").items() <= declared().items()

    def test_what_spark_needs_is_locked_apart_and_set_up_by_nothing_else(self):
        run_time = ranges(PYPROJECT["project"]["dependencies"])
        assert set(for_spark() | run_time) <= {name for name, _ in hashed_lock(SPARK_LOCK)}
        assert {"pyspark", "sqlglot"}.isdisjoint(name for name, _ in hashed_lock())

    def test_the_locks_of_requirements_hold_exactly_the_packages_of_uv_lock(self):
        assert set().union(*map(hashed_lock, LOCKS)) == set(UV_LOCK)

    def test_every_package_is_hashed_as_in_uv_lock(self):
        for key, hashes in (entry for lock in LOCKS for entry in hashed_lock(lock).items()):
            package = UV_LOCK[key]
            files = package.get("wheels", []) + ([package["sdist"]] if "sdist" in package else [])
            assert hashes, f"{key} has no hash"
            assert hashes == {file["hash"] for file in files}, key

    def test_every_declared_package_is_locked_within_its_range(self):
        for name, range_ in declared().items():
            versions = [version for locked, version in UV_LOCK if locked == name]
            assert versions, f"{name} is not locked"
            assert all(range_.contains(Version(version)) for version in versions), (name, versions)

    def test_the_build_backend_is_locked_so_that_an_install_needs_no_isolation(self):
        backend = ranges(PYPROJECT["build-system"]["requires"])
        # hatchling makes an editable install through `editables`, which it asks for only when it builds one
        assert {*backend, "editables"} <= {name for name, _ in hashed_lock()}


def run_make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess:
    """Run make as from a shell of its own, also where the tests themselves were started by make."""
    inherited = {"MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "PYTHON", "STUDY"}
    environment = {name: value for name, value in os.environ.items() if name not in inherited}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


class TestTaskRunner:
    def test_help_is_the_default_and_gives_each_target_one_line(self):
        listing = run_make().stdout
        targets = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
        assert [line.split()[1] for line in listing.splitlines()] == targets[0].split()

    def test_pre_commit_runs_what_make_check_runs(self):
        hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
        assert [repo["repo"] for repo in hooks] == ["local"]
        commands = [
            line for line in run_make("--dry-run", "check").stdout.splitlines() if line.startswith(".venv/bin/")
        ]
        # `make check` first sets .venv up, if that is due; what it runs then are its own last commands
        entries = [hook["entry"] for hook in hooks[0]["hooks"]]
        assert commands[-len(entries) :] == entries
        assert not any("pip" in entry for entry in entries)

    def test_continuous_integration_runs_make_test_and_nothing_else(self):
        script = ROOT / ".ci" / "run"
        assert script.stat().st_mode & 0o111, ".ci/run is not executable"
        assert script.read_text(encoding="utf-8").splitlines()[-1] == "exec make test </dev/null"

    @pytest.mark.parametrize(
        ("candidates", "message"),
        [
            ("no-such-python", "needs Python 3.11 or 3.12, and none of these runs as one: no-such-python"),
            ("{folder}/too_old {folder}/broken", "needs Python 3.11 or 3.12"),
            ("{folder}/bare", "bare lacks venv or ensurepip"),
        ],
        ids=["none", "too old or failing", "without ensurepip"],
    )
    def test_set_up_says_in_one_sentence_why_it_cannot_start(self, tmp_path, candidates, message):
        stand_ins = {
            "too_old": "exit 1",
            "broken": "echo 'command not found' >&2; exit 127",
            "bare": 'case "$2" in *ensurepip*) exit 1;; esac',
        }
        for name, body in stand_ins.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
            (tmp_path / name).chmod(0o755)
        for name in ("Makefile", "requirements.lock", APART["setup"], "pyproject.toml"):
            (tmp_path / name).write_bytes((ROOT / name).read_bytes())
        run = run_make("setup", f"PYTHON={candidates.format(folder=tmp_path)}", folder=tmp_path)
        said = [line for line in run.stderr.splitlines() if not line.startswith("make: ***")]
        assert run.returncode != 0
        assert len(said) == 1
        assert message in said[0]
        assert not (tmp_path / ".venv").exists()
