# A program without its seal, and the seal.
begin_journey
cp /bin/true app
w sign app --key alice
w seal extract app --out app-seal
w seal strip app
