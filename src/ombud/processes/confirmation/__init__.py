"""The page behind a link to confirm: a customer says, without signing in, whether it is solved.

Reading the page confirms nothing: programs that look through mails open every link in them. A link is used once.
"""
