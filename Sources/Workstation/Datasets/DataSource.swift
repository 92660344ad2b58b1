public import EdgeFormat
internal import Platform

/// Which half of a set that has two.
public enum Split: Sendable {
    case train, test
}

/// Opens labelled and unlabelled sets of pictures.
public enum DataSource {
    /// The set at `path`: a folder with an IDX pair or CIFAR-10's batches, a folder of class folders, or a folder or a
    /// .tar of pictures with a list of `file index` lines (`labels`, or a labels.txt beside them). Pictures without any
    /// list make a set without labels.
    ///
    /// Errors: `.system` for what is not there or not readable, `.data` for what is no set, `.usage` for a list that does not
    /// fit. Pictures are decoded, and their errors thrown, only when asked for.
    public static func open(
        _ path: String, split: Split, labels: String? = nil
    ) throws(EdgeError) -> LabelledPictures {
        let kind = try reportingSystem { () throws(SystemError) in try Files.kind(path) }
        guard kind == .directory else {
            return LabelledPictures(try PictureCollection.archive(path, list: try list(labels, beside: path)))
        }
        let names = try reportingSystem { () throws(SystemError) in try Files.list(path) }
        if labels == nil {
            if let files = try IDXFiles.find(in: path, names: names, split: split) { return LabelledPictures(files) }
            if let batches = try CIFARBatches.find(in: path, names: names, split: split) {
                return LabelledPictures(batches)
            }
        }
        let listed = labels ?? (names.contains("labels.txt") ? path + "/labels.txt" : nil)
        var list: LabelList?
        if let listed { list = try LabelList(path: listed) }
        if list == nil, let folders = try PictureCollection.classFolders(path, names: names) {
            return LabelledPictures(folders)
        }
        if let pictures = try PictureCollection.folder(path, names: names, list: list) {
            return LabelledPictures(pictures)
        }
        throw EdgeError(
            .data, at: path, "no set in this folder: IDX files, CIFAR-10 batches, class folders or pictures are needed")
    }

    /// The list of a .tar file: the one that was named, or labels.txt in the same folder.
    private static func list(_ labels: String?, beside path: String) throws(EdgeError) -> LabelList? {
        if let labels { return try LabelList(path: labels) }
        let folder = path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : ""
        let beside = folder + "labels.txt"
        return (try? Files.kind(beside)) == .regular ? try LabelList(path: beside) : nil
    }
}
