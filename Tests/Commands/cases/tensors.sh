# NumPy files for `infer`.

infer_refused() { refuses "$1" "$2" "$edge_run" infer model.edge --input "input=$3" --output-dir out; }

npy '(1, 1, 32, 32)' 4096 good.npy
succeeds "$edge_run" infer model.edge --input input=good.npy --output-dir out
holds "infer writes logits.npy" test "$(size_of out/logits.npy)" -gt 128
infer_refused 4 'nowhere.npy: .*No such file' nowhere.npy
: > empty.npy
infer_refused 3 'empty.npy: ' empty.npy
npy '(1, 32, 32, 1)' 4095 short.npy
infer_refused 3 'short.npy: ' short.npy
npy '(1, 1, 28, 28)' 3136 small.npy
infer_refused 3 'small.npy: .*1x1x28x28.*1x1x32x32' small.npy
type='<f8' npy '(1, 32, 32, 1)' 8192 double.npy
infer_refused 3 'double.npy: ' double.npy
type='>f4' npy '(1, 32, 32, 1)' 4096 big.npy
infer_refused 3 'big.npy: ' big.npy
npy '(99999999999999999999, 3)' 10 giant.npy
infer_refused 3 'giant.npy: ' giant.npy
cut_to 40 good.npy cut.npy
infer_refused 3 'cut.npy: ' cut.npy
refuses 2 'no input of that name' "$edge_run" infer model.edge --input other=good.npy --output-dir out
