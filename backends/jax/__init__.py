"""unilosses for JAX."""
