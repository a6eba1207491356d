# shellcheck shell=bash disable=SC2154
# Shared by ./hypar and ./test, which source it: installs what is missing and builds what is out of date.
# The caller sets root, the path of this checkout. Everything printed here goes to standard error.

build=$root/build
program=$build/bin/hypar

say() { printf 'hypar: %s\n' "$*" >&2; }

fail() { # the build failed: exit status 3 in the contract of the command line
  say "$*"
  exit 3
}

# ensure_built program|tests: returns with what was asked for built and up to date, or ends the caller with status 3.
ensure_built() {
  if up_to_date "$1"; then
    return
  fi
  { mkdir -p "$build" && : >>"$build/.lock"; } 2>/dev/null || fail "cannot write to $build"
  ( # one start at a time: the lock goes with this subshell
    if ! flock --nonblock 9; then
      say "waiting for a build that another start began"
      flock 9
    fi
    if ! up_to_date "$1"; then
      install_missing "$1"
      run_build "$1" </dev/null # standard input is for the program
    fi
  ) 9>"$build/.lock"
}

# Holds when no source was changed, added or removed since the last build that succeeded. It has to be quick, it runs at
# every start. The time of the last change of a file's status (find's -cnewer) cannot be set back, unlike the time of its
# last modification; a folder's changes with the files in it.
up_to_date() {
  local stamp=$build/.$1-stamp folders=() folder changed
  [[ -x $program && -f $stamp && $(<"$stamp") == "$root" ]] || return 1
  for folder in "$root"/*/CMakeLists.txt; do
    folder=${folder%/*}
    case $1:${folder##*/} in
      program:tests | *:bench) ;;
      *) folders+=("$folder") ;;
    esac
  done
  changed=$(find "$root/CMakeLists.txt" "$root/CMakePresets.json" "$root/cmake" "${folders[@]}" \
    ! -name '*.yaml' -cnewer "$stamp" -print -quit) && [[ -z $changed ]]
}

# Commands and headers that the build needs, each with the Debian package that brings it.
needed=(
  'g++=g++'
  cmake=cmake
  ninja=ninja-build
  pkg-config=pkg-config
  systemc=libsystemc-dev
  boost/graph/adjacency_list.hpp=libboost-graph-dev
  yaml-cpp/yaml.h=libyaml-cpp-dev
  CLI/CLI.hpp=libcli11-dev
  protozero/pbf_message.hpp=libprotozero-dev
  fmt/format.h=libfmt-dev
  nlohmann/json.hpp=nlohmann-json3-dev
  sqlite3.h=libsqlite3-dev
)
needed_by_tests=(gtest/gtest.h=libgtest-dev gmock/gmock.h=libgmock-dev chromium=chromium python3=python3
  protoc=protobuf-compiler)
needed_by_slurm=(munged=munge slurmctld=slurmctld slurmd=slurmd sbatch=slurm-client) # ./test --with-slurm
# Without those of Python, groff, zsh and dpkg-dev the tests that need them are skipped; python3: is before the name of a
# module.
needed_by_check=(benchmark/benchmark.h=libbenchmark-dev clang-tidy=clang-tidy mypy=mypy python3:pandas=python3-pandas
  python3:matplotlib=python3-matplotlib python3:ensurepip=python3-venv
  python3:jsonschema=python3-jsonschema groff=groff-base zsh=zsh dpkg-shlibdeps=dpkg-dev) # .ci/run

builds_tests() {
  [[ $1 != program ]] || grep -q '^HYPAR_TESTS:BOOL=ON' "$build/CMakeCache.txt" 2>/dev/null
}

# The packages of what is not there, one a line.
missing_packages() {
  local entries=("${needed[@]}") entry module probe=''
  if builds_tests "$1"; then
    entries+=("${needed_by_tests[@]}")
  fi
  if [[ $1 == check ]]; then entries+=("${needed_by_check[@]}"); fi
  for entry in "${entries[@]}"; do
    case ${entry%=*} in
      g++ | cmake | ninja | pkg-config | chromium | munged | slurmctld | slurmd | sbatch | python3 | clang-tidy | mypy | \
        protoc | groff | zsh | dpkg-shlibdeps)
        PATH=$PATH:/usr/sbin command -v "${entry%=*}" >/dev/null || echo "${entry#*=}"
        ;;
      python3:*)
        module=${entry%=*}
        /usr/bin/python3 -c "import ${module#*:}" 2>/dev/null || echo "${entry#*=}"
        ;;
      *) probe+="#if !__has_include(<${entry%=*}>)"$'\n'"${entry#*=}"$'\n#endif\n' ;;
    esac
  done
  if command -v g++ >/dev/null; then
    g++ -E -P -x c++ - <<<"$probe"
  else
    grep -v '^#' <<<"$probe"
  fi
}

install_missing() {
  local packages as_root=() log=$build/install.log
  mapfile -t packages < <(missing_packages "$1" | sed '/^$/d')
  if ((${#packages[@]} == 0)); then
    return
  fi
  local advice="missing: ${packages[*]} (names of Debian packages); install them and start again"
  if ! command -v apt-get >/dev/null; then
    fail "$advice"
  fi
  if ((EUID != 0)); then
    as_root=(sudo)
    if ! sudo -n true 2>/dev/null; then # a password is needed: only where somebody can type it
      if [[ ! -t 0 || ! -t 2 ]] || ! command -v sudo >/dev/null; then
        fail "$advice"
      fi
    fi
  fi
  say "installing ${packages[*]}"
  if ! {
    "${as_root[@]}" apt-get update -q || true # an install may succeed with older lists
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 "${packages[@]}"
  } </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get failed (all of its output: $log). ${advice^}"
  fi
}

run_build() {
  local tests=OFF target=(--target hypar) quiet=(--quiet) output begun=$build/.begun
  if builds_tests "$1"; then tests=ON; fi
  if [[ $1 == tests ]]; then target=(); fi
  if [[ -t 2 ]]; then quiet=(); fi # on a terminal, ninja shows its progress in one line
  if [[ -x $program ]]; then
    say "building"
  else
    say "building (the first time takes a few minutes)"
  fi

  # The time of the stamp is that of the start of the build: what changes meanwhile is built next time.
  printf '%s\n' "$root" >"$begun"
  # The second try starts afresh: the checkout may have been moved, or a configuration cut short.
  output=$(configure) || output=$(configure --fresh) || {
    printf '%s\n' "$output" >&2
    fail "the configuration failed"
  }
  cmake --build "$build" "${target[@]}" -- "${quiet[@]}" >&2 || fail "the build failed"
  mv -f "$begun" "$build/.$1-stamp"
  if [[ $1 == tests ]]; then # the program was built with them
    cp -p "$build/.tests-stamp" "$build/.program-stamp"
  fi
}

# Counts the tests in the log of a ctest, which counts programs. A test that began and neither passed nor was skipped has
# failed.
count_tests() {
  awk '/\[ RUN      \]/ { run++ } /\[       OK \]/ { passed++ } /\[  SKIPPED \] .*\)$/ { skipped++ }
       END { printf "%d passed, %d failed", passed, run - passed - skipped
             if (skipped) printf ", %d skipped", skipped
             print "" }' "$1/Testing/Temporary/LastTest.log"
}

configure() { # reads $tests of run_build
  cmake "$@" -S "$root" --preset release -D HYPAR_TESTS="$tests" 2>&1
}
