"""Prints linalg_reference.h: NumPy's float64 answers for the matrices that test_linalg.c makes by the same formula.

Run: python make_linalg_reference.py > linalg_reference.h
"""

import numpy as np

SIZES = (1, 2, 3, 5, 8, 17)
LARGEST = max(SIZES)


def reference_matrix(n: int) -> np.ndarray:
	"""Small multiples of 1/4, exact in float32."""
	i, j = np.indices((n, n))
	return ((i * 7 + j * 13 + i * j * 5 + i * i * 3) % 23 - 9) / 4 + (i == j) * 2.0


def numbers(values: np.ndarray) -> str:
	return "{" + ", ".join(float(v).hex() for v in np.atleast_1d(values)) + "}"


def row(n: int) -> str:
	a = reference_matrix(n)
	symmetric = np.tril(a) + np.tril(a, -1).T
	sign, log_abs = np.linalg.slogdet(a)
	return (
		f"\t{{{n}, {float(np.linalg.det(a)).hex()}, {int(sign)}, {float(log_abs).hex()},\n"
		f"\t {numbers(np.linalg.eigvalsh(symmetric))},\n"
		f"\t {numbers(np.linalg.svd(a, compute_uv=False))}}},"
	)


def main() -> None:
	print("/* Made by make_linalg_reference.py with NumPy. */")
	print("typedef struct linalg_reference {")
	print("\tint n;")
	print("\tdouble determinant, sign, log_abs;")
	print("\tdouble eigenvalues[%d]; /* of the symmetric matrix with the same lower triangle, ascending */" % LARGEST)
	print("\tdouble singular_values[%d]; /* descending */" % LARGEST)
	print("} linalg_reference;")
	print("\n/* clang-format off */")
	print("static const linalg_reference linalg_references[] = {")
	for n in SIZES:
		print(row(n))
	print("};")
	print("/* clang-format on */")


if __name__ == "__main__":
	main()
