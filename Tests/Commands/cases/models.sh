# Networks and compiled models that are missing, damaged, unsupported or too new.

# model_refused STATUS WORDS FILE: a compiled model, by everything that takes one.
model_refused() {
  refuses "$1" "$2" "$edge_run" classify "$3" frames/00000.jpg
  refuses "$1" "$2" "$edge_run" run "$3" --source synthetic: --frames 1
  refuses "$1" "$2" "$edge_run" verify "$3"
  refuses "$1" "$2" "$edge_run" inspect "$3"
  refuses "$1" "$2" "$quantize" evaluate "$3" --data frames --quiet --outputs out/x.npy
}

model_refused 4 'nowhere.edge: .*No such file' nowhere.edge
: > empty.edge
model_refused 3 'empty.edge: is empty' empty.edge
cp model.onnx wrong.edge
model_refused 3 'wrong.edge: is not an .edge file' wrong.edge
cp model.edge newer.edge && put newer.edge 4 02 00
model_refused 3 'newer.edge: .*format 2.*newer Swiftlet' newer.edge
mkdir -p folder.edge
model_refused 4 'folder.edge: .*directory' folder.edge
model_refused 3 'model.set: ' model.set
: > locked.edge && chmod 0 locked.edge
if [ "$(id -u)" -ne 0 ]; then
  model_refused 4 'locked.edge: .*Permission denied' locked.edge
else
  not_run 5 "a model without permission to read: root may read everything"
fi

total=$(size_of model.edge)
for length in 1 3 4 63 64 65 100 500 897 3000 10000 $((total - 64)) $((total - 1)); do
  cut_to "$length" model.edge cut.edge
  refuses 3 'cut.edge: ' "$edge_run" classify cut.edge frames/00000.jpg
done
{ cat model.edge; echo; } > longer.edge
refuses 3 'longer.edge: ' "$edge_run" classify longer.edge frames/00000.jpg
for offset in 0 5 9 17 21 26 70 90 400 1000 2800 3720 4000 5000 6150 6300 7000 30000 60000 $((total - 10)); do
  cp model.edge flipped.edge
  byte=$(od -An -tu1 -j "$offset" -N 1 model.edge)
  put flipped.edge "$offset" "$(printf %02x $((byte ^ 0x10)))"
  refuses 3 'flipped.edge: ' "$edge_run" classify flipped.edge frames/00000.jpg
done

# Sets.
total=$(size_of model.set)
refuses 4 'nowhere.set' "$edge_run" verify model.edge --set nowhere.set --quiet
refuses 3 'model.edge' "$edge_run" verify model.edge --set model.edge --quiet
for length in 0 10 64 300 $((total / 2)) $((total - 1)); do
  cut_to "$length" model.set cut.set
  refuses 3 'cut.set: ' "$edge_run" verify model.edge --set cut.set --quiet
done
cp model.set flipped.set && put flipped.set $((total - 5)) 55 aa
refuses 3 'flipped.set: ' "$edge_run" verify model.edge --set flipped.set --quiet
"$quantize" model.onnx --calibration random:3 --quiet -o other.edge 2> /dev/null
refuses 2 'model.set|other.edge' "$edge_run" verify other.edge --set model.set --quiet
refuses 1 'model.edge, other.edge: ' "$quantize" compare model.edge other.edge

# Networks.
network_refused() {
  refuses "$1" "$2" "$quantize" "$3" --calibration frames --quiet -o out/x.edge
  refuses "$1" "$2" "$quantize" inspect "$3"
  refuses "$1" "$2" "$quantize" evaluate "$3" --data frames --quiet --outputs out/x.npy
}
network_refused 4 'nowhere.onnx: .*No such file' nowhere.onnx
: > empty.onnx
network_refused 3 'empty.onnx: the file is empty' empty.onnx
network_refused 3 'frames/00000.jpg: not an ONNX' frames/00000.jpg
for length in 1 40 1000 100000 $(($(size_of model.onnx) - 1)); do
  cut_to "$length" model.onnx cut.onnx
  network_refused 3 'cut.onnx: ' cut.onnx
done
# The same file with operators that we do not have: the name, the node, and what there is.
longest=1000
LC_ALL=C sed 's/\x04Relu/\x04Xelu/g' model.onnx > unknown.onnx
network_refused 3 "unknown.onnx: .*Xelu.*convolution1.relu|convolution1.relu.*Xelu" unknown.onnx
holds "the line about Xelu says where the supported ones stand" grep -q 'docs/operators.md' stderr
unset longest
LC_ALL=C sed 's/\x04Relu/\x04R\xffl\x0a/' model.onnx > strange.onnx
network_refused 3 'strange.onnx: ' strange.onnx

refuses 1 'below 99' "$quantize" evaluate other.edge --data frames --at-least 99 --quiet
