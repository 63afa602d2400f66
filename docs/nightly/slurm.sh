#!/usr/bin/env bash
# The nightly job as a Slurm array, and what merges it. From a clone on a file system that all nodes
# share, after scripts/setup:
#
#   docs/nightly/slurm.sh            submits eight parts, and the merge after them
#   docs/nightly/slurm.sh 16         submits sixteen
#
# A part finds its number in what Slurm sets (SLURM_ARRAY_TASK_ID and its like). A part that Slurm
# requeues runs again, and its results are the same. merge runs whatever became of the parts: one
# that is missing is red, and named.
set -euo pipefail

# Slurm runs a copy of this script from a folder of its own.
cd "${SLURM_SUBMIT_DIR:-$(dirname -- "${BASH_SOURCE[0]}")/../..}"
program=build/codex-telemetry-diff
# Where to write, and what to replay; sbatch hands these on.
parts=${CTD_PARTS:-build/parts} night=${CTD_NIGHT:-build/nightly} tapes=${CTD_TAPES:-harness/sessions}

case ${1-} in
  part)
    status=0
    "$program" nightly "$tapes" -o "$parts/$SLURM_ARRAY_JOB_ID/$SLURM_ARRAY_TASK_ID" --jobs 1 \
      || status=$?
    # 1 and 3 are verdicts: the part did what it could, and merge judges it.
    case $status in 0 | 1 | 3) exit 0 ;; *) exit "$status" ;; esac
    ;;
  merge)
    exec "$program" merge "$parts/$2" -o "$night"
    ;;
  *)
    last=$((${1:-8} - 1))
    mkdir -p "$parts"
    job=$(sbatch --parsable --job-name=parity --array="0-$last" --output="$parts/%A-%a.log" \
      docs/nightly/slurm.sh part)
    job=${job%%;*}
    merge=$(sbatch --parsable --job-name=parity-merge --dependency="afterany:$job" \
      --output="$parts/$job-merge.log" docs/nightly/slurm.sh merge "$job")
    printf 'parts %s, merge %s\n' "$job" "${merge%%;*}"
    ;;
esac
