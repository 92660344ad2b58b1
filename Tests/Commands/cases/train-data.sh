# Data that is missing, empty, cut short, of another kind or broken inside its gzip.

# An IDX pair of 200 grey pictures, 8 x 8, as files.
idx() { # idx FOLDER
  mkdir -p "$1"
  { printf '\0\0\x08\x03\0\0\0\xc8\0\0\0\x08\0\0\0\x08'; head -c 12800 /dev/zero; } > "$1/train-images-idx3-ubyte"
  { printf '\0\0\x08\x01\0\0\0\xc8'; head -c 200 /dev/zero; } > "$1/train-labels-idx1-ubyte"
  cp "$1/train-images-idx3-ubyte" "$1/t10k-images-idx3-ubyte"
  cp "$1/train-labels-idx1-ubyte" "$1/t10k-labels-idx1-ubyte"
}

# data_refused STATUS WORDS DATA: by training, calibration and evaluation alike.
data_refused() {
  refuses "$1" "$2" "$train" lenet5 --data "$3" --epochs 1 --quiet -o out/x.onnx
  refuses "$1" "$2" "$quantize" model.onnx --calibration "$3" --quiet -o out/x.edge
  refuses "$1" "$2" "$quantize" evaluate model.edge --data "$3" --quiet --outputs out/x.npy
  refuses "$1" "$2" "$quantize" pack model.edge --data "$3" --quiet -o out/x.set
}

data_refused 4 'nowhere: .*No such file' nowhere
mkdir empty
data_refused 3 'empty: ' empty
mkdir notes && echo hello > notes/readme.txt
data_refused 3 'notes: ' notes
: > nothing.tar
data_refused 3 'nothing.tar: ' nothing.tar
head -c 3000 /dev/urandom > noise.tar
data_refused 3 'noise.tar: ' noise.tar

for part in images-idx3 labels-idx1; do
  idx idx && : > "idx/train-$part-ubyte" && : > "idx/t10k-$part-ubyte"
  data_refused 3 "$part-ubyte: .*(empty|short|ends|header)" idx
  for length in 3 7 15 100; do
    idx idx
    for half in train t10k; do cut_to $length "idx/$half-$part-ubyte" cut && mv cut "idx/$half-$part-ubyte"; done
    data_refused 3 "$part-ubyte: " idx
  done
  idx idx && put "idx/train-$part-ubyte" 2 0d && put "idx/t10k-$part-ubyte" 2 0d
  data_refused 3 "$part-ubyte: " idx
  # More pictures claimed than memory holds.
  idx idx && put "idx/train-$part-ubyte" 4 ff ff ff ff && put "idx/t10k-$part-ubyte" 4 ff ff ff ff
  data_refused 3 "$part-ubyte: " idx
  # gzip -n: a header of 10 bytes, then the data, 8 bytes of checksum and length at the end.
  for damage in "put FILE 12 ff ff ff" "put FILE LAST 55" "put FILE 2 00" "truncate -s 14 FILE" "truncate -s -3 FILE"; do
    rm -rf idx && idx idx && gzip -n idx/*-"$part"-ubyte
    for half in train t10k; do
      file=idx/$half-$part-ubyte.gz
      damage_here=${damage/FILE/$file}
      ${damage_here/LAST/$(($(size_of "$file") - 6))}
    done
    data_refused 3 "$part-ubyte.gz: " idx
  done
  rm -rf idx
done
# Calibration needs no labels; all else does.
idx idx && rm idx/*labels*
refuses 4 'idx: no train-labels' "$train" lenet5 --data idx --epochs 1 --quiet -o out/x.onnx
refuses 4 'idx: no t10k-labels' "$quantize" evaluate model.edge --data idx --quiet
succeeds "$quantize" model.onnx --calibration idx --quiet -o out/x.edge
rm -rf idx

# A folder of pictures and its list.
cp -r frames listed && rm listed/labels.txt
refuses 2 'listed: .*no label' "$train" lenet5 --data listed --epochs 1 --quiet -o out/x.onnx
refuses 2 'listed: .*no label' "$quantize" evaluate model.edge --data listed --quiet
succeeds "$quantize" model.onnx --calibration listed --quiet -o out/x.edge
echo '00000.jpg seven' > listed/labels.txt
data_refused 3 'labels.txt.*(line|1)' listed
echo '00000.jpg 4000000000' > listed/labels.txt
data_refused 3 'labels.txt|4000000000' listed
echo 'missing.jpg 3' > listed/labels.txt
data_refused 3 'missing.jpg|labels.txt' listed
refuses 4 'nowhere.txt' "$train" lenet5 --data frames --labels nowhere.txt --epochs 1 --quiet -o out/x.onnx
cp frames/labels.txt listed/labels.txt && cut_to 2000 frames/00000.jpg listed/00000.jpg
data_refused 3 '00000.jpg' listed
rm -rf listed

# Checkpoints.
: > empty.checkpoint
refuses 3 'empty.checkpoint' "$train" lenet5 --resume empty.checkpoint -o out/x.onnx
refuses 4 'nowhere.checkpoint' "$train" lenet5 --resume nowhere.checkpoint -o out/x.onnx
refuses 3 'model.onnx' "$train" lenet5 --resume model.onnx -o out/x.onnx
succeeds "$train" lenet5 --drawn 300 --epochs 2 --quiet --checkpoint whole.checkpoint -o out/x.onnx
if [ -f whole.checkpoint ]; then
  for length in 10 1000 100000; do
    cut_to $length whole.checkpoint cut.checkpoint
    refuses 3 'cut.checkpoint' "$train" lenet5 --drawn 300 --resume cut.checkpoint -o out/x.onnx
  done
  cp whole.checkpoint flipped.checkpoint && put flipped.checkpoint 5000 55
  refuses 3 'flipped.checkpoint' "$train" lenet5 --drawn 300 --resume flipped.checkpoint -o out/x.onnx
  refuses 2 '--epochs' "$train" lenet5 --drawn 300 --epochs 7 --resume whole.checkpoint -o out/x.onnx
fi
