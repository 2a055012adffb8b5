"""Measured ratios: each module times the product against a fair rival in the same run."""
