"""Progress: who is told, in one line each, what takes time; bars with the time left, where somebody watches."""

import html
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

Progress = Callable[[str], None]
_COUNTED = re.compile(r"\b(\d+) of (\d+)\b")
_CELLS = 24
_TO_START, _CLEAR = "\r", "\033[K"


def quiet(message: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of how many steps are done."""

    done: int
    total: int


def counted(message: str) -> Counted | None:
    """Return what a message counts; None where it does not.

    Examples
    --------
    >>> counted("forecast from 2024-01-01: quarter 3 of 8")
    Counted(done=3, total=8)
    """
    found = _COUNTED.search(message)
    step = Counted(int(found[1]), int(found[2])) if found else None
    return step if step and step.done <= step.total else None


def in_words(seconds: float) -> str:
    """Return a length of time as one would say it.

    Examples
    --------
    >>> in_words(42.4), in_words(150)
    ('42 s', '2 min 30 s')
    """
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


class Bars:
    """Tells what takes time, with a bar and the time left where messages count their steps.

    A notebook shows one line that changes; so does a terminal. Elsewhere each message is a line of its own.

    Parameters
    ----------
    stream
        Where lines go outside of a notebook; the standard output by default.
    clock
        Tells the time in seconds.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._began = clock()
        self._line: Any = None
        self._of_cell = 0
        self._is_open = False

    def __call__(self, message: str) -> None:
        """Tell a message."""
        step = counted(message)
        left = self._left(step)
        if step is None or step.done == step.total:
            self._began = self._clock()
        if _in_notebook():
            self._show(message, step, left)
            return
        stream = self._stream or sys.stdout
        if not stream.isatty():
            print(message, file=stream, flush=True)
            return
        bar = f"  {'█' * round(_CELLS * step.done / step.total):·<{_CELLS}}{left}" if step else ""
        anew = f"{_TO_START}{_CLEAR}" if self._is_open else ""
        self._is_open = step is not None and step.done < step.total
        print(f"{anew}{message}{bar}", end="" if self._is_open else "\n", file=stream, flush=True)

    def _left(self, step: Counted | None) -> str:
        if step is None or step.done in (0, step.total):
            return ""
        return f"  about {in_words((self._clock() - self._began) / step.done * (step.total - step.done))} left"

    def _show(self, message: str, step: Counted | None, left: str) -> None:
        from IPython.display import HTML, display  # where there is a notebook, there is IPython

        bar = f' <progress value="{step.done}" max="{step.total}"></progress>' if step else ""
        shown = HTML(f"<small>{html.escape(message)}{bar}{html.escape(left)}</small>")
        if self._line is None or self._cell() != self._of_cell:
            self._of_cell = self._cell()
            self._line = display(shown, display_id=True)
        else:
            self._line.update(shown)

    @staticmethod
    def _cell() -> int:
        from IPython import get_ipython

        shell = get_ipython()
        return int(getattr(shell, "execution_count", 0))


def _in_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return type(shell).__name__ == "ZMQInteractiveShell"
