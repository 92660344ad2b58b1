# Networks that compute with floats, their weights in fewer bits.

compiled() { succeeds "$quantize" model.onnx --quiet --precision "$1" "${@:2}" -o out/x.edge; }

refuses 2 '--precision fp8: .*int8, fp32, fp16, bf16, int8-weights' "$quantize" model.onnx --precision fp8 -o out/x.edge
refuses 2 '--calibration: .*fp16' "$quantize" model.onnx --precision fp16 --calibration frames -o out/x.edge
refuses 2 '--max-drop: .*int8-weights' "$quantize" model.onnx --precision int8-weights --max-drop 1 -o out/x.edge
refuses 2 '--learn-ranges: .*fp32' "$quantize" model.onnx --precision fp32 --learn-ranges -o out/x.edge
refuses 2 '--weight-ranges: .*bf16' "$quantize" model.onnx --precision bf16 --weight-ranges mse -o out/x.edge

# The size of section weights, and what is computed, in each precision.
npy '(1, 1, 32, 32)' 4096 zeros.npy
for precision in fp32 fp16 bf16 int8-weights; do
  compiled $precision
  cp out/x.edge $precision.edge
  prints "^recipe: --precision $precision( |$)" "$edge_run" inspect $precision.edge
  sed -n 's/^section weights: \([0-9]*\) bytes.*/\1/p' stdout > $precision.size
  succeeds "$edge_run" verify $precision.edge
  succeeds "$edge_run" infer $precision.edge --input input=zeros.npy --output-dir out
done
succeeds "$quantize" model.onnx --quiet --precision int8-weights --weight-ranges mse -o ranges.edge
prints '^recipe: --precision int8-weights --weight-ranges mse' "$quantize" inspect ranges.edge
holds "half floats take half the bytes" test $(($(cat fp16.size) * 2)) -lt $(($(cat fp32.size) + 2000))
holds "bfloat16 takes half the bytes" cmp fp16.size bf16.size
holds "bytes take a quarter" test $(($(cat int8-weights.size) * 4)) -lt $(($(cat fp32.size) + 6000))

# The same flags, the same bytes; and the network itself says which flags.
for precision in fp16 bf16 int8-weights; do
  compiled $precision
  holds "$precision gives the same bytes" cmp out/x.edge $precision.edge
done
prints "^weights: [0-9]+ of float16 in [0-9]+ tensors, [0-9]+ bytes$" "$edge_run" inspect fp16.edge
prints "^weights: [0-9]+ of int8 in" "$quantize" inspect int8-weights.edge
prints '"weights":' "$edge_run" inspect --json bf16.edge

# A damaged file is refused before memory is taken.
cut_to 3000 fp16.edge cut.edge
refuses 3 'cut.edge: ' "$edge_run" verify cut.edge
