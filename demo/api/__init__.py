"""Stand-ins of the vendor APIs on loopback, with their limits, lags and faults."""
