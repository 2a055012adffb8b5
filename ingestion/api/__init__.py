"""What every source that asks an HTTP API shares: client, limits, pages, windows, landing."""
