"""The engine: which waiting work goes to which agent, why, and what becomes of it until somebody has it.

Words: *work* is a ticket that waits for an agent; a *step* is what it asks of agents for a while; an *offer* stands on
one agent's screen until they accept or the time is over; a *decision* is one line of the record of all this. The pure
core (``rules``) knows neither clock nor database and is driven by the simulator, too.
"""
