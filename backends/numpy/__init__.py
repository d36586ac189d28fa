"""unilosses for NumPy."""
