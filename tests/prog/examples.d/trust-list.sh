# A machine that trusts one CA.
begin_journey
