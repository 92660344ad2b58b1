/// The colours of a table of decibels: nine steps whose lightness alone tells their order, so that any eye can read
/// them. What is bad stands out from the background: dark on a light page, bright on a dark one.
enum HeatScale {
    /// A ratio below `limits[i]` dB and not below the one before is of step i; the last step has the rest.
    static let limits: [Double] = [15, 20, 24, 28, 32, 36, 40, 50]

    /// 0 for the worst … 8; nil for what was not seen.
    static func step(_ ratio: Double?) -> Int? {
        guard let ratio, !ratio.isNaN else { return nil }
        return limits.firstIndex { ratio < $0 } ?? limits.count
    }

    /// The style class of a cell.
    static func style(_ ratio: Double?) -> String { step(ratio).map { "h h\($0)" } ?? "h" }

    /// What a step's swatch says.
    static func label(_ step: Int) -> String {
        switch step {
        case 0: "< \(Int(limits[0]))"
        case limits.count: "≥ \(Int(limits[step - 1]))"
        default: "\(Int(limits[step - 1]))–\(Int(limits[step]))"
        }
    }

    /// From the loudest colour to the calmest (matplotlib's magma, the light page's last steps paler), each with the
    /// colour of text on it.
    private static let light = [
        ("#231151", "#fff"), ("#51127c", "#fff"), ("#822681", "#fff"), ("#b63679", "#fff"), ("#d9466b", "#fff"),
        ("#fb8861", "#2b1200"), ("#fdb98a", "#2b1200"), ("#fedcc0", "#3d2a1c"), ("#fdf3ea", "#5d5148"),
    ]
    private static let dark = [
        ("#fcfdbf", "#221a00"), ("#fec98d", "#221200"), ("#fd9567", "#221000"), ("#f1605d", "#1c0205"),
        ("#cd4071", "#fff"), ("#9e2f7f", "#fff"), ("#721f81", "#fff"), ("#3f1a63", "#e6dcf2"),
        ("#241b38", "#aca2bd"),
    ]

    /// The rules of the classes, for a light page and for a dark one.
    static var rules: (light: String, dark: String) { (rules(light), rules(dark)) }

    private static func rules(_ colors: [(ground: String, text: String)]) -> String {
        colors.enumerated().map { ".h\($0){background:\($1.ground);color:\($1.text)}" }.joined(separator: "\n")
    }
}
