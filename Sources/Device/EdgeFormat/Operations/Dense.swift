/// A dense layer: inputs of R·I elements, weights O·I, a bias, perhaps upper bounds of its O channels, an output of R·O
/// elements. There is one row unless input and output have rank 2, R·I and R·O.
func checkDense(_ context: OperationContext) throws(EdgeError) {
    try context.checkOperands(inputs: 3, optional: 1)
    try context.checkActivations()
    let input = context.input(0)
    let weights = context.input(1)
    let output = context.output
    guard input.border.isEmpty, output.border.isEmpty else { throw context.fail("has an operand with a border") }
    guard output.height == 1, output.width == 1 else {
        throw context.fail("has a picture of more than one pixel as output")
    }
    guard weights.shape.count == 2 else { throw context.fail("has weights that do not fit its input and output") }
    let (outputs, inputs) = (weights.shape[0], weights.shape[1])
    let isOneRow = input.count == inputs && output.count == outputs
    let areRows =
        input.shape.count == 2 && output.shape.count == 2 && input.shape[1] == inputs && output.shape[1] == outputs
        && input.shape[0] == output.shape[0]
    guard isOneRow || areRows else { throw context.fail("has weights that do not fit its input and output") }
    try context.checkWeights(channels: outputs)
    try context.checkUpperBounds(3, channels: outputs)
}
