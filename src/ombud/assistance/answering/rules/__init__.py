"""Pure rules of answering: what a customer wants, what a machine may say, how sure is sure enough."""
