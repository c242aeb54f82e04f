"""Run the command line: ``python -m reports.cli``."""

import sys

from reports.cli.commands import main

sys.exit(main())
