# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk whose writes are recorded while a guest works with it, what a power cut may leave of it, and what becomes of that.
# What a test leaves for the next lies in $kept.

readonly kept=$BATS_FILE_TMPDIR
readonly callers=$kept/callers reports=$agent/target/power-cuts

# make_callers: the folder that check-state wants.
make_callers() {
  local caller folder
  [[ ! -d $callers ]] || return 0
  for caller in web database; do
    folder=$callers/$caller
    mkdir -p "$folder"
    of "$caller" gateway >"$folder/api_url.txt"
    of "$caller" metadata >"$folder/metadata"
    of "$caller" instanceId >"$folder/instance"
  done
  cp "$(signing_key)" "$callers/"
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$callers/rsa_key.pem" 2>/dev/null
}

copy() { cp --sparse=always "$1" "$2"; }

# attach_recorded NAME SERIAL: in the next guest. virtio, because QEMU's NVMe drops the FUA of writes.
attach_recorded() {
  copy "$vm/$1.img" "$vm/$1.origin"
  : >"$vm/$1.writes"
  disks+=(-blockdev "driver=file,node-name=$1-file,filename=$vm/$1.img"
    -blockdev "driver=file,node-name=$1-writes,filename=$vm/$1.writes"
    -blockdev "driver=blklogwrites,node-name=$1,file=$1-file,log=$1-writes,log-sector-size=512,log-super-update-interval=1"
    -device "virtio-blk-pci,drive=$1,serial=$2")
}

flushes_of() { "$BATS_TEST_DIRNAME/replay-writes" "$1"; }

# record NAME AS DEVICE COMMAND...: what the command, which ends with 0, writes to the recorded disk.
record() {
  local first writes
  # A disk that may lose what was not flushed, and says so.
  guest_script "grep 'write back' /sys/class/block/\$(basename \$(readlink -f $3))/queue/write_cache && sync"
  first=$(flushes_of "$vm/$1.writes")
  writes=$(writes_in "$vm/$1.writes")
  copy "$vm/$1.img" "$kept/$2.before"
  run guest "${@:4}" "$3"
  expect 0
  copy "$vm/$1.img" "$kept/$2.after"
  copy "$vm/$1.writes" "$kept/$2.log"
  copy "$vm/$1.origin" "$kept/$2.origin"
  echo "$first $(flushes_of "$kept/$2.log") $(($(writes_in "$kept/$2.log") - writes))" >"$kept/$2.record"
}

# make_state AS STATE FLUSH [SEED]: see replay-writes.
make_state() {
  rm -f "$2"
  "$BATS_TEST_DIRNAME/replay-writes" "$kept/$1.log" "$kept/$1.origin" "$2" "${@:3}"
}

# check_states KIND AS NUMBER: so many states of the record; one at each flush, when the number allows it, else at some; and others of
# chance. The agent's commands are run on every so-many-th. One at a time for each CPU.
check_states() {
  local first last count at i flushes=()
  read -r first last _ <"$kept/$2.record"
  count=$((last - first + 1))
  for ((i = 0; i < $3; i++)); do
    if (($3 >= count && i < count)); then
      at=($((first + i)))
    elif (($3 < count && i % 4 == 0)); then
      at=($((first + RANDOM % count)))
    else
      at=($((first + RANDOM % count)) "$SK_VM_SEED-$i")
    fi
    ((${#at[@]} == 2)) || flushes[at]=tried
    (($(jobs -rp | wc -l) < $(nproc))) || wait -n
    check_state "$1" "$2" $((i % commands_each)) "${at[@]}" &
  done
  wait
  echo "${#flushes[@]} of $count flushes" >"$kept/$2.flushes"
  echo "# $2, $(<"$kept/$2.flushes"): $(outcomes_of "$2")" >&3
  (($(grep --count "^$2 " "$kept/outcomes") == $3))
  ! grep "^$2 violation" "$kept/outcomes"
}

# outcomes_of NAME: how many of each.
outcomes_of() { sed -n "s/^$1 //p" "$kept/outcomes" | sort | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }'; }

# check_state KIND AS 0|N FLUSH [SEED]: with 0, the agent's commands are run on it.
check_state() {
  local class name="${*:4}" look=() state
  state=$vm/state.${name// /.}
  make_state "$2" "$state" "${@:4}"
  (($3 == 0)) || look=(--look)
  class=$("$BATS_TEST_DIRNAME/check-state" ${look[@]+"${look[@]}"} "$1" "$kept/$2.before" "$kept/$2.after" "$state" "$callers" 2>"$state.why") || {
    class=violation
    echo "$2 after flush $name: $(<"$state.why")" | tee -a "$kept/violations"
    mkdir -p "$reports"
    copy "$state" "$reports/$2.${name// /.}.img"
  }
  rm -f "$state" "$state.why"
  echo "$2 $class" >>"$kept/outcomes"
}

# recovers KIND CLASS DEVICE: in a guest, the command that was cut, run again on what is CLASS; the volume is there then, and after a
# take-over its data.
recovers() {
  case $1,$2 in
  takeover,*)
    run sk takeown -i "$(of web instanceId)" "$3"
    expect 0
    ;;
  *,owned)
    is_whole "$3"
    run guest sk-prep-dev -f ext4 "$3"
    expect 4
    ;;
  delete,*)
    run sk prep-dev -f ext4 --delete-all-existing-data "$3"
    expect 0
    ;;
  *)
    run sk prep-dev -f ext4 "$3"
    expect 0
    ;;
  esac
  run sk mount "$3" /mnt/data
  expect 0
  if [[ $1 == takeover ]]; then
    [[ $(guest cat /mnt/data/file) == precious ]]
  else
    guest_script 'echo new >/mnt/data/file'
  fi
  run guest sk-umount /mnt/data
  expect 0
}

# is_whole DEVICE: the volume's ext4 has no fault. It is open, but not mounted, while that is seen.
is_whole() {
  run guest_script "sk-mount $1 /mnt/data && umount /mnt/data && e2fsck -fn /dev/mapper/sk-* && sk-mount $1 /mnt/data && sk-umount /mnt/data"
  expect 0
}

# writes_in RECORD: how many there are so far.
writes_in() {
  local count
  count=$(od --address-radix=n --format=u8 --skip-bytes=16 --read-bytes=8 "$1" 2>/dev/null) || true
  echo $((count))
}

# kill_during KIND CALLER WHEN NAME COMMAND...: QEMU is killed when the command has done WHEN percent of the writes that are on record;
# then a new guest does the same again.
kill_during() {
  local kind=$1 caller=$2 name=$4 writes class
  read -r _ _ writes <"$kept/$kind.record"
  detach_all
  attach_recorded "$name" "$name"
  boot "$caller"
  base64 --wrap 0 <<<"$(printf '%q ' "${@:5}" "/dev/disk/by-id/virtio-$name")" >&6
  echo >&6
  # Or when it has ended.
  until (($(writes_in "$vm/$name.writes") * 100 >= writes * $3)) || read -r -t 0.01 <&7; do :; done
  cut_power
  copy "$vm/$name.img" "$vm/state"
  class=$("$BATS_TEST_DIRNAME/check-state" --look "$kind" "$kept/$kind.before" '' "$vm/state" "$callers")
  echo "# killed at $3 % of $kind: $class" >&3
  detach_all
  attach virtio "$name"
  boot "$caller"
  recovers "$kind" "$class" "/dev/disk/by-id/virtio-$name"
  ((kills == 1)) || expect_no_secret "$name" "$caller"
  cut_power
  echo "killed $class" >>"$kept/outcomes"
}

# commit: what is tested; with a + when it was changed.
commit() { echo "$(git -C "$agent" rev-parse --short=10 HEAD)$(git -C "$agent" diff --quiet HEAD || echo +)"; }

# report: the row for docs/testing/power-cuts.md.
report() {
  local name cell row states
  [[ -e $kept/outcomes ]] || return 0
  states=$(grep --count --invert-match '^killed\|^guest' "$kept/outcomes")
  row="| $SK_VM_COMMIT | $SK_VM_SEED | $states |"
  for name in prep again delete takeover later-takeover guest killed; do
    cell=$(outcomes_of "$name")
    [[ ! -e $kept/$name.flushes ]] || cell+="; $(<"$kept/$name.flushes")"
    row+=" ${cell:-—} |"
  done
  row+=" $(grep --count ' violation$' "$kept/outcomes") |"
  mkdir -p "$reports"
  echo "$row" >"$reports/power-cuts-$SK_VM_SEED-$states.txt"
  [[ ! -e $kept/violations ]] || cat "$kept/violations" >>"$reports/power-cuts-$SK_VM_SEED-$states.txt"
  echo "# $row" >&3
}
