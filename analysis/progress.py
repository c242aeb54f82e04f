"""Progress: who is told, in one line each, what takes time."""

from collections.abc import Callable

Progress = Callable[[str], None]


def quiet(message: str) -> None:
    """Tell nobody."""
