"""One module per revision of the core: rows from before it, and what must become of them."""
