"""The command line: one grammar, ``tenure VERB --study PATH``."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from analysis.build import build_cohort, check_source
from analysis.errors import BuildError, StudyError, TenureError
from analysis.store import prune
from analysis.study import Study, read_study
from analysis.warehouse import first_line
from reports.dictionary import claim_lines, definitions, dictionary
from reports.listing import say_claims, say_dictionary, say_measurable
from reports.messages import LANGUAGES, read_catalogue

DEFAULT_STUDY = Path("study.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 the user can mend it, 2 the words are off."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except TenureError as error:
        return _refuse(str(error))
    except BrokenPipeError:  # the reader has seen enough (tenure covariates | head)
        sys.stderr.close()
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        return _refuse(f"The system refused ({error.strerror or error}){place}.")
    except duckdb.Error as error:
        return _refuse(f"The database failed: {first_line(error)}.")
    return 0


def _refuse(message: str) -> int:
    print(f"tenure: {message}", file=sys.stderr)
    return 1


def _at_least(minimum: int) -> Callable[[str], int]:
    """Return a type of option: whole numbers from a minimum."""

    def whole_number(text: str) -> int:
        if not text.isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(f"must be a whole number from {minimum} on, but is '{text}'")
        return int(text)

    return whole_number


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--study", type=Path, default=DEFAULT_STUDY, help="the study file (default: study.toml)")
    common.add_argument("--source", type=Path, help="read the raw data from here instead of where the study says")
    common.add_argument("--out", type=Path, default=Path("out"), help="the folder for all output (default: out)")
    common.add_argument(
        "--threads", type=_at_least(1), help="threads for queries (default: all cores; results don't depend on it)"
    )
    building = argparse.ArgumentParser(add_help=False, parents=[common])
    building.add_argument(
        "--memory-limit",
        metavar="SIZE",
        help="most memory for queries, such as 4GB (default: four fifths of the machine's; results don't depend on it)",
    )

    parser = argparse.ArgumentParser(prog="tenure", description="Which customers leave, when, and why.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _verb(verbs, common, "check", _check, "check the source against the contract and say what can be measured")
    build = _verb(verbs, building, "build", _build, "build the cohort tables")
    build.add_argument("--prune", action="store_true", help="remove the cohorts of earlier builds")
    build.add_argument("--no-audits", action="store_true", help="build the tables only, without the audits")
    audit = _verb(verbs, building, "audit", _audit, "look for what could make the findings wrong")
    audit.add_argument("--days", type=_at_least(1), help="days on which to rebuild the past (default: the study's)")
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
    simulate.set_defaults(run=_simulate)
    worlds = verbs.add_parser(
        "study-worlds", help="see whether the analysis finds the truth of simulated worlds, and the Cox model its own"
    )
    worlds.add_argument("--out", type=Path, default=Path("out/worlds"), help="for the worlds (default: out/worlds)")
    worlds.add_argument("--share", type=float, default=1.0, help="how much of the whole to simulate (default: 1)")
    worlds.add_argument(
        "--only", nargs="+", metavar="TABLE", default=["cox_recovery", "study_worlds"],
        help="cox_recovery, study_worlds (both by default), null_p_values, coverage, true_probabilities, "
        "true_families, true_claims, audits (up to an hour each)",
    )  # fmt: skip
    worlds.add_argument("--tables", type=Path, required=True, help="the folder to write the results to, as CSV")
    worlds.set_defaults(run=_study_worlds)
    covariates = _verb(
        verbs, common, "covariates", _covariates, "say what each covariate means and what it needs of the source"
    )
    covariates.add_argument(
        "--page", action="store_true", help="write it as a page that says what the source can measure, and which claims"
    )
    covariates.add_argument("--language", choices=LANGUAGES, default="en", help="language of the page (default: en)")
    report = verbs.add_parser("report", help="write a report").add_subparsers(required=True, metavar="REPORT")
    quarterly = _verb(
        report, building, "quarterly", _quarterly, "who may leave in the next three months, and what goes with it"
    )
    quarterly.add_argument("--language", choices=LANGUAGES, default="en", help="language of the report (default: en)")
    return parser


def _verb(verbs, common, name, run, says):  # type: ignore[no-untyped-def]  # argparse keeps its subparsers' type private
    verb = verbs.add_parser(name, parents=[common], help=says, description=says)
    verb.set_defaults(run=run)
    return verb


class _Progress:
    """Prints each step with the seconds since the command began."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def __call__(self, message: str) -> None:
        print(f"[{time.monotonic() - self.began:5.1f} s] {message}", flush=True)


def _study(options: argparse.Namespace) -> Study:
    study = read_study(options.study)
    return study if options.source is None else study.with_source(options.source)


def _check(options: argparse.Namespace) -> None:
    study, catalogue = _study(options), read_catalogue("en")
    with tempfile.TemporaryDirectory() as scratch:
        findings, given = check_source(study, Path(scratch), _Progress())
    print(f"\nThe contract holds; {len(findings)} findings that do not stop a build.\n")
    print(f"{say_measurable(dictionary(study, given, catalogue))}\n\n{say_claims(claim_lines(given, catalogue))}")
    print(f"\nNext: tenure report quarterly --study {options.study}")


def _build(options: argparse.Namespace) -> None:
    study = _study(options)
    out = options.out / study.name
    build = build_cohort(study, out, _Progress(), options.threads, options.memory_limit)
    if options.prune:
        for path in prune(out):
            print(f"removed {path}")
    print(f"\nThe cohort is in {build.path}.")
    if not options.no_audits:
        _audit(options)
    print(f"Next: tenure report quarterly --study {options.study}")


def _open(options: argparse.Namespace):  # type: ignore[no-untyped-def]  # the workbench is imported when it is needed
    from analysis.workbench import open_study

    return open_study(
        options.study,
        source=options.source,
        out=options.out,
        threads=options.threads,
        memory_limit=options.memory_limit,
        progress=_Progress(),
    )


def _audit(options: argparse.Namespace) -> None:
    from analysis.audits.results import AuditResults
    from reports.audit import say_alarms, write_audits

    tenure = _open(options)
    audits = AuditResults(tenure, getattr(options, "days", None))
    written = write_audits(audits, options.out / tenure.study.name / "audit")
    print(f"\n{say_alarms(audits.alarms)}\nThe {len(written)} tables of the audits are in {written[0].parent}.")
    if audits.look_ahead["differing"].any():
        raise BuildError("A covariate, or a choice of rows, looks ahead: see look_ahead_cells.csv. Trust no finding.")


def _covariates(options: argparse.Namespace) -> None:
    if not options.page:
        catalogue = read_catalogue("en")
        study = read_study(options.study) if options.study.exists() or options.study != DEFAULT_STUDY else None
        print(say_dictionary(dictionary(study, frozenset(), catalogue), definitions(study, catalogue)))
        return
    from reports.page import render_covariates
    from reports.quarterly import write_all

    study, catalogue = _study(options), read_catalogue(options.language)
    with tempfile.TemporaryDirectory() as scratch:
        _, given = check_source(study, Path(scratch), _Progress())
    page = options.out / study.name / f"covariates.{options.language}.html"
    write_all({page: render_covariates(study, given, catalogue)})
    print(f"\nThe dictionary of covariates is in {page}; open it in a browser.")


def _simulate(options: argparse.Namespace) -> None:
    from analysis.simulation.world import make_world  # as above: its imports take a second

    written = make_world(
        options.accounts, options.seed, options.scenario, options.out, _Progress(), n_paths=options.paths
    )
    print(f"\n{len(written)} tables are in {options.out}, the truth behind them in {options.out / 'truth'}.")
    print("Next: name the folder as source.path of a study of kind 'contract', as study.toml does.")


def _study_worlds(options: argparse.Namespace) -> None:
    from analysis.simulation.proofs import TABLES, Proofs  # as above

    unknown = sorted(set(options.only) - set(TABLES))
    if unknown:
        raise StudyError(f"--only names '{unknown[0]}', which is no table. Known: {', '.join(TABLES)}.")
    proofs = Proofs(options.out, _Progress(), options.share)
    for name in options.only:
        table = getattr(proofs, name)()
        table.to_csv(options.tables / f"{name}.csv", index=False, lineterminator="\n", float_format="%.4g")
        print(f"\n{table.to_string(index=False)}\n")
        if name == "study_worlds":
            right = int((table["planted"] == table["points_to"]).sum())
            print(f"The analysis pointed to what was planted, or to none, in {right} of {len(table)} worlds.")
    print(f"The tables are in {options.tables}: {', '.join(f'{name}.csv' for name in options.only)}")


def _quarterly(options: argparse.Namespace) -> None:
    # Models and figures take seconds to import; the other commands do without them.
    from reports.quarterly import write_quarterly

    tenure = _open(options)
    written = write_quarterly(tenure, options.out / tenure.study.name, options.language)
    print(f"\nThe report is in {written.page}; open it in a browser.")
    for path in written.lists:
        print(f"A list beside it: {path}")


if __name__ == "__main__":
    sys.exit(main())
