"""The portal: customers sign in by a mailed link or by their shop's own token, and see and work on their tickets."""
