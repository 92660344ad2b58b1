internal import Platform

/// The name that fewest changes of a letter make out of `word`; nil where none is near.
func nearestName(to word: ArraySlice<UInt8>, among names: [StaticString]) -> String? {
    var best: (distance: Int, name: String)?
    for name in names where name.utf8CodeUnitCount > 0 {
        let text = name.text
        let distance = editDistance(Array(word), Array(text.utf8))
        if distance < best?.distance ?? Int.max { best = (distance, text) }
    }
    guard let best, best.distance <= max(1, word.count / 3) else { return nil }
    return best.name
}

/// Damerau's and Levenshtein's distance: letters to insert, remove or replace, and neighbours to swap.
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var rows = [Array(0...b.count)]
    for (i, letter) in a.enumerated() {
        var row = [i + 1]
        for (j, other) in b.enumerated() {
            var least = min(rows[i][j] + (letter == other ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, letter == b[j - 1], other == a[i - 1] { least = min(least, rows[i - 1][j - 1] + 1) }
            row.append(least)
        }
        rows.append(row)
    }
    return rows[a.count][b.count]
}
