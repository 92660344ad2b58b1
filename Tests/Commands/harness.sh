# The few words that the cases are written in. Every command runs in $work; what it writes goes to out/, which is empty
# before each.

passed=0 failed=0 not_run=0

ok() { passed=$((passed + 1)); }

# complain WHAT: counts a failure of the command that ran last, and prints it.
complain() {
  failed=$((failed + 1))
  echo "failed: ${shown//$work\//}: $1"
}

not_run() { # not_run COUNT WHY
  not_run=$((not_run + $1))
  echo "not run: $2"
}

counts() {
  [ "$not_run" -eq 0 ] || echo "$not_run cases could not run here"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

# attempt COMMAND...: runs it, keeps status, stdout and stderr.
attempt() {
  rm -rf out && mkdir out
  shown="$(basename "$1") ${*:2}"
  timeout 120 "$@" > stdout 2> stderr < /dev/null
  status=$?
}

# leftover: the first file in out/ or a temporary one elsewhere.
leftover() { find out -type f -print -quit; find . -name '.swiftlet-*' -print -quit; }

# explained STATUS WORDS: whether the last command ended with STATUS, and said why in one line holding WORDS (an extended
# regular expression), and left no file.
explained() {
  local lines
  lines=$(wc -l < stderr)
  if [ "$status" -ne "$1" ]; then
    complain "exit status $status, not $1; stderr: $(head -c 300 stderr)"
  elif [ "$lines" -ne 1 ]; then
    complain "$lines lines on stderr, not 1: $(head -c 400 stderr)"
  elif ! grep -Eq -- "^(train|quantize|edge-run): .*($2)" stderr; then
    complain "stderr does not say '$2': $(head -c 300 stderr)"
  elif [ "$(wc -c < stderr)" -gt "${longest:-400}" ]; then
    complain "a line of $(wc -c < stderr) bytes on stderr: $(head -c 300 stderr)"
  elif [ -n "$(leftover)" ]; then
    complain "leaves $(leftover)"
  else
    ok
  fi
}

# refuses STATUS WORDS COMMAND...
refuses() {
  local wanted=$1 words=$2
  shift 2
  attempt "$@"
  explained "$wanted" "$words"
}

# succeeds COMMAND...: status 0, and nothing on stderr but progress.
succeeds() {
  attempt "$@"
  if [ "$status" -ne 0 ]; then complain "exit status $status: $(head -c 300 stderr)"; else ok; fi
}

# prints WORDS COMMAND...: succeeds, with whole lines, WORDS (an extended regular expression) among them, on stdout and
# nothing on stderr.
prints() {
  local words=$1
  shift
  attempt "$@"
  if [ "$status" -ne 0 ]; then
    complain "exit status $status: $(head -c 300 stderr)"
  elif ! grep -Eq -- "$words" stdout; then
    complain "stdout does not say '$words': $(head -c 300 stdout)"
  elif [ -n "$(tail -c 1 stdout)" ]; then
    complain "does not end its last line"
  elif [ -s stderr ]; then
    complain "prints to stderr: $(head -c 300 stderr)"
  else
    ok
  fi
}

# holds WHAT COMMAND...: a check of our own.
holds() {
  shown=$1
  shift
  if "$@" > /dev/null 2>&1; then ok; else complain "does not hold: $*"; fi
}

# put FILE OFFSET HEX...: overwrites bytes.
put() {
  local file=$1 offset=$2 byte
  shift 2
  for byte; do
    printf "%b" "\\x$byte" | dd of="$file" bs=1 seek="$offset" conv=notrunc status=none
    offset=$((offset + 1))
  done
}

# cut_to BYTES FROM TO: the first bytes of a file.
cut_to() { head -c "$1" "$2" > "$3"; }

size_of() { stat -c %s "$1"; }

# npy SHAPE BYTES FILE: zeros of float32 with this shape in the header.
npy() {
  local header="{'descr': '${type:-<f4}', 'fortran_order': False, 'shape': $1, }"
  header=$(printf '%-117s' "$header")
  { printf '\x93NUMPY\x01\x00\x76\x00%s\n' "$header"; head -c "$2" /dev/zero; } > "$3"
}
