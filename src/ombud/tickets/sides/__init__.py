"""Side conversations: a ticket's matter discussed with others, by mail or in the app, beside the customer's own.

Words: whoever *opens* one asks; by mail anybody with an address, in the app colleagues and departments. Its messages
are side entries of the ticket. Never shows the customer anything of it, nor those who were asked anything else.
"""
