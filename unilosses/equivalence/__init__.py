"""Which loss of one framework is which loss of another, as data."""
