"""unilosses for PyTorch."""
