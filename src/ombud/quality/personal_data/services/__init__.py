"""Verbs of personal data: settings, showing, blacking out, opening and bringing back."""
