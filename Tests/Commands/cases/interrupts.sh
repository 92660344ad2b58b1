# Ctrl-C and kill at any moment: status 130, one line, nothing left. A program that was done before is done whole.

# A set that takes a while: each frame many times.
mkdir -p many
for frame in frames/*.jpg; do
  number=$(basename "$frame" .jpg)
  for copy in {000..166}; do ln "$frame" "many/$number-$copy.jpg"; done
done
for file in many/*.jpg; do echo "$(basename "$file") 1"; done > many/labels.txt

# await_handler PROCESS PROGRAM: until it runs, with a handler for SIGINT (bit 1); before main() nothing of ours runs.
await_handler() {
  local tries caught
  for tries in {1..500}; do
    [ -d "/proc/$1" ] || return
    if [ "$(readlink "/proc/$1/exe")" = "$(realpath "$2")" ]; then
      caught=$(sed -n 's/^SigCgt:\s*//p' "/proc/$1/status" 2> /dev/null)
      [ -n "$caught" ] && ((16#$caught & 2)) && return
    fi
    sleep 0.01
  done
}

# interrupted SIGNAL COMMAND...: at several moments, and at least once before the end.
interrupted() {
  local signal=$1 moment caught=0
  shift
  for moment in 0 0.05 0.15 0.4 0.9; do
    rm -rf out && mkdir out
    shown="$(basename "$1") ${*:2} (SIG$signal after $moment s)"
    # A shell's background jobs ignore SIGINT, and would pass that on.
    env --default-signal=INT "$@" > stdout 2> stderr < /dev/null &
    local process=$!
    await_handler $process "$1"
    sleep "$moment"
    kill "-$signal" "$process" 2> /dev/null
    wait "$process"
    status=$?
    if [ "$status" -eq 0 ]; then
      if [ -n "$(find . -name '.swiftlet-*' -print -quit)" ]; then complain "leaves a temporary file"; else ok; fi
    else
      caught=$((caught + 1))
      explained 130 interrupted
    fi
  done
  shown="$(basename "$1") ${*:2}"
  [ "$caught" -gt 0 ] || complain "was done before every signal: nothing was tested"
}

for signal in INT TERM; do
  interrupted $signal "$train" lenet5 --drawn 20000 --epochs 3 --quiet -o out/x.onnx
  interrupted $signal "$quantize" model.onnx --calibration many --calibration-count 2000 --quiet -o out/x.edge
  interrupted $signal "$quantize" model.onnx --calibration many --max-drop 0 --quiet -o out/x.edge
  interrupted $signal "$quantize" evaluate model.edge --data many --quiet --outputs out/x.npy
  interrupted $signal "$edge_run" run model.edge --source synthetic:
done
interrupted INT "$quantize" evaluate model.onnx --data many --quiet --outputs out/x.npy
interrupted INT "$quantize" pack model.edge --data many --quiet -o out/x.set
interrupted INT "$quantize" model.onnx --calibration random:10000 --quiet -o out/x.edge
interrupted INT "$edge_run" denoise ddpm.edge --steps 1000 --quiet -o out/x.png
interrupted INT "$edge_run" bench model.edge --seconds 5
interrupted INT "$edge_run" classify model.edge many/*.jpg

# Frames that are drawn are whole; the list that makes them a set comes last.
rm -rf out && mkdir out
env --default-signal=INT "$train" draw out/frames --count 5000 --quiet > stdout 2> stderr < /dev/null &
process=$!
await_handler $process "$train"
sleep 0.5
kill -INT $process
wait $process
status=$?
holds "train draw, interrupted, leaves whole pictures" "$edge_run" classify model.edge out/frames/*.jpg
holds "train draw, interrupted, leaves no list" test ! -e out/frames/labels.txt
rm -rf out/frames
shown="train draw (SIGINT)"
explained 130 interrupted
