# A developer, a program and a script.
begin_journey
cp /bin/true app
printf '#!/bin/sh\necho hello\n' >script.sh
