#!/bin/bash
# install-sysroots.sh - fill the Swift SDK bundle with the headers and static libraries of Debian 12
#
#   install-sysroots.sh [aarch64|x86_64]...
#
# Packages are unpacked into edge.artifactbundle/*/sysroot; nothing is installed on the machine. What is already there
# stays. Needs apt and a Swift toolchain.
set -euo pipefail

# The licences of all of these stand in docs/licences.md.
packages=(
  libc6-dev linux-libc-dev libgcc-12-dev # glibc, the kernel's headers, the compiler's own part
  libjpeg62-turbo-dev libpng-dev zlib1g-dev # pictures
  libxxhash-dev # digests (a header)
)

here=$(cd "$(dirname "$0")" && pwd)
compiler=$(command -v swiftc) || { echo "install-sysroots.sh: swiftc not found on PATH" >&2; exit 4; }
embedded=$(dirname "$(dirname "$(readlink -f "$compiler")")")/lib/swift/embedded

# Nothing on a board unwinds a stack: C++ exceptions and thread cancellation do not exist there. The libraries' tables
# for it would be a fifteenth of a program.
drop_unwind_tables() { # drop_unwind_tables SYSROOT
  local library objcopy
  objcopy=$(dirname "$(readlink -f "$compiler")")/llvm-objcopy
  find "$1" -type f -name 'lib*.a' -not -name 'libgcc_eh.a' -not -name 'lib*san.a' | while read -r library; do
    # An archive that holds a linker script or nothing is left as it is.
    "$objcopy" --remove-section=.eh_frame --remove-section=.rela.eh_frame "$library" 2> /dev/null || true
  done
}

fill() { # fill BUNDLE_DIRECTORY DEBIAN_ARCHITECTURE SWIFT_EMBEDDED_DIRECTORY
  local bundle=$here/edge.artifactbundle/$1 debs
  local tables=$embedded/$3/libswiftUnicodeDataTables.a
  local contents="${packages[*]} $tables, no unwind tables"
  if [ "$(cat "$bundle/sysroot/contents" 2> /dev/null)" = "$contents" ]; then return; fi
  debs=$here/.debs/$2
  rm -rf "$bundle/sysroot" "$debs"
  mkdir -p "$bundle/sysroot"
  "$here/../tools/fetch-debs" "$2" "$debs" "${packages[@]}"
  for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$bundle/sysroot"; done
  rm -rf "$here/.debs" "$bundle/sysroot/usr/share"
  drop_unwind_tables "$bundle/sysroot"
  # The Unicode tables that comparing and hashing strings needs in Embedded Swift.
  ln -s "$tables" "$bundle/sysroot/usr/lib/"
  # Written last: without it the next run begins again.
  echo "$contents" > "$bundle/sysroot/contents"
}

[ $# -gt 0 ] || set -- aarch64 x86_64
for architecture; do
  case $architecture in
    aarch64) fill aarch64 arm64 aarch64-none-none-elf ;;
    x86_64) fill x86_64 amd64 x86_64-unknown-linux-gnu ;;
    *) echo "install-sysroots.sh: unknown architecture '$architecture': aarch64 and x86_64 are known" >&2; exit 2 ;;
  esac
done
