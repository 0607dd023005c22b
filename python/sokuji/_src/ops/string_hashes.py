"""The hashes that TensorFlow puts strings into buckets by: Farm's 64-bit fingerprint, SipHash-2-4, and a variant of MurmurHash64A."""

_ALL = 2**64 - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _f(s, at, n=8):
    return int.from_bytes(s[at : at + n], "little")


def _turn(v, by):
    v &= _ALL
    return ((v >> by) | (v << (64 - by))) & _ALL


def _mix(v):
    v &= _ALL
    return v ^ (v >> 47)


def _two(u, v, mul):
    a = _mix((u ^ v) * mul)
    return _mix(((v ^ a) & _ALL) * mul) * mul & _ALL


def _short(s):
    n = len(s)
    mul = _K2 + n * 2
    if n >= 8:
        a, b = _f(s, 0) + _K2, _f(s, n - 8)
        return _two((_turn(b, 37) * mul + a) & _ALL, ((_turn(a, 25) + b) * mul) & _ALL, mul & _ALL)
    if n >= 4:
        return _two((n + (_f(s, 0, 4) << 3)) & _ALL, _f(s, n - 4, 4), mul & _ALL)
    if n:
        y, z = s[0] + (s[n >> 1] << 8), n + (s[n - 1] << 2)
        return _mix(y * _K2 & _ALL ^ z * _K0 & _ALL) * _K2 & _ALL
    return _K2


def _middle(s):
    n = len(s)
    mul = (_K2 + n * 2) & _ALL
    a, b, c, d = _f(s, 0) * (_K1 if n <= 32 else _K2) & _ALL, _f(s, 8), _f(s, n - 8) * mul & _ALL, _f(s, n - 16) * _K2 & _ALL
    y = (_turn(a + b, 43) + _turn(c, 30) + d) & _ALL
    z = _two(y, (a + _turn(b + _K2, 18) + c) & _ALL, mul)
    if n <= 32:
        return z
    e, f = _f(s, 16) * mul & _ALL, _f(s, 24)
    g, h = (y + _f(s, n - 32)) * mul & _ALL, (z + _f(s, n - 24)) * mul & _ALL
    return _two((_turn(e + f, 43) + _turn(g, 30) + h) & _ALL, (e + _turn(f + a, 18) + g) & _ALL, mul)


def _weak(s, at, a, b):
    w, x, y, z = (_f(s, at + 8 * i) for i in range(4))
    a = (a + w) & _ALL
    b = _turn(b + a + z, 21)
    c = a
    a = (a + x + y) & _ALL
    return (a + z) & _ALL, (b + _turn(a, 44) + c) & _ALL


def fingerprint(s):
    """Farm's Fingerprint64."""
    n = len(s)
    if n <= 64:
        return _short(s) if n <= 16 else _middle(s)
    x, y = 81, (81 * _K1 + 113) & _ALL
    z = _mix(y * _K2 + 113) * _K2 & _ALL
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + _f(s, 0)) & _ALL

    def step(at, x, y, z, v, w, mul, nine):
        x = _turn(x + y + v[0] + _f(s, at + 8), 37) * mul & _ALL
        y = _turn(y + v[1] + _f(s, at + 48), 42) * mul & _ALL
        x ^= w[1] * nine & _ALL
        y = (y + v[0] * nine + _f(s, at + 40)) & _ALL
        z = _turn(z + w[0], 33) * mul & _ALL
        v = _weak(s, at, v[1] * mul & _ALL, (x + w[0]) & _ALL)
        w = _weak(s, at + 32, (z + w[1]) & _ALL, (y + _f(s, at + 16)) & _ALL)
        return z, y, x, v, w

    for at in range(0, (n - 1) // 64 * 64, 64):
        x, y, z, v, w = step(at, x, y, z, v, w, _K1, 1)
    mul = (_K1 + ((z & 255) << 1)) & _ALL
    w0 = (w[0] + ((n - 1) & 63)) & _ALL
    v = ((v[0] + w0) & _ALL, v[1])
    w = ((w0 + v[0]) & _ALL, w[1])
    x, y, z, v, w = step(n - 64, x, y, z, v, w, mul, 9)
    return _two((_two(v[0], w[0], mul) + _mix(y) * _K0 + z) & _ALL, (_two(v[1], w[1], mul) + x) & _ALL, mul)


def siphash(key, s):
    """SipHash-2-4 (Aumasson and Bernstein 2012)."""
    v = [key[0] ^ 0x736F6D6570736575, key[1] ^ 0x646F72616E646F6D, key[0] ^ 0x6C7967656E657261, key[1] ^ 0x7465646279746573]

    def rounds(n):
        for _ in range(n):
            v[0] = (v[0] + v[1]) & _ALL
            v[2] = (v[2] + v[3]) & _ALL
            v[1], v[3] = _turn(v[1], 51) ^ v[0], _turn(v[3], 48) ^ v[2]
            v[0] = _turn(v[0], 32)
            v[2] = (v[2] + v[1]) & _ALL
            v[0] = (v[0] + v[3]) & _ALL
            v[1], v[3] = _turn(v[1], 47) ^ v[2], _turn(v[3], 43) ^ v[0]
            v[2] = _turn(v[2], 32)

    whole = s + b"\0" * (7 - len(s) % 8) + bytes([len(s) & 255])
    for at in range(0, len(whole), 8):
        word = _f(whole, at)
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 255
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def hash64(s):
    """TensorFlow's Hash64."""
    m, h = 0xC6A4A7935BD1E995, 0xDECAFCAFFE ^ (len(s) * 0xC6A4A7935BD1E995 & _ALL)
    end = len(s) // 8 * 8
    for at in range(0, end, 8):
        k = _mix(_f(s, at) * m) * m & _ALL
        h = (h ^ k) * m & _ALL
    if len(s) > end:
        h = (h ^ _f(s, end)) * m & _ALL
    return _mix(_mix(h) * m & _ALL)
