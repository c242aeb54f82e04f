"""Every page in both languages: of the sample, of a simulated company, and of one whose words are markup."""

import tempfile
from functools import partial
from pathlib import Path

from samples import SAMPLE, with_little_work
from small_source import ACCOUNTS, write_small_source

from analysis.cohort.source_check import SourceCheck, check_source
from analysis.declared.study import Study
from analysis.progress import quiet
from analysis.workbench import open_study
from reports.check.files import write_check
from reports.claims.files import write_claims
from reports.cli.commands import main
from reports.contest.files import write_contest
from reports.dictionary.page import render_covariates
from reports.evaluation.files import write_evaluation
from reports.health_score.files import write_health_score
from reports.messages import LANGUAGES, read_catalogue
from reports.quarterly.files import write_quarterly

KINDS = ("quarterly", "evaluation", "contest", "claims", "health-score", "check", "covariates")
SIMULATED = """
name = "simulated"
title = "A simulated company"

[source]
kind = "contract"
path = "data"
constant_attributes = ["region"]

[source.observed_from]
usage_daily = 2021-07-01
touchpoints = 2021-07-01
tickets = 2021-07-01
surveys = 2021-07-01

[time]
observation_start = 2022-01-01
snapshot = 2026-01-01

[report]
name_accounts = true
"""
MARKUP = "<img src=x onerror=document.title='run'><b>&amp;</b>"
"""A segment that a page must not obey."""


def write_pages(study: Path, out: Path) -> None:
    """Write every page of a study in every language, with little work for models."""
    tenure = with_little_work(open_study(study, out=out / "built", progress=quiet))
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        for write in (write_quarterly, write_evaluation, write_contest, write_claims, write_health_score):
            write(tenure, out, language)
        write_check(tenure.study, out, catalogue, partial(_checked, tenure.study))
        page = render_covariates(tenure.study, tenure.given, catalogue, tenure.not_measured)
        (out / f"covariates.{language}.html").write_text(page, encoding="utf-8")


def _checked(study: Study, rows: Path) -> SourceCheck:
    with tempfile.TemporaryDirectory() as scratch:
        return check_source(study, Path(scratch), quiet, rows=rows)


def write_sample(out: Path) -> None:
    write_pages(SAMPLE, out)


def write_simulated(out: Path) -> None:
    assert main(["simulate", "--accounts", "60", "--seed", "3", "--out", str(out / "data")]) == 0
    study = out / "study.toml"
    study.write_text(SIMULATED, encoding="utf-8")
    write_pages(study, out)


def write_hostile(out: Path) -> None:
    """Too small for most of the pages, and its words are markup."""
    study = write_small_source(out, accounts=ACCOUNTS.replace("web", MARKUP))
    study.write_text(
        study.read_text(encoding="utf-8") + "[report]\nname_accounts = true\nmin_cell = 1\ncurve_from_at_risk = 1\n",
        encoding="utf-8",
    )
    write_pages(study, out)


WRITERS = {"sample": write_sample, "simulated": write_simulated, "hostile": write_hostile}
