"""Personal data in messages: who sees it, who had it shown, and what is blacked out for good.

Nothing here ever logs or announces what a piece of personal data is: events and history name its kind only.
"""
