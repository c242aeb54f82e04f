"""Writing: pages, CSV, terminals and files, whatever is written."""
