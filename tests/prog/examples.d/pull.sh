# A machine with a source whose CA has published again.
begin_journey
publish
