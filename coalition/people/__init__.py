"""Human beings that a coalition knows."""
