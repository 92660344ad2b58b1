import Console
import EdgeFormat
import Inference
import Platform

@main
struct EdgeRun {
    static func main() {
        Process.reportTraps()
        Program(
            "edge-run",
            summary: "Runs compiled models on pictures, camera frames, tensors and noise.",
            verbs: [.classify, .run, .denoise, .infer, .verify, .bench, .inspect],
            examples: [
                ("classify lenet5.edge seven.jpg", "classify a picture"),
                ("run lenet5.edge --source /dev/video0", "classify camera frames, a JSON line each"),
                ("denoise digits.edge -o grid.png", "make pictures with a diffusion model"),
                ("verify lenet5.edge --set lenet5.set", "prove that this board computes what the workstation computed"),
            ],
            details: details
        ).main()
    }

    private static func details() -> String {
        var sets = ""
        for set in KernelSet.available { sets += (sets.isEmpty ? "" : ", ") + set.name }
        return "format \(Container.major).\(Container.minor)\nkernel sets: \(sets); chosen: \(KernelSet.best.name)\n"
    }
}
