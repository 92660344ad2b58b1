internal import EdgeFormat
internal import Imaging
internal import Platform

/// Picture files in folders or in a .tar file, read and decoded one by one when asked for.
struct PictureCollection: PictureStore {
    /// A picture and its class.
    private struct Item: Sendable {
        let name: String
        let place: Place
        let label: Int?
    }

    private enum Place: Sendable {
        case file(String)
        case member(TarArchive.Member)
    }

    let classNames: [String]?
    private let items: [Item]
    private let archive: TarArchive?
    private let path: String

    /// Larger than any picture of allowed size needs to be.
    private static let mostBytes = 1 << 28

    private init(_ items: [Item], archive: TarArchive?, path: String, classNames: [String]? = nil) {
        self.items = items
        self.archive = archive
        self.path = path
        self.classNames = classNames
    }

    /// The pictures of a folder, in the list's order, or without labels in the order of their names.
    static func folder(_ path: String, names: [String], list: LabelList?) throws(EdgeError) -> PictureCollection? {
        guard let list else {
            let pictures = names.filter(isPicture)
            guard !pictures.isEmpty else { return nil }
            let items = pictures.map { Item(name: $0, place: .file(path + "/" + $0), label: nil) }
            return PictureCollection(items, archive: nil, path: path)
        }
        let known = Set(names)
        var items: [Item] = []
        for entry in list.entries {
            // Names with a slash lie in folders below, which are not listed here: reading tells whether they exist.
            guard known.contains(entry.name) || entry.name.contains("/") else {
                throw missing(entry, of: list, in: path)
            }
            items.append(Item(name: entry.name, place: .file(path + "/" + entry.name), label: entry.label))
        }
        return PictureCollection(items, archive: nil, path: path)
    }

    /// The pictures of a .tar file, likewise.
    static func archive(_ path: String, list: LabelList?) throws(EdgeError) -> PictureCollection {
        let archive = try TarArchive(path: path)
        var items: [Item] = []
        var list = list
        if list == nil, let inside = archive.members.first(where: { $0.name == "labels.txt" }) {
            list = try LabelList([UInt8](archive.bytes(of: inside)), path: path + ": labels.txt")
        }
        if let list {
            let members = Dictionary(archive.members.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            for entry in list.entries {
                guard let member = members[entry.name] else { throw missing(entry, of: list, in: path) }
                items.append(Item(name: entry.name, place: .member(member), label: entry.label))
            }
        } else {
            for member in archive.members.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
            where isPicture(member.name) {
                items.append(Item(name: member.name, place: .member(member), label: nil))
            }
        }
        guard !items.isEmpty else { throw EdgeError(.data, at: path, "holds no pictures") }
        return PictureCollection(items, archive: archive, path: path)
    }

    /// A folder of class folders, nil where none of them holds a picture. Classes are numbered by their folders' sorted
    /// names, or carry the number that every name is.
    static func classFolders(_ path: String, names: [String]) throws(EdgeError) -> PictureCollection? {
        var folders: [(name: String, pictures: [String])] = []
        for name in names where try isFolder(path + "/" + name) {
            let pictures = try reportingSystem { () throws(SystemError) in try Files.list(path + "/" + name) }
                .filter(isPicture)
            if !pictures.isEmpty { folders.append((name, pictures)) }
        }
        guard !folders.isEmpty else { return nil }
        let numbers = folders.compactMap { Int($0.name) }.filter { (0..<(1 << 20)).contains($0) }
        let areNumbers = numbers.count == folders.count
        var items: [Item] = []
        for (position, folder) in folders.enumerated() {
            for picture in folder.pictures {
                let name = folder.name + "/" + picture
                items.append(
                    Item(name: name, place: .file(path + "/" + name), label: areNumbers ? numbers[position] : position))
            }
        }
        return PictureCollection(
            items, archive: nil, path: path, classNames: areNumbers ? nil : folders.map(\.name))
    }

    static func isPicture(_ name: String) -> Bool {
        let small = name.lowercased()
        return [".jpg", ".jpeg", ".png", ".pgm", ".ppm", ".raw"].contains { small.hasSuffix($0) }
    }

    private static func isFolder(_ path: String) throws(EdgeError) -> Bool {
        try reportingSystem { () throws(SystemError) in try Files.kind(path) } == .directory
    }

    private static func missing(_ entry: LabelList.Entry, of list: LabelList, in path: String) -> EdgeError {
        EdgeError(.data, at: list.path, "line \(entry.line): there is no '\(entry.name)' in \(path)")
    }

    var count: Int { items.count }
    /// Folders, archives and lists know of one set only.
    var hasHalves: Bool { false }

    func picture(_ index: Int, color: InputColor) throws(EdgeError) -> Picture {
        let item = items[index]
        switch item.place {
        case .file(let path):
            return try PictureFile.decode(try encoded(index), color: color, place: path)
        case .member(let member):
            guard let archive else { return try PictureFile.decode([], color: color, place: item.name) }
            return try PictureFile.decode(archive.bytes(of: member), color: color, place: path + ": " + item.name)
        }
    }

    func encoded(_ index: Int) throws(EdgeError) -> [UInt8] {
        switch items[index].place {
        case .file(let path):
            return try reportingSystem { () throws(SystemError) in try Files.read(path, limit: Self.mostBytes) }
        case .member(let member):
            return archive.map { [UInt8]($0.bytes(of: member)) } ?? []
        }
    }

    func label(_ index: Int) -> Int? { items[index].label }

    func name(_ index: Int) -> String { items[index].name }
}
