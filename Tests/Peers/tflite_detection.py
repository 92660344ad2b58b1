"""Models that end in boxes: functions that give names, files and what is to be done to LiteRT's outputs, for litert.py."""

import numpy
from flatbuffers import flexbuffers
from tflite_model import Model, random

BOXES = 60


def stepped(model, x, shape, levels):
    """Floats with so many values from 0 to 1 or −1: many are equal."""
    scaled, whole, y = model.tensor(shape), model.tensor(shape), model.tensor(shape)
    model.node("MUL", [x, model.constant(levels)], [scaled], "Mul")
    model.node("FLOOR", [scaled], [whole])
    model.node("MUL", [whole, model.constant(1 / levels)], [y], "Mul")
    return y


def detector(element="float32", classes=4, scores=4, most=12, copies=1, levels=None, **options):
    """A file that is nothing but the end of a detector."""
    model = Model()
    anchors = numpy.concatenate([random.uniform(0.2, 0.8, (BOXES, 2)), random.uniform(0.1, 0.5, (BOXES, 2))], 1)
    quantized = element != "float32"
    boxes = model.input([1, BOXES, 4], element, **(dict(scale=0.05, zero=128 if element == "uint8" else 0) if quantized else {}))
    kinds = model.input([1, BOXES, scores], element, **(dict(scale=1 / 256, zero=0 if element == "uint8" else -128) if quantized else {}))
    if element == "int8":  # LiteRT's operator takes floats and bytes without a sign
        floats = [model.tensor([1, BOXES, 4]), model.tensor([1, BOXES, scores])]
        for x, y in zip([boxes, kinds], floats):
            model.node("DEQUANTIZE", [x], [y], "Dequantize")
        boxes, kinds = floats
    if levels:
        kinds = stepped(model, kinds, [1, BOXES, scores], levels)
    known = model.constant(numpy.round(anchors * 250), "uint8", scale=1 / 250) if element == "uint8" else model.constant(anchors)
    outputs = [model.tensor(shape) for shape in ([1, most * copies, 4], [1, most * copies], [1, most * copies], [1])]
    values = {
        "max_detections": most, "max_classes_per_detection": copies, "num_classes": classes,
        "nms_score_threshold": 0.2, "nms_iou_threshold": 0.4, "y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0, "w_scale": 5.0,
    }
    model.custom("TFLite_Detection_PostProcess", [boxes, kinds, known], outputs, flexbuffers.Dumps({**values, **options}))
    return model.bytes(*outputs)


def found(copies, classes):
    """Zeros behind what LiteRT found, and behind a box's classes, where the fast operator leaves what was in memory."""
    def clean(outputs):
        for places in outputs[:3]:
            places[:, int(outputs[3][0]) * copies:] = 0
            for copy in range(classes, copies):
                places[:, copy::copies] = 0
    return clean


DETECTORS = {
    "fast": dict(), "fast-background": dict(scores=5), "fast-one-class": dict(classes=1, scores=1),
    "fast-few": dict(nms_score_threshold=0.93, scores=5), "fast-none": dict(nms_score_threshold=1.5),
    "fast-all": dict(nms_score_threshold=-2.0, nms_iou_threshold=1.0, most=80),
    "fast-three-classes": dict(copies=3, most=20), "fast-more-classes": dict(copies=6, classes=3, scores=4),
    "fast-ties": dict(levels=4.0), "fast-whole-numbers": dict(y_scale=10, x_scale=8, h_scale=5, w_scale=4),
    "regular": dict(use_regular_nms=True), "regular-background": dict(use_regular_nms=True, scores=5, detections_per_class=3),
    "regular-few": dict(use_regular_nms=True, nms_score_threshold=0.97), "regular-ties": dict(use_regular_nms=True, levels=4.0),
    "regular-two-classes": dict(use_regular_nms=True, copies=2), "regular-one": dict(use_regular_nms=True, most=1, levels=2.0),
    "regular-many": dict(use_regular_nms=True, most=150, detections_per_class=200, levels=6.0),
}


def detectors():
    for name, options in DETECTORS.items():
        copies = 1 if "use_regular_nms" in options else options.get("copies", 1)
        yield f"detection-{name}", detector(**options), found(copies, options.get("classes", 4))
    for element in ["uint8", "int8"]:
        for regular in [False, True]:
            name = f"detection-{element}-{'regular' if regular else 'fast'}"
            yield name, detector(element, scores=5, use_regular_nms=regular, nms_iou_threshold=0.5), found(1, 4)


def suppression(version, most, overlap, least, sigma=0.0):
    model = Model()
    operands = [model.input([BOXES, 4]), model.input([BOXES])]
    operands += [model.constant(most, "int32"), model.constant(overlap), model.constant(least)]
    outputs = [model.tensor([most], "int32")]
    if version == 5:
        operands.append(model.constant(sigma))
        outputs.append(model.tensor([most]))
    outputs.append(model.tensor([], "int32"))
    model.node(f"NON_MAX_SUPPRESSION_V{version}", operands, outputs, f"NonMaxSuppressionV{version}")
    return model.bytes(*outputs)


def suppressions():
    for version in [4, 5]:
        yield f"suppression-{version}", suppression(version, 10, 0.3, -0.5)
        yield f"suppression-{version}-more-than-boxes", suppression(version, BOXES + 5, 0.1, -2.0)
        yield f"suppression-{version}-few", suppression(version, 10, 0.5, 0.95)
        yield f"suppression-{version}-overlap-0", suppression(version, 10, 0.0, -1.0)
    for sigma in [0.1, 0.5, 2.0]:
        yield f"suppression-5-sigma-{sigma}", suppression(5, 20, 0.9, 0.05, sigma)
        yield f"suppression-5-sigma-{sigma}-more-than-boxes", suppression(5, BOXES + 5, 0.6, 0.01, sigma)


def best(element, shape, count, levels=None, **fields):
    model = Model()
    x = model.input(shape, element, **fields)
    if levels:
        x = stepped(model, x, shape, levels)
    values, indices = model.tensor([*shape[:-1], count], element, **fields), model.tensor([*shape[:-1], count], "int32")
    model.node("TOPK_V2", [x, model.constant(count, "int32")], [values, indices], "TopKV2")
    return model.bytes(values, indices)


def tops():
    for count in [1, 4, 9]:
        yield f"top-{count}", best("float32", [2, 3, 9], count)
        yield f"top-{count}-ties", best("float32", [2, 3, 9], count, levels=2.0)
    yield "top-int8", best("int8", [2, 90], 20, scale=0.1, zero=4)
    yield "top-uint8", best("uint8", [400], 30, scale=0.1, zero=131)
    yield "top-int32", best("int32", [3, 7], 3)


DETECTION_CASES = [detectors, suppressions, tops]
