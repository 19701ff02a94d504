// The selection network of network.go on 32 bytes at a time. MIN and MAX are the instructions of the
// voxel type; SIZE is its bytes.

// CE puts a and b in order.
#define CE(MIN, MAX, a, b) \
	MIN b, a, Y9; \
	MAX b, a, b; \
	VMOVDQA Y9, a

// NINES sorts the nine values at each x of src into nine rows of dst: Floyd's 25 comparators.
// func(dst unsafe.Pointer, stride int, src *[9]unsafe.Pointer, n int), n being bytes, a multiple of 32.
#define NINES(NAME, MIN, MAX) \
TEXT NAME(SB), NOSPLIT, $0-32; \
	MOVQ dst+0(FP), R11; \
	MOVQ stride+8(FP), R12; \
	MOVQ src+16(FP), R13; \
	MOVQ 0(R13), AX; \
	MOVQ 8(R13), BX; \
	MOVQ 16(R13), CX; \
	MOVQ 24(R13), DX; \
	MOVQ 32(R13), SI; \
	MOVQ 40(R13), DI; \
	MOVQ 48(R13), R8; \
	MOVQ 56(R13), R9; \
	MOVQ 64(R13), R10; \
	XORQ R13, R13; \
again: \
	VMOVDQU (AX)(R13*1), Y0; \
	VMOVDQU (BX)(R13*1), Y1; \
	VMOVDQU (CX)(R13*1), Y2; \
	VMOVDQU (DX)(R13*1), Y3; \
	VMOVDQU (SI)(R13*1), Y4; \
	VMOVDQU (DI)(R13*1), Y5; \
	VMOVDQU (R8)(R13*1), Y6; \
	VMOVDQU (R9)(R13*1), Y7; \
	VMOVDQU (R10)(R13*1), Y8; \
	CE(MIN, MAX, Y0, Y1); CE(MIN, MAX, Y3, Y4); CE(MIN, MAX, Y6, Y7); \
	CE(MIN, MAX, Y1, Y2); CE(MIN, MAX, Y4, Y5); CE(MIN, MAX, Y7, Y8); \
	CE(MIN, MAX, Y0, Y1); CE(MIN, MAX, Y3, Y4); CE(MIN, MAX, Y6, Y7); \
	CE(MIN, MAX, Y0, Y3); CE(MIN, MAX, Y3, Y6); CE(MIN, MAX, Y0, Y3); \
	CE(MIN, MAX, Y1, Y4); CE(MIN, MAX, Y4, Y7); CE(MIN, MAX, Y1, Y4); \
	CE(MIN, MAX, Y2, Y5); CE(MIN, MAX, Y5, Y8); CE(MIN, MAX, Y2, Y5); \
	CE(MIN, MAX, Y1, Y3); CE(MIN, MAX, Y5, Y7); CE(MIN, MAX, Y2, Y6); \
	CE(MIN, MAX, Y4, Y6); CE(MIN, MAX, Y2, Y4); CE(MIN, MAX, Y2, Y3); CE(MIN, MAX, Y5, Y6); \
	LEAQ (R11)(R13*1), R15; \
	VMOVDQU Y0, (R15); ADDQ R12, R15; \
	VMOVDQU Y1, (R15); ADDQ R12, R15; \
	VMOVDQU Y2, (R15); ADDQ R12, R15; \
	VMOVDQU Y3, (R15); ADDQ R12, R15; \
	VMOVDQU Y4, (R15); ADDQ R12, R15; \
	VMOVDQU Y5, (R15); ADDQ R12, R15; \
	VMOVDQU Y6, (R15); ADDQ R12, R15; \
	VMOVDQU Y7, (R15); ADDQ R12, R15; \
	VMOVDQU Y8, (R15); \
	ADDQ $32, R13; \
	CMPQ R13, n+24(FP); \
	JLT  again; \
	VZEROUPPER; \
	RET

// LOW, MID and HIGH of the three values of a rank at x-1, x and x+1; p points to them.
#define LOW(MIN, SIZE, p, a) \
	VMOVDQU -SIZE(p), a; \
	MIN (p), a, a; \
	MIN SIZE(p), a, a

// THREE sorts the values of a rank into a, b and c; Y15 is lost.
#define THREE(MIN, MAX, SIZE, p, a, b, c) \
	VMOVDQU -SIZE(p), b; \
	VMOVDQU SIZE(p), Y15; \
	MIN (p), b, a; \
	MAX (p), b, b; \
	MIN Y15, b, c; \
	MAX Y15, b, Y15; \
	MAX c, a, b; \
	MIN c, a, a; \
	VMOVDQA Y15, c

// PAIR puts a and b in order; Y15 is lost.
#define PAIR(MIN, MAX, a, b) \
	MIN b, a, Y15; \
	MAX b, a, b; \
	VMOVDQA Y15, a

// MEDIANS selects the 14th of the nines at x-1, x and x+1, as selectMedians does.
// func(dst, nines unsafe.Pointer, stride, n int), n being bytes, a multiple of 32.
#define MEDIANS(NAME, MIN, MAX, SIZE) \
TEXT NAME(SB), NOSPLIT, $0-32; \
	MOVQ dst+0(FP), DI; \
	MOVQ nines+8(FP), SI; \
	MOVQ stride+16(FP), R12; \
	MOVQ n+24(FP), R13; \
again: \
	MOVQ SI, AX; \
	LOW(MAX, SIZE, AX, Y0); ADDQ R12, AX; \
	LOW(MAX, SIZE, AX, Y1); ADDQ R12, AX; \
	THREE(MIN, MAX, SIZE, AX, Y14, Y4, Y2); ADDQ R12, AX; \
	THREE(MIN, MAX, SIZE, AX, Y14, Y5, Y3); ADDQ R12, AX; \
	THREE(MIN, MAX, SIZE, AX, Y13, Y6, Y14); ADDQ R12, AX; \
	THREE(MIN, MAX, SIZE, AX, Y9, Y7, Y14); ADDQ R12, AX; \
	THREE(MIN, MAX, SIZE, AX, Y10, Y8, Y14); ADDQ R12, AX; \
	LOW(MIN, SIZE, AX, Y11); ADDQ R12, AX; \
	LOW(MIN, SIZE, AX, Y12); \
	MAX Y9, Y0, Y0; \
	MIN Y11, Y2, Y13; \
	MAX Y11, Y2, Y2; \
	PAIR(MIN, MAX, Y0, Y13); \
	MAX Y10, Y1, Y9; \
	MIN Y10, Y1, Y1; \
	MIN Y12, Y3, Y3; \
	PAIR(MIN, MAX, Y9, Y3); \
	PAIR(MIN, MAX, Y1, Y0); \
	PAIR(MIN, MAX, Y9, Y13); \
	PAIR(MIN, MAX, Y3, Y2); \
	MAX Y4, Y3, Y3; \
	MAX Y5, Y13, Y13; \
	MAX Y6, Y9, Y9; \
	MAX Y7, Y0, Y0; \
	MAX Y8, Y1, Y1; \
	MIN Y3, Y2, Y2; \
	MIN Y13, Y9, Y9; \
	MIN Y0, Y1, Y1; \
	MIN Y9, Y2, Y2; \
	MIN Y1, Y2, Y2; \
	VMOVDQU Y2, (DI); \
	ADDQ $32, SI; \
	ADDQ $32, DI; \
	SUBQ $32, R13; \
	JGT  again; \
	VZEROUPPER; \
	RET
