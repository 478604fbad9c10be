#!/usr/bin/env bash
# Makes a virtual environment with what ecs-guard needs, in the versions and with the digests of requirements.txt.
# -I everywhere: a workspace with a pip.py or a venv.py in it must not be run.
set -euo pipefail

python=''
for candidate in python3 python; do
  if "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo '::error title=ecs-guard::Python 3.11 or newer is needed: add a step with actions/setup-python before this one.'
  exit 2
fi

venv=$(mktemp -d "$RUNNER_TEMP/ecs-guard.XXXXXX")
"$python" -I -m venv "$venv"
executable=$venv/bin/python
[ -x "$executable" ] || executable=$venv/Scripts/python.exe
"$executable" -I -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: \
  --requirement "$GITHUB_ACTION_PATH/action/requirements.txt"
echo "python=$executable" >>"$GITHUB_OUTPUT"
