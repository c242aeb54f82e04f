"""The audits: as files, on a terminal, and in notebooks."""
