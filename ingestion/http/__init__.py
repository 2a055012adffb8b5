"""What every source that asks over HTTP shares; how a vendor speaks stands in `dialects`."""
