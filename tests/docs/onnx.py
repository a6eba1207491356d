"""Small ONNX models, which stand for those that a page imports: protobuf's fields by their numbers in onnx.proto."""


def field(number, value):
    """A field of a message: an integer of less than 128, or bytes of less than 128, or text."""
    if isinstance(value, int):
        return bytes([8 * number, value])
    value = value.encode() if isinstance(value, str) else value
    return bytes([8 * number + 2, len(value)]) + value


def tensor(name, *dims):
    """A float tensor's name and type; a dimension may be a name."""
    shape = b"".join(field(1, field(2 if isinstance(dim, str) else 1, dim)) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def product(*dims):
    """A model that multiplies an input of these dimensions, the last one 8, with weights of 8 x 4."""
    node = field(1, "x") + field(1, "w") + field(2, "y") + field(4, "MatMul")
    weights = field(1, 8) + field(1, 4) + field(2, 1) + field(8, "w")
    graph = field(1, node) + field(5, weights) + field(11, tensor("x", *dims)) + field(12, tensor("y"))
    return field(1, 8) + field(8, field(2, 17)) + b"\x3a" + varint(len(graph)) + graph


def varint(value):
    return bytes([value]) if value < 128 else bytes([value % 128 + 128, value // 128])
