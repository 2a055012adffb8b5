"""The product as its user runs it."""
