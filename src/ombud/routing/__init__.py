"""Who takes which work: presence, capacity, and the claim that gives a waiting ticket to one agent.

The first step of routing: the least loaded, then longest idle member of the ticket's team who is online. The skill
model will put its requirements between the waiting tickets and the candidates; nothing else changes here.
"""
