"""Named efforts of a coalition."""
