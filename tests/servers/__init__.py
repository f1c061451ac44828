"""Tests of the private servers, with real processes."""
