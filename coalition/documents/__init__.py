"""The library of a campaign: evidence, press, law, and what the other side says."""
