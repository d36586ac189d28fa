"""Losses as ``torch.nn`` modules."""
