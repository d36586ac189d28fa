"""unilosses for TensorFlow."""
