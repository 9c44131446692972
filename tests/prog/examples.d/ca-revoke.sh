# A CA with a developer, and a program that she sealed.
begin_journey
cp /bin/true app
w sign app --key alice
