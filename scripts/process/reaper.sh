#!/bin/sh
# Stops programs whose starter is gone. Standard input is a pipe that the starter holds open: it ends with the starter,
# also when that was killed. The file $1 lists what runs then, one program per line in the order of stopping:
#   <pid> <start time> <signal> <grace in seconds> <name>
# Pids are reused: only a process with the recorded start time (proc(5), field 22) is ours.
# The file $2, when given, told others that the programs run; it goes first.
trap '' INT TERM HUP

start_time() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return
  # The name in parentheses may hold spaces; what follows it starts with field 3, the state.
  set -- ${stat##*) }
  [ "$1" = Z ] || echo "${20}"
}

is_running() {
  [ "$(start_time "$1")" = "$2" ]
}

while read -r _; do :; done

[ -f "$1" ] || exit 0
[ -z "$2" ] || rm -f "$2"
while read -r pid started signal grace name; do
  is_running "$pid" "$started" || continue
  echo "Stopping $name (pid $pid): whoever started it is gone."
  kill -s "$signal" "$pid"
  tenths=$((grace * 10))
  while [ "$tenths" -gt 0 ] && is_running "$pid" "$started"; do
    sleep 0.1
    tenths=$((tenths - 1))
  done
  is_running "$pid" "$started" && kill -s KILL "$pid"
done <"$1"
rm -f "$1"
