"""Arrays: numbers in NumPy's own format of files, written and read without anything that could be run."""

import io
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

_START = b"\x93NUMPY\x01\x00"
_HEADER = re.compile(
    r"\{'descr': '<([fi])8', 'fortran_order': False, 'shape': \((\d{1,10},|\d{1,10}(?:, \d{1,10}){1,3})\), \} *\n"
)


def array_bytes(array: NDArray[Any]) -> bytes:
    """Return a ``.npy`` file of an array of float64 or int64, of one to four dimensions.

    Raises
    ------
    ValueError
        If it is no such array.
    """
    if array.dtype not in (np.dtype(np.float64), np.dtype(np.int64)) or not 1 <= array.ndim <= 4:
        raise ValueError(f"Arrays of float64 or int64 are saved; {array.dtype} of {array.ndim} dimensions arrived.")
    file = io.BytesIO()
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    np.lib.format.write_array(file, plain, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def array_of(held: bytes) -> NDArray[Any] | None:
    """Return the array in a ``.npy`` file of `array_bytes`; None if it is none, or not as long as it says."""
    body = len(_START) + 2
    start = body + int.from_bytes(held[len(_START) : body], "little")
    found = _HEADER.fullmatch(held[body:start].decode("latin-1"))
    if not held.startswith(_START) or found is None:
        return None
    shape = tuple(int(length) for length in re.findall(r"\d+", found[2]))
    if math.prod(shape) * 8 != len(held) - start:
        return None
    return np.frombuffer(held, dtype=f"<{found[1]}8", offset=start).reshape(shape).astype(f"{found[1]}8")
