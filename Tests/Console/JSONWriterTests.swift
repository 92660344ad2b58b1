import Console
import Foundation
import Testing

@Suite struct JSONWriterTests {
    @Test func nestedValuesAreSeparated() {
        var json = JSONWriter()
        json.beginObject()
        json.key("a")
        json.beginArray()
        json.integer(-1)
        json.decimal(0.98765, digits: 3)
        json.bool(true)
        json.beginObject()
        json.endObject()
        json.null()
        json.endArray()
        json.key("b")
        json.digest(0xbeef)
        json.endObject()
        #expect(json.text == #"{"a":[-1,0.988,true,{},null],"b":"000000000000beef"}"#)
    }

    @Test func everyStringComesBack() throws {
        let text = String(String.UnicodeScalarView((0..<0x300).compactMap { Unicode.Scalar($0) })) + "é🙂\u{2028}"
        var json = JSONWriter()
        json.beginArray()
        json.string(text)
        json.endArray()
        let back = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String]
        #expect(back == [text])
    }

    @Test func whatIsNoNumberIsNull() {
        var json = JSONWriter()
        json.beginArray()
        for value in [Double.nan, .infinity, 1e300] { json.decimal(value, digits: 0) }
        json.endArray()
        #expect(json.text.hasPrefix("[null,null,1000000000"))
    }
}
