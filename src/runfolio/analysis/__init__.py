"""Pure numbers: which runs, which groups, which estimates, and what may be said about their differences."""
