#include "textflag.h"

// func products(sum *float64, a, b *float32, order *int, n, len int)
TEXT ·products(SB), NOSPLIT, $0-48
	MOVQ sum+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ order+24(FP), R8
	MOVQ n+32(FP), CX
	MOVQ len+40(FP), BX
	SHLQ $2, BX              // bytes of a block
	VMOVUPD (DI), Y0

blocks:
	MOVQ  (R8), R9
	IMULQ BX, R9
	ADDQ  SI, R9
	XORQ  R10, R10

pixels:
	VCVTPS2PD (R9)(R10*1), Y1
	VCVTPS2PD (DX)(R10*1), Y2
	VMULPD    Y1, Y2, Y1
	VADDPD    Y1, Y0, Y0
	ADDQ      $16, R10
	CMPQ      R10, BX
	JLT       pixels
	ADDQ      BX, DX
	ADDQ      $8, R8
	DECQ      CX
	JNZ       blocks
	VMOVUPD   Y0, (DI)
	VZEROUPPER
	RET
