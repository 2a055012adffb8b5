"""What each system shows of the simulated company."""
