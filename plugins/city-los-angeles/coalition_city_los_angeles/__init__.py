"""Los Angeles: its bodies and campaigns, as data."""
