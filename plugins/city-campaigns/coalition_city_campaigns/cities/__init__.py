"""Cities as a coalition sees them: their standing, side by side and on a map."""
