"""Hostile input for every entry of the product; ``make fuzz`` gives it much, the suite a little."""
