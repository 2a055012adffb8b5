"""What every source that reads CSV files shares: finding, reading, checking, landing."""
