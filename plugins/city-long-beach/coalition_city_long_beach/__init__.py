"""Long Beach: its bodies and campaigns, as data."""
