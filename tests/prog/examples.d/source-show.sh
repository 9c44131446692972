# A machine with one source.
begin_journey
