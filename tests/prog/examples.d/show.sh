# A sealed program, its signer's certificate and the CA's feed.
begin_journey
cp /bin/true app
w sign app --key alice
