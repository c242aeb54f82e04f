"""``tenure init``: begins a study in a new folder, and says what to do next."""

import argparse
import shlex

from reports.init.files import write_study
from reports.messages import read_catalogue


def init(options: argparse.Namespace) -> None:
    """Write the files of a new study, and say what it waits for and which command comes then."""
    written = write_study(options.template, options.folder)
    text = read_catalogue(options.language)
    print(text("command.begun", folder=options.folder, files=written.files))
    print(text("command.awaits", folder=written.data, needed=written.needed, optional=written.optional))
    print(text("command.settle", study=written.study))
    command = f"tenure check --study {shlex.quote(str(written.study))} --page"
    if options.language != "en":
        command += f" --language {options.language}"
    print(f"\n{text('command.next', command=command)}")
