"""Arrays of any framework as NumPy arrays, for what looks at numbers instead of computing with them."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_numpy(x: Any) -> np.ndarray:
    """An array of any framework, a number or nested lists, mpmath numbers too, as a NumPy array; floats in float64."""
    if hasattr(x, "detach"):
        x = (x.float() if str(x.dtype).endswith("bfloat16") else x).numpy(force=True)  # PyTorch
    try:
        array = np.asarray(x)
    except TypeError:  # an array library that only speaks DLPack
        array = np.from_dlpack(x)
    except ValueError:  # a bfloat16 scalar of TensorFlow, whose __array__ gives no array
        array = np.asarray(x.numpy())
    integral = array.dtype.kind in "iub"
    return array if integral else array.astype(np.float64)
