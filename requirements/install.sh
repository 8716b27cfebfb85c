#!/bin/sh
# Makes the environment .venv and installs the pinned packages into it.
#
#   requirements/install.sh run    what the program needs
#   requirements/install.sh dev    that and what tests and checks need
#
# Does nothing when that has been done already for the same requirements. As root on Debian or
# Ubuntu it also installs the system libraries that are missing; otherwise it prints the command.
# PYTHON=… chooses the interpreter, VENV=… the folder.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
venv=${VENV:-.venv}
requirements="requirements/$kind.txt"

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "Keras Workbench needs Python 3.11 or newer, and none was found."
    say "Debian, Ubuntu: apt-get install python3 python3-venv. Or name one: make PYTHON=/path/to/python3.11"
    exit 1
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() {
    say "Installing system packages: $*"
    # Once per run: a fresh machine has no package lists, an old one has outdated ones.
    if [ -z "${lists_fresh:-}" ]; then
        apt-get update -q >&2
        lists_fresh=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

system_libraries() {
    extra=""
    [ "$kind" = dev ] && extra="--xvfb"
    if missing=$("$python" -P -c 'import sys; sys.path.insert(0, "."); from workbench.cli.system_libraries import main; sys.exit(main())' $extra); then
        return
    fi
    [ -n "$missing" ] || { say "The system libraries could not be checked."; return; }
    if may_install; then
        # shellcheck disable=SC2086
        apt_install $missing || say "Some system packages were not installed: the window may not open."
    else
        say "The window needs system libraries that are missing. Install them with:"
        say "    $("$python" -P -c 'import sys; sys.path.insert(0, "."); from workbench.cli.system_libraries import main; main()' --command $extra || true)"
    fi
}

make_venv() {
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if may_install; then
            apt_install "python$version-venv"
        else
            say "Python's venv module is missing. Install it with:"
            say "    sudo apt-get install python$version-venv"
            exit 1
        fi
    fi
    say "Making the environment $venv"
    "$python" -m venv --clear "$venv"
}

if [ -x "$venv/bin/python" ]; then python=$(cd "$venv/bin" && pwd)/python; else python=$(find_python); fi

fingerprint() {
    "$python" -c 'import hashlib, pathlib, sys
print(hashlib.sha256(b"".join(pathlib.Path(p).read_bytes() for p in sys.argv[1:])).hexdigest()[:16])' "$@"
}

stamp() { printf '%s/.installed-%s-%s' "$venv" "$1" "$(fingerprint "requirements/$1.txt" pyproject.toml)"; }

# The packages of dev include those of run.
if [ -e "$(stamp dev)" ] || { [ "$kind" = run ] && [ -e "$(stamp run)" ]; }; then exit 0; fi

# A venv that was broken off half-way, or copied from elsewhere, is made anew.
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    make_venv
    python=$(cd "$venv/bin" && pwd)/python
fi

system_libraries
say "Installing the pinned packages of $requirements (about 2 GB the first time)"
# The file names everything: nothing is resolved (--no-deps). Left to itself, pip takes a newer release
# for a requirement with an extra, coverage[toml], and then finds it without a hash.
"$python" -m pip install --disable-pip-version-check --no-input -q --require-hashes --no-deps \
    --only-binary :all: -r "$requirements"
"$python" -m pip install --disable-pip-version-check --no-input -q --no-deps \
    --no-build-isolation --editable .
rm -f "$venv"/.installed-*
touch "$(stamp "$kind")"
say "The environment is ready."
