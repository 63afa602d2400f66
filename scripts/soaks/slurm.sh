# 10 min
#: nightly as a real Slurm array on two nodes of this machine (as root), merged, and
#: compared with the run without shards; then with a part that is killed

build() {
  ctd_build dev programs && ctd_link
}

# munged, slurmctld and two slurmd of our own, in a folder of their own: nothing of the system's.
slurm_start() {
  local host node
  host=$(hostname -s)
  slurm=$(mktemp -d /tmp/ctd-slurm.XXXXXX)
  trap slurm_stop EXIT
  mkdir -p "$slurm/munge" "$slurm/state"
  chmod 0700 "$slurm/munge"
  head -c 1024 /dev/urandom >"$slurm/munge/key"
  chmod 0400 "$slurm/munge/key"
  cat >"$slurm/slurm.conf" <<CONF
ClusterName=parity
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$slurm/munge/socket
SlurmctldPort=16817
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdPidFile=$slurm/slurmd-%n.pid
SlurmdLogFile=$slurm/slurmd-%n.log
SlurmdSpoolDir=$slurm/spool-%n
StateSaveLocation=$slurm/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=17001 CPUs=2
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=17002 CPUs=2
PartitionName=night Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$slurm/slurm.conf
  munged --force --key-file="$slurm/munge/key" --socket="$slurm/munge/socket" \
    --pid-file="$slurm/munge/pid" --log-file="$slurm/munge/log" --seed-file="$slurm/munge/seed" || return
  slurmctld || return
  for node in n1 n2; do slurmd -N "$node" || return; done
}

slurm_stop() {
  local file
  for file in "$slurm"/slurmd-*.pid "$slurm/slurmctld.pid" "$slurm/munge/pid"; do
    [ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
  done
  sleep 1
  mkdir -p "$out/logs"
  cp "$slurm"/*.log "$slurm/slurm.conf" "$out/logs" 2>/dev/null || true
  rm -rf -- "$slurm"
}

# slurm_night NAME [PART]: an array of four parts and its merge; PART is killed. Waits for the merge.
slurm_night() {
  local said parts merge
  export CTD_PARTS=$out/$1-parts CTD_NIGHT=$out/$1
  said=$(docs/nightly/slurm.sh 4) || return
  parts=${said#parts } parts=${parts%%,*} merge=${said##* }
  ctd_say "$said"
  if [ $# = 2 ]; then
    sleep 2
    scancel "${parts}_$2"
    ctd_say "killed part ${parts}_$2"
  fi
  while squeue --noheader --jobs "$parts,$merge" 2>/dev/null | grep -q .; do
    squeue --noheader --format='%i %N %T' >>"$out/$1-queue.log"
    sleep 1
  done
  ctd_say "$1: parts ran on $(grep -o ' n[12] RUNNING' "$out/$1-queue.log" | sort -u | tr -d '\n')"
  cat "$CTD_PARTS/$parts-merge.log"
}

run() {
  [ "$(id -u)" = 0 ] || ctd_stop "slurm needs to be root: it starts Slurm's daemons"
  ctd_packages "$ctd_root/scripts/slurm-packages.txt"
  export CTD_TAPES=${CTD_TAPES:-harness/sessions}
  local whole=0
  "$ctd_program" nightly "$CTD_TAPES" -o "$out/whole" || whole=$?
  slurm_start || { ctd_say "Slurm does not start, see $out/logs"; return 1; }
  slurm_night array || return
  if [ "$(digest "$out/array/report.json")" != "$(digest "$out/whole/report.json")" ]; then
    ctd_say "the array's report is not that of the run without shards: compare $out/array and $out/whole"
    return 1
  fi
  ctd_say "four parts on two nodes say what one run says (exit $whole)"
  slurm_night killed 2 || return
  grep -q 'shard 3/4 is missing' "$out/killed/report.json" \
    || { ctd_say "a part was killed, and the report does not say so"; return 1; }
  ctd_say "with a part that was killed the night is red, and names it"
}
