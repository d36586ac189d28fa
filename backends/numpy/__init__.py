"""The losses for NumPy arrays alone: the same functions, and gradients without any autodiff framework."""
