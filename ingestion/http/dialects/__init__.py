"""How each vendor speaks: headers, faults, the next page, where the records are."""
