"""Quality: what conversations show of risks, and what people say of it."""
