import Platform
import Testing

@Suite struct DecimalTextTests {
    @Test func numbersAreReadToTheNearestDouble() {
        for text in ["0", "-0.5", "0.875", "1e-3", "0.1307", "1E5", "+2.25", "1.7976931348623157e308", "5e-324"] {
            #expect(DecimalText.parse(text) == Double(text))
        }
    }

    @Test(arguments: ["", " 1", "1 ", "nan", "inf", "0x10", "1,5", "1e999", "--1", "e", "."])
    func anythingElseIsNoNumber(_ text: String) {
        #expect(DecimalText.parse(text) == nil)
    }

    @Test func decimalsAreCounted() {
        #expect(DecimalText.format(0.125, digits: 2) == "0.12")
        #expect(DecimalText.format(-1.5, digits: 0) == "-2")
        #expect(DecimalText.format(98.7, digits: 3) == "98.700")
        #expect(DecimalText.format(-.greatestFiniteMagnitude, digits: 1000).utf8.count == 375)
    }
}
