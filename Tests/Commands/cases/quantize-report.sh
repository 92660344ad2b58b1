# The report of a classifier, and what quantize warns of.

reported() { refuses "$1" "$2" "$quantize" model.onnx --quiet --calibration frames "${@:3}" -o out/x.edge; }

reported 2 '--report-data: .*no --report' --report-data frames
reported 2 '--report-labels: .*no --report-data' --report out/x.html --report-labels frames/labels.txt
reported 4 'nowhere: ' --report out/x.html --report-data nowhere
reported 4 'nowhere/x.html: .*No such file' --report nowhere/x.html
reported 4 '/dev/full' --report /dev/full
refuses 2 '--report-data: .*fp32' "$quantize" model.onnx --precision fp32 --report-data frames -o out/x.edge

succeeds "$quantize" model.onnx --quiet --calibration frames --report out/x.html -o out/x.edge
holds "nothing is said with --quiet" test ! -s stderr
holds "the page has its plots" grep -q 'id="sqnr".*' out/x.html
holds "the page repeats what was warned of" grep -q '12 calibration pictures are few' out/x.html
holds "the JSON says how both answer" grep -Eq '"answers":\{"data":"[^"]*","pictures":12,"same":[0-9]+,"float":' out/x.json
holds "the JSON has the cost of each layer" grep -Eq '"microseconds":[0-9.]+,"weight_bytes":[0-9]+' out/x.json
succeeds "$quantize" model.onnx --quiet --calibration frames --report out/x.html --report-data frames --report-labels \
  frames/labels.txt -o out/x.edge
holds "other pictures may be named" grep -q '"data":"frames"' out/x.json
succeeds "$quantize" model.onnx --quiet --calibration random:3 --report out/x.html -o out/x.edge
holds "random numbers have no answers" test "$(grep -c '"answers"' out/x.json)" -eq 0

# Warnings: a line each on the standard error, and the work is done.
succeeds "$quantize" model.onnx --calibration frames -o out/x.edge
holds "few pictures are said" grep -q '^quantize: 12 calibration pictures are few' stderr
mkdir -p one
for number in $(seq 32); do cp frames/00000.jpg "one/$number.jpg"; done
succeeds "$quantize" model.onnx --calibration one -o out/x.edge
holds "pictures that are alike are said" grep -q '^quantize: the calibration pictures are all alike' stderr
