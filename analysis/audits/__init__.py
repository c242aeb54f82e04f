"""Audits: what could make a finding wrong, looked for on the user's own data."""
