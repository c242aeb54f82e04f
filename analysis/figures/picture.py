"""Picture: a figure that a notebook shows where it stands, and nowhere else."""

import io

from matplotlib.figure import Figure

_DOTS = 2
"""Of a screen, to each pixel of the page."""


class Picture(Figure):
    """A figure that pyplot does not know of: nothing has to close it, and no cell shows it twice."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the picture for screens of many dots, and how wide and high it stands on the page."""
        width, height = (round(inches * self.dpi) for inches in self.get_size_inches())
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=_DOTS * self.dpi)
        return buffer.getvalue(), {"width": width, "height": height}
