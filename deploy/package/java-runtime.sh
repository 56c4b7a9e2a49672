#!/bin/sh
# java-runtime.sh JAVA_HOME MODULES DIRECTORY: makes the Java runtime that a package of promgres has.
set -eu
rm -rf "$3"
"$1/bin/jlink" --add-modules "$2" --strip-debug --no-header-files --no-man-pages --compress=2 --output "$3"
