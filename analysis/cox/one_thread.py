"""One thread: linear algebra whose last digit does not depend on how many cores a machine has."""

import scipy.linalg  # noqa: F401  the controller holds back the libraries that are loaded when it is made
from threadpoolctl import ThreadpoolController

one_thread = ThreadpoolController().wrap(limits=1, user_api="blas")
"""Decorates a function that calls BLAS or LAPACK on anything larger than a few columns."""
