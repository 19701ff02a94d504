#include "textflag.h"

// func mirrors32(dst *float32, lo, hi unsafe.Pointer, half *float32, taps, n int)
// lo and hi are slices of rows, of 24 bytes each.
TEXT ·mirrors32(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ lo+8(FP), SI
	MOVQ hi+16(FP), R11
	MOVQ half+24(FP), DX
	MOVQ taps+32(FP), CX
	MOVQ n+40(FP), BX
	XORQ AX, AX

mirrorPixels:
	MOVQ         (SI), R9
	VBROADCASTSS (DX), Y2
	VMULPS       (R9)(AX*4), Y2, Y0
	VMULPS       32(R9)(AX*4), Y2, Y1
	MOVQ         $1, R8
	MOVQ         $24, R10

mirrorTaps:
	CMPQ         R8, CX
	JGE          mirrorStore
	MOVQ         (SI)(R10*1), R9
	MOVQ         (R11)(R10*1), R12
	VBROADCASTSS (DX)(R8*4), Y2
	VMOVUPS      (R9)(AX*4), Y3
	VMOVUPS      32(R9)(AX*4), Y4
	VADDPS       (R12)(AX*4), Y3, Y3
	VADDPS       32(R12)(AX*4), Y4, Y4
	VMULPS       Y2, Y3, Y3
	VMULPS       Y2, Y4, Y4
	VADDPS       Y3, Y0, Y0
	VADDPS       Y4, Y1, Y1
	ADDQ         $24, R10
	INCQ         R8
	JMP          mirrorTaps

mirrorStore:
	VMOVUPS Y0, (DI)(AX*4)
	VMOVUPS Y1, 32(DI)(AX*4)
	ADDQ    $16, AX
	CMPQ    AX, BX
	JLT     mirrorPixels
	VZEROUPPER
	RET

// func folds32(dst, middle, half *float32, reach, n int)
TEXT ·folds32(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ middle+8(FP), SI
	MOVQ half+16(FP), DX
	MOVQ reach+24(FP), CX
	MOVQ n+32(FP), BX
	XORQ AX, AX

foldPixels:
	VBROADCASTSS (DX), Y2
	VMULPS       (SI), Y2, Y0
	VMULPS       32(SI), Y2, Y1
	MOVQ         SI, R8
	MOVQ         SI, R9
	XORQ         R10, R10

foldTaps32:
	CMPQ         R10, CX
	JGE          foldStore32
	INCQ         R10
	SUBQ         $4, R8
	ADDQ         $4, R9
	VBROADCASTSS (DX)(R10*4), Y2
	VMOVUPS      (R8), Y3
	VMOVUPS      32(R8), Y4
	VADDPS       (R9), Y3, Y3
	VADDPS       32(R9), Y4, Y4
	VMULPS       Y2, Y3, Y3
	VMULPS       Y2, Y4, Y4
	VADDPS       Y3, Y0, Y0
	VADDPS       Y4, Y1, Y1
	JMP          foldTaps32

foldStore32:
	VMOVUPS Y0, (DI)(AX*4)
	VMOVUPS Y1, 32(DI)(AX*4)
	ADDQ    $64, SI
	ADDQ    $16, AX
	CMPQ    AX, BX
	JLT     foldPixels
	VZEROUPPER
	RET

// func raises(dst, src *float32, n int)
TEXT ·raises(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), BX
	XORQ AX, AX

raisePixels:
	VMOVUPS (DI)(AX*4), Y0
	VMOVUPS 32(DI)(AX*4), Y1
	VMAXPS  (SI)(AX*4), Y0, Y0
	VMAXPS  32(SI)(AX*4), Y1, Y1
	VMOVUPS Y0, (DI)(AX*4)
	VMOVUPS Y1, 32(DI)(AX*4)
	ADDQ    $16, AX
	CMPQ    AX, BX
	JLT     raisePixels
	VZEROUPPER
	RET

// func lowers(sum *float64, v *float32, n int)
TEXT ·lowers(SB), NOSPLIT, $0-24
	MOVQ    sum+0(FP), DI
	MOVQ    v+8(FP), SI
	MOVQ    n+16(FP), BX
	VMOVUPD (DI), Y0
	VXORPD  Y1, Y1, Y1
	VXORPD  Y2, Y2, Y2
	VXORPD  Y3, Y3, Y3
	VXORPS  X8, X8, X8
	XORQ    AX, AX

lowerPixels:
	VMINPS    (SI)(AX*4), X8, X4
	VMINPS    16(SI)(AX*4), X8, X5
	VMINPS    32(SI)(AX*4), X8, X6
	VMINPS    48(SI)(AX*4), X8, X7
	VCVTPS2PD X4, Y4
	VCVTPS2PD X5, Y5
	VCVTPS2PD X6, Y6
	VCVTPS2PD X7, Y7
	VMULPD    Y4, Y4, Y4
	VMULPD    Y5, Y5, Y5
	VMULPD    Y6, Y6, Y6
	VMULPD    Y7, Y7, Y7
	VADDPD    Y4, Y0, Y0
	VADDPD    Y5, Y1, Y1
	VADDPD    Y6, Y2, Y2
	VADDPD    Y7, Y3, Y3
	ADDQ      $16, AX
	CMPQ      AX, BX
	JLT       lowerPixels
	VADDPD    Y1, Y0, Y0
	VADDPD    Y3, Y2, Y2
	VADDPD    Y2, Y0, Y0
	VMOVUPD   Y0, (DI)
	VZEROUPPER
	RET
