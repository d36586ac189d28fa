"""unilosses for Keras."""
