/// A dense layer: any input of I elements, weights O·I, a bias, an output of O elements.
func checkDense(_ context: OperationContext) throws(EdgeError) {
    try context.checkOperands(inputs: 3)
    let input = context.input(0)
    let weights = context.input(1)
    let output = context.output
    guard input.border.isEmpty, output.border.isEmpty else { throw context.fail("has an operand with a border") }
    guard output.height == 1, output.width == 1 else {
        throw context.fail("has a picture of more than one pixel as output")
    }
    guard weights.shape.count == 2, weights.shape[1] == input.count, weights.shape[0] == output.count else {
        throw context.fail("has weights that do not fit its input and output")
    }
    try context.checkWeights(channels: output.count)
}
