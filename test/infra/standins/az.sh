#!/bin/bash
# Stands in for the Azure CLI as infra/entra.sh uses it. `$STAND_INS/applications` has a line for each: object id, client id, name.
# `ad app list --display-name` finds every application whose name begins so, as Azure does. Of JMESPath it knows that script's queries.
set -euo pipefail
all=$STAND_INS/applications
command="$1 $2 $3"

option() {
  local name=$1
  shift
  while [ $# -gt 0 ]; do
    [ "$1" != "--$name" ] || { echo "$2"; return; }
    shift
  done
}
query=$(option query "$@")
name=$(option display-name "$@")

# lines of applications in, what was asked of them out
answer() {
  case $query in
  "[0].id" | id) head -n 1 | cut -d'|' -f1 ;;
  appId) head -n 1 | cut -d'|' -f2 ;;
  "[?displayName=='"*"'].id")
    local exact=${query#"[?displayName=='"}
    awk -F'|' -v name="${exact%"'].id"}" '$3 == name { print $1 }'
    ;;
  *)
    echo "the stand-in knows no query $query" >&2
    exit 1
    ;;
  esac
}

case $command in
"ad app list") awk -F'|' -v name="$name" 'index($3, name) == 1' "$all" | answer ;;
"ad app show") awk -F'|' -v id="$(option id "$@")" '$1 == id' "$all" | answer ;;
"ad app create")
  number=$(($(wc -l <"$all") + 1))
  echo "object-$number|client-$number|$name" | tee -a "$all" | answer
  ;;
"ad sp show") ;;
"rest --method PATCH")
  url=$(option url "$@")
  body=$(option body "$@")
  parent=${url%/*}
  cp "${body#@}" "$STAND_INS/${parent##*/}-${url##*/}"
  ;;
*)
  echo "the stand-in has no $*" >&2
  exit 1
  ;;
esac
