# A program that Alice sealed, and one that nobody did.
begin_journey
cp /bin/true app
cp /bin/true other
w sign app --key alice
