# What is printed for machines, and what is not printed where it would be in the way.

python=$(command -v python3)
parses() { # parses COMMAND...: succeeds, and every line or the whole of stdout is JSON
  attempt "$@"
  if [ "$status" -ne 0 ]; then
    complain "exit status $status: $(head -c 300 stderr)"
  elif [ -z "$python" ]; then
    not_run 1 "JSON of $shown: no python3"
  elif ! "$python" -m json.tool --json-lines stdout > /dev/null 2>&1 && ! "$python" -m json.tool stdout > /dev/null; then
    complain "prints no JSON: $(head -c 300 stdout)"
  else
    ok
  fi
}

parses "$train" lenet5 --drawn 100 --epochs 1 --json -o out/x.onnx
parses "$quantize" inspect model.edge --json
parses "$quantize" evaluate model.edge --data frames --json
parses "$quantize" evaluate model.edge --float model.onnx --data frames --json
parses "$edge_run" inspect model.edge --json
parses "$edge_run" classify model.edge frames/00000.jpg frames/00001.jpg --json
parses "$edge_run" run model.edge --source synthetic:5 --frames 3
parses "$edge_run" denoise ddpm.edge --steps 2 --json -o out/x.png
parses "$edge_run" verify model.edge --json
parses "$edge_run" verify model.edge --set model.set --json
parses "$edge_run" bench model.edge --seconds 0.05 --quiet
cp frames/00000.jpg 'a "quoted"
name.jpg'
parses "$edge_run" classify model.edge --json 'a "quoted"
name.jpg'

# What is printed for people: whole lines, and what they look for.
prints "'convolution1' .*float32 1x28x28x6" "$quantize" inspect model.onnx
prints "graph 'main': arena [0-9]+ bytes" "$quantize" inspect model.edge
prints "graph 'main': arena [0-9]+ bytes" "$edge_run" inspect model.edge
prints 'frames/00000.jpg: [0-9] \([01]\.[0-9]+\)' "$edge_run" classify model.edge frames/00000.jpg
succeeds "$edge_run" verify model.edge --set model.set
holds "verify --set prints what agrees" grep -Eq 'golden vectors agree.*12 pictures agree' stdout
prints 'model.edge and model.edge compute the same' "$quantize" compare model.edge model.edge

# Quiet is quiet, and nobody who is no terminal sees a control sequence.
attempt "$quantize" evaluate model.edge --data frames --quiet
if [ -s stderr ]; then complain "--quiet prints $(head -c 100 stderr)"; else ok; fi
for variable in NO_COLOR= NO_COLOR=1; do
  attempt env "$variable" "$train" lenet5 --drawn 100 --epochs 1 -o out/x.onnx
  if grep -q $'\x1b' stdout stderr; then complain "prints escape sequences"; else ok; fi
done
# On a terminal there is a bar, ten times a second; colour only without NO_COLOR.
if command -v script > /dev/null; then
  for variable in NO_COLOR= NO_COLOR=1; do
    shown="train on a terminal, $variable"
    rm -rf out && mkdir out
    env TERM=xterm "$variable" script -qec "$train lenet5 --drawn 8000 --epochs 5 -o out/x.onnx" screen > /dev/null < /dev/null
    if ! grep -q '\[.*##' screen; then
      complain "shows no bar"
    elif [ "$variable" = NO_COLOR= ] && ! grep -q $'\x1b\\[[0-9]*m' screen; then
      complain "shows no colour"
    elif [ "$variable" = NO_COLOR=1 ] && grep -q $'\x1b\\[[0-9]*m' screen; then
      complain "shows colour"
    else
      ok
    fi
  done
else
  not_run 2 "progress on a terminal: no script(1)"
fi
