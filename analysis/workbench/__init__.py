"""The workbench: `open_study`, and what it opens."""

from analysis.workbench.bench import Workbench
from analysis.workbench.opening import open_study, open_workbench

__all__ = ["Workbench", "open_study", "open_workbench"]
