# A machine that has pulled.
begin_journey
