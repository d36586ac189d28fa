"""TensorFlow: its array adapter. The loss classes that its users expect are in ``unilosses.keras``."""

try:
    import tensorflow as _tensorflow  # noqa: F401
except ImportError as error:
    raise ImportError("unilosses.tensorflow needs TensorFlow. Fix: pip install 'unilosses[tensorflow]'.") from error
