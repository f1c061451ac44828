"""Public bodies, their seats and meetings, and what they decide."""
