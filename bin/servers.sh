# Fetches the servers that the brokers' tests start for themselves. Sourced by verify, after bin/jdk.sh; nothing here starts a
# service, and nothing fails: tests without their server are skipped, with the reason.

# Unpacks the program $2 of the Debian package $1 into the folder $3, with all that it needs in one file.
unpack_program() {
  local package=$1 program=$2 dir=$3 work
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    say "$ERRAND_COMMAND: no $program on the PATH and no apt-get: the tests that need it are skipped"
    return 0
  fi
  say "$ERRAND_COMMAND: fetching $package …"
  if [ -z "${ERRAND_APT_UPDATED:-}" ] && [ "$(id -u)" -eq 0 ]; then
    apt-get update -qq >&2 || true
    ERRAND_APT_UPDATED=yes
  fi
  mkdir -p "$dir" && work=$(mktemp -d) || return 0
  if (cd "$work" && apt-get download -qq "$package" >/dev/null 2>&1 && dpkg-deb -x "$package"_*.deb unpacked) &&
    mv "$(find "$work/unpacked" -type f -name "$program" -perm -u+x | head -n 1)" "$dir/"; then :; else
    say "$ERRAND_COMMAND: $package could not be fetched: the tests that need $program are skipped"
  fi
  rm -rf "$work"
}

# Sets and exports ERRAND_NATS, the program nats-server, for the tests of brokers/nats.
want_nats() {
  local dir=$PWD/.errand/nats found
  if found=$(command -v nats-server); then
    export ERRAND_NATS=$found
    return 0
  fi
  [ -x "$dir/nats-server" ] || unpack_program nats-server nats-server "$dir"
  [ ! -x "$dir/nats-server" ] || export ERRAND_NATS=$dir/nats-server
}

# Sets and exports ERRAND_RABBITMQ, a folder with RabbitMQ and Erlang as Debian's packages lay them out, for the tests of
# brokers/rabbitmq. They are unpacked, not installed: an installed rabbitmq-server starts.
want_rabbitmq() {
  local dir=$PWD/.errand/rabbitmq work script
  if [ -x /usr/lib/erlang/bin/erl ] && ls /usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server >/dev/null 2>&1; then return 0; fi
  if [ "$(cat "$dir/complete" 2>/dev/null)" != "$dir" ]; then
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
      say "$ERRAND_COMMAND: no RabbitMQ on this machine and no apt-get: the tests that need it are skipped"
      return 0
    fi
    say "$ERRAND_COMMAND: fetching rabbitmq-server and Erlang …"
    if [ -z "${ERRAND_APT_UPDATED:-}" ] && [ "$(id -u)" -eq 0 ]; then
      apt-get update -qq >&2 || true
      ERRAND_APT_UPDATED=yes
    fi
    rm -rf "$dir" && mkdir -p "$dir" && work=$(mktemp -d) || return 0
    if (cd "$work" && apt-get download -qq rabbitmq-server erlang-asn1 erlang-base erlang-crypto erlang-eldap erlang-inets \
      erlang-mnesia erlang-os-mon erlang-parsetools erlang-public-key erlang-runtime-tools erlang-ssl erlang-syntax-tools \
      erlang-tools erlang-xmerl >/dev/null 2>&1 && for package in *.deb; do dpkg-deb -x "$package" "$dir" || exit 1; done); then
      # These scripts name the folder that the packages are meant for.
      for script in "$dir"/usr/lib/erlang/bin/erl "$dir"/usr/lib/erlang/erts-*/bin/erl; do
        [ ! -f "$script" ] || sed -i "s#ROOTDIR=/usr/lib/erlang#ROOTDIR=$dir/usr/lib/erlang#" "$script"
      done
      printf '%s' "$dir" >"$dir/complete"
    else
      say "$ERRAND_COMMAND: RabbitMQ could not be fetched: the tests that need it are skipped"
    fi
    rm -rf "$work"
  fi
  [ "$(cat "$dir/complete" 2>/dev/null)" != "$dir" ] || export ERRAND_RABBITMQ=$dir
}
