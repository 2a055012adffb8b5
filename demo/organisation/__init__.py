"""A simulated company: one timeline of true events, and every view that some system has of it."""
