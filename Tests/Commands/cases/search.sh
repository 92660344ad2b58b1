# The search for settings that hold a bar.

searched() { # searched STATUS WORDS OPTIONS...
  local status=$1 words=$2
  shift 2
  refuses "$status" "$words" "$quantize" model.onnx --quiet -o out/x.edge "$@"
}
searched 2 '--max-drop half' --calibration frames --max-drop half
searched 2 '--time-limit 5: ' --calibration frames --max-drop 1 --time-limit 5
searched 2 '--time-limit -1s: ' --calibration frames --max-drop 1 --time-limit -1s
searched 2 '--time-limit: .*--max-drop' --calibration frames --time-limit 5m
searched 2 '--search-data: .*--max-drop' --calibration frames --search-data frames
searched 2 '--search-labels: .*--search-data' --calibration frames --max-drop 1 --search-labels frames/labels.txt
searched 2 '--max-drop: .*pictures' --calibration random:3 --max-drop 1
searched 2 '--max-drop: ' --precision fp32 --max-drop 1
searched 2 '--float nothing: .*no layer' --calibration frames --float nothing
searched 2 '--sixteen-bit: .*picture' --calibration frames --sixteen-bit convolution1
searched 4 'nowhere' --calibration frames --max-drop 1 --search-data nowhere

# What the search chose is what its flags make.
succeeds "$quantize" model.onnx --calibration frames --max-drop 20 -o out/x.edge
holds "the search says what judges" grep -q 'judged by 6 pictures: top-1 by their labels' stderr
cp out/x.edge searched.edge
recipe=$(sed -n 's/^recipe: //p' stdout)
# shellcheck disable=SC2086
succeeds "$quantize" model.onnx --calibration frames $recipe --quiet -o out/x.edge
holds "the recipe makes the same bytes" cmp searched.edge out/x.edge

# Pictures without labels are judged by the float network's answers.
mkdir -p bare && cp frames/*.jpg bare
succeeds "$quantize" model.onnx --calibration frames --search-data bare --max-drop 50 -o out/x.edge
holds "answers are compared" grep -q "judged by 12 pictures: answers as the float network's" stderr

# A bar that is missed: the best file is written, and the status says so.
attempt "$quantize" model.onnx --calibration frames --ranges percentile:50 --bias-correction none --max-drop 0 \
  --time-limit 0.001s --quiet -o out/x.edge
holds "status 1" [ "$status" -eq 1 ]
holds "one line says how much is lost" grep -Eq '^quantize: model.onnx: .*when the time was over lose .* above 0.00; out/x.edge has them' stderr
holds "the file is there" "$edge_run" verify out/x.edge

# Ranges that are learned by block: the settings say so, and make the same bytes with any number of threads.
succeeds "$quantize" model.onnx --calibration frames --learn-ranges --threads 1 --report learned.html -o learned.edge
holds "a bar for the blocks" grep -q '^learning ranges: [0-9]* in ' stderr
holds "the JSON has the flag" grep -q '"flags":"[^"]* --learn-ranges ' learned.json
prints '^recipe: .* --learn-ranges ' "$quantize" inspect learned.edge
recipe=$("$quantize" inspect learned.edge | sed -n 's/^recipe: //p')
# shellcheck disable=SC2086
succeeds "$quantize" model.onnx --calibration frames $recipe --threads 2 --quiet -o out/x.edge
holds "1 and 2 threads learn the same" cmp learned.edge out/x.edge
