#!/bin/sh
# generated-files.sh JAVA_HOME MODULES DIRECTORY: makes, beside promgres.jar in the directory, what else a package of promgres
# has: runtime, a Java runtime of these modules; help, the manual page and the completion of bash.
set -eu
cd "$3"
rm -rf runtime help
"$1/bin/jlink" --add-modules "$2" --strip-debug --no-header-files --no-man-pages --compress=2 --output runtime
mkdir help
"$1/bin/java" -jar promgres.jar man-page >help/promgres.1
gzip --no-name --keep help/promgres.1
"$1/bin/java" -jar promgres.jar completion >help/promgres
