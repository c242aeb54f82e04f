"""Timed: what takes time, told with the seconds since the command began, and a bar where somebody watches."""

import time
from typing import TextIO

from analysis.progress import Bars
from analysis.wording.controls import shown


class Timed:
    """Tells each step with the seconds since the command began.

    Parameters
    ----------
    file
        Where to; the standard output by default.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        self._began, self._bars = time.monotonic(), Bars(file)

    def __call__(self, message: str) -> None:
        """Tell a step."""
        self._bars(f"[{time.monotonic() - self._began:5.1f} s] {shown(message)}")
