import Console
import Diffusion
import EdgeFormat
import ModelFiles
import Networks
import Platform
import Training

@main
struct Train {
    static func main() {
        Process.reportTraps()
        Program(
            "train",
            summary: "Trains a network and writes it as an ONNX file.",
            verbs: [.train, .draw],
            examples: [
                ("lenet5 -o lenet5.onnx", "train on drawn digits: needs no data"),
                ("lenet5 --data mnist/ --epochs 3 --seed 1 -o lenet5.onnx", "train on the files of MNIST"),
                ("ddpm --data mnist/ --samples drawings/ -o ddpm.onnx", "train a network that draws digits"),
                ("draw frames/", "draw camera frames to try a network on"),
                ("--list", "what can be trained"),
            ],
            licences: { Licences.workstation }
        ).main()
    }
}

extension Verb {
    /// `train RECIPE -o OUT.onnx`
    static var train: Verb {
        Verb(
            "", summary: "train a network", operands: "RECIPE", operandCount: 0...1,
            options: [
                Option("list", help: "print the recipes, and end"),
                Option("data", argument: "DATA", help: "labelled pictures (IDX files, CIFAR-10, folder or .tar)"),
                Option("labels", argument: "FILE", help: "list of `file index` lines for a folder or .tar of pictures"),
                Option("drawn", argument: "N", help: "digits to draw where there is no --data; default 40000"),
                Option("epochs", argument: "N", help: "times that every picture is seen"),
                Option("batch", argument: "N", help: "pictures of one step"),
                Option("optimizer", argument: "sgd|adam", help: "SGD with momentum, or Adam"),
                Option("learning-rate", argument: "X", help: "largest step size"),
                Option("seed", argument: "N", help: "decides all that is random; default 1"),
                Option("threads", argument: "N", help: "threads; by default one for each processor"),
                Option("width", argument: "N", help: "ddpm: width of the network, a multiple of 16; default 32"),
                Option("schedule", argument: "linear|cosine", help: "ddpm: how the noise grows; default linear"),
                Option(
                    "samples", argument: "PATH",
                    help: "ddpm: draw while training, into PATH.png or the folder PATH"),
                Option("samples-every", argument: "N", help: "ddpm: steps from one drawing to the next; default 500"),
                Option("checkpoint", argument: "FILE", help: "write the state there after each epoch and on Ctrl-C"),
                Option("resume", argument: "FILE", help: "go on from a checkpoint, with its settings"),
                Option("json", help: "print the result as JSON"),
                Option("output", short: UInt8(ascii: "o"), argument: "OUT.onnx", help: "the file to write"),
            ], run: runTrain)
    }
}

private func runTrain(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    if arguments.flag("list") {
        for recipe in Recipe.all { try Output.print("\(recipe.name)  \(recipe.summary)\n") }
        return .done
    }
    let job = try job(arguments)
    guard let output = arguments.value("output") else {
        throw Failure(.usage, "--output is missing: name the file to write, -o OUT.onnx")
    }
    // Begun here, so that a wrong place shows before the training and not after it.
    var file = try AtomicFile.begin(output)
    let display = ProgressDisplay(quiet: arguments.quiet)
    let outcome = try reporting { () throws(EdgeError) in try job.run(display.show) }
    display.finish()
    let bytes = try reporting { () throws(EdgeError) in
        let graph = try outcome.recipe.graph(
            of: outcome.network, labels: outcome.classes, schedule: outcome.settings.schedule)
        return try ONNXFile.write(graph)
    }
    try file.fill(bytes)
    try file.finish()
    try print(outcome, arguments)
    return .done
}

private func job(_ arguments: Arguments) throws(Failure) -> TrainingJob {
    guard let recipe = arguments.operands.first else {
        throw Failure(.usage, "RECIPE expected; see train --list")
    }
    var job = TrainingJob(recipe: recipe)
    if let path = arguments.value("data") {
        guard !arguments.flag("drawn") else { throw Failure(.usage, "--drawn and --data exclude each other") }
        job.data = .folder(path)
    }
    if let count = try arguments.integer("drawn", in: 1...10_000_000) { job.data = .drawn(count) }
    job.labels = arguments.value("labels")
    job.epochs = try arguments.integer("epochs", in: 1...Int(TrainingSettings.epochLimit))
    job.batch = try arguments.integer("batch", in: 1...Int(TrainingSettings.batchLimit))
    if let choice = try arguments.choice("optimizer", of: ["sgd", "adam"]) {
        job.method = choice == 0 ? .sgd : .adam
    }
    job.learningRate = try arguments.decimal("learning-rate", in: 1e-9...100).map { Float($0) }
    job.seed = try arguments.integer("seed", in: 0...Int.max).map { UInt64($0) }
    job.threads = try arguments.integer("threads", in: 1...256) ?? Threads.processorCount
    job.width = try arguments.integer("width", in: 1...Int(TrainingSettings.widthLimit))
    if let choice = try arguments.choice("schedule", of: ["linear", "cosine"]) {
        job.schedule = choice == 0 ? .linear : .cosine
    }
    job.samples = arguments.value("samples")
    job.samplesEvery = try arguments.integer("samples-every", in: 1...Int.max)
    job.checkpoint = arguments.value("checkpoint")
    job.resume = arguments.value("resume")
    return job
}

private func print(_ outcome: TrainingJob.Outcome, _ arguments: Arguments) throws(Failure) {
    guard arguments.flag("json") else { return try Output.print(sentence(outcome.result) + "\n") }
    var json = JSONWriter()
    json.beginObject()
    switch outcome.result {
    case .accuracy(let right, let total):
        json.key("right")
        json.integer(right)
        json.key("total")
        json.integer(total)
        json.key("top1")
        json.decimal(percent(right, total), digits: 2)
    case .loss(let loss):
        json.key("loss")
        json.decimal(loss, digits: 6)
    }
    json.key("epoch_seconds")
    json.decimal(outcome.seconds / max(outcome.epochs, 1e-9), digits: 4)
    json.endObject()
    try Output.print(json.text + "\n")
}

private func sentence(_ result: TrainingJob.Result) -> String {
    switch result {
    case .accuracy(let right, let total):
        "test accuracy \(DecimalText.format(percent(right, total), digits: 2)) %, \(right) of \(total)"
    case .loss(let loss): "loss over the last epoch \(DecimalText.format(loss, digits: 5))"
    }
}

private func percent(_ right: Int, _ total: Int) -> Double { 100 * Double(right) / Double(total) }
