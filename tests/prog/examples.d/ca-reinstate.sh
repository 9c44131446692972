# A CA with a developer whose certificate is on hold.
begin_journey
w ca hold Alice --note 'laptop missing'
