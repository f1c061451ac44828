"""Fixtures of all tests: the product's own, from `coalition.testing`."""
