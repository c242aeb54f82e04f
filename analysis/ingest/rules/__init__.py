"""Rules: what the contract and `queries/checks` ask of loaded tables, and what becomes of rows that break them."""
