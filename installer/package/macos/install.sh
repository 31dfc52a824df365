#!/bin/sh
# Installs fieldpost for each user of this Mac: sudo sh install.sh
# With DESTDIR it only lays the files there, for a .pkg.
set -eu
cd "$(dirname "$0")"
root="${DESTDIR:-}"
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
  echo "install.sh: run it with sudo" >&2
  exit 1
fi

# put replaces a file at once, for the old one may be running.
put() {
  mkdir -p "$(dirname "$3")"
  cp "$2" "$3.new"
  chmod "$1" "$3.new"
  mv -f "$3.new" "$3"
}

app="$root/Applications/Fieldpost.app/Contents"
put 0755 fieldpost "$root/usr/local/bin/fieldpost"
put 0644 man/man1/fieldpost.1.gz "$root/usr/local/share/man/man1/fieldpost.1.gz"
put 0644 completions/_fieldpost "$root/usr/local/share/zsh/site-functions/_fieldpost"
put 0644 THIRD_PARTY_LICENSES "$root/usr/local/share/doc/fieldpost/THIRD_PARTY_LICENSES"
put 0644 policy.toml.example "$root/usr/local/share/doc/fieldpost/policy.toml.example"
put 0644 Fieldpost.app/Contents/Info.plist "$app/Info.plist"
put 0644 Fieldpost.app/Contents/Resources/fieldpost.icns "$app/Resources/fieldpost.icns"
put 0755 Fieldpost.app/Contents/MacOS/Fieldpost "$app/MacOS/Fieldpost"
if [ -n "$root" ]; then exit 0; fi

# macOS refuses to run what a browser brought and nobody signed.
if command -v xattr >/dev/null; then
  xattr -d com.apple.quarantine /usr/local/bin/fieldpost 2>/dev/null || true
  xattr -dr com.apple.quarantine /Applications/Fieldpost.app 2>/dev/null || true
fi
HOME="${HOME:-/var/root}" /usr/local/bin/fieldpost service install --all-users
