"""The check of a source as a page: what was read, what was found in it, and what it can tell."""
