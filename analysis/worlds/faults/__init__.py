"""Faults: planted into the tables of a clean world, to see whether they are found."""
