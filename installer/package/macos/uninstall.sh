#!/bin/sh
# Takes fieldpost off this Mac: sudo sh uninstall.sh [--discard-policy]
# What the reps captured lies in their homes and stays there.
set -eu
case "${1:-}" in
"" | --discard-policy) ;;
*)
  echo "usage: uninstall.sh [--discard-policy]" >&2
  exit 2
  ;;
esac
root="${DESTDIR:-}"
if [ -z "$root" ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "uninstall.sh: run it with sudo" >&2
    exit 1
  fi
  HOME="${HOME:-/var/root}" /usr/local/bin/fieldpost service uninstall --all-users ||
    echo "uninstall.sh: the service was not taken away" >&2
fi
rm -f "$root/usr/local/bin/fieldpost" "$root/usr/local/share/man/man1/fieldpost.1.gz" \
  "$root/usr/local/share/zsh/site-functions/_fieldpost"
rm -rf "$root/usr/local/share/doc/fieldpost" "$root/Applications/Fieldpost.app"
if [ "${1:-}" = --discard-policy ]; then
  rm -rf "$root/Library/Application Support/fieldpost"
fi
