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
            throw EdgeError(.data, at: path, "is no set of pictures: a folder or a .tar is needed")
        }
        let names = try reportingSystem { () throws(SystemError) in try Files.list(path) }
        if let files = try IDXFiles.find(in: path, names: names, split: split) { return LabelledPictures(files) }
        throw EdgeError(.data, at: path, "no pictures in this folder")
    }
}
