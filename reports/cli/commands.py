"""The command line: one grammar, ``tenure VERB --study PATH``."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from analysis.cohort.build import build_cohort
from analysis.cohort.source_check import SourceCheck, check_source
from analysis.declared.study import Study, read_study
from analysis.errors import BuildError, ContractError, SourceError, TenureError
from analysis.progress import Progress
from analysis.store.cohorts import prune
from analysis.store.sets import write_alone
from analysis.store.working import scratch_folder
from analysis.wording.catalogue import Catalogue
from reports.cli.beside import refuse_unreadable, say_score
from reports.cli.init import init
from reports.cli.listing import say_claims, say_dictionary, say_events, say_findings, say_measurable
from reports.cli.options import DEFAULT_STUDY, parser
from reports.cli.queries import queries
from reports.cli.timed import Timed
from reports.cli.worlds import simulate, study_worlds
from reports.dictionary.entries import claim_lines, definitions, dictionary
from reports.messages import read_catalogue
from reports.writing.console import safe_console
from reports.writing.files import WrittenPage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 the user can mend it, 2 the words are off."""
    with safe_console():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    options = parser(COMMANDS).parse_args(arguments)
    try:
        options.run(options)
    except TenureError as error:
        return _refuse(str(error))
    except BrokenPipeError:  # the reader has seen enough (tenure covariates | head)
        sys.stderr.close()
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        return _refuse(f"The system refused ({error.strerror or error}){place}.")
    return 0


def _refuse(message: str) -> int:
    print(f"tenure: {message}", file=sys.stderr)
    return 1


def _study(options: argparse.Namespace) -> Study:
    study = read_study(options.study).with_log_on(options.engine, options.buckets)
    return study if options.source is None else study.with_source(options.source)


def _checked(options: argparse.Namespace, study: Study, progress: Progress, rows: Path | None = None) -> SourceCheck:
    with scratch_folder() as scratch:
        return check_source(study, scratch, progress, options.threads, options.memory_limit, rows=rows)


def _check(options: argparse.Namespace) -> None:
    study = _study(options)
    catalogue = read_catalogue(options.language, study.own.covariates)
    refuse_unreadable(study)
    check = partial(_checked, options, study, Timed())
    if options.page:
        from reports.check.files import write_check

        written = write_check(study, options.out / study.name, catalogue, check)
        checked = written.checked
    else:
        checked = check()
    said = (
        say_findings(checked, catalogue),
        say_measurable(dictionary(study, checked.given, catalogue, checked.not_measured), catalogue),
        say_claims(claim_lines(study, checked.given, catalogue, checked.not_measured), catalogue),
        *say_score(study, checked, catalogue),
    )
    print("\n" + "\n\n".join(said))
    if checked.evidence is not None:
        print(f"\n{say_events(checked, study.report, catalogue)}")
    if options.page:
        print(f"\n{catalogue.text('command.check', path=written.page)}")
        if written.lists:
            print(catalogue.text("command.rows", number=len(written.lists), folder=written.lists[0].parent))
    if checked.evidence is None:
        errors = "1 error stands" if checked.n_errors == 1 else f"{checked.n_errors} errors stand"
        raise ContractError(f"The source breaks the contract: {errors} in the way, named above. Nothing is built.")
    print(f"\n{_next(options)}")


def _next(options: argparse.Namespace) -> str:
    return read_catalogue(options.language)("command.next", command=f"tenure report quarterly --study {options.study}")


def _build(options: argparse.Namespace) -> None:
    study, text = _study(options), read_catalogue(options.language)
    out = options.out / study.name
    build = build_cohort(study, out, Timed(), options.threads, options.memory_limit)
    if options.prune:
        for path in prune(out):
            print(text("command.removed", path=path))
    print(f"\n{text('command.cohort', path=build.path)}")
    if options.verify:
        from analysis.cohort.verify import verify_build  # what needs pandas takes a second to import

        verified = verify_build(study, build, Timed(), options.verify, options.threads, options.memory_limit)
        print(f"\n{text('command.verified', **verified.counts())}")
    if not options.no_audits:
        _audit(options)
    print(_next(options))


def _open(options: argparse.Namespace):  # type: ignore[no-untyped-def]  # the workbench is imported when it is needed
    from analysis.workbench import open_study

    return open_study(
        options.study,
        source=options.source,
        quarter=getattr(options, "quarter", None),
        out=options.out,
        threads=options.threads,
        memory_limit=options.memory_limit,
        engine=options.engine,
        buckets=options.buckets,
        progress=Timed(),
    )


def _opened(options: argparse.Namespace):  # type: ignore[no-untyped-def]  # as above
    tenure = _open(options)
    return tenure, read_catalogue(options.language, tenure.study.own.covariates)


def _audit(options: argparse.Namespace) -> None:
    from analysis.audits.results import AuditResults
    from reports.audits.files import write_audits
    from reports.audits.terminal import say_audits

    tenure, text = _opened(options)
    audits = AuditResults(tenure, getattr(options, "days", None))
    written = write_audits(audits, options.out / tenure.study.name / "audit")
    print(f"\n{say_audits(audits, text)}")
    _tell_of_tables(audits, written, text)


def _tell_of_tables(audits, written: Sequence[Path], text: Catalogue) -> None:  # type: ignore[no-untyped-def]  # as above
    """Say where the tables of the audits are, and refuse what looks ahead: all is written, nothing is to be trusted."""
    from reports.audits.terminal import look_ahead_failure

    folder = written[0].parent
    print(text("command.audit_tables", number=len(written), folder=folder), flush=True)
    if failure := look_ahead_failure(audits.look_ahead, folder, audits.own):
        raise BuildError(failure)


def _covariates(options: argparse.Namespace) -> None:
    catalogue = read_catalogue(options.language)
    if not options.page:
        study, checked = _study_if_any(options)
        given, reasons = (checked.given, checked.not_measured) if checked else (frozenset(), {})
        sections = dictionary(study, given, catalogue, reasons)
        print(say_dictionary(sections, definitions(study, catalogue), catalogue, checked is not None))
        return
    from reports.dictionary.page import render_covariates

    study = _study(options)
    page = options.out / study.name / f"covariates.{options.language}.html"
    checked = _checked(options, study, Timed())
    write_alone(page, render_covariates(study, checked.given, catalogue, checked.not_measured))
    print(f"\n{catalogue.text('command.dictionary', path=page)}")


def _study_if_any(options: argparse.Namespace) -> tuple[Study | None, SourceCheck | None]:
    """Return the study and what its source gives; a study that nobody named need not be there, nor its source."""
    say = partial(print, file=sys.stderr)
    is_named = options.study is not DEFAULT_STUDY or options.source is not None
    if not is_named and not options.study.exists():
        say(f"There is no {options.study} here: what a source measures is not said (name a study with --study).")
        return None, None
    study = _study(options)
    try:
        return study, _checked(options, study, Timed(sys.stderr))
    except SourceError as error:
        if is_named:
            raise
        say(f"What the source measures is not said: {error}")
        return study, None


def _quarterly(options: argparse.Namespace) -> None:
    from reports.quarterly.files import write_quarterly  # models and figures take seconds to import

    tenure, text = _opened(options)
    written = write_quarterly(tenure, options.out / tenure.study.name, options.language)
    print(f"\n{text('command.report', path=written.page)}")
    print(text("command.paper", path=written.pdf))
    print(text("command.sheet", path=written.sheet))
    for path in written.lists:
        print(text("command.list", path=path))
    print(text("command.figures", number=len(written.figures) // 2, folder=written.figures[0].parent))
    print(text("command.data", number=len(written.data) // 2, folder=written.data[0].parent))
    print(text("command.manifest", path=written.manifest))
    _tell_of_tables(tenure.audits, written.audits, text)


def _evaluate(options: argparse.Namespace) -> None:
    from reports.evaluation.files import write_evaluation  # models and figures take seconds to import

    tenure, text = _opened(options)
    written = write_evaluation(tenure, options.out / tenure.study.name, options.language)
    _tell_of_page(written, text)
    if tenure.no_forecast:
        print(text("short.no_forecast", reason=tenure.no_forecast))


def _contest(options: argparse.Namespace) -> None:
    from reports.contest.files import write_contest  # as above

    tenure, text = _opened(options)
    written = write_contest(tenure, options.out / tenure.study.name, options.language)
    _tell_of_page(written, text)
    if written.obstacle:
        print(text("short.no_contest", reason=written.obstacle))


def _claims(options: argparse.Namespace) -> None:
    from reports.claims.files import write_claims  # as above

    tenure, text = _opened(options)
    _tell_of_page(write_claims(tenure, options.out / tenure.study.name, options.language), text)


def _health_score(options: argparse.Namespace) -> None:
    from reports.health_score.files import write_health_score  # as above

    tenure, text = _opened(options)
    written = write_health_score(tenure, options.out / tenure.study.name, options.language)
    _tell_of_page(written, text)
    if written.obstacle:
        print(text("health.no_audit", reason=written.obstacle))


def _tell_of_page(written: WrittenPage, text: Catalogue) -> None:
    """Say where a page is, and where the tables beside it are, if it has any."""
    print(f"\n{text('command.page', path=written.page)}")
    if written.tables:
        print(text("command.tables", number=len(written.tables), folder=written.tables[0].parent))


COMMANDS = {
    "init": init,
    "check": _check,
    "build": _build,
    "audit": _audit,
    "covariates": _covariates,
    "queries": queries,
    "simulate": simulate,
    "evaluate": _evaluate,
    "contest": _contest,
    "claims": _claims,
    "study-worlds": study_worlds,
    "quarterly": _quarterly,
    "health-score": _health_score,
}


if __name__ == "__main__":
    sys.exit(main())
