"""What waiting customers are told: their place, the wait to expect by measured rates, and another way than waiting.

A wait is said as a range, never as a number, and never where nobody is there to take the talk. What was said first is
kept beside how long it really took: supervisors see how true it is. Whoever does not want to wait asks for a call or a
mail instead: the ticket says so, and what we say about it is a promise that is watched like any other.
"""
