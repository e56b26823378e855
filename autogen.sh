#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# autogen.sh - make ./configure from configure.ac
set -eu
cd "$(dirname "$0")"
mkdir -p m4
exec autoreconf --install --force --warnings=all,no-obsolete
