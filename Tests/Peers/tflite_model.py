"""Writes TensorFlow Lite models of a few operators, for litert.py."""

import flatbuffers
import numpy
from ai_edge_litert import schema_py_generated as schema

random = numpy.random.default_rng(1)
TYPES = {
    "float32": schema.TensorType.FLOAT32, "float16": schema.TensorType.FLOAT16, "int8": schema.TensorType.INT8,
    "uint8": schema.TensorType.UINT8, "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64,
    "bool": schema.TensorType.BOOL, "int16": schema.TensorType.INT16,
}
NONE, RELU, RELU_N1_TO_1, RELU6 = range(4)
SAME, VALID = range(2)


class Model:
    """A file of one graph: tensors are added and named by number."""

    def __init__(self):
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators, self.graph.inputs, self.graph.outputs = [], [], [], []
        self.buffers, self.codes = [schema.BufferT()], []

    def tensor(self, shape, kind="float32", data=None, scale=None, zero=0, axis=0):
        tensor = schema.TensorT()
        tensor.shape, tensor.type = list(shape), TYPES[kind]
        tensor.name, tensor.buffer = f"t{len(self.graph.tensors)}", 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = numpy.frombuffer(numpy.ascontiguousarray(data, kind).tobytes(), "u1")
            tensor.buffer = len(self.buffers)
            self.buffers.append(buffer)
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            scales = numpy.atleast_1d(numpy.asarray(scale, "float32"))
            tensor.quantization.scale = scales
            tensor.quantization.zeroPoint = numpy.broadcast_to(numpy.asarray(zero, "int64"), scales.shape)
            tensor.quantization.quantizedDimension = axis
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def state(self, *arguments, **named):
        """A tensor that keeps its elements from one run to the next."""
        number = self.tensor(*arguments, **named)
        self.graph.tensors[number].isVariable = True
        return number

    def input(self, *arguments, **named):
        self.graph.inputs.append(self.tensor(*arguments, **named))
        return self.graph.inputs[-1]

    def constant(self, data, kind="float32", **named):
        data = numpy.asarray(data)
        return self.tensor(data.shape, kind, data, **named)

    def node(self, kind, inputs, outputs, options=None, intermediates=None, **fields):
        """`options` names the options' table without `Options`; `fields` are its members."""
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = len(self.codes), list(inputs), list(outputs)
        self.codes.append(code)
        if options:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, options + "Options")
            operator.builtinOptions = getattr(schema, options + "OptionsT")()
            for name, value in fields.items():
                assert hasattr(operator.builtinOptions, name), name
                setattr(operator.builtinOptions, name, value)
        if intermediates is not None:
            operator.intermediates = intermediates
        self.graph.operators.append(operator)

    def custom(self, name, inputs, outputs, options):
        """An operator that its maker named; `options` are bytes."""
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
        code.customCode, code.version = name, 1
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = len(self.codes), list(inputs), list(outputs)
        operator.customOptions = numpy.frombuffer(bytes(options), "u1")
        self.codes.append(code)
        self.graph.operators.append(operator)

    def bytes(self, *outputs):
        model = schema.ModelT()
        self.graph.outputs = list(outputs)
        model.version, model.operatorCodes, model.subgraphs = 3, self.codes, [self.graph]
        model.buffers = self.buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())
