# Pictures out of noise: what is asked for wrongly, what is written, what is printed.

asked() { refuses "$1" "$2" "$edge_run" denoise ddpm.edge "${@:3}" -o out/x.png; }

refuses 2 'MODEL expected' "$edge_run" denoise
refuses 2 '--output' "$edge_run" denoise ddpm.edge
for steps in 0 -1 1001 ten; do asked 2 "--steps $steps: .*1 to 1000" --steps $steps; done
asked 2 "label 'seven': not one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, none" --label seven
asked 2 "label '10': not one of 0" --label 10
asked 2 "label '-1': not one of 0" --label -1
asked 2 '--sampler euler: not one of ddim, ddpm, ddpm-large' --sampler euler
asked 2 '--eta 1.5: not a number from 0' --eta 1.5
asked 2 '--eta nan' --eta nan
asked 2 '--eta is for --sampler ddim' --sampler ddpm --eta 0.5
asked 2 '--guidance -1' --guidance -1
asked 2 '--guidance much' --guidance much
for count in 0 10001; do asked 2 "--count $count" --count $count; done
asked 2 '--seed -1' --seed -1
asked 2 '--threads 0' --threads 0
asked 2 'sse2' --kernels sse2
asked 2 'unknown option --stride' --stride 3

# The wrong kind of model, either way.
refuses 2 'model.edge: predicts no noise.*classify' "$edge_run" denoise model.edge -o out/x.png
refuses 2 'ddpm.edge: .*edge-run denoise' "$edge_run" classify ddpm.edge frames/00000.jpg
refuses 2 'ddpm.edge: .*edge-run denoise' "$edge_run" run ddpm.edge --source synthetic: --frames 1
refuses 4 'nowhere.edge: .*No such file' "$edge_run" denoise nowhere.edge -o out/x.png
refuses 3 'frames/00000.jpg' "$edge_run" denoise frames/00000.jpg -o out/x.png
cut_to 100000 ddpm.edge cut.edge
refuses 3 'cut.edge' "$edge_run" denoise cut.edge -o out/x.png
# Sealed with sums that do not hold.
for place in 4000 30000 $(($(size_of ddpm.edge) - 5000)); do
  cp ddpm.edge flipped.edge && put flipped.edge "$place" a5 5a
  refuses 3 'flipped.edge' "$edge_run" denoise flipped.edge -o out/x.png
done

# Places that cannot be written.
refuses 4 'nowhere/x.png: .*No such file' "$edge_run" denoise ddpm.edge --steps 2 -o nowhere/x.png
refuses 4 'frames: .*directory' "$edge_run" denoise ddpm.edge --steps 2 -o frames
refuses 4 '/dev/full: .*No space left' "$edge_run" denoise ddpm.edge --steps 2 --quiet -o /dev/full
refuses 4 'model.edge' "$edge_run" denoise ddpm.edge --steps 2 --quiet --trace-steps model.edge -o out/x.png

# size_of_png FILE WIDTH HEIGHT: signature and header.
size_of_png() {
  local wanted
  wanted=$(printf '89504e470d0a1a0a0000000d49484452%08x%08x08000000' "$2" "$3")
  [ "$(head -c 29 "$1" | od -An -v -tx1 | tr -d ' \n')" = "${wanted}00" ]
}

succeeds "$edge_run" denoise ddpm.edge --steps 3 --quiet -o out/x.png
holds "a picture of each label in two rows of five" size_of_png out/x.png 168 66
succeeds "$edge_run" denoise ddpm.edge --steps 3 --quiet --count 20 -o out/x.png
holds "two rounds of labels in two rows of ten" size_of_png out/x.png 338 66
succeeds "$edge_run" denoise ddpm.edge --steps 3 --quiet --label 7 -o out/x.png
holds "one picture of one label" size_of_png out/x.png 32 32
succeeds "$edge_run" denoise ddpm.edge --steps 3 --label none --count 4 --guidance 5 -o out/x.png
holds "a line says what was made" grep -Eq '^out/x.png: 4 pictures, 3 steps, [0-9.]+ ms a step$' stdout
succeeds "$edge_run" denoise ddpm.edge --steps 1 --quiet -o out/x.png
for sampler in ddim ddpm ddpm-large; do
  succeeds "$edge_run" denoise ddpm.edge --steps 4 --label 3 --sampler $sampler --quiet -o out/x.png
done
succeeds "$edge_run" denoise ddpm.edge --steps 4 --label 3 --count 2 --quiet --trace-steps out/trace -o out/x.png
holds "a picture a step" test "$(cd out/trace && echo ./*)" = "$(echo ./000{0,1}-000{1,2,3,4}.png)"
holds "each of the model's size" size_of_png out/trace/0001-0004.png 32 32
succeeds "$edge_run" denoise ddpm.edge --steps 4 --label 3 --quiet --trace-steps out/trace -o out/x.png
holds "the last step is the picture" cmp out/trace/0000-0004.png out/x.png

# Output for machines.
parses_lines() { # parses_lines COUNT COMMAND...
  attempt "${@:2}"
  if [ "$status" -ne 0 ]; then
    complain "exit status $status: $(head -c 300 stderr)"
  elif [ "$(wc -l < stdout)" -ne "$1" ]; then
    complain "prints $(wc -l < stdout) lines, not $1"
  elif ! grep -Eq '^\{"picture":0,"seed":5,"label":"0","sampler":"ddim","steps":2,"guidance":[0-9.]+,"output_digest":"[0-9a-f]{16}","ms_per_step":\{"median":[0-9.]+,"min":[0-9.]+\}\}$' stdout; then
    complain "prints other JSON: $(head -c 300 stdout)"
  else
    ok
  fi
}
parses_lines 10 "$edge_run" denoise ddpm.edge --steps 2 --seed 5 --json --quiet -o out/x.png
prints '"picture":1,' "$edge_run" denoise ddpm.edge --steps 2 --seed 5 --label 0 --count 2 --json --quiet -o out/x.png

# Each digest is of the picture alone: it does not depend on what else is made.
digest_of() { sed -n "s/.*\"picture\":$1,.*\"output_digest\":\"\([^\"]*\)\".*/\1/p" stdout; }
attempt "$edge_run" denoise ddpm.edge --steps 2 --label 4 --count 3 --json --quiet -o out/x.png
third=$(digest_of 2)
first=$(digest_of 0)
attempt "$edge_run" denoise ddpm.edge --steps 2 --label 4 --count 1 --json --quiet -o out/x.png
holds "the first of three pictures is the only one" test -n "$first" -a "$first" = "$(digest_of 0)"
holds "the third is another one" test -n "$third" -a "$third" != "$first"

# The same bytes with every kernel set and number of threads; other bytes for all that is asked for otherwise.
png() { # png NAME OPTIONS...
  attempt "$edge_run" denoise ddpm.edge --steps 5 --quiet "${@:2}" -o out/x.png
  if [ "$status" -ne 0 ]; then complain "exit status $status: $(head -c 300 stderr)"; fi
  if [ -f out/x.png ]; then mv out/x.png "$1"; else : > "$1"; fi
}
png best.png --sampler ddpm
for set in scalar avx2 avxvnni avx512vnni neon dotprod; do
  "$edge_run" --version | grep -q "kernel sets:.*$set" || continue
  for threads in 1 2; do
    png this.png --sampler ddpm --kernels $set --threads $threads
    holds "denoise --kernels $set --threads $threads" cmp best.png this.png
  done
done
for other in '--seed 2' '--sampler ddim' '--sampler ddpm-large' '--guidance 1' '--steps 6'; do
  # shellcheck disable=SC2086
  png this.png --sampler ddpm $other
  holds "$other makes other pictures" test -s this.png -a -n "$(cmp best.png this.png 2>&1)"
done
