"""Assistance: knowledge brought to where somebody answers or asks. It proposes with its sources; people decide."""
