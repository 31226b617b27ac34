"""Knowledge: what the desk knows, how it is found, and how it is kept right. Knows no tickets and no customers."""
