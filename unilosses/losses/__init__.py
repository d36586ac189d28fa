"""The loss definitions, one file per family."""
