# Finds or installs what the launchers need. Sourced, never run; works with bash 3.2 and later.

ERRAND_MIN_JAVA=21
ERRAND_MIN_MAVEN=3.8

say() { printf '%s\n' "$*" >&2; }
fail() { say "$ERRAND_COMMAND: $1"; shift; for line in "$@"; do say "  $line"; done; exit 1; }

# The major version of the JDK in $1, or nothing if it has no compiler or does not work.
jdk_major() {
  local home=$1 version=
  [ -n "$home" ] && [ -x "$home/bin/java" ] && [ -x "$home/bin/javac" ] || return 0
  if [ -r "$home/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null)
  fi
  [ -n "$version" ] || version=$("$home/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  printf '%s' "$version"
}

new_enough() { local major; major=$(jdk_major "$1"); [ -n "$major" ] && [ "$major" -ge "$ERRAND_MIN_JAVA" ]; }

# The home of the java on the PATH, through its symbolic links.
java_on_path() {
  local file target
  file=$(command -v java) || return 0
  while [ -L "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  (cd "$(dirname "$file")/.." 2>/dev/null && pwd -P) || true
}

# The newest JDK in the usual places; nothing if none is new enough.
newest_jdk() {
  local home major best= best_major=0
  for home in /usr/lib/jvm/* /opt/* /opt/java/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
    "${HOME:-/nonexistent}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$(if [ -x /usr/libexec/java_home ]; then /usr/libexec/java_home -v "$ERRAND_MIN_JAVA+" 2>/dev/null; fi)"; do
    major=$(jdk_major "$home")
    if [ -n "$major" ] && [ "$major" -ge "$ERRAND_MIN_JAVA" ] && [ "$major" -gt "$best_major" ]; then
      best=$home best_major=$major
    fi
  done
  printf '%s' "$best"
}

# Installs Debian packages that are not there yet. Needs root; answers 1, having said why, when it cannot.
need_debian_package() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    say "$ERRAND_COMMAND: missing: ${missing[*]} (on Debian or Ubuntu: sudo apt-get install ${missing[*]})"
    return 1
  fi
  say "$ERRAND_COMMAND: installing ${missing[*]} …"
  if [ -z "${ERRAND_APT_UPDATED:-}" ]; then
    apt-get update -qq >&2 || true
    ERRAND_APT_UPDATED=yes
  fi
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
    say "$ERRAND_COMMAND: apt-get could not install ${missing[*]}"
    return 1
  fi
}

# Sets and exports ERRAND_PROMETHEUS, the folder of the programs prometheus and promtool, for the test that needs them. They are
# unpacked beside the build, not installed: a package that is installed starts a service. Never fails; that test is skipped then.
want_prometheus() {
  local dir=$PWD/.errand/prometheus work
  if command -v prometheus >/dev/null && command -v promtool >/dev/null; then return 0; fi
  if [ ! -x "$dir/promtool" ]; then
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
      say "$ERRAND_COMMAND: no prometheus on the PATH and no apt-get: the test with the real Prometheus is skipped"
      return 0
    fi
    say "$ERRAND_COMMAND: fetching prometheus …"
    if [ -z "${ERRAND_APT_UPDATED:-}" ] && [ "$(id -u)" -eq 0 ]; then
      apt-get update -qq >&2 || true
      ERRAND_APT_UPDATED=yes
    fi
    mkdir -p "$dir" && work=$(mktemp -d) || return 0
    if (cd "$work" && apt-get download -qq prometheus >/dev/null 2>&1 && dpkg-deb -x prometheus_*.deb unpacked) &&
      mv "$work/unpacked/usr/bin/prometheus" "$work/unpacked/usr/bin/promtool" "$dir/"; then :; else
      say "$ERRAND_COMMAND: prometheus could not be fetched: the test with the real Prometheus is skipped"
    fi
    rm -rf "$work"
  fi
  [ ! -x "$dir/promtool" ] || export ERRAND_PROMETHEUS=$dir
}

# Sets and exports JAVA_HOME: the caller's own if it will do, else the java on the PATH, else the newest found, else one
# installed now. Ends the command with the remedy when there is none to be had.
need_jdk() {
  local package home
  home=${JAVA_HOME:-}
  new_enough "$home" || home=$(java_on_path)
  new_enough "$home" || home=$(newest_jdk)
  if [ -z "$home" ] && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    for package in openjdk-25-jdk-headless openjdk-21-jdk-headless; do
      need_debian_package "$package" && break
    done
    home=$(newest_jdk)
  fi
  [ -n "$home" ] || fail "no JDK $ERRAND_MIN_JAVA or newer (with javac) found." \
    "Looked at JAVA_HOME, at java on the PATH, and in /usr/lib/jvm, /opt and ~/.sdkman." \
    "Install one, for example:" \
    "  Debian, Ubuntu:  sudo apt-get install openjdk-25-jdk-headless  (or openjdk-21-jdk-headless)" \
    "  SDKMAN!:         sdk install java 25-tem" \
    "  Eclipse Temurin: a JDK $ERRAND_MIN_JAVA or newer from the Adoptium project" \
    "or set JAVA_HOME to one that is installed elsewhere."
  JAVA_HOME=$home
  export JAVA_HOME
}

# Sets MAVEN to a Maven that is new enough, and quietens what old Mavens provoke in new JDKs.
need_maven() {
  local version
  MAVEN=$(command -v mvn || true)
  if [ -z "$MAVEN" ] && [ -n "${MAVEN_HOME:-}" ] && [ -x "$MAVEN_HOME/bin/mvn" ]; then MAVEN=$MAVEN_HOME/bin/mvn; fi
  if [ -z "$MAVEN" ] && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    need_debian_package maven && MAVEN=$(command -v mvn || true)
  fi
  if [ -n "$MAVEN" ]; then
    version=$("$MAVEN" --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9]*\.[0-9]*\).*/\1/p')
    if [ -z "$version" ] || [ "${version%%.*}" -lt 3 ] || { [ "${version%%.*}" -eq 3 ] && [ "${version#*.}" -lt 8 ]; }; then
      fail "Maven ${version:-of unknown version} at $MAVEN is too old: $ERRAND_MIN_MAVEN or newer is needed." \
        "  Debian, Ubuntu:  sudo apt-get install maven" "  SDKMAN!:         sdk install maven"
    fi
  else
    fail "no Maven $ERRAND_MIN_MAVEN or newer found (mvn on the PATH, or MAVEN_HOME)." \
      "  Debian, Ubuntu:  sudo apt-get install maven" "  SDKMAN!:         sdk install maven"
  fi
  if [ "$(jdk_major "$JAVA_HOME")" -ge 24 ]; then
    MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
    export MAVEN_OPTS
  fi
}
