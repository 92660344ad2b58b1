# Pictures that are missing, empty, cut short, of another kind or of a size that nobody has.

picture=frames/00000.jpg
total=$(size_of $picture)

classify_refused() { refuses "$1" "$2" "$edge_run" classify model.edge "$3"; }

classify_refused 4 'nowhere.jpg: .*No such file' nowhere.jpg
: > empty.jpg
classify_refused 3 'empty.jpg: ' empty.jpg
echo 'no picture at all' > text.jpg
classify_refused 3 'text.jpg: ' text.jpg
for length in 1 2 20 200 1000 $((total / 2)) $((total - 2)) $((total - 1)); do
  cut_to "$length" $picture cut.jpg
  classify_refused 3 'cut.jpg: ' cut.jpg
done
# The frame header: FF C0, length, depth, height, width.
header=$(LC_ALL=C grep -obUaP -m 1 '\xff[\xc0\xc2]\x00[\x0b\x11]\x08' $picture | head -n 1 | cut -d: -f1)
cp $picture giant.jpg && put giant.jpg $((header + 5)) 9c 40 9c 40
classify_refused 3 'giant.jpg: .*40000' giant.jpg
cp $picture flat.jpg && put flat.jpg $((header + 5)) 00 00
classify_refused 3 'flat.jpg: ' flat.jpg
cp $picture coded.jpg && put coded.jpg $((header + 1)) c3
classify_refused 3 'coded.jpg: ' coded.jpg

printf 'P5\n40000 40000\n255\n' > giant.pgm
classify_refused 3 'giant.pgm: .*40000' giant.pgm
printf 'P5\n4 4\n255\nabc' > short.pgm
classify_refused 3 'short.pgm: ' short.pgm
printf 'P5\n4 x\n255\nabc' > bad.pgm
classify_refused 3 'bad.pgm: ' bad.pgm
printf '\x89PNG\r\n\x1a\n' > header.png
classify_refused 3 'header.png: ' header.png
printf '\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x9c\x40\0\0\x9c\x40\x08\0\0\0\0\0\0\0\0' > giant.png
classify_refused 3 'giant.png: ' giant.png
head -c 100 /dev/zero > 000000-YUYV-640x480.raw
classify_refused 3 '000000-YUYV-640x480.raw: ' 000000-YUYV-640x480.raw
head -c 100 /dev/zero > frame.raw
classify_refused 3 'frame.raw: ' frame.raw

# Of several files one bad one gets its line, and the others are done.
refuses 3 'empty.jpg' "$edge_run" classify model.edge frames/00001.jpg empty.jpg frames/00002.jpg
holds "classify with a bad file among three prints the two others" test "$(wc -l < stdout)" -eq 2
refuses 3 'nowhere.jpg' "$edge_run" classify --json model.edge nowhere.jpg frames/00002.jpg
holds "classify --json with a missing file among two prints the other" test "$(wc -l < stdout)" -eq 1

# Sources of frames.
refuses 4 'nowhere' "$edge_run" run model.edge --source nowhere
refuses 3 'notes' "$edge_run" run model.edge --source "$(mkdir -p notes && echo notes)"
refuses 3 'empty.jpg' "$edge_run" run model.edge --source empty.jpg
refuses 4 '/dev/video99' "$edge_run" run model.edge --source /dev/video99
refuses 4 '/dev/null' "$edge_run" run model.edge --source /dev/null
succeeds "$edge_run" run model.edge --source frames
holds "run --source FOLDER prints a line a picture" test "$(wc -l < stdout)" -eq 12
