public import EdgeFormat
public import Imaging

/// A set of pictures with their classes, decoded when asked for. The same index always gives the same picture.
public struct LabelledPictures: Sendable {
    private let store: any PictureStore
    private let order: [Int]?

    init(_ store: any PictureStore) {
        self.store = store
        self.order = nil
    }

    private init(_ store: any PictureStore, order: [Int]) {
        self.store = store
        self.order = order
    }

    /// Pictures in the set.
    public var count: Int { order?.count ?? store.count }

    /// Whether the set has a half to train with and one to test with. Of a set without, every split is the whole set.
    public var hasHalves: Bool { store.hasHalves }

    /// What the classes are called, where the data say so.
    public var classNames: [String]? { store.classNames }

    /// The picture as a pipeline of this colour decodes it; colours stay red, green, blue also for `.bgr`.
    public func picture(_ index: Int, color: InputColor) throws(EdgeError) -> Picture {
        try store.picture(position(index), color: color)
    }

    /// The bytes of the picture's file as they came; a PGM or PPM file made of it where the set has no files.
    public func encoded(_ index: Int) throws(EdgeError) -> [UInt8] { try store.encoded(position(index)) }

    /// The picture's class, nil in a set without labels.
    public func label(_ index: Int) -> Int? { store.label(position(index)) }

    /// What the picture is called in its set.
    public func name(_ index: Int) -> String { store.name(position(index)) }

    /// The set of these pictures of this set, in this order. Indices outside the set are left out.
    public func subset(_ indices: some Sequence<Int>) -> LabelledPictures {
        LabelledPictures(store, order: indices.filter { $0 >= 0 && $0 < count }.map(position))
    }

    /// Throws when a picture has no label: for uses that need them.
    public func requireLabels() throws(EdgeError) {
        for index in 0..<count where label(index) == nil {
            throw store.missingLabel(name(index))
        }
    }

    private func position(_ index: Int) -> Int { order?[index] ?? index }
}

/// Where a set's pictures are kept. Indices are valid ones.
protocol PictureStore: Sendable {
    var count: Int { get }
    var hasHalves: Bool { get }
    var classNames: [String]? { get }
    func picture(_ index: Int, color: InputColor) throws(EdgeError) -> Picture
    func encoded(_ index: Int) throws(EdgeError) -> [UInt8]
    func label(_ index: Int) -> Int?
    func name(_ index: Int) -> String
    /// Why the picture of this name has no label, and what to do.
    func missingLabel(_ name: String) -> EdgeError
}

extension PictureStore {
    func missingLabel(_ name: String) -> EdgeError {
        EdgeError(.usage, at: name, "has no label; give --labels FILE or put a labels.txt beside the pictures")
    }

    var hasHalves: Bool { true }
    var classNames: [String]? { nil }
}
