public import ModelGraph

/// What a person adds to a model's file so that it can be compiled.
public struct ImportOptions: Sendable {
    /// Shapes of inputs, as in the file, where the file leaves sizes open or other ones are wanted.
    public var inputShapes: [String: [Int]]
    /// Inputs that never change, as in the file.
    public var constants: [String: Constant]

    public struct Constant: Sendable {
        public var shape: [Int]
        public var data: TensorData

        public init(shape: [Int], data: TensorData) {
            self.shape = shape
            self.data = data
        }
    }

    public init(inputShapes: [String: [Int]] = [:], constants: [String: Constant] = [:]) {
        self.inputShapes = inputShapes
        self.constants = constants
    }
}
