# The same seed gives the same files, again and with other numbers of threads; another seed gives others.

made() { # made NAME COMMAND...: runs it; its file is NAME
  attempt "${@:2}"
  if [ "$status" -ne 0 ]; then complain "exit status $status: $(head -c 300 stderr)"; fi
  if [ -f out/x ]; then mv out/x "$1"; else : > "$1"; fi
}
same() { # same WHAT A B
  shown=$1
  if [ -s "$2" ] && cmp -s "$2" "$3"; then ok; else complain "$2 and $3 differ"; fi
}

recipe=(lenet5 --drawn 1500 --epochs 2 --quiet -o out/x)
made a.onnx "$train" "${recipe[@]}" --seed 5 --threads 2
made b.onnx "$train" "${recipe[@]}" --seed 5 --threads 2
made c.onnx "$train" "${recipe[@]}" --seed 5 --threads 1
made d.onnx "$train" "${recipe[@]}" --seed 6 --threads 2
same "train twice with one seed" a.onnx b.onnx
same "train with 1 and 2 threads" a.onnx c.onnx
holds "another seed gives another network" test -n "$(cmp a.onnx d.onnx)"

recipe=(ddpm --width 16 --drawn 64 --batch 32 --epochs 1 --quiet -o out/x)
made noise1.onnx "$train" "${recipe[@]}" --threads 1
made noise2.onnx "$train" "${recipe[@]}" --threads 2
same "train ddpm with 1 and 2 threads" noise1.onnx noise2.onnx

# A training that was stopped after its first epochs goes on to the same end.
env --default-signal=INT "$train" lenet5 --drawn 1500 --epochs 20 --quiet --seed 5 --checkpoint stopped.checkpoint \
  -o stopped.onnx > /dev/null 2>&1 < /dev/null &
process=$!
for _ in {1..3000}; do
  [ ! -f stopped.checkpoint ] || break
  sleep 0.01
done
kill -INT $process
wait $process
holds "train stopped by Ctrl-C writes a checkpoint and no network" test -f stopped.checkpoint -a ! -f stopped.onnx
made whole.onnx "$train" lenet5 --drawn 1500 --epochs 20 --quiet --seed 5 -o out/x
made resumed.onnx "$train" lenet5 --drawn 1500 --quiet --resume stopped.checkpoint --threads 1 -o out/x
same "train stopped and resumed" whole.onnx resumed.onnx

quantization=(model.onnx --calibration frames --quiet -o out/x)
made a.edge "$quantize" "${quantization[@]}" --threads 1
made b.edge "$quantize" "${quantization[@]}" --threads 2
made c.edge "$quantize" "${quantization[@]}" --threads 2
same "quantize with 1 and 2 threads" a.edge b.edge
same "quantize twice" b.edge c.edge
made a.set "$quantize" pack model.edge --data frames --quiet --threads 1 -o out/x
made b.set "$quantize" pack model.edge --data frames --quiet --threads 2 -o out/x
same "pack with 1 and 2 threads" a.set b.set

# Scores do not depend on kernels or threads.
digests() { sed 's/,"ms".*//' stdout > "$1"; }
attempt "$edge_run" classify model.edge --json frames/*.jpg
digests best.txt
for set in scalar avx2 avxvnni avx512vnni neon dotprod; do
  "$edge_run" --version | grep -q "kernel sets:.*$set" || continue
  for threads in 1 2; do
    attempt "$edge_run" classify model.edge --json frames/*.jpg --kernels $set --threads $threads
    digests this.txt
    same "classify --kernels $set --threads $threads" best.txt this.txt
  done
done
