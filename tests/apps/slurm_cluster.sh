#!/usr/bin/env bash
# slurm_cluster.sh FOLDER CONTROLLER_PORT NODE_PORT
#
# A Slurm cluster of one node with two cores, on loopback, with all of its state in FOLDER. Commands come on standard
# input, a line each, and are answered with a line, "ok" or what went wrong; the first line says whether the cluster is
# there. Whoever starts this ends what it leaves behind.

set -u
folder=$1
host=$(hostname -s)
PATH=$PATH:/usr/sbin
cd "$folder" || exit 1
export SLURM_CONF=$folder/slurm.conf

configure() {
  mkdir state spool &&
    head -c 128 /dev/urandom >munge.key && chmod 600 munge.key &&
    cat >slurm.conf <<CONF
ClusterName=hypar
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$1
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/jobs.log
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1
MessageTimeout=2
MaxArraySize=65
NodeName=node NodeHostname=$host NodeAddr=127.0.0.1 Port=$2 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP
CONF
}

start() { # PROGRAM ARGUMENT...: its process becomes ${process[PROGRAM]}
  "$@" </dev/null >>"$1.out" 2>&1 &
  process[$1]=$!
}

end() { # SIGNAL PROGRAM
  kill "-$1" "${process[$2]}" && wait "${process[$2]}" 2>/dev/null
  true
}

await() { # SECONDS COMMAND...: until it succeeds
  local end=$((SECONDS + $1))
  until "${@:2}" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}

controller_answers() { scontrol ping | grep -q 'is UP'; }
node_has() { [[ $(sinfo --noheader --format=%T) =~ ^($1)$ ]]; } # STATE|STATE...

# Slurm saves jobs a few seconds after one of them has changed, so one is changed.
save_state() {
  touch before
  sleep 0.05
  scontrol update jobid="$(squeue --noheader --format=%F | head -n 1)" comment=saved &&
    await 30 test state/job_state -nt before
}

start_all() {
  start munged --foreground --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
    --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munge.seed" --force
  await 10 test -S munge.socket && start slurmctld -D && start slurmd -D -N node &&
    await 30 controller_answers && await 30 node_has idle
}

run() {
  case $1 in
    save-state) save_state ;;
    stop-controller) end TERM slurmctld ;;
    kill-controller) end KILL slurmctld ;;
    start-controller) start slurmctld -D && await 30 controller_answers ;;
    *) false ;;
  esac
}

answer() { # WHAT COMMAND...
  if "${@:2}" >&2; then echo ok; else echo "$1 failed: $(tail -n 5 ./*.out ./*.log 2>&1)" | tr '\n' ' '; echo; fi
}

declare -A process
configure "$2" "$3" && answer start start_all
while read -r command; do
  answer "$command" run "$command"
done
