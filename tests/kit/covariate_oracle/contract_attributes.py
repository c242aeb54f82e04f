"""Attributes, looked through one after the other."""

from typing import Any

from covariate_oracle.morning import Morning


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    held: dict[str, Any] = {}
    rows = morning.known("account_attributes", "valid_from")
    for row in sorted(rows, key=lambda row: (row["valid_from"], row["known_on"] or row["valid_from"])):
        held[row["attribute"]] = row["value"]
    is_logged = morning.is_before(morning.logs_from("account_attributes"))
    return {f"{name}_in_force": held.get(name) if is_logged else None for name in ("segment", "touch_model")}
