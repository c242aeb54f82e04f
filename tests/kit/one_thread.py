"""Two workers on two processors: threads that wait for each other would only be in each other's way.

NumPy and what stands on it read this when they are imported.
"""

import os

for library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(library, "1")
