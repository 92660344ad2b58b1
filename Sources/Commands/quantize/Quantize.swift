import Console

@main
struct Quantize {
    static func main() {
        Program(
            "quantize",
            summary: "Turns a network into one flat file of 8-bit integers for edge-run.",
            verbs: [.compile, .inspect, .evaluate, .pack, .compare],
            examples: [
                ("lenet5.onnx --calibration mnist/ -o lenet5.edge", "quantize a network"),
                (
                    "evaluate lenet5.edge --float lenet5.onnx --data mnist/",
                    "compare its accuracy with the float network's"
                ),
                ("pack lenet5.edge --data mnist/ --count 100 -o lenet5.set", "pack a test set for a board"),
            ],
            licences: { Licences.workstation }
        ).main()
    }
}
