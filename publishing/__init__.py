"""What leaves the warehouse: releases that are whole, checked by sums and never changed."""
