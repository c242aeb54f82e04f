"""Files of a source: found, opened, read as they were written; what nothing reads is named."""
