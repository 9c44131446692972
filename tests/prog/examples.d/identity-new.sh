# Needs nothing.
