"""Cities, kits that carry a campaign from one city to the next, and leads."""
