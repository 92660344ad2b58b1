import EdgeFormat
/// stub
public enum TrainingJob {
    static var interruption: EdgeError { EdgeError(.system, at: "training", "interrupted") }
}
