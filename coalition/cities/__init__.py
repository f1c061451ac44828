"""Cities as plugins describe them, and the places and postcodes that are known in the country."""
