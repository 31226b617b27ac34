"""Programs for those who work on Ombud; none of them is part of what is installed."""
