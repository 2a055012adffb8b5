"""Lands data in the raw schemas; knows nothing of models, marts or releases."""
