"""Ingest: raw files become tables of the contract, held to its rules; what is found in them is told."""
