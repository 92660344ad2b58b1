# What most cases need: a small network, its compiled form, labelled frames, a packed set; and a diffusion model,
# which would take too long to train here.

make_material() {
  shown="making a model and frames"
  "$train" lenet5 --drawn 600 --epochs 1 --quiet -o model.onnx > /dev/null &&
    "$train" draw frames --count 12 --seed 3 --quiet > /dev/null &&
    "$quantize" model.onnx --calibration frames --quiet -o model.edge &&
    "$quantize" pack model.edge --data frames --quiet -o model.set
}

if make_material; then
  ok
else
  complain "the other cases cannot run"
  counts
  exit 1
fi

shown="copying the diffusion model"
if cp "$here/../Fixtures/ddpm-int8.edge" ddpm.edge 2> stderr; then ok; else complain "$(cat stderr)"; fi
