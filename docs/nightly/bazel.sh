#!/usr/bin/env bash
# A shard of the corpus under Bazel (BUILD.bazel). CTD_ROOT names the clone, where it is not what
# this file stands in once links are followed.
set -euo pipefail
cd "${CTD_ROOT:-$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../..}"
exec build/codex-telemetry-diff nightly -o "${TEST_UNDECLARED_OUTPUTS_DIR:?is set by Bazel}"
