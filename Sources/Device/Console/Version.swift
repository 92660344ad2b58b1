internal import Platform

/// The version of the whole: the three programs and the library rooms carry the same one.
public enum Version {
    public static let number: StaticString = "0.1.0"

    /// "0.1.0", with the commit it was built from where the build knew it.
    public static var text: String {
        number.text + (Process.builtCommit.map { ", commit \($0)" } ?? "")
    }
}
