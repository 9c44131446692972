# The directory that bash completion packages read for a user.
mkdir -p home/.local/share/bash-completion/completions
