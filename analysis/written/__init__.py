"""Written: finished tables as files, each kind by one rule of what a reader's program may be given."""
