"""Report cards: criteria, grades with evidence, a card to read, to show and to embed."""
