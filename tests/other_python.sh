#!/usr/bin/env bash
# Runs the tests and the notebooks on the Python of another release of Debian, with the newest libraries that pip finds.
# The release is unpacked in a folder, from the sources that apt is set up with. Needs root, for debootstrap and chroot.
#
#   tests/other_python.sh trixie FOLDER                    Python 3.13: what needs neither a browser nor a sandbox
#   tests/other_python.sh sid FOLDER tests/core -k dense   Debian unstable, and pytest's own arguments
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2; }
release=$1 folder=$2
shift 2
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source_of_debian=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)

command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap
if [ ! -e "$folder/usr/bin/python3" ]; then
    debootstrap --variant=minbase --include=python3-venv,python3-dev,gcc,ca-certificates,git "$release" "$folder" "$source_of_debian"
fi
for settings in /etc/resolv.conf /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do # pip finds there what it finds here
    if [ -e "$settings" ]; then cp -L "$settings" "$folder$settings"; fi
done
rm -rf "$folder/bplearn"
mkdir "$folder/bplearn"
git -c safe.directory='*' -C "$project" archive HEAD | tar -x -C "$folder/bplearn"

inside() { chroot "$folder" /usr/bin/env HOME=/root LANG=C.UTF-8 PATH=/bplearn/.venv/bin:/usr/bin:/bin bash -euo pipefail -c "cd /bplearn; $1" bash "${@:2}"; }
leave() { umount "$folder/proc" "$folder/dev" || true; }
mount -t proc proc "$folder/proc"
mount --bind /dev "$folder/dev"
trap leave EXIT
inside 'python3 -m venv .venv && pip install --quiet -e ".[test]" && python --version && pip list --format=freeze | grep -E "^(numpy|matplotlib|jupyterlab|ipywidgets)="'
# shellcheck disable=SC2016
inside 'pytest -n 2 -m "not browser" "$@"' "$@"
