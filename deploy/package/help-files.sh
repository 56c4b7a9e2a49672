#!/bin/sh
# help-files.sh JAVA_HOME JAR DIRECTORY: makes the manual page and the completion of bash that a package of promgres has.
set -eu
rm -rf "$3"
mkdir -p "$3"
"$1/bin/java" -jar "$2" man-page >"$3/promgres.1"
gzip --no-name --keep "$3/promgres.1"
"$1/bin/java" -jar "$2" completion >"$3/promgres"
