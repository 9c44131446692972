# A CA with a developer.
begin_journey
