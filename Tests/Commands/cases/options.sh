# Words on the command line.

for program in "$train" "$quantize" "$edge_run"; do
  name=$(basename "$program")
  prints "^$name [0-9]+\.[0-9]+\.[0-9]+" "$program" --version
  prints '^Exit status: 0 done' "$program" --help
  prints 'Licen[cs]e' "$program" --licences
  prints '^\.TH ' "$program" --man
  for shell in bash zsh fish; do
    prints "$name" "$program" --completion "$shell"
    if command -v "$shell" > /dev/null && ! "$shell" -n stdout 2> /dev/null; then complain "$shell cannot parse it"; fi
  done
  refuses 2 'csh|bash, zsh' "$program" --completion csh
  refuses 2 'unknown option --frobnicate' "$program" --frobnicate
  refuses 2 'unknown option --hepl; did you mean --help' "$program" --hepl
  refuses 2 'unknown option -Z' "$program" -Z
  refuses 2 '--quiet takes no value' "$program" --quiet=yes
done

refuses 2 'RECIPE' "$train"
refuses 2 'MODEL|command' "$quantize"
refuses 2 'command is missing' "$edge_run"
refuses 2 "unknown command 'clasify'; did you mean classify" "$edge_run" clasify model.edge
refuses 2 'MODEL FILE… expected' "$edge_run" classify
refuses 2 'MODEL FILE… expected' "$edge_run" classify model.edge
refuses 2 'A B expected' "$quantize" compare model.edge
refuses 2 'one too many' "$quantize" compare model.edge model.edge model.edge
for verb in run infer verify bench inspect; do refuses 2 'MODEL expected' "$edge_run" "$verb"; done
for verb in inspect evaluate pack; do refuses 2 'MODEL expected' "$quantize" "$verb"; done

prints '^lenet5 ' "$train" --list
prints '^ddpm ' "$train" --list
refuses 2 "lenet6.*there (is|are)|lenet5" "$train" lenet6 -o out/x.onnx
refuses 2 '--output' "$train" lenet5
refuses 2 '--output needs a value' "$train" lenet5 -o
refuses 2 '--epochs' "$train" lenet5 --epochs 0 -o out/x.onnx
refuses 2 '--epochs' "$train" lenet5 --epochs three -o out/x.onnx
refuses 2 '--optimizer' "$train" lenet5 --optimizer lbfgs -o out/x.onnx
refuses 2 '--learning-rate' "$train" lenet5 --learning-rate nan -o out/x.onnx
refuses 2 '--threads' "$train" lenet5 --threads 0 -o out/x.onnx
refuses 2 '--seed' "$train" lenet5 --seed -1 -o out/x.onnx
refuses 2 '--width: lenet5' "$train" lenet5 --width 16 -o out/x.onnx
refuses 2 '--schedule: lenet5' "$train" lenet5 --schedule cosine -o out/x.onnx
refuses 2 '--samples: lenet5' "$train" lenet5 --samples out/x.png -o out/x.onnx
refuses 2 '--samples-every' "$train" ddpm --samples-every 5 -o out/x.onnx
refuses 2 '--samples-every' "$train" ddpm --samples out/x.png --samples-every 0 -o out/x.onnx
refuses 2 '--width 24' "$train" ddpm --width 24 -o out/x.onnx
refuses 2 '--schedule' "$train" ddpm --schedule quadratic -o out/x.onnx
refuses 2 'exclude each other' "$train" lenet5 --data frames --drawn 10 -o out/x.onnx

refuses 2 '--output' "$quantize" model.onnx --calibration frames
refuses 2 '--calibration' "$quantize" model.onnx -o out/x.edge
refuses 2 'fp16' "$quantize" model.onnx --calibration frames --precision fp16 -o out/x.edge
refuses 2 'sse2.*avx2' "$quantize" model.onnx --calibration frames --target sse2 -o out/x.edge
refuses 2 'nothing.*stages' "$quantize" model.onnx --calibration frames --print-after nothing -o out/x.edge
refuses 2 '--ranges' "$quantize" model.onnx --calibration frames --ranges guess -o out/x.edge
refuses 2 '--learn-ranges takes no value' "$quantize" model.onnx --calibration frames --learn-ranges=yes -o out/x.edge
refuses 2 'random' "$quantize" model.onnx --calibration random:x -o out/x.edge
refuses 2 '--input-crop' "$quantize" model.onnx --calibration frames --input-crop half -o out/x.edge
refuses 2 '--input-resize' "$quantize" model.onnx --calibration frames --input-resize 9x9 -o out/x.edge
refuses 2 '--input-color' "$quantize" model.onnx --calibration frames --input-color rgb -o out/x.edge
refuses 2 '--input-mean' "$quantize" model.onnx --calibration frames --input-mean 1,2 -o out/x.edge
refuses 2 '--input-std' "$quantize" model.onnx --calibration frames --input-std 0 -o out/x.edge
refuses 2 '--data' "$quantize" evaluate model.edge
refuses 2 '--split' "$quantize" evaluate model.edge --data frames --split half
refuses 2 '--output' "$quantize" pack model.edge --data frames

refuses 2 '--source' "$edge_run" run model.edge
refuses 2 '--frames' "$edge_run" run model.edge --source synthetic: --frames 0
refuses 2 'synthetic' "$edge_run" run model.edge --source synthetic:x
refuses 2 '--size' "$edge_run" run model.edge --source synthetic: --size 640
refuses 2 'sse2' "$edge_run" verify model.edge --kernels sse2
refuses 2 '--seconds' "$edge_run" bench model.edge --seconds -1
refuses 2 "NAME=FILE" "$edge_run" infer model.edge --input x.npy --output-dir out
refuses 2 "input 'input' is missing" "$edge_run" infer model.edge --output-dir out
