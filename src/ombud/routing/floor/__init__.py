"""The floor: who is there, in which state and since when; what they ask for, and what is told to whoever leads them."""
