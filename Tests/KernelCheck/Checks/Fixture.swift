internal import EdgeFormat
internal import Inference
internal import Platform

/// A compiled model of Tests/Fixtures, read again for each check.
struct Fixture: Sendable {
    let path: String

    /// The file's bytes, or nil with a reason.
    func bytes() -> (bytes: [UInt8]?, reason: String) {
        do throws(SystemError) {
            return (try Files.read(path), "")
        } catch {
            return (nil, error.line)
        }
    }

    /// The fixture as a model.
    func model() throws(EdgeError) -> Model {
        let (bytes, reason) = bytes()
        guard let bytes else { throw EdgeError(.system, at: path, reason) }
        return try Model(bytes: bytes, place: path)
    }

    /// A check with the fixture's bytes.
    func check(_ name: String, _ body: @escaping @Sendable ([UInt8]) -> String?) -> Check {
        Check(name) {
            let (bytes, reason) = bytes()
            guard let bytes else { return reason }
            return body(bytes)
        }
    }
}

/// Checks of whole models, on the models of a folder: what `conformance --models Tests/Fixtures` adds.
/// - Parameter damages: seeded places for each kind of damage.
public func modelChecks(_ folder: String, damages: Int = 10_000) -> [Check] {
    let plain = Fixture(path: folder + "/tiny.edge")
    let packed = Fixture(path: folder + "/tiny-packed.edge")
    // An operation of every kind, two graphs and what denoising needs, small enough to be damaged often.
    let every = Fixture(path: folder + "/every-kind.edge")
    // A network as the compiler makes it of a noise predictor.
    let drawn = Fixture(path: folder + "/drawn-denoiser.edge")
    // Every operation on plain tensors, with what the reference interpreter made of it.
    let floats = Fixture(path: folder + "/plain-kinds.edge")
    // Weights of floats in fewer bits.
    let stored = Fixture(path: folder + "/stored-weights.edge")
    return [plain, packed, every, stored].flatMap { damageChecks($0, count: damages) }
        + changeChecks(floats, count: damages / 10)
        + [packed, every, drawn].flatMap { sessionChecks($0) + verificationChecks($0) } + sessionChecks(floats)
        + sessionChecks(stored)
        + denoiserChecks(drawn)
}
