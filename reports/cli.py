"""The command line: one grammar, ``tenure VERB --study PATH``."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from analysis.build import build_cohort, check_source
from analysis.errors import TenureError
from analysis.factors import read_covariates, read_families
from analysis.store import prune
from analysis.study import Study, read_study
from analysis.warehouse import first_line
from reports.messages import LANGUAGES


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
    common.add_argument("--study", type=Path, default=Path("study.toml"), help="the study file (default: study.toml)")
    common.add_argument("--source", type=Path, help="read the raw data from here instead of where the study says")
    common.add_argument("--out", type=Path, default=Path("out"), help="the folder for all output (default: out)")
    common.add_argument(
        "--threads", type=_at_least(1), help="threads for queries (default: all cores; results don't depend on it)"
    )

    parser = argparse.ArgumentParser(prog="tenure", description="Which customers leave, when, and why.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _verb(verbs, common, "check", _check, "check the source against the contract and say what can be measured")
    build = _verb(verbs, common, "build", _build, "build the cohort tables")
    build.add_argument("--prune", action="store_true", help="remove the cohorts of earlier builds")
    simulate = verbs.add_parser("simulate", help="make the tables of a simulated company whose truth is known")
    simulate.add_argument("--accounts", type=_at_least(1), default=2000, help="number of accounts (default: 2000)")
    simulate.add_argument("--seed", type=_at_least(0), default=7, help="the same seed, the same bytes (default: 7)")
    simulate.add_argument("--scenario", default="base", help="a scenario's name, or a TOML file (default: base)")
    simulate.add_argument("--out", type=Path, required=True, help="the folder for the tables; must be new or empty")
    simulate.set_defaults(run=_simulate)
    worlds = verbs.add_parser(
        "study-worlds", help="see whether the analysis finds the truth of simulated worlds, and the Cox model its own"
    )
    worlds.add_argument("--accounts", type=int, default=800, help="accounts of each world (default: 800)")
    worlds.add_argument("--seeds", type=int, default=5, help="worlds of each scenario (default: 5)")
    worlds.add_argument("--out", type=Path, default=Path("out/worlds"), help="for the worlds (default: out/worlds)")
    worlds.add_argument("--sets", type=int, default=2000, help="data sets to fit the Cox model to (default: 2000)")
    worlds.add_argument("--tables", type=Path, required=True, help="the folder to write the results to, as CSV")
    worlds.set_defaults(run=_study_worlds)
    _verb(verbs, common, "covariates", _covariates, "list the covariates and what each needs of the source")
    report = verbs.add_parser("report", help="write a report").add_subparsers(required=True, metavar="REPORT")
    quarterly = _verb(
        report, common, "quarterly", _quarterly, "who may leave in the next three months, and what goes with it"
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
    with tempfile.TemporaryDirectory() as scratch:
        findings, given = check_source(_study(options), Path(scratch), _Progress())
    print(f"\nThe contract holds; {len(findings)} findings that do not stop a build.\n")
    _print_families(given)
    print(f"\nNext: tenure report quarterly --study {options.study}")


def _print_families(given: frozenset[str]) -> None:
    for family in read_families():
        declared = [covariate for covariate in read_covariates() if covariate.family == family.name]
        measured = [covariate for covariate in declared if covariate.is_measurable(given)]
        lacking = [table for table in family.unlocked_by if table not in given]
        note = f"; would be measured with: {', '.join(lacking)}" if lacking and not measured else ""
        print(f"{family.label_en}: {len(measured)} of {len(declared)} covariates measurable{note}")
        for covariate in declared:
            if covariate not in measured:
                needed = ", ".join(covariate.lacking(given))
                print(f"  not measurable: {covariate.name} (needs {needed})")


def _build(options: argparse.Namespace) -> None:
    study = _study(options)
    out = options.out / study.name
    build = build_cohort(study, out, _Progress(), options.threads)
    if options.prune:
        for path in prune(out):
            print(f"removed {path}")
    print(f"\nThe cohort is in {build.path}.\nNext: tenure report quarterly --study {options.study}")


def _covariates(options: argparse.Namespace) -> None:
    for family in read_families():
        print(f"{family.label_en}")
        for covariate in read_covariates():
            if covariate.family == family.name:
                needs = ", ".join(covariate.needs)
                print(
                    f"  {covariate.name:<28} {covariate.label_en} [{covariate.unit}]; {covariate.window}; needs {needs}"
                )


def _simulate(options: argparse.Namespace) -> None:
    from analysis.simulation.world import make_world  # as above: its imports take a second

    written = make_world(options.accounts, options.seed, options.scenario, options.out, _Progress())
    print(f"\n{len(written)} tables are in {options.out}, the truth behind them in {options.out / 'truth'}.")
    print("Next: name the folder as source.path of a study of kind 'contract', as study.toml does.")


def _study_worlds(options: argparse.Namespace) -> None:
    from analysis.simulation.cox_recovery import cox_recovery_study  # as above
    from analysis.simulation.study_worlds import PLANTED, study_worlds

    progress = _Progress()

    tables = {
        "cox_recovery.csv": cox_recovery_study(options.sets, 1, progress),
        "study_worlds.csv": study_worlds(
            list(PLANTED), range(1, options.seeds + 1), options.accounts, options.out, progress
        ),
    }
    for name, table in tables.items():
        table.to_csv(options.tables / name, index=False, lineterminator="\n", float_format="%.4g")
    found = tables["study_worlds.csv"]
    right = int((found["planted"] == found["points_to"]).sum())
    print(f"\nThe analysis pointed to what was planted, or to none, in {right} of {len(found)} worlds.")
    print(f"The tables are in {options.tables}: {', '.join(tables)}")


def _quarterly(options: argparse.Namespace) -> None:
    # Models and figures take seconds to import; the other commands do without them.
    from analysis.workbench import open_study
    from reports.quarterly import write_quarterly

    tenure = open_study(
        options.study, source=options.source, out=options.out, threads=options.threads, progress=_Progress()
    )
    written = write_quarterly(tenure, options.out / tenure.study.name, options.language)
    print(f"\nThe report is in {written.page}; open it in a browser.")
    for path in written.lists:
        print(f"A list beside it: {path}")


if __name__ == "__main__":
    sys.exit(main())
