/* Made by make_linalg_reference.py with NumPy. */
typedef struct linalg_reference {
	int n;
	double determinant, sign, log_abs;
	double eigenvalues[17]; /* of the symmetric matrix with the same lower triangle, ascending */
	double singular_values[17]; /* descending */
} linalg_reference;

/* clang-format off */
static const linalg_reference linalg_references[] = {
	{1, -0x1.0000000000000p-2, -1, -0x1.62e42fefa39efp+0,
	 {-0x1.0000000000000p-2},
	 {0x1.0000000000000p-2}},
	{2, -0x1.0000000000000p-1, -1, -0x1.62e42fefa39efp-1,
	 {-0x1.314d14951b3e6p-2, 0x1.0c53452546cfap+0},
	 {0x1.6a09e667f3bccp+0, 0x1.6a09e667f3bcdp-2}},
	{3, 0x1.23fffffffffffp+1, 1, 0x1.a64229e2e5d84p-1,
	 {-0x1.ab12072f0e0f7p+0, 0x1.3f6f4cd15f800p-3, 0x1.61920eca710fep+1},
	 {0x1.ac2fa1661db19p+1, 0x1.aee22bc890d48p+0, 0x1.9ee336d633c7ep-2}},
	{5, 0x1.99dfffffffffep+5, 1, 0x1.f7dc4e3c12427p+1,
	 {-0x1.1576d940460cep+1, -0x1.9c912118e03fap+0, 0x1.9f5fe688e5561p-6, 0x1.e11737fbef01cp+1, 0x1.4fb4b901daafep+2},
	 {0x1.9f83a2d7be6b1p+2, 0x1.08fb3881fb0e8p+2, 0x1.1ba7000baec9cp+1, 0x1.37ee8c1466be2p+0, 0x1.6967a97638bb8p-1}},
	{8, 0x1.c1bd760000001p+11, 1, 0x1.0605021e3a9f8p+3,
	 {-0x1.6d44434592492p+2, -0x1.bcad79fe8875bp+1, -0x1.001e594bc002bp+1, 0x1.59511cab9c30ep-2, 0x1.354e5ca2a3ed5p+0, 0x1.0dac7430f359ep+2, 0x1.9442aeada5c49p+2, 0x1.1b69308c5d547p+3},
	 {0x1.1373b3c8d1766p+3, 0x1.ee627015ffff4p+2, 0x1.3b8ec0e4fb52ep+2, 0x1.19083bbf7c825p+2, 0x1.a5b6ec1cce631p+1, 0x1.1196530dd5a8ep+1, 0x1.781a3fa7b0022p+0, 0x1.eeba036aec0d5p-3}},
	{17, -0x1.fb7e34f380f2ep+33, -1, 0x1.78ee3bb87bf1bp+4,
	 {-0x1.3df75e3a0ed7dp+3, -0x1.0a7662a321952p+3, -0x1.a3b0a73c093dfp+2, -0x1.60ecef41933d9p+2, -0x1.1f14dbaff9d45p+2, -0x1.aabb691b650ddp+1, -0x1.c6dba458cad3ep+0, 0x1.bb88affa02943p-2, 0x1.2eaf8f9fb0f38p+0, 0x1.285170bb3616fp+1, 0x1.221d7d82d5db7p+2, 0x1.603ca39dc19d8p+2, 0x1.99b8e43372fe9p+2, 0x1.23032a2c70e0cp+3, 0x1.500cd54586472p+3, 0x1.8d487e77bcd26p+3, 0x1.f1a8b48fa1440p+3},
	 {0x1.012556cf5b700p+4, 0x1.7547693169f77p+3, 0x1.3e3ac014407bfp+3, 0x1.2a1757ebede56p+3, 0x1.0df9ed320ab26p+3, 0x1.031958fc0c2f3p+3, 0x1.cfc198c4e5cbep+2, 0x1.c07be9a29866bp+2, 0x1.59cc8ccdac59bp+2, 0x1.3dbbf2d7b1465p+2, 0x1.2415b63b73868p+2, 0x1.cdef0702a4bb1p+1, 0x1.ab324a0cd2284p+1, 0x1.329e086b7d9a7p+1, 0x1.8b6572b09f96fp-1, 0x1.2e5a5b9c38422p-1, 0x1.6764f98e3db58p-3}},
};
/* clang-format on */
