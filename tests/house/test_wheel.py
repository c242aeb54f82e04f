"""A built wheel works outside the checkout: queries, declarations, templates, messages travel inside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from small_source import write_small_source

ROOT = Path(__file__).parents[2]
PACKAGES = ("analysis", "queries", "reports")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel as `pip` builds it from this tree, with the build backend that is already installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ("wheel", "--no-build-isolation", "--no-deps", "--no-cache-dir", "--wheel-dir", folder)
    run(*PIP, *build, ROOT, folder=folder)
    (built,) = folder.glob("tenure_workbench-*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory) -> Path:
    """A folder outside the checkout, with the installed wheel in `site`."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(*PIP, "install", "--no-deps", "--no-index", "--target", folder / "site", wheel, folder=folder)
    (folder / "study").mkdir()
    return folder


def run_installed(elsewhere: Path, *command: str | Path) -> str:
    """Run a command that finds the wheel's packages before those of the checkout."""
    return run(*command, folder=elsewhere, PYTHONPATH=str(elsewhere / "site"))


def test_holds_every_module_query_declaration_template_and_message_of_the_tree(wheel):
    in_tree = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    in_wheel = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert in_wheel == in_tree


@pytest.mark.parametrize(
    "pattern", ["queries/**/*.sql", "queries/**/*.toml", "reports/templates/*", "reports/messages*"]
)
def test_the_installed_package_has_its_data(elsewhere, pattern):
    assert any((elsewhere / "site").glob(pattern))


def test_the_wheels_packages_are_the_ones_imported(elsewhere):
    says = "import analysis, queries, reports; print(analysis.__file__, queries.__file__, reports.__file__)"
    for module in run_installed(elsewhere, sys.executable, "-c", says).split():
        assert Path(module).is_relative_to(elsewhere / "site")


@pytest.mark.slow
def test_the_installed_command_writes_the_quarterly_report(elsewhere):
    """Of three accounts: that the files of all other sections travel, too, is shown above."""
    study = write_small_source(elsewhere / "study")
    run_installed(elsewhere, elsewhere / "site" / "bin" / "tenure", "report", "quarterly", "--study", study)
    written = [path for path in elsewhere.rglob("*.html") if "site" not in path.relative_to(elsewhere).parts]
    assert written, "no HTML report was written"
    assert all(path.stat().st_size > 0 for path in written)
