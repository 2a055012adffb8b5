"""Comparisons of marts with the truth of a simulated company, as SQL that must find nothing."""
