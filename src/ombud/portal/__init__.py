"""What customers have of us on the web, for each brand: the help centre, and the portal with their own tickets.

Pages are rendered on the server and work without scripts. What a customer reads of tickets comes from the views
``public_entry`` and ``public_promise`` alone: a note cannot get here.
"""
