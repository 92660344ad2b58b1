package import EdgeFormat
internal import Networks
internal import Tensors

extension Trainer {
    package func checkpoint(recipe: String) -> Checkpoint {
        Checkpoint(
            recipe: recipe, settings: settings, seed: seed, classes: pictures.classes.count,
            pictureCount: pictures.count, dataDigest: pictures.digest, progress: progress,
            parameters: network.parameters.values, state: state.values,
            average: average?.values ?? [])
    }

    /// Goes on where a checkpoint was made.
    /// - Throws: `EdgeError` when it is of other data or another network.
    package func restore(_ checkpoint: Checkpoint, from path: String) throws(EdgeError) {
        guard checkpoint.pictureCount == pictures.count, checkpoint.dataDigest == pictures.digest,
            checkpoint.classes == pictures.classes.count
        else { throw EdgeError(.usage, at: path, "this training was begun with other pictures: give the same data") }
        guard checkpoint.parameters.count == network.parameters.count, checkpoint.state.count == state.count,
            checkpoint.average.count == average?.count ?? 0,
            checkpoint.progress.step <= steps
        else { throw EdgeError(.data, at: path, "is of another network") }
        _ = network.parameters.elements.update(from: checkpoint.parameters)
        _ = state.elements.update(from: checkpoint.state)
        _ = average?.elements.update(from: checkpoint.average)
        progress = checkpoint.progress
    }
}
