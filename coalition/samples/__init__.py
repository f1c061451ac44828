"""Sample coalitions for the demonstration: real facts, fictional signatories."""
