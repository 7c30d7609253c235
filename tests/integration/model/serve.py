# A server without NumPy, for tests: probabilities [x, 1 - x] of a value of each row. The two words in capitals are filled in by the test: which value,
# and what is done before the answer.
import struct, sys
while True:
    head = sys.stdin.buffer.read(8)
    if len(head) < 8: break
    body = sys.stdin.buffer.read(struct.unpack("<Q", head)[0])
    start = 10 + struct.unpack("<H", body[8:10])[0]
    shape = eval(body[10:start].decode())["shape"]
    width = 1
    for side in shape[1:]: width *= side
    kind = "d" if b"<f8" in body[10:start] else "f"
    values = struct.unpack("<%d%s" % (shape[0] * width, kind), body[start:])
    rows = [PICK for i in range(shape[0])]
    MODE
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 2), }" % len(rows)
    header += " " * (63 - (10 + len(header)) % 64) + chr(10)
    out = bytes([0x93]) + b"NUMPY" + bytes([1, 0]) + struct.pack("<H", len(header)) + header.encode()
    for x in rows: out += struct.pack("<ff", x, 1 - x)
    sys.stdout.buffer.write(struct.pack("<Q", len(out)) + out)
    sys.stdout.buffer.flush()
