"""Package versions: of what every number and page comes from."""

from importlib.metadata import version

VERSIONED = (
    "tenure-workbench", "duckdb", "formulaic", "matplotlib", "numba", "numpy", "pandas", "scikit-learn",
    "scikit-survival", "scipy", "statsmodels",
)  # fmt: skip


def package_versions() -> dict[str, str]:
    """Return the version of each package, by name."""
    return {name: version(name) for name in VERSIONED}
