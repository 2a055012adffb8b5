"""A simulated company: one timeline of true events, and every view that some system has of it."""

from .generator import generate
from .parameters import Parameters

__all__ = ["Parameters", "generate"]
