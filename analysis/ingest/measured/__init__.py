"""Measured: which of what a source gives measures what it is read for, and since when each log does."""
