/// The sum of two tensors of the same shape, each with a scale of its own.
func checkAddition(_ context: OperationContext) throws(EdgeError) {
    try context.checkOperands(inputs: 2, activations: [0, 1])
    try context.checkActivations([0, 1])
    guard context.input(0).shape == context.output.shape, context.input(1).shape == context.output.shape else {
        throw context.fail("needs operands of one shape")
    }
}
