"""TensorFlow: its array adapter. The loss classes that its users expect are in ``unilosses.keras``."""
