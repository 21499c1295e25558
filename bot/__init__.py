"""Curseur: where to put the cursor between in-house and outsourced customer contact."""
