"""Whole conversations through real processes while these are killed and all they lean on is cut off."""
