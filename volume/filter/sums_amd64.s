#include "textflag.h"

// LOAD turns four voxels at byte offset AX*size of row R9 into doubles.
#define LOADF64(at, to) VMOVUPD (8*at)(R9)(AX*8), to
#define LOADF32(at, to) VCVTPS2PD (4*at)(R9)(AX*4), to
#define LOADU16(at, to) \
	VPMOVZXWD (2*at)(R9)(AX*2), X5 \
	VCVTDQ2PD X5, to

// SUMS adds rows with weights, eight voxels at a time, in the order of the rows; a row is the 24 bytes of a slice.
// func name(dst *float64, rows unsafe.Pointer, weights *float64, taps, n int)
#define SUMS(name, LOAD) \
TEXT name(SB), NOSPLIT, $0-40 \
	MOVQ dst+0(FP), DI \
	MOVQ rows+8(FP), SI \
	MOVQ weights+16(FP), DX \
	MOVQ taps+24(FP), CX \
	MOVQ n+32(FP), BX \
	XORQ AX, AX \
voxels: \
	VXORPD Y0, Y0, Y0 \
	VXORPD Y1, Y1, Y1 \
	MOVQ   SI, R10 \
	XORQ   R8, R8 \
taps: \
	MOVQ         (R10), R9 \
	VBROADCASTSD (DX)(R8*8), Y2 \
	LOAD(0, Y3) \
	LOAD(4, Y4) \
	VMULPD Y2, Y3, Y3 \
	VMULPD Y2, Y4, Y4 \
	VADDPD Y3, Y0, Y0 \
	VADDPD Y4, Y1, Y1 \
	ADDQ   $24, R10 \
	INCQ   R8 \
	CMPQ   R8, CX \
	JLT    taps \
	VMOVUPD Y0, (DI)(AX*8) \
	VMOVUPD Y1, 32(DI)(AX*8) \
	ADDQ   $8, AX \
	CMPQ   AX, BX \
	JLT    voxels \
	VZEROUPPER \
	RET

SUMS(·sumsF64, LOADF64)
SUMS(·sumsF32, LOADF32)
SUMS(·sumsU16, LOADU16)

// func folds(dst *float32, middle, weights *float64, reach, n int)
TEXT ·folds(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ middle+8(FP), SI
	MOVQ weights+16(FP), DX
	MOVQ reach+24(FP), CX
	MOVQ n+32(FP), BX
	XORQ AX, AX

foldVoxels:
	VBROADCASTSD (DX), Y2
	VMULPD       (SI), Y2, Y0
	VMULPD       32(SI), Y2, Y1
	MOVQ         SI, R8
	MOVQ         SI, R9
	XORQ         R10, R10

foldTaps:
	CMPQ         R10, CX
	JGE          foldStore
	INCQ         R10
	SUBQ         $8, R8
	ADDQ         $8, R9
	VBROADCASTSD (DX)(R10*8), Y2
	VMOVUPD      (R8), Y3
	VMOVUPD      32(R8), Y4
	VADDPD       (R9), Y3, Y3
	VADDPD       32(R9), Y4, Y4
	VMULPD       Y2, Y3, Y3
	VMULPD       Y2, Y4, Y4
	VADDPD       Y3, Y0, Y0
	VADDPD       Y4, Y1, Y1
	JMP          foldTaps

foldStore:
	VCVTPD2PSY Y0, X0
	VCVTPD2PSY Y1, X1
	VMOVUPS    X0, (DI)(AX*4)
	VMOVUPS    X1, 16(DI)(AX*4)
	ADDQ       $64, SI
	ADDQ       $8, AX
	CMPQ       AX, BX
	JLT        foldVoxels
	VZEROUPPER
	RET
