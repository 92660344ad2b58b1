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

/// Levenshtein's distance: letters to insert, remove or replace.
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var previous = Array(0...b.count)
    for (i, letter) in a.enumerated() {
        var current = [i + 1]
        for (j, other) in b.enumerated() {
            let replaced = previous[j] + (letter == other ? 0 : 1)
            current.append(min(replaced, previous[j + 1] + 1, current[j] + 1))
        }
        previous = current
    }
    return previous[b.count]
}
