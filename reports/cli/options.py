"""The words of the command line: verbs, their options, and what each is for."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import get_args

from analysis.declared.study_parts import EngineKind
from analysis.engine.dialects import DIALECTS, OWN
from reports.init.files import TEMPLATES
from reports.messages import ENGLISH, LANGUAGES

Command = Callable[[argparse.Namespace], None]
DEFAULT_STUDY = Path("study.toml")
"""Where a study is looked for that nobody named; this very object tells that nobody did."""


def _at_least(minimum: int) -> Callable[[str], int]:
    """Return a type of option: whole numbers from a minimum."""

    def whole_number(text: str) -> int:
        if not text.isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(f"must be a whole number from {minimum} on, but is '{text}'")
        return int(text)

    return whole_number


def parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Return the parser of all verbs; the command of the verb that was given is `run`.

    Parameters
    ----------
    commands
        What runs each verb, and each report, by name.
    """
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--study", type=Path, default=DEFAULT_STUDY, help="the study file (default: study.toml)")
    common.add_argument("--source", type=Path, help="read the raw data from here instead of where the study says")
    common.add_argument("--out", type=Path, default=Path("out"), help="the folder for all output (default: out)")
    common.add_argument(
        "--language",
        choices=LANGUAGES,
        default=ENGLISH,
        help="language of pages and results; progress and errors are told in English (default: en)",
    )
    common.add_argument(
        "--threads", type=_at_least(1), help="threads for queries (default: all cores; results don't depend on it)"
    )
    common.add_argument(
        "--memory-limit",
        metavar="SIZE",
        help="most memory for queries, such as 4GB (default: four fifths of the machine's; results don't depend on it)",
    )

    common.add_argument(
        "--engine",
        choices=get_args(EngineKind),
        help="what runs the queries that read the log of use (default: as the study says; results don't depend on it)",
    )
    common.add_argument(
        "--buckets",
        type=_at_least(1),
        help="run what has rows by account and date bucket by bucket of accounts, of so many: less memory, more time "
        "(default: as the study says)",
    )

    whole = argparse.ArgumentParser(prog="tenure", description="Which customers leave, when, and why.")
    verbs = whole.add_subparsers(required=True, metavar="VERB")
    says = "begin a study of your own: a study file, and SQL that makes the contract's tables of a vendor's exports"
    begin = verbs.add_parser("init", help=says, description=f"{says}; of 'blank': those tables, empty and explained")
    begin.add_argument(
        "--source", dest="template", choices=tuple(TEMPLATES), required=True, help="what the data are exported from"
    )
    begin.add_argument(
        "folder", metavar="FOLDER", type=Path, nargs="?", default=Path("my_study"), help="new (default: my_study)"
    )
    begin.add_argument("--language", choices=LANGUAGES, default=ENGLISH, help="of what is said (default: en)")
    begin.set_defaults(run=commands["init"])
    check = _verb(
        verbs, common, "check", commands, "check the source against the contract and say what can be measured"
    )
    check.add_argument(
        "--page", action="store_true", help="write it as a page, too, and beside it all rows of what was found, as CSV"
    )
    build = _verb(verbs, common, "build", commands, "build the cohort tables")
    build.add_argument("--prune", action="store_true", help="remove the cohorts of earlier builds")
    build.add_argument("--no-audits", action="store_true", help="build the tables only, without the audits")
    build.add_argument(
        "--verify",
        type=_at_least(1),
        metavar="N",
        help="make the tables of N drawn accounts again from the source, by DuckDB alone, and compare each cell",
    )
    audit = _verb(verbs, common, "audit", commands, "look for what could make the findings wrong")
    audit.add_argument("--days", type=_at_least(1), help="days on which to rebuild the past (default: the study's)")
    _verb(verbs, common, "evaluate", commands, "see how forecasts of quarters that no model had seen turned out")
    _verb(verbs, common, "contest", commands, "see what knowing usage, relationship and champion factors is worth")
    _verb(verbs, common, "claims", commands, "put what practice says of leaving to the test, claim by claim")
    simulate = verbs.add_parser("simulate", help="make the tables of a simulated company whose truth is known")
    simulate.add_argument("--accounts", type=_at_least(1), default=2000, help="number of accounts (default: 2000)")
    simulate.add_argument("--seed", type=_at_least(0), default=7, help="the same seed, the same bytes (default: 7)")
    simulate.add_argument("--scenario", default="base", help="a scenario's name, or a TOML file (default: base)")
    simulate.add_argument(
        "--paths",
        type=_at_least(0),
        default=0,
        help="futures to simulate from each month on, for the true three-month probability (default: 0, none)",
    )
    simulate.add_argument("--out", type=Path, required=True, help="the folder for the tables; must be new or empty")
    simulate.set_defaults(run=commands["simulate"])
    worlds = verbs.add_parser(
        "study-worlds", help="see whether the analysis finds the truth of simulated worlds, and the Cox model its own"
    )
    worlds.add_argument("--out", type=Path, default=Path("out/worlds"), help="for the worlds (default: out/worlds)")
    worlds.add_argument("--share", type=float, default=1.0, help="how much of the whole to simulate (default: 1)")
    worlds.add_argument(
        "--only", nargs="+", metavar="TABLE", default=["cox_recovery", "study_worlds"],
        help="cox_recovery, study_worlds (both by default), clocks, null_p_values, few_clusters, coverage, "
        "count_coverage, world_forecasts, contest, difference_coverage, true_probabilities, true_families, "
        "true_claims, claims, score_verdicts, audits, planted_faults (up to an hour each)",
    )  # fmt: skip
    worlds.add_argument("--tables", type=Path, required=True, help="the folder to write the results to, as CSV")
    worlds.set_defaults(run=commands["study-worlds"])
    covariates = _verb(
        verbs, common, "covariates", commands, "say what each covariate means and what it needs of the source"
    )
    covariates.add_argument(
        "--page", action="store_true", help="write it as a page that says what the source can measure, and which claims"
    )
    says = "print the queries that make a cohort, in the order in which they run"
    texts = verbs.add_parser("queries", help=says, description=says)
    texts.add_argument("names", metavar="NAME", nargs="*", help="of a query, which is that of its table (default: all)")
    texts.add_argument(
        "--dialect",
        choices=DIALECTS,
        default=OWN,
        help="the engine that is to read them (default: duckdb; of snowflake and bigquery nothing was run)",
    )
    texts.set_defaults(run=commands["queries"])
    report = verbs.add_parser("report", help="write a report").add_subparsers(required=True, metavar="REPORT")
    quarterly = _verb(
        report, common, "quarterly", commands, "who may leave in the next three months, and what goes with it"
    )
    quarterly.add_argument(
        "--quarter",
        metavar="YEARQN",
        help="the fiscal quarter to report on, such as 2026Q3, as all stood on the first day after it (default: the "
        "last that the snapshot allows)",
    )
    _verb(report, common, "health-score", commands, "whether the health score orders, warns and deserves its weights")
    return whole


def _verb(verbs, common, name, commands, says):  # type: ignore[no-untyped-def]  # argparse keeps its subparsers' type private
    verb = verbs.add_parser(name, parents=[common], help=says, description=says)
    verb.set_defaults(run=commands[name])
    return verb
