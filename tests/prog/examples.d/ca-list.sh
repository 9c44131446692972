# A CA with two developers, one of them revoked.
begin_journey
w ca revoke Bob --reason superseded
