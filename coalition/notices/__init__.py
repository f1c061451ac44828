"""The meeting clock: people of a city are told of a meeting once, reminded, and told of changes."""
