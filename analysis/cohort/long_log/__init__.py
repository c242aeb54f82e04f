"""The long log: which queries read the log of use, who runs them, and how a log is read that was not copied."""
