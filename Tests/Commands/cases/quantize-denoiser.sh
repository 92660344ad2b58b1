# A denoiser on the workstation: compiled, reported on, evaluated, compared. A schedule of three steps keeps it quick.

"$train" ddpm --drawn 64 --epochs 1 --width 16 --quiet -o long.onnx > /dev/null
settings='s/\x12\x041000/\x12\x040003/'
LC_ALL=C sed "$settings" long.onnx > noise.onnx
LC_ALL=C sed "$settings; s/\x12\x06linear/\x12\x06cosine/" long.onnx > cosine.onnx
shown="shortening the schedule"
holds "three steps" test -n "$(cmp long.onnx noise.onnx 2>&1)" -a -n "$(cmp noise.onnx cosine.onnx 2>&1)"

compiled() { refuses "$1" "$2" "$quantize" noise.onnx --quiet "${@:3}" -o out/x.edge; }

for count in 0 -1 10001 many; do compiled 2 "trajectories:$count: .*trajectories:N" --calibration "trajectories:$count"; done
compiled 2 'frames: .*makes its own data' --calibration frames
compiled 2 '--calibration-count: .*its own data' --calibration-count 3
compiled 2 '--labels: .*its own data' --labels frames/labels.txt
compiled 2 '--learn-ranges: .*its own data' --learn-ranges
compiled 2 '--input-color: .*no picture' --input-color grey
compiled 2 "--sixteen-bit nothing: .*no layer" --calibration trajectories:2 --sixteen-bit nothing
# Said before the work: an unwritable place, after which nothing is there.
compiled 4 'nowhere/x.html: .*No such file' --report nowhere/x.html
compiled 4 'frames: .*directory' --report frames
compiled 4 '/dev/full' --calibration trajectories:1 --report /dev/full
compiled 2 '--report-data: .*its own data' --report out/x.html --report-data frames
refuses 4 'nowhere/x.edge: .*No such file' "$quantize" noise.onnx --quiet -o nowhere/x.edge

succeeds "$quantize" noise.onnx --calibration trajectories:2 --report out/x.html -o out/x.edge
holds "a line says what was made" grep -Eq '^noise.onnx → out/x.edge: [0-9]+ bytes, [0-9.]+ s$' stdout
holds "the recipe repeats the flags" grep -q -- '--ranges mse --calibration trajectories:2' stdout
holds "the page says how it was measured" grep -q '3 steps of DDIM' out/x.html
holds "the page has its plots" grep -q 'id="sqnr"' out/x.html
holds "the JSON stands beside it" grep -q '"median_psnr_db"' out/x.json
mv out/x.edge noise.edge
"$quantize" cosine.onnx --calibration trajectories:2 --quiet -o cosine.edge
"$quantize" long.onnx --calibration trajectories:1 --quiet -o long.edge
succeeds "$quantize" noise.onnx --calibration trajectories:2 --sixteen-bit down0.convolution1 --quiet -o out/x.edge

refuses 1 'noise.edge, cosine.edge: the noise schedules differ' "$quantize" compare noise.edge cosine.edge
refuses 1 'noise.edge, model.edge: one is a denoiser' "$quantize" compare noise.edge model.edge
prints 'compute the same' "$quantize" compare noise.edge noise.edge

# Evaluation: what does not fit is said before anything is drawn.
evaluated() { refuses "$1" "$2" "$quantize" evaluate noise.edge --count 2 --quiet "${@:3}"; }
judged=(--classifier model.onnx --data frames)

evaluated 2 '--outputs: ' --outputs out/x.npy
evaluated 2 '--split: ' --split train
evaluated 2 '--input-color: ' --input-color grey
evaluated 2 '--labels-file: ' --labels-file frames/labels.txt
evaluated 2 '--labels: ' --labels frames/labels.txt
evaluated 2 '--at-least: .*--classifier' --at-least 50
evaluated 2 '--classifier: .*--data' --classifier model.onnx
evaluated 2 '--data: .*--classifier' --data frames
evaluated 2 '4 steps: .*1 to 3' --steps 4
evaluated 2 'sse2' --kernels sse2
evaluated 2 'cosine.onnx: its schedule is cosine, that of noise.edge' --float cosine.onnx
evaluated 2 'long.onnx: its schedule has 1000 steps, that of noise.edge 3' --float long.onnx
evaluated 2 'model.onnx: is no denoiser' --float model.onnx
evaluated 4 'nowhere.onnx: ' --float nowhere.onnx
evaluated 4 'nowhere.onnx: ' --classifier nowhere.onnx --data frames
evaluated 3 'noise.onnx: .*takes no pictures' --classifier noise.onnx --data frames
evaluated 4 'nowhere: ' --classifier model.onnx --data nowhere
evaluated 1 'class is found in [0-9.]+ %, below 100.00 %' --steps 2 "${judged[@]}" --at-least 100
refuses 2 '--steps: model.edge' "$quantize" evaluate model.edge --data frames --steps 2

prints '^noise.edge: [0-9.]+ ms a step$' "$quantize" evaluate noise.edge --count 2 --steps 2 --quiet
prints '^median peak signal-to-noise ratio: ' "$quantize" evaluate noise.edge --float noise.onnx --count 2 --quiet
prints '^noise.onnx: class found in [0-9.]+ %, Fréchet distance [0-9.]+, ' \
  "$quantize" evaluate noise.edge --float noise.onnx --count 2 --steps 2 --quiet "${judged[@]}" --at-least 0
holds "a folder has no halves" grep -q "^Fréchet distance of the data's halves: not known" stdout
prints '^\{"model":"noise.edge","pictures":2,"found":[0-9.]+,"frechet_distance":[0-9.]+,"step_seconds":[0-9.]+\}$' \
  "$quantize" evaluate noise.edge --count 2 --steps 2 --json --quiet "${judged[@]}"
