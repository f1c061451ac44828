"""Pages and pictures made by typst, in a process of its own."""
