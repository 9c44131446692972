# A program that Alice sealed.
begin_journey
cp /bin/true app
w sign app --key alice
