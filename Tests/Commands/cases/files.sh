# Places that cannot be written: missing folders, folders, full disks, closed pipes.

refuses 4 'nowhere/x.onnx: .*No such file' "$train" lenet5 --drawn 50 --epochs 1 --quiet -o nowhere/x.onnx
refuses 4 'nowhere/x.edge: .*No such file' "$quantize" model.onnx --calibration frames --quiet -o nowhere/x.edge
refuses 4 'nowhere/x.set: .*No such file' "$quantize" pack model.edge --data frames --quiet -o nowhere/x.set
refuses 4 'nowhere/x.png: .*No such file' \
  "$train" ddpm --drawn 50 --samples nowhere/x.png --epochs 1 --quiet -o out/x.onnx
refuses 4 'frames: .*directory' "$train" lenet5 --drawn 50 --epochs 1 --quiet -o frames
refuses 4 'frames: .*directory' "$quantize" model.onnx --calibration frames --quiet -o frames
refuses 4 'model.onnx' "$edge_run" run model.edge --source synthetic: --frames 1 --dump model.onnx

# refused_output STATUS WORDS REDIRECTION COMMAND...
refused_output() {
  local wanted=$1 words=$2 target=$3
  shift 3
  rm -rf out && mkdir out
  shown="$(basename "$1") ${*:2} > $target"
  case $target in
    '&-') timeout 60 "$@" 2> stderr >&- < /dev/null ;;
    '| true') timeout 60 "$@" 2> stderr < /dev/null | true ;;
    *) timeout 60 "$@" 2> stderr > "$target" < /dev/null ;;
  esac
  status=${PIPESTATUS[0]}
  explained "$wanted" "$words"
}

for target in /dev/full '&-'; do
  refused_output 4 'standard output' "$target" "$edge_run" classify model.edge frames/00000.jpg
  refused_output 4 'standard output' "$target" "$edge_run" classify --json model.edge frames/00000.jpg frames/00001.jpg
  refused_output 4 'standard output' "$target" "$edge_run" run model.edge --source synthetic: --frames 5
  refused_output 4 'standard output' "$target" "$edge_run" inspect model.edge
  refused_output 4 'standard output' "$target" "$edge_run" --help
  refused_output 4 'standard output' "$target" "$quantize" inspect model.onnx
  refused_output 4 'standard output' "$target" "$quantize" evaluate model.edge --data frames --quiet
  refused_output 4 'standard output' "$target" "$train" --list
done
refused_output 4 'Broken pipe' '| true' "$edge_run" run model.edge --source synthetic:

# A disk of 16 KiB, in a mount namespace of its own.
full_disk() { # full_disk WORDS COMMAND...: its output goes to disk/
  local words=$1
  shift
  rm -rf out disk && mkdir out disk
  shown="on a full disk: $(basename "$1") ${*:2}"
  # shellcheck disable=SC2016
  timeout 60 unshare -m bash -c '
    mount -t tmpfs -o size=16k tmpfs disk || exit 99
    "$@" > stdout 2> stderr < /dev/null
    status=$?
    find disk -type f > out/left
    exit $status' _ "$@"
  status=$?
  if [ -s out/left ]; then
    complain "leaves $(cat out/left)"
  else
    rm -f out/left
    explained 4 "$words"
  fi
}
if unshare -m mount -t tmpfs tmpfs out 2> /dev/null; then
  full_disk 'x.onnx: .*No space left' "$train" lenet5 --drawn 50 --epochs 1 --quiet -o disk/x.onnx
  full_disk 'x.edge: .*No space left' "$quantize" model.onnx --calibration frames --quiet -o disk/x.edge
  full_disk 'x.set: .*No space left' "$quantize" pack model.edge --data frames --quiet -o disk/x.set
  # Noise does not become small in a PNG file.
  full_disk 'x.png: .*No space left' \
    "$edge_run" denoise ddpm.edge --steps 1 --count 100 --quiet -o disk/x.png
  full_disk '\.raw: .*No space left' "$edge_run" run model.edge --source synthetic: --frames 2 --dump disk
  full_disk 'x.checkpoint: .*No space left' \
    "$train" lenet5 --drawn 50 --epochs 1 --quiet --checkpoint disk/x.checkpoint -o out/x.onnx
else
  not_run 6 "a full disk: no permission to mount a small one"
fi
