"""Speed, as ratios to minimal programs measured in the same run."""
