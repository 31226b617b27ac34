"""What a machine reads in texts: it marks and proposes, with its evidence; people decide."""
