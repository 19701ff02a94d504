#include "textflag.h"

// PAIR adds the squared differences of eight voxels of rows k of a (R8) and b (R9) to Y0. CX is the offset
// in bytes.
#define PAIR(k) \
	MOVQ    (8*k)(R8), R10 \
	MOVQ    (8*k)(R9), R11 \
	VMOVUPS (R10)(CX*1), Y1 \
	VSUBPS  (R11)(CX*1), Y1, Y1 \
	VMULPS  Y1, Y1, Y1 \
	VADDPS  Y1, Y0, Y0

// func squaresAVX2(dst *float32, a, b *[9]unsafe.Pointer, n int)
TEXT ·squaresAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), R8
	MOVQ b+16(FP), R9
	MOVQ n+24(FP), DX
	SHLQ $2, DX
	XORQ CX, CX

squaresLoop:
	CMPQ   CX, DX
	JGE    squaresDone
	VXORPS Y0, Y0, Y0
	PAIR(0)
	PAIR(1)
	PAIR(2)
	PAIR(3)
	PAIR(4)
	PAIR(5)
	PAIR(6)
	PAIR(7)
	PAIR(8)
	VMOVUPS Y0, (DI)(CX*1)
	ADDQ   $32, CX
	JMP    squaresLoop

squaresDone:
	VZEROUPPER
	RET

DATA one<>+0(SB)/4, $1.0
GLOBL one<>(SB), RODATA|NOPTR, $4

// func weighAVX2(w *weighing)
TEXT ·weighAVX2(SB), NOSPLIT, $0-8
	MOVQ         w+0(FP), R8
	MOVQ         0(R8), DI
	MOVQ         8(R8), SI
	MOVQ         16(R8), R9
	MOVQ         24(R8), R10
	MOVQ         32(R8), R11
	MOVQ         40(R8), DX
	VBROADCASTSS 48(R8), Y13
	VBROADCASTSS 52(R8), Y14
	VBROADCASTSS one<>(SB), Y15
	VXORPS       Y12, Y12, Y12
	SHLQ         $2, DX
	XORQ         CX, CX

weighLoop:
	CMPQ    CX, DX
	JGE     weighDone
	VMOVUPS (R10)(CX*1), Y0
	VADDPS  4(R10)(CX*1), Y0, Y0
	VADDPS  8(R10)(CX*1), Y0, Y0
	VSUBPS  Y13, Y0, Y0
	VMULPS  Y14, Y0, Y0
	VMAXPS  Y12, Y0, Y0
	VSUBPS  Y0, Y15, Y0
	VMAXPS  Y12, Y0, Y0
	VMULPS  Y0, Y0, Y0
	VMULPS  Y0, Y0, Y0
	VMULPS  Y0, Y0, Y0
	VMULPS  (R11)(CX*1), Y0, Y1
	VADDPS  (DI)(CX*1), Y1, Y1
	VMOVUPS Y1, (DI)(CX*1)
	VADDPS  (SI)(CX*1), Y0, Y2
	VMOVUPS Y2, (SI)(CX*1)
	VMAXPS  (R9)(CX*1), Y0, Y3
	VMOVUPS Y3, (R9)(CX*1)
	ADDQ    $32, CX
	JMP     weighLoop

weighDone:
	VZEROUPPER
	RET
