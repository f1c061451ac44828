"""The public comments on an agenda item: ours, the clerk's, and what they say."""
