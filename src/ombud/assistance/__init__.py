"""What machines do for agents and customers: they propose, with the source; people decide, and see who wrote what."""
