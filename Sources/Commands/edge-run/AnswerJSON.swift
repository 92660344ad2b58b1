import Console
import Recognition

extension JSONWriter {
    /// The members that `classify` and `run` print of an answer.
    mutating func write(_ answer: Answer, decode: Int64?) {
        if let best = answer.top.first { members(best) }
        key("top")
        beginArray()
        for candidate in answer.top {
            beginObject()
            members(candidate)
            endObject()
        }
        endArray()
        key("input_digest")
        digest(answer.inputDigest)
        key("output_digest")
        digest(answer.outputDigest)
        key("ms")
        beginObject()
        if let decode { milliseconds("decode", decode) }
        milliseconds("input", answer.times.input)
        milliseconds("inference", answer.times.inference)
        milliseconds("output", answer.times.output)
        endObject()
    }

    private mutating func members(_ candidate: Answer.Candidate) {
        key("index")
        integer(candidate.index)
        key("label")
        string(candidate.label)
        key("score")
        decimal(Double(candidate.score), digits: 6)
    }

    mutating func milliseconds(_ name: StaticString, _ nanoseconds: Int64) {
        key(name)
        decimal(Double(nanoseconds) / 1_000_000, digits: 4)
    }
}
